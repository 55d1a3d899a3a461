// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

namespace {

constexpr auto not_increasing = "is not declared increasing in each coordinate";

/// x_j, and numbers above it: 1, 2 and 16 ulp of the layer's own type, 1e-6, 1e-2, 1, a half of x.
Numbers ascending(double x, bool in_float) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Numbers at{x};
  double next = x;
  for (int ulps = 1; ulps <= 16; ++ulps) {
    next = in_float ? std::nextafter(static_cast<float>(next), std::numeric_limits<float>::infinity()) : std::nextafter(next, infinity);
    if (ulps <= 2 || ulps == 16) at.push_back(next);
  }
  for (const double step : {1e-6, 1e-2, 1.0, 0.5 * std::abs(x)}) at.push_back(in_float ? static_cast<float>(x + step) : x + step);
  std::sort(at.begin(), at.end());
  return at;
}

/// A continuous one-to-one map of an interval rises throughout or falls throughout, declared or not.
Examined order_by_values(const Trial& trial) {
  const Subject& subject = trial.subject();
  const bool declared = subject.facts().increasing;
  if (!declared && subject.dim() > 1) return Examined::not_applicable(not_increasing);
  if (!declared && subject.arithmetic().jumps) return Examined::not_applicable("says that it jumps: it need not be monotone");
  Examined result;
  for (Index i = 0; i < trial.rows(); ++i)
    for (Index j = 0; j < subject.dim(); ++j) {
      std::vector<Numbers> points;
      for (const double x : ascending(trial.row(i)[j], subject.arithmetic().unit > unit_roundoff)) {
        if (!(x < subject.facts().domain.high)) break;
        points.emplace_back(trial.row(i).begin(), trial.row(i).end());
        points.back()[j] = x;
      }
      std::vector<Value> values = values_at(trial, Way::forward, points, trial.context(i));
      for (std::size_t k = 0; k < points.size();) {
        if (std::isfinite(values[k].value[j])) ++k;
        else points.erase(points.begin() + static_cast<std::ptrdiff_t>(k)), values.erase(values.begin() + static_cast<std::ptrdiff_t>(k));
      }
      if (points.size() < 2) continue;
      const auto y = [&](std::size_t k) { return values[k].value[j]; };
      const auto bound = [&](std::size_t k) {
        return of_one_at_least(noise_at(trial, Way::forward, points[k], trial.context(i)).value[j].allowed, subject.arithmetic().unit);
      };
      double direction = 1;
      if (!declared) {
        // The way from the first to the last, where that is more than noise.
        const double rise = y(points.size() - 1) - y(0);
        if (!(std::abs(rise) > bound(0) + bound(points.size() - 1))) continue;
        direction = rise > 0 ? 1 : -1;
      }
      for (std::size_t k = 1; k < points.size(); ++k) {
        const double back = -direction * (y(k) - y(k - 1));
        if (back <= 0) continue;
        const double allowed = bound(k - 1) + bound(k);
        if (std::isfinite(allowed))
          result.compare(i, fmt::format("y[{}] at x[{}] = {:.17g}, next to {:.17g}", j, j, points[k][j], points[k - 1][j]), y(k - 1), y(k), back,
                         allowed, "value");
      }
    }
  if (result.findings.empty()) result.compare(0, "order kept", 0, 0, 0, 0, "value");
  return result;
}

}  // namespace

Law increasing_maps_keep_the_order() {
  return {
      .id = "L24",
      .statement =
          "where the layer is declared increasing, y_j never falls when x_j alone grows, by 1, 2 or 16 ulp, by 1e-6, 1e-2, 1 or a half of x, beyond "
          "what random rounding does to the two values",
      .advice = "the declared sign of the slope is wrong, or neighbouring pieces overlap at a knot",
      .wants = {.largest_dim = 3, .rows = 2},
      .examine =
          [](const Trial& trial) {
            const Facts& facts = trial.subject().facts();
            if (!facts.increasing) return Examined::not_applicable(not_increasing);
            Examined result;
            const auto bound_at = [&](std::span<const double> x, Index row, Index j) {
              const Image<Wide> truth = trial.map<Wide>(Way::forward, Trial::converted<Wide>(x), trial.context_at<Wide>(row));
              if (!representable(truth)) return std::numeric_limits<double>::quiet_NaN();
              return random_rounding(trial, Way::forward, x, trial.context(row), truth).value[j];
            };
            for (Index i = 0; i < trial.rows(); ++i)
              for (Index j = 0; j < trial.subject().dim(); ++j) {
                const Numbers here(trial.row(i).begin(), trial.row(i).end());
                const double y = trial.call(Way::forward, here, trial.context(i)).value[j], bound = bound_at(here, i, j);
                if (!std::isfinite(y) || !std::isfinite(bound)) continue;
                Numbers there = here;
                double& x = there[j];
                const auto ulps = [&](int count) {
                  x = here[j];
                  for (; count > 0; --count) x = std::nextafter(x, std::numeric_limits<double>::infinity());
                };
                for (int step = 0; step < 7; ++step) {
                  if (step < 3) ulps(step == 0 ? 1 : step == 1 ? 2 : 16);
                  else x = here[j] + (step == 3 ? 1e-6 : step == 4 ? 1e-2 : step == 5 ? 1.0 : 0.5 * std::abs(here[j]));
                  if (!(x < facts.domain.high)) continue;
                  const double higher = trial.call(Way::forward, there, trial.context(i)).value[j];
                  if (!std::isfinite(higher)) continue;
                  if (higher >= y) result.compare(i, "order kept", y, higher, 0, bound, "value");
                  else
                    result.compare(i, fmt::format("y[{}] at x[{}] = {:.17g}, which is larger", j, j, x), y, higher, y - higher,
                                   bound + bound_at(there, i, j), "value");
                }
              }
            return result;
          },
      .examine_values = order_by_values,
      .violated_by = "a layer y = -x + b that calls itself increasing",
      .fooled_by = "folds narrower than the steps and between them"};
}

}  // namespace flowgauge::verify
