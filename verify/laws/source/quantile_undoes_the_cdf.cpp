// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law quantile_undoes_the_cdf() {
  return {.id = "D6",
          .statement = "F(F⁻¹(p)) = p and S(S⁻¹(p)) = p down to p = 1e-302, within the rounding of x weighed by the density",
          .advice = "the branch of the other tail, or a root search that stops too early",
          .wants = {.stress = false},
          .examine_source =
              [](const SourceTrial& trial) {
                const Univariate* const source = trial.univariate();
                if (!source) return Examined::not_applicable(why_no_cdf(trial));
                constexpr double epsilon = std::numeric_limits<double>::epsilon();
                Examined result;
                const double middle = std::abs(source->quantile(0.5)), unheld = unheld_mass(*source);
                const RandomStream stream = trial.stream("probabilities");
                const Marginal m = source->marginal(0);
                for (Index i = 0; i < trial.rows(); ++i) {
                  const auto judge = [&](const char* what, double p, double x, double back, double size) {
                    // x is rounded, and so is what it was computed from: a few ε of |x| and of the location; and a few ε of the mass computed.
                    const double allowed = 32 * epsilon * (size + std::exp(source->log_density(x)) * (std::abs(x) + middle)) + unheld;
                    result.compare(i, fmt::format("{}, p = {:.17g}", what, p), p, back, std::abs(back - p), allowed, "probability");
                    result.compare(i, "the quantile, which lies in the support", p, x, x >= m.low && x <= m.high ? 0 : 1, 0, "kind");
                  };
                  const auto row = static_cast<std::uint64_t>(i);
                  const double u = stream.uniform(row, 0), tail = std::pow(10, -302 * stream.uniform(row, 1));
                  for (const double p : {u, tail, std::ldexp(1.0, -static_cast<int>(1 + stream.below(20, row, 2)))}) {
                    const double low = source->quantile(p), high = source->upper_quantile(p);
                    judge("F(F⁻¹(p))", p, low, source->cdf(low), p);
                    judge("S(S⁻¹(p))", p, high, source->upper_cdf(high), p);
                    if (p > 0.001 && p < 0.999) judge("1 − F(S⁻¹(p))", p, high, 1 - source->cdf(high), 1);
                  }
                }
                return result;
              },
          .violated_by = "the lower quantile for the upper one beyond the median",
          .fooled_by = "a cdf that is wrong with its inverse; D5 and D7 see that"};
}

}  // namespace flowgauge::verify
