// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

namespace {

/// Whether log_det is no number because one coordinate at 0 contributes ∞ and another −∞, as |x|^a does with different a: each alone is right.
bool infinities_meet(const Trial& trial, Index row, const Image<Wide>& truth) {
  if (truth.log_det == truth.log_det) return false;
  const Facts& facts = trial.subject().facts();
  const auto d = static_cast<Index>(truth.value.size());
  const auto passes = [&](Index k) { return facts.kept_first ? k < facts.kept : k >= d - facts.kept; };
  bool above = false, below = false;
  for (Index j = 0; j < d; ++j) {
    std::vector<Wide> x = trial.row_at<Wide>(row);
    for (Index k = 0; k < d; ++k)
      if (k != j && !passes(k) && x[k] == Wide(0.0)) x[k] = Wide(0.5);
    const double alone = to_double(trial.map<Wide>(Way::forward, x, trial.context_at<Wide>(row)).log_det);
    above |= std::isinf(alone) && alone > 0, below |= std::isinf(alone) && alone < 0;
  }
  return above && below;
}

}  // namespace

Law forward_is_finite() {
  return {.id = "L1",
          .statement = "x in the domain gives a finite y in the codomain and a finite log_det, unless the exact value or its slope has no double",
          .advice = "exp or softplus overflows inside, or log 0, or 0 times infinity",
          .examine = [](const Trial& trial) {
            Examined result;
            const Facts& facts = trial.subject().facts();
            for (Index i = 0; i < trial.rows(); ++i) {
              const Image<double> image = trial.call(Way::forward, trial.row(i), trial.context(i));
              const Image<Wide> truth = trial.map<Wide>(Way::forward, trial.row_at<Wide>(i), trial.context_at<Wide>(i));
              const auto judge = [&](const std::string& what, const Wide& exact, double got, double low, double high) {
                const double e = to_double(exact);
                if (std::isfinite(e) && std::abs(e) > 1e300) return;
                if (std::isinf(e)) return;  // beyond every double: overflow is the right answer
                const bool good = std::isfinite(got) && got >= low && got <= high;
                result.compare(i, what, e, got, good ? 0 : std::isfinite(got) ? std::max(low - got, got - high) : std::abs(got), 0, "value");
              };
              const bool steep = to_double(truth.log_det) > 700;  // a slope beyond every double: nor has what it multiplies one, if only by chance
              for (std::size_t j = 0; j < image.value.size(); ++j)
                if (!steep || std::isfinite(image.value[j]))
                  judge(fmt::format("y[{}]", j), truth.value[j], image.value[j], facts.codomain.low, facts.codomain.high);
              if (infinities_meet(trial, i, truth)) continue;
              judge("log_det", truth.log_det, image.log_det, -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity());
            }
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
          .examine_values = [](const Trial& trial) {
            // Without 50 digits nobody knows where overflow is right: ∞ is wrong near the origin, NaN everywhere.
            Examined result;
            const Facts& facts = trial.subject().facts();
            for (Index i = 0; i < trial.rows(); ++i) {
              const Image<double> image = trial.call(Way::forward, trial.row(i), trial.context(i));
              const auto within = [&](double size) {
                return std::all_of(trial.row(i).begin(), trial.row(i).end(),
                                   [&](double x) { return std::abs(x) <= size && x > facts.domain.low && x < facts.domain.high; });
              };
              const auto judge = [&](const std::string& what, double got, double low, double high, double near) {
                if (std::isinf(got) && !within(near)) return;
                const bool good = std::isfinite(got) && got >= low && got <= high;
                result.compare(i, what, std::clamp(got == got ? got : 0.0, low, high), got,
                               good ? 0 : std::isfinite(got) ? std::max(low - got, got - high) : std::abs(got), 0, "value");
              };
              for (std::size_t j = 0; j < image.value.size(); ++j)
                judge(fmt::format("y[{}]", j), image.value[j], facts.codomain.low, facts.codomain.high, 4);
              const double infinity = std::numeric_limits<double>::infinity();
              const bool finite = std::all_of(image.value.begin(), image.value.end(), [](double y) { return std::isfinite(y); });
              judge("log_det", image.log_det, -infinity, infinity, finite ? 32 : 4);
            }
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
          .violated_by = "softplus written as log(1 + exp(x))",
          .fooled_by = "a finite number that is wrong"};
}

}  // namespace flowgauge::verify
