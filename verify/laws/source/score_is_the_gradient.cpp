// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/source_oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law score_is_the_gradient() {
  return {.id = "D3",
          .statement = "∇ log p by dual numbers is that by central differences in 50 digits, and finite",
          .advice = "a NaN comes from the side of a select that is not taken, or the formula treats duals in another way",
          .wants = {.stress = false},
          .examine_source =
              [](const SourceTrial& trial) {
                if (!trial.formula().wide || !trial.formula().dual) return Examined::not_applicable("the density is written for double only");
                Examined result;
                for (Index i = 0; i < trial.rows(); ++i) {
                  const std::vector<Wide> x = Trial::converted<Wide>(trial.row(i));
                  if (!is_finite(trial.formula().wide(x))) continue;
                  for (std::size_t j = 0; j < x.size(); ++j) {
                    std::vector<WideDual> seeded;
                    for (std::size_t k = 0; k < x.size(); ++k) seeded.push_back(k == j ? WideDual::variable(x[k], 0) : WideDual::constant(x[k]));
                    const Wide slope = trial.formula().dual(seeded).tangent[0];
                    // Orders 2 and 4 on the same five points, 2^-60·|x| apart: far below the last digit of a double, so a kink lies among them only
                    // where x is on it.
                    const Wide h = scaled_by_power_of_two(max(abs(x[j]), Wide(0x1p-1000)), -60);
                    const auto at = [&](double steps) {
                      std::vector<Wide> y = x;
                      y[j] = y[j] + Wide(steps) * h;
                      return trial.formula().wide(y);
                    };
                    const Wide here = at(0), up = at(1), down = at(-1), far_up = at(2), far_down = at(-2);
                    const Wide second = (up - down) / (h + h), fourth = (Wide(8.0) * (up - down) - (far_up - far_down)) / (Wide(12.0) * h);
                    const double size = std::abs(to_double(slope)), noise = wide_tolerance(std::abs(to_double(here))) / to_double(h);
                    // The one-sided slopes differ by h·f″, twice that at twice the distance; at a kink by the same at both.
                    const double bend = to_double(abs(up + down - here - here) / h);
                    const double far_bend = to_double(abs(far_up + far_down - here - here) / (h + h));
                    const std::string what = fmt::format("∂log p/∂x[{}]", j);
                    const bool at_edge = !is_finite(far_up) || !is_finite(far_down), at_kink = bend > 4 * noise && far_bend < 1.5 * bend;
                    if (at_edge || at_kink) {  // either side's slope is as true: it has to be a number
                      result.compare(i, what, 0, to_double(slope), is_finite(slope) ? 0 : 1, 0, "kind");
                      continue;
                    }
                    // Beyond double, or where x is so near to 0 that 50 digits cannot tell the slope, nothing is compared.
                    if (!representable(fourth) || noise > 1e-6 * (1 + to_double(abs(fourth)))) continue;
                    const double bound = std::abs(to_double(second - fourth)) + noise + 0x1p-100 * size;
                    result.compare(i, what, to_double(fourth), to_double(slope), to_double(abs(slope - fourth)), bound);
                  }
                }
                if (result.findings.empty()) result.compare(0, "rows with a density", 0, 0, 0, 0);
                return result;
              },
          .violated_by = "log of 0 on the side of a select that is not taken",
          .fooled_by = "a density that is wrong everywhere in the same way"};
}

}  // namespace flowgauge::verify
