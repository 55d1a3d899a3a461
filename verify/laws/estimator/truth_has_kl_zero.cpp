// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/adapt.hpp>
#include <flowgauge/distributions/scalable/planted.hpp>
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/verify/estimator.hpp>
#include <flowgauge/verify/law.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law truth_has_kl_zero() {
  return {
      .id = "K1",
      .statement = "a planted source at its own parameters has KL 0 and standard error 0, to the bit",
      .advice = "the two densities are computed on different paths, or a reduction subtracts what it should not",
      .wants = {.sample = true},
      .examine_estimator =
          [](const EstimatorTrial& trial) {
            Examined result;
            for (const char* const text : {"planted(triangular softlog triangular, dim=1)", "planted", "planted(2*(coupling permutation), dim=3)"}) {
              const auto source = distributions::make_source(text);
              const auto* const planted = distributions::source_as<distributions::Planted>(*source);
              const EstimatedKl e = trial.estimator().kl(planted->model(), *source, trial.rows(), trial.seed(1));
              const double quick = trial.estimator().quick_kl(planted->model(), *source, trial.rows(), trial.seed(1)).value;
              const auto judge = [&](const char* what, double observed) {
                result.compare(0, fmt::format("{} of {}", what, text), 0, observed, std::abs(observed), 0);
              };
              judge("the KL", e.kl.value);
              judge("its standard error", e.kl.std_error);
              judge("the headline", quick);
            }
            return result;
          },
      .violated_by = "a log q that counts log_det twice",
      .fooled_by = "whatever is multiplied by 0: the size of the error, the number of rows"};
}

}  // namespace flowgauge::verify
