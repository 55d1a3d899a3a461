// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

namespace {

/// Units of float's u in one of double's, and how many more a float may lose: its functions round by up to 4 ulp where double's do by 2.6.
constexpr double float_unit = 0x1p29, more = 8;

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
            Case exact = trial.sample();
            const auto round = [](Numbers& numbers) {
              for (double& v : numbers) v = static_cast<float>(v);
            };
            round(exact.theta);
            for (Numbers& row : exact.rows) round(row);
            for (Numbers& row : exact.contexts) round(row);
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
                  // What float cannot know to a tenth says nothing about the build, and first order ends there.
                  if (allowed > 0.1 * std::max(1.0, std::abs(value))) return;
                  result.compare(i, what + of, value, got, to_double(abs(Wide(got) - exact_value)), allowed, "value");
                };
                for (std::size_t j = 0; j < image.value.size(); ++j) compare(fmt::format("y[{}]", j), truth.value[j], image.value[j], bound.value[j]);
                compare("log_det", truth.log_det, image.log_det, bound.log_det);
              }
            }
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
      .violated_by = "a tanh of 1e-4 accuracy for packs of float",
      .fooled_by = "float alone where its range ends: overflow of what it gives is not asked for"};
}

}  // namespace flowgauge::verify
