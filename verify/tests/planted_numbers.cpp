// SPDX-License-Identifier: MIT
#include "planted_families.hpp"

#include "defects/bad_affine.hpp"
#include "defects/bad_arsinh.hpp"
#include "defects/bad_bias.hpp"
#include "defects/bad_logit.hpp"
#include "defects/bad_scale.hpp"
#include "defects/bad_sigmoid.hpp"
#include "defects/bad_softlog.hpp"

namespace flowgauge::verify::defects {

namespace {

/// As somebody's own code enters: it exists in double and in no other type.
Family in_double_only(Family family) {
  Workshop workshop;
  std::get<Workshop::Make<double>>(workshop.make) = std::get<Workshop::Make<double>>(family.workshop.make);
  family.workshop = workshop;
  return family;
}

}  // namespace

std::optional<Family> family_of_numbers(const std::string& name) {
  if (name == "bad_softlog") return family_of<BadSoftlog>(name);
  if (name == "bad_affine") return family_of<BadAffine>(name);
  if (name == "in_double") return in_double_only(family_of<BadAffine>(name));
  if (name == "bad_arsinh") return family_of<BadArsinh>(name);
  if (name == "bad_bias") return family_of<BadBias>(name);
  if (name == "bad_scale") return family_of<BadScale>(name);
  if (name == "bad_sigmoid") return family_of<BadSigmoid>(name);
  if (name == "bad_logit") return family_of<BadLogit>(name);
  return std::nullopt;
}

}  // namespace flowgauge::verify::defects
