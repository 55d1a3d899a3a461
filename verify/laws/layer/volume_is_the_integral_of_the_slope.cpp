// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <array>
#include <cmath>

namespace flowgauge::verify {

namespace {

// Gauss–Legendre on [−1, 1], eight points: the positive ones and their weights. Abramowitz and Stegun, table 25.4.
constexpr std::array<double, 4> node{0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363};
constexpr std::array<double, 4> weight{0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763};

/// Points and weights of ∫ over [low, high] in `panels` equal panels.
struct Rule {
  std::vector<double> at, weight;
  Rule(double low, double high, int panels) {
    const double half = 0.5 * (high - low) / panels;
    for (int p = 0; p < panels; ++p)
      for (std::size_t k = 0; k < node.size(); ++k)
        for (const double sign : {-1.0, 1.0}) {
          at.push_back(low + half * (2 * p + 1 + sign * node[k]));
          weight.push_back(half * verify::weight[k]);
        }
  }
};

/// A number, and how far it may be off: what refining it changed.
struct Estimated {
  double value = 0, error = 0;
};

struct Images {
  Batch<double> y;
  std::vector<double> log_det;
};
Images images(const Trial& trial, const Batch<double>& x) {
  Batch<double> context(trial.subject().context() == 0 ? 0 : x.rows(), trial.subject().context());
  for (Index i = 0; i < context.rows(); ++i)
    for (Index j = 0; j < context.dim(); ++j) context(i, j) = trial.context(0)[j];
  Images out{Batch<double>(x.rows(), x.dim()), std::vector<double>(x.rows())};
  trial.call(Way::forward, x, context, out.y, out.log_det);
  return out;
}

/// ∫ e^log_det over a box, by six panels a side; where f bends inside, one coarser rule may agree by chance, so three are asked.
Estimated integral(const Trial& trial, const Numbers& low, const Numbers& high) {
  const auto by = [&](int panels) {
    std::vector<Rule> rules;
    for (std::size_t j = 0; j < low.size(); ++j) rules.emplace_back(low[j], high[j], panels);
    const auto n = static_cast<Index>(rules[0].at.size()), second = rules.size() > 1 ? n : Index{1};
    Batch<double> x(n * second, static_cast<Index>(low.size()));
    for (Index i = 0; i < x.rows(); ++i)
      for (Index j = 0; j < x.dim(); ++j) x(i, j) = rules[j].at[j == 0 ? i % n : i / n];
    const Images at = images(trial, x);
    double sum = 0;
    for (Index i = 0; i < x.rows(); ++i) sum += std::exp(at.log_det[i]) * rules[0].weight[i % n] * (x.dim() > 1 ? rules[1].weight[i / n] : 1.0);
    return sum;
  };
  Estimated sum{by(6), 0};
  for (const int panels : {3, 4, 5}) sum.error = std::max(sum.error, std::abs(sum.value - by(panels)));
  return sum;
}

/// What random rounding does to the corners' images: the largest bound of each output, and of log_det.
Spread of_corners(const Trial& trial, const Numbers& low, const Numbers& high) {
  Spread largest{std::vector<double>(low.size(), 0.0), 0};
  for (std::size_t corner = 0; corner < (low.size() == 1 ? 2u : 4u); ++corner) {
    Numbers x = low;
    for (std::size_t j = 0; j < x.size(); ++j)
      if ((corner >> j & 1) != 0) x[j] = high[j];
    const Image<Wide> truth = trial.map<Wide>(Way::forward, Trial::converted<Wide>(x), trial.context_at<Wide>(0));
    const Spread here = random_rounding(trial, Way::forward, x, trial.context(0), truth);
    for (std::size_t j = 0; j < x.size(); ++j) largest.value[j] = std::max(largest.value[j], here.value[j]);
    largest.log_det = std::max(largest.log_det, here.log_det);
  }
  return largest;
}

/// The length or the area of the image of a box, from f on its boundary alone: |f(b) − f(a)|, or Green's theorem over the mapped boundary as a
/// polygon, whose error falls with the square of its sides and is extrapolated twice.
Estimated image(const Trial& trial, const Numbers& low, const Numbers& high, const std::vector<double>& rounding) {
  if (low.size() == 1) {
    Batch<double> ends(2, 1);
    ends(0, 0) = low[0], ends(1, 0) = high[0];
    const Images at = images(trial, ends);
    return {std::abs(at.y(1, 0) - at.y(0, 0)), 2 * rounding[0]};
  }
  double size = 0;
  const auto area = [&](Index side) {
    Batch<double> x(4 * side, 2);
    for (Index k = 0; k < side; ++k) {
      const double share = static_cast<double>(k) / static_cast<double>(side);
      const double right = low[0] + share * (high[0] - low[0]), up = low[1] + share * (high[1] - low[1]);
      x(k, 0) = right, x(k, 1) = low[1];
      x(side + k, 0) = high[0], x(side + k, 1) = up;
      x(2 * side + k, 0) = high[0] + low[0] - right, x(2 * side + k, 1) = high[1];
      x(3 * side + k, 0) = low[0], x(3 * side + k, 1) = high[1] + low[1] - up;
    }
    const Batch<double> y = images(trial, x).y;
    double twice = 0;
    size = 0;
    for (Index i = 0; i < y.rows(); ++i) {
      const Index next = (i + 1) % y.rows();
      // From the first corner: what is far away does not cancel.
      const double u = y(i, 0) - y(0, 0), v = y(i, 1) - y(0, 1);
      twice += u * (y(next, 1) - y(0, 1)) - v * (y(next, 0) - y(0, 0));
      size += rounding[0] * std::abs(y(next, 1) - y(i, 1)) + rounding[1] * std::abs(y(next, 0) - y(i, 0));
    }
    return 0.5 * std::abs(twice);
  };
  const double a = area(32), b = area(64), c = area(128), ab = b + (b - a) / 3, bc = c + (c - b) / 3;
  return {bc + (bc - ab) / 15, std::abs(bc - ab) + 2 * size};
}

/// A box around x of sides 0.125 to 0.625, shorter far out where densities fall fast, inside the domain and, where the layer
/// knows its knots, in one piece of f: it stays a tenth of the way away from their ends.
void box_around(const Trial& trial, Numbers& low, Numbers& high) {
  const Facts& facts = trial.subject().facts();
  const RandomStream stream(trial.sample().seed, "box");
  const Numbers x = low;
  for (std::size_t j = 0; j < x.size(); ++j) {
    std::vector<double> ends{facts.domain.low, facts.domain.high};
    if (facts.continuous_derivatives < 99) ends.push_back(0);
    if (facts.identity_outside) ends.insert(ends.end(), {-*facts.identity_outside, *facts.identity_outside});
    if (facts.structure == Structure::diagonal && trial.subject().context() == 0)
      trial.subject().flow<double>().layers().front().body().knots({trial.sample().theta, {}, nullptr}, static_cast<Index>(j), ends);
    const double centre = x[j] == 0 ? 0.25 : x[j];
    double half = (0.0625 + 0.25 * stream.uniform(j, 0)) / std::max(1.0, std::abs(centre));
    for (const double end : ends)
      if (std::isfinite(end)) half = std::min(half, 0.9 * std::abs(end - centre));
    low[j] = centre - half, high[j] = centre + half;
  }
}

}  // namespace

Law volume_is_the_integral_of_the_slope() {
  return {.id = "L35",
          .statement =
              "at dims 1 and 2 the image of a box, measured on its mapped boundary, is as large as the integral of e^log_det over the box, within "
              "what refining "
              "either changes: no derivative is asked for",
          .advice = "log_det is not that of this map, and the derivatives that other laws ask for are wrong with it; or the map folds",
          .wants = {.stress = false, .largest_dim = 2, .rows = 1, .ordinary_only = true},
          .deep = true,
          .examine =
              [](const Trial& trial) {
                if (trial.subject().dim() > 2) return Examined::not_applicable("areas are measured at dims 1 and 2");
                Numbers low(trial.row(0).begin(), trial.row(0).end()), high = low;
                box_around(trial, low, high);
                Examined result;
                const Spread rounding = of_corners(trial, low, high);
                Estimated inside = integral(trial, low, high);
                inside.error += rounding.log_det * inside.value;
                const Estimated boundary = image(trial, low, high, rounding.value);
                if (!std::isfinite(inside.value) || !std::isfinite(boundary.value)) return result;
                const double allowed = 2 * (inside.error + boundary.error) + 0x1p-40 * std::abs(boundary.value) + std::numeric_limits<double>::min();
                if (!(boundary.error + rounding.log_det * inside.value <= 0.01 * std::abs(boundary.value)))
                  return result;  // smaller than the rounding of its corners
                if (allowed > 0.05 * std::abs(boundary.value)) {
                  result.unresolved(0, "kink");  // neither converges: f bends sharply inside the box
                  return result;
                }
                result.compare(0, low.size() == 1 ? "the length of the image of an interval around x" : "the area of the image of a box around x",
                               boundary.value, inside.value, std::abs(boundary.value - inside.value), allowed, "value");
                return result;
              },
          .violated_by = "a slope that derivatives do not see, and log_det with them",
          .fooled_by = "errors below what the two estimates differ by, from 1e-12 of the volume to a twentieth"};
}

}  // namespace flowgauge::verify
