// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <fmt/format.h>
#include <algorithm>
#include <cmath>

namespace flowgauge::verify {

Law forward_undoes_inverse() {
  return {.id = "L4",
          .statement = "every y drawn in the codomain on its own has a pre-image, and f(f^-1(y)) = y",
          .advice = "the inverse is wrong where forward rarely goes, or the codomain is smaller than declared",
          .wants = {.outputs = true, .largest_dim = 8},
          .examine =
              [](const Trial& trial) {
                if (trial.subject().facts().inverse == InverseKind::none) return Examined::not_applicable("declares no inverse");
                Examined result;
                const Interval codomain = trial.subject().facts().codomain;
                for (Index i = 0; i < trial.rows(); ++i) {
                  // Not further out than where e^y still has a number in 50 digits.
                  const auto inside = [&](double y) { return y > codomain.low && y < codomain.high && std::abs(y) < 1e15; };
                  const Image<Wide> back = trial.map<Wide>(Way::inverse, trial.row_at<Wide>(i), trial.context_at<Wide>(i));
                  const auto none = std::find_if(back.value.begin(), back.value.end(), [](const Wide& x) { return x != x; });
                  if (none != back.value.end() && std::all_of(trial.row(i).begin(), trial.row(i).end(), inside))
                    result.compare(i, fmt::format("no x has this image: x[{}] of it in 50 digits", none - back.value.begin()), 0,
                                   std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN(), 0, "value");
                  else round_trip(result, trial, Way::inverse, i);
                }
                result.words = residual_words(result, trial.subject().dim());
                return result;
              },
          .examine_values = [](const Trial& trial) {
            if (trial.subject().facts().inverse == InverseKind::none) return Examined::not_applicable("declares no inverse");
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i) round_trip_by_values(result, trial, Way::inverse, i);
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
          .violated_by = "an inverse that clamps y to the range of the training data",
          .fooled_by = "nothing that L3 does not see, near the drawn points"};
}

}  // namespace flowgauge::verify
