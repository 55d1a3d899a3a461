// SPDX-License-Identifier: MIT
#include "planted_families.hpp"

#include "defects/bad_actnorm.hpp"
#include "defects/bad_half.hpp"
#include "defects/bad_permutation.hpp"
#include "defects/bad_planar.hpp"
#include "defects/bad_triangular.hpp"
#include "defects/slightly_off.hpp"

namespace flowgauge::verify::defects {

std::optional<Family> family_of_layers(const std::string& name) {
  if (name == "bad_planar") return family_of<BadPlanar>(name);
  if (name == "bad_triangular") return family_of<BadTriangular>(name);
  if (name == "bad_permutation") return family_of<BadPermutation>(name);
  if (name == "bad_actnorm") return family_of<BadActnorm>(name);
  if (name == "bad_half") return family_of<BadHalf>(name);
  if (name == "slightly_off") return family_of<SlightlyOff>(name);
  if (name == "off_planar") return family_of<OffPlanar>(name);
  return std::nullopt;
}

}  // namespace flowgauge::verify::defects
