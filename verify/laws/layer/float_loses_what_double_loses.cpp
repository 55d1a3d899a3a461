// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

namespace {

/// Units of float's u in one of double's, and how many more a float may lose: its functions round by up to 4 ulp where double's do by 2.6.
constexpr double float_unit = 0x1p29, more = 8;

/// The case with numbers that both types hold.
Case rounded_to_float(Case c) {
  const auto round = [](Numbers& numbers) {
    for (double& v : numbers) v = static_cast<float>(v);
  };
  round(c.theta);
  for (Numbers& row : c.rows) round(row);
  for (Numbers& row : c.contexts) round(row);
  return c;
}
/// What float cannot know to a tenth says nothing about the build, and first order ends there.
bool says_something(double allowed, double value) { return allowed <= 0.1 * std::max(1.0, std::abs(value)); }

/// By how much y and log_det move, in double, when the point, θ and the context move in float's last bit; θ by ±u·max(1, |θ|). Six draws.
Spread moves_of_last_bits(const Trial& trial, Way way, Index row, const Numbers& x, const Value& here) {
  Spread most{Numbers(here.value.size(), 0.0), 0};
  const RandomStream stream(trial.sample().seed, "last bits");
  for (std::uint64_t run = 0; run < 6; ++run) {
    std::uint32_t draw = 0;
    const auto moved = [&](double v, double size) { return v + (stream.below(2, run, draw++) == 0 ? 0x1p-24 : -0x1p-24) * size; };
    Case other = trial.sample();
    Numbers point = x, given(trial.context(row).begin(), trial.context(row).end());
    for (double& v : other.theta) v = moved(v, std::max(1.0, std::abs(v)));
    for (double& v : point) v = moved(v, std::abs(v));
    for (double& v : given) v = moved(v, std::abs(v));
    const Value there = Trial(trial.subject(), other).call(way, point, given);
    const auto grow = [](double& largest, double change) { largest = std::isnan(change) ? change : std::max(largest, change); };
    for (std::size_t j = 0; j < here.value.size(); ++j) grow(most.value[j], std::abs(there.value[j] - here.value[j]));
    grow(most.log_det, std::abs(there.log_det - here.log_det));
  }
  return most;
}

/// float against double, both as the library computes them; the bound of double is its measured noise and what the last bits of the input do.
Examined types_by_values(const Trial& of_case) {
  if (!of_case.subject().has<float>()) return Examined::not_applicable("is known in one type alone; float32 is compared with float64");
  const Case exact = rounded_to_float(of_case.sample());
  const Trial trial(of_case.subject(), exact);
  Examined result;
  for (const Way way : {Way::forward, Way::inverse}) {
    if (way == Way::inverse && trial.subject().facts().inverse == InverseKind::none) continue;
    const std::string of = way == Way::forward ? " in float" : " of the inverse in float";
    for (Index i = 0; i < trial.rows(); ++i) {
      Numbers x(trial.row(i).begin(), trial.row(i).end());
      if (way == Way::inverse) x = trial.call(Way::forward, x, trial.context(i)).value;
      for (double& v : x) v = static_cast<float>(v);
      if (!within_reach(trial, way, x, orders_in_float)) continue;
      const Value truth = trial.call(way, x, trial.context(i));
      const auto fits = [](double v) { return v == 0 || (std::abs(v) < 1e18 && std::abs(v) > 1e-18); };
      if (!std::isfinite(truth.log_det) || !std::all_of(truth.value.begin(), truth.value.end(), fits)) continue;
      if (saturates(trial, way, truth.value, 0x1p-24)) continue;
      const auto d = static_cast<Index>(x.size());
      const std::vector<float> point = Trial::converted<float>(x), given = trial.context_at<float>(i);
      Image<float> image;
      image.value.resize(x.size());
      trial.call_at<float>(way, {point.data(), 1, d, 1}, {given.data(), given.empty() ? 0 : 1, static_cast<Index>(given.size()), 1},
                           {image.value.data(), 1, d, 1}, {&image.log_det, 1});
      const Noise noise = noise_at(trial, way, x, trial.context(i));
      const Spread moves = moves_of_last_bits(trial, way, i, x, truth);
      const auto compare = [&](const std::string& what, double expected, float got, double noise_in_double, double moved) {
        const double allowed = more * (float_unit * of_one_at_least(noise_in_double, unit_roundoff) + 4 * moved);
        if (says_something(allowed, expected))
          result.compare(i, what + of, expected, got, std::abs(static_cast<double>(got) - expected), allowed, "value");
      };
      for (std::size_t j = 0; j < x.size(); ++j)
        compare(fmt::format("{}[{}]", way == Way::forward ? "y" : "x", j), truth.value[j], image.value[j], noise.value[j].allowed, moves.value[j]);
      compare("log_det", truth.log_det, image.log_det, noise.log_det.allowed, moves.log_det);
    }
  }
  result.words = residual_words(result, trial.subject().dim());
  return result;
}

}  // namespace

Law float_loses_what_double_loses() {
  return {
      .id = "L22",
      .statement =
          "y, log_det and both of the inverse in float lie within 8 times the bound of double, each in units of its own u, of the same formula in 50 "
          "digits",
      .advice = "the float build is another formula: a rounded constant, a tolerance of an iteration that is not in units of u, a cheap function",
      .wants = {.stress = false, .largest_dim = 5, .rows = 2, .ordinary_only = true, .one_end = true},
      .examine =
          [](const Trial& trial) {
            // The same numbers in both types.
            const Case exact = rounded_to_float(trial.sample());
            const Trial at(trial.subject(), exact);
            Examined result;
            for (const Way way : {Way::forward, Way::inverse}) {
              if (way == Way::inverse && trial.subject().facts().inverse == InverseKind::none) continue;
              const std::string of = way == Way::forward ? " in float" : " of the inverse in float";
              for (Index i = 0; i < at.rows(); ++i) {
                const Image<Wide> truth = at.map<Wide>(way, at.row_at<Wide>(i), at.context_at<Wide>(i));
                if (!representable(truth)) continue;
                const auto fits = [](const Wide& v) { return v == Wide(0.0) || (std::abs(to_double(v)) < 1e18 && std::abs(to_double(v)) > 1e-18); };
                if (!std::all_of(truth.value.begin(), truth.value.end(), fits)) continue;
                const Image<float> image = at.map<float>(way, at.row_at<float>(i), at.context_at<float>(i));
                const Spread bound = rounding_and_problem(at, way, at.row(i), at.context(i), truth);
                const auto compare = [&](const std::string& what, const Wide& exact_value, float got, double in_double) {
                  const double allowed = more * float_unit * in_double, value = to_double(exact_value);
                  if (!says_something(allowed, value)) return;
                  result.compare(i, what + of, value, got, to_double(abs(Wide(got) - exact_value)), allowed, "value");
                };
                for (std::size_t j = 0; j < image.value.size(); ++j) compare(fmt::format("y[{}]", j), truth.value[j], image.value[j], bound.value[j]);
                compare("log_det", truth.log_det, image.log_det, bound.log_det);
              }
            }
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
      .examine_values = types_by_values,
      .violated_by = "a tanh of 1e-4 accuracy for packs of float",
      .fooled_by = "float alone where its range ends: overflow of what it gives is not asked for"};
}

}  // namespace flowgauge::verify
