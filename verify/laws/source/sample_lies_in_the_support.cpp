// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>

#include <cmath>

namespace flowgauge::verify {
namespace {

/// Draws that lie outside the marginals or have no density, of `source`.
double lost_draws(const Distribution& source, const RandomStream& stream, Index n, Numbers& example) {
  Batch<double> x(n, source.dim());
  std::vector<double> log_p(static_cast<std::size_t>(n));
  source.sample(stream, 0, x);
  source.log_prob(x, log_p);
  double lost = 0;
  for (Index i = 0; i < n; ++i) {
    bool good = std::isfinite(log_p[static_cast<std::size_t>(i)]);
    for (int j = 0; j < source.dim(); ++j) {
      const Marginal m = source.marginal(j);
      good &= std::isfinite(x(i, j)) && x(i, j) >= m.low && x(i, j) <= m.high;
    }
    if (good) continue;
    if (lost++ == 0)
      for (Index j = 0; j < x.dim(); ++j) example.push_back(x(i, j));
  }
  return lost;
}

}  // namespace

Law sample_lies_in_the_support() {
  return {
      .id = "D15",
      .statement = "every draw is finite, lies in the declared support and has a finite log density, with options at the ends of their ranges too",
      .advice = "the logarithm of a uniform number that is 0 or 1, or a draw that rounding puts on the far side of an edge",
      .wants = {.sample = true},
      .examine_source =
          [](const SourceTrial& trial) {
            Examined result;
            const auto judge = [&](const std::string& of, const Distribution& source, Index n) {
              Numbers example;
              const double lost = lost_draws(source, trial.stream("support " + of), n, example);
              result.compare(0, "draws outside the support, of " + of + (example.empty() ? "" : ", the first at " + exact_text(example[0])), 0, lost,
                             lost, 0, "draws");
            };
            judge(trial.source().text(), trial.source(), trial.sample().batch);
            for (const OptionInfo& option : trial.family().options) {
              if (option.kind != OptionInfo::Kind::real) continue;
              for (const double end : {option.low, option.high}) {
                try {
                  const auto extreme = trial.family().make({trial.family().name, {{option.name, {end}}}});
                  judge(extreme->text(), *extreme, trial.sample().batch / 10);
                } catch (const ConfigError&) {  // excluded by another option: D19 looks at these
                }
              }
            }
            return result;
          },
      .violated_by = "an inverse cdf that is infinite where a uniform number is 0",
      .fooled_by = "a sampler that never reaches part of the support; D7 sees that"};
}

}  // namespace flowgauge::verify
