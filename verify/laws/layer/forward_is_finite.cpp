// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

Law forward_is_finite() {
  return {.id = "L1",
          .statement = "x in the domain gives a finite y in the codomain and a finite log_det, unless the exact value has no double",
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
              for (std::size_t j = 0; j < image.value.size(); ++j)
                judge(fmt::format("y[{}]", j), truth.value[j], image.value[j], facts.codomain.low, facts.codomain.high);
              judge("log_det", truth.log_det, image.log_det, -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity());
            }
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
          .violated_by = "softplus written as log(1 + exp(x))",
          .fooled_by = "a finite number that is wrong"};
}

}  // namespace flowgauge::verify
