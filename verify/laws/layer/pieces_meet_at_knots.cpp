// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace flowgauge::verify {

namespace {

/// How much the slope of a function changes from one node of a grid to the next, where it changes most.
struct Bend {
  double jump = 0, step = 0, at = 0;
};
/// Grids of 32 steps, each over the two steps of the one before where the slope changes most: 16 times as fine. The change of a smooth function's
/// slope falls with the step; at a kink it stays, where the function jumps it grows. Nothing where a value is not finite.
std::vector<Bend> bends(const std::function<std::vector<double>(const std::vector<double>&)>& values, double low, double high, int grids) {
  constexpr int steps = 32;
  std::vector<Bend> found;
  for (int g = 0; g < grids; ++g) {
    std::vector<double> nodes;
    for (int k = 0; k <= steps; ++k) nodes.push_back(low + (high - low) * k / steps);
    const std::vector<double> v = values(nodes);
    if (!std::all_of(v.begin(), v.end(), [](double one) { return std::isfinite(one); })) return {};
    Bend most{0, (high - low) / steps, nodes[steps / 2]};
    int where = steps / 2;
    for (int k = 1; k < steps; ++k)
      if (const double jump = std::abs(v[k + 1] - 2 * v[k] + v[k - 1]) / most.step; jump > most.jump) most.jump = jump, most.at = nodes[k], where = k;
    found.push_back(most);
    low = nodes[where - 1], high = nodes[where + 1];
  }
  return found;
}

/// Where knots lie, others do not say: what is declared smooth is looked through along a drawn line.
Examined smooth_by_values(const Trial& trial) {
  const Subject& subject = trial.subject();
  if (!subject.arithmetic().smooth) return Examined::not_applicable("does not declare to be smooth, and where its knots lie is not known");
  Examined result;
  const Interval domain = subject.facts().domain;
  const bool in_float = subject.arithmetic().unit > unit_roundoff;
  const RandomStream stream(trial.sample().seed, "lines");
  for (Index i = 0; i < trial.rows(); ++i) {
    // Short numbers all of them, so that every node is a number of the layer's type: a rounded one would look like a bend.
    const double bits = in_float ? 0x1p8 : 0x1p20;
    Numbers x(trial.row(i).begin(), trial.row(i).end()), v(x.size());
    double room = 2;  // of t, on either side
    for (std::size_t j = 0; j < x.size(); ++j) {
      x[j] = std::nearbyint(x[j] * bits) / bits;
      const std::uint64_t way = stream.below(4, static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(j));
      v[j] = (way % 2 == 0 ? 1 : -1) * (way < 2 ? 1.0 : 0.5);
      room = std::min(room, 0.9 * std::min(x[j] - domain.low, domain.high - x[j]));
    }
    if (!(room > 0) || !within_reach(trial, Way::forward, x)) continue;
    room = std::exp2(std::floor(std::log2(room)));
    const auto point = [&](double t) {
      Numbers at = x;
      for (std::size_t j = 0; j < at.size(); ++j) at[j] += t * v[j];
      return at;
    };
    for (std::size_t j = 0; j <= x.size(); ++j) {
      const bool of_log_det = j == x.size();
      const std::vector<Bend> found = bends(
          [&](const std::vector<double>& nodes) {
            std::vector<Numbers> points;
            for (const double t : nodes) points.push_back(point(t));
            std::vector<double> column;
            for (const Value& value : values_at(trial, Way::forward, points, trial.context(i)))
              column.push_back(of_log_det ? value.log_det : value.value[j]);
            return column;
          },
          -room, room, in_float ? 3 : 6);
      if (found.empty()) continue;
      const Bend last = found.back(), before = found[found.size() - 2];
      const Noise noise = noise_at(trial, Way::forward, point(last.at), trial.context(i));
      // Its cap counts: a table across a kink takes it for noise.
      const double of_value = of_log_det ? noise.log_det.allowed : of_one_at_least(noise.value[j].allowed, subject.arithmetic().unit);
      // A sixteenth is what a smooth function has left; half of a kink's may be seen, by where in a step it lies.
      const double allowed = std::max(before.jump / 4, 4 * of_value / last.step);
      const std::string of = of_log_det ? "log_det" : fmt::format("y[{}]", j);
      const std::string what = fmt::format("the jump of the slope of {} near ({:.9g})", of, fmt::join(point(last.at), ", "));
      if (std::isfinite(allowed)) result.compare(i, what, 0, last.jump, last.jump, allowed, "value");
    }
  }
  return result;
}

/// How far a function still has to go to its limit at a knot, from its values at 1, 2 and 4 steps: the last change when changes halve with the step,
/// more when they fall slower, as those of |x|^a with a < 1 do (a geometric series).
template <class Number>
double left_to_go(const std::array<Image<Wide>, 3>& at, const Number& number) {
  const double near = to_double(abs(number(at[1]) - number(at[0]))), far = to_double(abs(number(at[2]) - number(at[1])));
  const double ratio = far > 0 ? std::clamp(near / far, 0.5, 0.9375) : 0.5;
  return near * ratio / (1 - ratio);
}

}  // namespace

Law pieces_meet_at_knots() {
  return {.id = "L25",
          .statement =
              "at every knot the values of both sides meet, and the log-slopes too where f is declared once continuously differentiable; of a layer "
              "known by values that is declared smooth, neither y nor log_det has a kink on a drawn line",
          .advice = "an off-by-one bin, a boundary slope that does not match the tail, a derivative of the neighbour bin",
          .wants = {.knots = true, .stress = false, .largest_dim = 1, .rows = 2},
          .examine = [](const Trial& trial) {
            const Facts& facts = trial.subject().facts();
            if (facts.continuous_derivatives >= 99) return Examined::not_applicable("is declared smooth: it has no knots");
            if (trial.subject().dim() != 1) return Examined::not_applicable("knots are looked for at dim 1");
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i) {
              // The knot in 50 digits lies within some ulp of the double: look from both sides of that gap, and let the outer steps say how steep it
              // is there.
              const double knot = trial.row(i)[0];
              if (!std::isfinite(knot) || std::abs(knot) > 1e100) continue;
              const Wide step = Wide(256 * unit_roundoff * std::max(std::abs(knot), 0x1p-10));
              const auto at = [&](double k) {
                const std::vector<Wide> x{Wide(knot) + Wide(k) * step}, given = trial.context_at<Wide>(i);
                return trial.map<Wide>(Way::forward, x, given);
              };
              const std::array<Image<Wide>, 3> left{at(-1), at(-2), at(-4)}, right{at(1), at(2), at(4)};
              if (!representable(left[2]) || !representable(right[2])) continue;
              const auto meet = [&](const std::string& what, const auto& number) {
                const double before = to_double(number(left[0])), after = to_double(number(right[0]));
                result.compare(i, what, before, after, to_double(abs(number(right[0]) - number(left[0]))),
                               8 * (left_to_go(left, number) + left_to_go(right, number)) + wide_tolerance(std::abs(before)), "value");
              };
              meet("y just right of the knot, against just left of it", [](const Image<Wide>& v) { return v.value[0]; });
              if (facts.continuous_derivatives >= 1)
                meet("log_det just right of the knot, against just left of it", [](const Image<Wide>& v) { return v.log_det; });
            }
            return result;
          },
          .examine_values = smooth_by_values,
          .violated_by = "a spline whose end slopes are free while its tails are the identity",
          .fooled_by = "knots that the layer does not declare; jumps smaller than the change over 10^-13 of the knot; by values a kink beside "
                       "which the line bends more, and in float one that changes the slope by less than it is"};
}

}  // namespace flowgauge::verify
