// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

namespace {

constexpr auto not_boxed = "does not declare to be the identity outside a box";

/// The edge belongs to either side; far out others may overflow on the way.
Examined tails_by_values(const Trial& trial) {
  const auto box = trial.subject().facts().identity_outside;
  if (!box) return Examined::not_applicable(not_boxed);
  Examined result;
  const RandomStream stream(trial.sample().seed, "tails");
  const double unit = trial.subject().arithmetic().unit;
  const auto of_its_type = [&](double v) { return unit > unit_roundoff ? static_cast<double>(static_cast<float>(v)) : v; };
  // Numbers beside the edge, in ulp of the layer's own type.
  const auto beside = [&](int ulps) { return of_its_type(*box * (1 + 2 * unit * ulps)); };
  const double drawn = of_its_type(*box * (1 + std::abs(trial.row(0)[0])));
  const std::vector<double> sizes{beside(1), beside(2), beside(16), of_its_type(1.5 * *box), std::max(drawn, beside(1)), of_its_type(1e3 * *box)};
  for (const Way way : {Way::forward, Way::inverse}) {
    if (way == Way::inverse && trial.subject().facts().inverse == InverseKind::none) continue;
    const std::string of = way == Way::forward ? "" : " of the inverse";
    for (std::size_t k = 0; k < sizes.size(); ++k) {
      Numbers x(trial.subject().dim());
      for (std::size_t j = 0; j < x.size(); ++j)
        x[j] = std::copysign(sizes[(k + j) % sizes.size()], stream.uniform(k, static_cast<std::uint32_t>(j)) - 0.5);
      const Value image = trial.call(way, x, trial.context(0));
      for (std::size_t j = 0; j < x.size(); ++j)
        result.compare(0, fmt::format("y[{}]{} at {:.17g}, outside the box of {}", j, of, x[j], *box), x[j], image.value[j],
                       std::abs(image.value[j] - x[j]), 0, "bits");
      result.compare(0, fmt::format("log_det{} outside the box of {}", of, *box), 0, image.log_det, std::abs(image.log_det), 0, "bits");
    }
    for (const int ulps : {0, -1, -2, -16})
      for (const double sign : {-1.0, 1.0}) {
        const Numbers x(trial.subject().dim(), sign * beside(ulps));
        const Value image = trial.call(way, x, trial.context(0));
        const Noise noise = noise_at(trial, way, x, trial.context(0));
        for (std::size_t j = 0; j < x.size(); ++j) {
          const double y = image.value[j], beyond = std::isnan(y) ? y : std::max(0.0, std::abs(y) - *box);
          result.compare(0, fmt::format("y[{}]{} at {:.17g}, just inside the box of {}", j, of, x[j], *box), std::copysign(*box, sign), y, beyond,
                         of_one_at_least(noise.value[j].allowed, unit), "value");
        }
      }
  }
  return result;
}

}  // namespace

Law tails_are_the_identity() {
  return {.id = "L26",
          .statement =
              "where the layer declares to be the identity outside a box, y = x and log_det = 0 there in both directions, to the bit, at the "
              "box's edge and 1, 2, 16 ulp beyond it too; the last numbers inside stay inside, within random "
              "rounding",
          .advice = "the tails are treated by the outermost bin, or the box of one direction is not that of the other",
          .wants = {.stress = false, .rows = 1},
          .examine =
              [](const Trial& trial) {
                const auto box = trial.subject().facts().identity_outside;
                if (!box) return Examined::not_applicable(not_boxed);
                Examined result;
                const RandomStream stream(trial.sample().seed, "tails");
                const auto beyond = [&](int ulps) {
                  double x = *box;
                  for (; ulps > 0; --ulps) x = std::nextafter(x, std::numeric_limits<double>::infinity());
                  for (; ulps < 0; ++ulps) x = std::nextafter(x, 0.0);
                  return x;
                };
                const double drawn = *box * (1 + std::abs(trial.row(0)[0]));
                const std::vector<double> sizes{*box, beyond(1), beyond(2), beyond(16), 1.5 * *box, drawn, 1e3 * *box, 1e30, 1e300};
                for (const Way way : {Way::forward, Way::inverse}) {
                  const std::string of = way == Way::forward ? "" : " of the inverse";
                  for (std::size_t k = 0; k < sizes.size(); ++k) {
                    Numbers x(trial.subject().dim());
                    for (std::size_t j = 0; j < x.size(); ++j)
                      x[j] = std::copysign(sizes[(k + j) % sizes.size()], stream.uniform(k, static_cast<std::uint32_t>(j)) - 0.5);
                    const Image<double> image = trial.call(way, x, trial.context(0));
                    for (std::size_t j = 0; j < x.size(); ++j)
                      result.compare(0, fmt::format("y[{}]{} at {:.17g}, outside the box of {}", j, of, x[j], *box), x[j], image.value[j],
                                     std::abs(image.value[j] - x[j]), 0, "bits");
                    result.compare(0, fmt::format("log_det{} outside the box of {}", of, *box), 0, image.log_det, std::abs(image.log_det), 0, "bits");
                  }
                  for (const int ulps : {-1, -2, -16})
                    for (const double sign : {-1.0, 1.0}) {
                      const Numbers x(trial.subject().dim(), sign * beyond(ulps));
                      const Image<double> image = trial.call(way, x, trial.context(0));
                      const Image<Wide> truth = trial.map<Wide>(way, Trial::converted<Wide>(x), trial.context_at<Wide>(0));
                      const Spread allowed = random_rounding(trial, way, x, trial.context(0), truth);
                      for (std::size_t j = 0; j < x.size(); ++j)
                        result.compare(0, fmt::format("y[{}]{} at {:.17g}, just inside the box of {}", j, of, x[j], *box), std::copysign(*box, sign),
                                       image.value[j],
                                       image.value[j] == image.value[j] ? std::max(0.0, std::abs(image.value[j]) - *box) : image.value[j],
                                       allowed.value[j], "value");
                    }
                }
                return result;
              },
          .examine_values = tails_by_values,
          .violated_by = "a spline whose tail is y0 + 1*(x - x0)",
          .fooled_by = "what happens further inside (L25)"};
}

}  // namespace flowgauge::verify
