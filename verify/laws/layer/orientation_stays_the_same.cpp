// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <cmath>

namespace flowgauge::verify {

namespace {

/// The same number of every case is the same point of the domain.
Numbers drawn_point(const Trial& trial, const RandomStream& stream, Index k) {
  const Interval domain = trial.subject().facts().domain;
  const bool low = std::isfinite(domain.low), high = std::isfinite(domain.high);
  Numbers x(trial.subject().dim());
  for (std::size_t j = 0; j < x.size(); ++j) {
    const auto draw = static_cast<std::uint32_t>(2 * j);
    const double free = (k % 4 == 3 ? 8 : 2) * stream.normal(k, draw);
    x[j] = low && high ? domain.low + stream.uniform(k, draw) * (domain.high - domain.low)
           : low       ? domain.low + std::abs(free)
           : high      ? domain.high - std::abs(free)
                       : free;
  }
  return x;
}

/// The sign of det J at 32 points, 0 where `sign_at` cannot tell.
Examined signs_agree(const Trial& trial, const std::function<int(Numbers)>& sign_at) {
  Examined result;
  const RandomStream stream(trial.sample().seed, "orientation");
  int first = 0;
  for (Index k = 0; k < 32; ++k) {
    const int sign = sign_at(drawn_point(trial, stream, k));
    if (sign == 0) continue;  // L6 and L1 speak of a singular Jacobian
    if (first == 0) first = sign;
    result.compare(0, "the sign of det J at another point of the domain", first, sign, std::abs(first - sign), 0.5, "sign");
  }
  return result;
}

/// By the ladder of finite differences.
Examined orientation_by_values(const Trial& trial) {
  if (trial.subject().arithmetic().jumps) return Examined::not_applicable("says that it jumps: it may turn over there");
  return signs_agree(trial, [&](Numbers x) {
    if (trial.subject().arithmetic().unit > unit_roundoff)
      for (double& v : x) v = static_cast<float>(v);
    if (!within_reach(trial, Way::forward, x)) return 0;
    const Noise noise = noise_at(trial, Way::forward, x, trial.context(0));
    if (!std::isfinite(noise.log_det.allowed)) return 0;
    const LogDetByDifferences<double> found = log_det_by_values(trial, Way::forward, x, trial.context(0), noise);
    return found.unresolved == Unresolved::no ? found.estimate.sign : 0;
  });
}

}  // namespace

Law orientation_stays_the_same() {
  return {.id = "L27",
          .statement =
              "the sign of det J is the same at 32 points of the domain, J by duals in 50 digits: a map that is continuous and one-to-one never "
              "turns over",
          .advice = "a constraint on the parameters is missing or wrong, and the map folds where they are degenerate",
          .wants = {.largest_dim = 3, .rows = 1},
          .deep = true,
          .examine =
              [](const Trial& trial) {
                const Facts& facts = trial.subject().facts();
                if (facts.structure == Structure::coupling && !facts.increasing)
                  return Examined::not_applicable("its conditioner may give a factor of either sign, here one and there the other");
                return signs_agree(trial, [&](const Numbers& x) {
                  const std::vector<Wide> at = Trial::converted<Wide>(x), given = trial.context_at<Wide>(0);
                  if (!representable(trial.map<Wide>(Way::forward, at, given))) return 0;
                  return true_log_det(trial, Way::forward, at, given).sign;
                });
              },
          .examine_values = orientation_by_values,
          .violated_by = "a planar layer without the constraint on w'u",
          .fooled_by = "folds between the points; a map that folds twice"};
}

}  // namespace flowgauge::verify
