// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

namespace {

/// Whether every coordinate lies where the layer is declared to be the identity.
bool declared_identity(const Trial& trial, Index i) {
  const std::optional<double> outside = trial.subject().facts().identity_outside;
  const auto beyond = [&](double v) { return !(std::abs(v) < *outside); };
  return outside && std::all_of(trial.row(i).begin(), trial.row(i).end(), beyond);
}

}  // namespace

Law log_det_is_alive() {
  return {.id = "A1",
          .statement =
              "over a run, |log_det| is beyond 2^10 times what rounding makes of it in at least a quarter of the cases, so is its spread, and f is "
              "not the identity; a layer declared volume preserving has log_det 0",
          .advice = "the tests of this layer would be vacuous: the drawn parameters do not reach the formula; or it is not volume preserving",
          .wants = {.rows = 8, .ordinary_only = true},
          .examine = [](const Trial& trial) {
            Examined result;
            if (trial.subject().facts().volume_preserving) {
              for (Index i = 0; i < trial.rows(); ++i) {
                const double log_det = trial.call(Way::forward, trial.row(i), trial.context(i)).log_det;
                result.compare(i, "log_det of a layer that is declared volume preserving", 0, log_det, std::abs(log_det), 0);
              }
              return result;
            }
            double largest = 0, moved = 0, rounding = 0;
            bool counted = false;
            for (Index i = 0; i < trial.rows(); ++i) {
              if (declared_identity(trial, i)) continue;
              // Far out a bounded bend is rightly flat.
              if (std::any_of(trial.row(i).begin(), trial.row(i).end(), [](double v) { return std::abs(v) > 4; })) continue;
              counted = true;
              const Image<double> image = trial.call(Way::forward, trial.row(i), trial.context(i));
              const Image<Wide> truth = trial.map<Wide>(Way::forward, trial.row_at<Wide>(i), trial.context_at<Wide>(i));
              if (representable(truth))
                rounding = std::max(rounding, random_rounding(trial, Way::forward, trial.row(i), trial.context(i), truth).log_det);
              largest = std::abs(image.log_det) > std::abs(largest) ? image.log_det : largest;
              for (std::size_t j = 0; j < image.value.size(); ++j) moved = std::max(moved, std::abs(image.value[j] - trial.row(i)[j]));
            }
            if (counted) result.counted = {largest, moved, rounding};
            return result;
          },
          .examine_values = [](const Trial& trial) {
            if (trial.subject().parameters() == 0 && !trial.subject().facts().volume_preserving)
              return Examined::not_applicable("has no parameters: nothing is drawn but points");
            Examined result;
            double largest = 0, moved = 0;
            for (Index i = 0; i < trial.rows(); ++i) {
              const Image<double> image = trial.call(Way::forward, trial.row(i), trial.context(i));
              if (trial.subject().facts().volume_preserving)
                result.compare(i, "log_det of a layer that is declared volume preserving", 0, image.log_det, std::abs(image.log_det), 0);
              if (declared_identity(trial, i)) continue;
              if (std::any_of(trial.row(i).begin(), trial.row(i).end(), [](double v) { return std::abs(v) > 4; })) continue;
              largest = std::abs(image.log_det) > std::abs(largest) ? image.log_det : largest;
              for (std::size_t j = 0; j < image.value.size(); ++j) moved = std::max(moved, std::abs(image.value[j] - trial.row(i)[j]));
            }
            const double rounding = 8 * trial.subject().arithmetic().unit * std::max(1.0, std::abs(largest));
            if (!trial.subject().facts().volume_preserving && moved > 0) result.counted = {largest, moved, rounding};
            return result;
          },
          .conclude = [](const std::vector<std::vector<double>>& all) -> std::optional<std::string> {
            double alive = 0, moved = 0, sum = 0, square = 0, n = 0, rounding = 0;
            for (const auto& c : all) {
              if (c.size() != 3 || !std::isfinite(c[0])) continue;
              n += 1, alive += std::abs(c[0]) > 0x1p10 * c[2], moved = std::max(moved, c[1]), sum += c[0], square += c[0] * c[0];
              rounding = std::max(rounding, c[2]);
            }
            if (n < 10) return {};
            if (alive < n / 4) return fmt::format("|log_det| is beyond its rounding in {} of {} cases only", alive, n);
            if (std::sqrt(std::max(0.0, square / n - sum * sum / n / n)) <= 0x1p10 * rounding) return "log_det hardly varies over the cases";
            if (!(moved > 0)) return "f is the identity in every case";
            return {};
          },
          .violated_by = "a layer that ignores its parameters and returns x, 0",
          .fooled_by = "nothing about correctness follows: it only says that the other laws had something to see"};
}

}  // namespace flowgauge::verify
