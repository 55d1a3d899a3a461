// SPDX-License-Identifier: MIT
#include "planted_families.hpp"

#include "defects/bad_convolution.hpp"
#include "defects/bad_householder.hpp"
#include "defects/bad_householder_qr.hpp"
#include "defects/bad_lu.hpp"
#include "defects/bad_rank_one.hpp"
#include "defects/bad_scaled_householder.hpp"

namespace flowgauge::verify::defects {

std::optional<Family> family_of_linear(const std::string& name) {
  if (name == "bad_convolution") return family_of<BadConvolution>(name);
  if (name == "bad_householder") return family_of<BadHouseholder>(name);
  if (name == "bad_householder_qr") return family_of<BadHouseholderQr>(name);
  if (name == "bad_lu") return family_of<BadLu>(name);
  if (name == "bad_rank_one") return family_of<BadRankOne>(name);
  if (name == "bad_scaled_householder") return family_of<BadScaledHouseholder>(name);
  return std::nullopt;
}

}  // namespace flowgauge::verify::defects
