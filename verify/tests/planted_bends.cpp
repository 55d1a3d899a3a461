// SPDX-License-Identifier: MIT
#include "planted_families.hpp"

#include "defects/bad_leaky.hpp"
#include "defects/bad_normal_cdf.hpp"
#include "defects/bad_power.hpp"
#include "defects/bad_root.hpp"
#include "defects/bad_softexp.hpp"
#include "defects/bad_softsquare.hpp"
#include "defects/bad_spline.hpp"
#include "defects/bad_sum_of_squares.hpp"
#include "defects/steep.hpp"

namespace flowgauge::verify::defects {

std::optional<Family> family_of_bends(const std::string& name) {
  if (name == "bad_softexp") return family_of<BadSoftexp>(name);
  if (name == "bad_softsquare") return family_of<BadSoftsquare>(name);
  if (name == "bad_power") return family_of<BadPower>(name);
  if (name == "bad_root") return family_of<BadRoot>(name);
  if (name == "bad_normal_cdf") return family_of<BadNormalCdf>(name);
  if (name == "bad_spline") return family_of<BadSpline>(name);
  if (name == "steep") return family_of<Steep>(name);
  if (name == "bad_leaky") return family_of<BadLeaky>(name);
  if (name == "bad_sum_of_squares") return family_of<BadSumOfSquares>(name);
  return std::nullopt;
}

}  // namespace flowgauge::verify::defects
