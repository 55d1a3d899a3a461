// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

namespace flowgauge::verify {

Law log_det_matches_differences() {
  return {.id = "L8",
          .statement =
              "log_det = log|det J| of a layer that exists in double only, J by finite differences of its values, within a bound computed from two "
              "orders, the measured noise and the conditioning of J",
          .advice = "the formula of log_det is not that of the map: a term dropped or doubled, a sign, a sum over the wrong axis, a constant",
          .wants = {.ordinary_only = true},
          .examine = [](const Trial&) { return Examined::not_applicable("exists in 50 digits: L6 differentiates it exactly"); },
          .examine_values = [](const Trial& trial) {
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i) compare_log_det_by_values(result, trial, Way::forward, i, trial.row(i), "log_det");
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
          .violated_by = "a layer in double only whose log_det lacks one coordinate",
          .fooled_by = "an error below the bound, which an ill-conditioned Jacobian widens; what goes wrong in a third type only"};
}

}  // namespace flowgauge::verify
