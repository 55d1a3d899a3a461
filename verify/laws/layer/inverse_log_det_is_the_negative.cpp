// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

Law inverse_log_det_is_the_negative() {
  return {.id = "L9",
          .statement = "log_det of the inverse at y is minus log_det of forward at f^-1(y), and log|det| of the inverse's own Jacobian, in 50 digits",
          .advice = "the inverse returns the log_det of the other direction, or of another point",
          .wants = {.outputs = true, .largest_dim = 8},
          .examine = [](const Trial& trial) {
            if (trial.subject().facts().inverse == InverseKind::none) return Examined::not_applicable("declares no inverse");
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i) {
              const std::vector<Wide> y = trial.row_at<Wide>(i), context = trial.context_at<Wide>(i);
              const Image<Wide> back = trial.map<Wide>(Way::inverse, y, context);
              if (!representable(back)) continue;
              const Image<Wide> there = trial.map<Wide>(Way::forward, back.value, context);
              if (!representable(there)) continue;  // f^-1(y) lies on an end of the domain, to 50 digits
              // What an error of f^-1(y) in its last bits does to log_det: the pair is the same only to within the inverse's residual, and near an
              // end of the domain f^-1(y) itself is rounded.
              double residual = 0;
              for (std::size_t j = 0; j < y.size(); ++j)
                residual = std::max(residual, to_double(abs(there.value[j] - y[j])) / std::max(1.0, std::abs(to_double(y[j]))));
              double rounded = 0;
              for (const double step : {RealTraits<double>::epsilon(), -RealTraits<double>::epsilon()}) {
                std::vector<Wide> moved;
                for (const Wide& v : back.value) moved.push_back(v + v * scaled_by_power_of_two(Wide(step), 52 - Wide::bits));
                const Image<Wide> beside = trial.map<Wide>(Way::forward, moved, context);
                if (representable(beside)) rounded = std::max(rounded, to_double(abs(beside.log_det - there.log_det)));
              }
              const double size = std::abs(to_double(back.log_det)) + std::abs(to_double(there.log_det));
              const double allowed = wide_tolerance(size) + 0x1p20 * std::min(residual, 0x1p-120) + 4 * rounded;
              result.compare(i, "log_det of the inverse", -to_double(there.log_det), to_double(back.log_det),
                             to_double(abs(back.log_det + there.log_det)), allowed);
              compare_log_det(result, trial, Way::inverse, i, y, context, "log_det of the inverse, against its own Jacobian");
            }
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
          .violated_by = "an inverse that returns +log_det",
          .fooled_by = "nothing known: both directions have a Jacobian of their own"};
}

}  // namespace flowgauge::verify
