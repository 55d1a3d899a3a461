// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>

#include <fmt/format.h>
#include <algorithm>
#include <cmath>

namespace flowgauge::verify {

Law cdf_is_the_integral_of_the_density() {
  return {.id = "D5",
          .statement = "F rises from 0 to 1, S = P(X > x) falls from 1 to 0, F + S = 1, and both grow by ∫p, to a relative error in their own tail",
          .advice = "S computed as 1 − F, which has no digits where F is near 1; or a cdf of other options than the density's",
          .examine_source =
              [](const SourceTrial& trial) {
                const Univariate* const source = trial.univariate();
                if (!source) return Examined::not_applicable(why_no_cdf(trial));
                constexpr double infinity = std::numeric_limits<double>::infinity(), epsilon = std::numeric_limits<double>::epsilon();
                Examined result;
                for (const double end : {-infinity, infinity}) {
                  const double expected = end > 0 ? 1 : 0, below = source->cdf(end), above = source->upper_cdf(end);
                  result.compare(0, fmt::format("F at {}", end), expected, below, std::abs(below - expected), 0, "probability");
                  result.compare(0, fmt::format("S at {}", end), 1 - expected, above, std::abs(above - (1 - expected)), 0, "probability");
                }
                const Marginal m = source->marginal(0);
                const double middle = std::abs(source->quantile(0.5)), unheld = unheld_mass(*source);
                // Mass of a panel at t of its width: the density alone may underflow where this does not.
                const auto mass_at = [&](double x, double width) { return std::exp(source->log_density(x) + std::log(width)); };
                for (Index i = 0; i < trial.rows(); ++i) {
                  const double x = trial.row(i)[0];
                  const double f = source->cdf(x), s = source->upper_cdf(x);
                  // An incomplete beta function is right to some 10ε, and there is one on either side.
                  result.compare(i, "F + S", 1, f + s, std::abs(f + s - 1), 32 * epsilon, "probability");
                  // The next number that its own tail can tell from x: half the smaller tail mass on.
                  const bool below = f < s;
                  const double p = below ? f : s;
                  const double room = std::min({std::abs(x - m.low), std::abs(m.high - x), 1.0});
                  if (room > 1e-290 && x > m.low && x < m.high && source->log_density(x) + std::log(room) > -600)
                    result.compare(i, "the tail mass where the density is positive, 0", 1, p, p > 0 ? 0 : 1, 0, "kind");
                  if (!(p > 1e-290) || !(p < 1)) continue;
                  const double beyond = below ? source->quantile(p / 2) : source->upper_quantile(p / 2);
                  const double kept = below ? source->cdf(beyond) : source->upper_cdf(beyond);
                  if (!(beyond > m.low && beyond < m.high) || !std::isfinite(beyond) || beyond == x) continue;
                  std::vector<double> cuts = source->kinks();
                  cuts.insert(cuts.end(), {x, beyond});
                  // A tail or a pole may span many powers of two between the two.
                  for (const double from : {m.low, m.high, middle}) {
                    const double u = std::abs(x - from), v = std::abs(beyond - from);
                    for (double w = 2 * std::min(u, v); w > 0 && w < std::max(u, v) && std::isfinite(from); w *= 2)
                      cuts.insert(cuts.end(), {from + w, from - w});
                  }
                  const double low = std::min(x, beyond), high = std::max(x, beyond);
                  std::erase_if(cuts, [&](double c) { return c < low || c > high; });
                  std::sort(cuts.begin(), cuts.end());
                  Quadrature mass;
                  for (std::size_t k = 0; k + 1 < cuts.size(); ++k) {
                    if (cuts[k] == cuts[k + 1]) continue;
                    const double from = cuts[k], width = cuts[k + 1] - cuts[k];
                    const Quadrature part = integral([&](double t) { return mass_at(from + width * t, width); }, 0, 1);
                    mass.value += part.value, mass.error += part.error;
                  }
                  // Of p: 2^12·ε for incomplete gamma and beta functions, ε·|log p| for the exponential; x and its quantile are rounded, beside the
                  // location too, which the density weighs.
                  const double moved = 32 * epsilon * (mass_at(x, std::abs(x) + middle) + mass_at(beyond, std::abs(beyond) + middle));
                  const double allowed = mass.error + moved + 8 * epsilon * p * (512 - source->log_density(beyond)) + unheld;
                  result.compare(i, below ? "F(x) − F(x′), x′ where half of it is left" : "S(x) − S(x′), x′ where half of it is left", mass.value,
                                 p - kept, std::abs(p - kept - mass.value), allowed, "probability");
                  // Between neighbours.
                  const double next = std::nextafter(x, infinity);
                  const double fall = std::max(source->cdf(x) - source->cdf(next), source->upper_cdf(next) - source->upper_cdf(x));
                  result.compare(i, "the largest step down of F, up of S, to the next number", 0, fall, std::max(fall, 0.0), 512 * epsilon * p,
                                 "probability");
                }
                return result;
              },
          .violated_by = "S as 1 − F",
          .fooled_by = "a density and a cdf that are wrong in the same way"};
}

}  // namespace flowgauge::verify
