// SPDX-License-Identifier: MIT
// What others use in tests of their own: obeys_every_law, plain functions as layers, generated cases.
#include "defects/bad_softlog.hpp"

#include <flowgauge/verify/gtest.hpp>
#include <flowgauge/verify/generators.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <csignal>

namespace flowgauge::verify {
namespace {

using testing::HasSubstr;

/// y = sinh x in every coordinate; log_det = Σ log cosh x.
PlainLayer sinh_layer() {
  return {.name = "sinh",
          .dim = 2,
          .forward =
              [](std::span<const double> x, std::span<double> y, double& log_det) {
                log_det = 0;
                for (std::size_t j = 0; j < x.size(); ++j) y[j] = std::sinh(x[j]), log_det += std::log(std::cosh(x[j]));
              },
          .inverse =
              [](std::span<const double> y, std::span<double> x, double& log_det) {
                log_det = 0;
                for (std::size_t j = 0; j < y.size(); ++j) x[j] = std::asinh(y[j]), log_det -= 0.5 * std::log1p(y[j] * y[j]);
              },
          .domain = {-300, 300}};
}

TEST(ObeysEveryLaw, OfAFormula) {
  EXPECT_TRUE(obeys_every_law<defects::BadSoftlog>("bad_softlog", {.only = "bad_softlog(none)", .seed = 1}));
  const testing::AssertionResult wrong = obeys_every_law<defects::BadSoftlog>("bad_softlog", {.only = "bad_softlog(inverse_sign)", .seed = 1});
  EXPECT_FALSE(wrong);
  EXPECT_THAT(wrong.message(), HasSubstr("sign of the other direction"));
  EXPECT_THAT(wrong.message(), HasSubstr("{.replay = {R\"(law=L9 | bad_softlog(inverse_sign) | dim=1"));
}

TEST(ObeysEveryLaw, OfPlainFunctions) {
  EXPECT_TRUE(obeys_every_law(sinh_layer(), {.seed = 1}));
  PlainLayer only_forward = sinh_layer();
  only_forward.inverse = {};
  EXPECT_TRUE(obeys_every_law(only_forward, {.seed = 1}));

  PlainLayer wrong = sinh_layer();
  wrong.forward = [](std::span<const double> x, std::span<double> y, double& log_det) {
    for (std::size_t j = 0; j < x.size(); ++j) y[j] = std::sinh(x[j]);
    log_det = std::log(std::cosh(x[0]));
  };
  const testing::AssertionResult said = obeys_every_law(wrong, {.seed = 1});
  EXPECT_FALSE(said);
  EXPECT_THAT(said.message(), HasSubstr("log_det_matches_differences (L8): fails"));

  wrong = sinh_layer();
  wrong.forward = [](std::span<const double>, std::span<double>, double&) {};
  EXPECT_THAT(obeys_every_law(wrong, {.seed = 1}).message(), HasSubstr("not a number")) << "an output that nobody wrote";
}

/// One number at a time, log_det = log|f′|.
PlainLayer layer_of_one(const std::function<std::pair<double, double>(double)>& value_and_slope) {
  return {.name = "one", .dim = 1, .forward = [value_and_slope](std::span<const double> x, std::span<double> y, double& log_det) {
            const auto [value, slope] = value_and_slope(x[0]);
            y[0] = value, log_det = std::log(std::abs(slope));
          }};
}

TEST(ObeysEveryLaw, SurvivesACrashInProcessesOfItsOwn) {
  PlainLayer crashes = sinh_layer();
  crashes.forward = [](std::span<const double>, std::span<double>, double&) { std::raise(SIGSEGV); };
  EXPECT_THAT(obeys_every_law(crashes, {.law = "L1", .seed = 1, .jobs = 2}).message(), HasSubstr("died of signal 11"));
}

TEST(ObeysEveryLaw, OfPlainFunctionsKeepsOneOrder) {
  const auto falls = layer_of_one([](double x) { return std::pair(-2 * x, -2.0); });
  const auto folds = layer_of_one([](double x) { return std::pair(x + 2 * std::sin(x), 1 + 2 * std::cos(x)); });
  PlainLayer turns = layer_of_one([](double x) { return std::pair(x < 0.5 ? x + 0.5 : x - 0.5, 1.0); });
  turns.domain = {0, 1};
  EXPECT_TRUE(obeys_every_law(falls, {.law = "L24", .seed = 1}));
  EXPECT_TRUE(obeys_every_law(falls, {.law = "L27", .seed = 1}));
  EXPECT_FALSE(obeys_every_law(folds, {.law = "L24", .seed = 1}));
  EXPECT_FALSE(obeys_every_law(folds, {.law = "L27", .seed = 1}));
  PlainLayer claims = falls;
  claims.increasing = true;
  EXPECT_FALSE(obeys_every_law(claims, {.law = "L24", .seed = 1}));
  EXPECT_FALSE(obeys_every_law(turns, {.law = "L24", .seed = 1}));
  turns.jumps = true;
  EXPECT_TRUE(obeys_every_law(turns, {.law = "L24", .seed = 1}));
  // The claims of several numbers: y_0 sees x_1.
  PlainLayer sees = sinh_layer();
  sees.structure = Structure::diagonal, sees.increasing = true;
  for (const char* const law : {"L16", "L23", "L24"}) EXPECT_TRUE(obeys_every_law(sees, {.law = law, .seed = 1})) << law;
  sees.forward = [](std::span<const double> x, std::span<double> y, double& log_det) {
    y[0] = x[0] + x[1], y[1] = -x[1], log_det = 0;
  };
  for (const char* const law : {"L23", "L24"}) EXPECT_FALSE(obeys_every_law(sees, {.law = law, .seed = 1})) << law;
}

TEST(ObeysEveryLaw, OfPlainFunctionsLooksForKinks) {
  PlainLayer smooth = sinh_layer();
  smooth.smooth = true;
  EXPECT_TRUE(obeys_every_law(smooth, {.law = "L25", .seed = 1}));
  // A bend of 40 times its size, which is no kink, and a kink of y alone or of log_det alone.
  PlainLayer bends = layer_of_one([](double x) { return std::pair(x + std::log1p(std::exp(40 * x)) / 80, 1 + 0.5 / (1 + std::exp(-40 * x))); });
  PlainLayer leaks = layer_of_one([](double x) { return std::pair(x > 0 ? x : 0.99 * x, x > 0 ? 1 : 0.99); });
  PlainLayer spline = layer_of_one([](double x) { return std::pair(x > 0 ? x + x * x / 2 : x, x > 0 ? 1 + x : 1); });
  bends.smooth = leaks.smooth = spline.smooth = true;
  bends.domain = {-15, 15};
  EXPECT_TRUE(obeys_every_law(bends, {.law = "L25", .seed = 1}));
  EXPECT_FALSE(obeys_every_law(leaks, {.law = "L25", .seed = 1}));
  EXPECT_FALSE(obeys_every_law(spline, {.law = "L25", .seed = 1}));
}

TEST(ObeysEveryLaw, OfPlainFunctionsLooksAtTails) {
  // Inside, y bulges towards the edges; outside it is x.
  const auto inside = [](double x) { return std::pair(x + 0.03 * x * std::pow(9 - x * x, 2) / 9, 1 + 0.03 * (9 - x * x) * (9 - 5 * x * x) / 9); };
  PlainLayer right = layer_of_one([=](double x) { return std::abs(x) < 3 ? inside(x) : std::pair(x, 1.0); });
  PlainLayer rounds = layer_of_one([=](double x) { return std::abs(x) < 3 ? inside(x) : std::pair((x - 300) + 300, 1.0); });
  PlainLayer leaves = layer_of_one([=](double x) { return std::abs(x) < 3 ? std::pair(1.001 * x, 1.001) : std::pair(x, 1.0); });
  right.identity_outside = rounds.identity_outside = leaves.identity_outside = 3;
  for (const char* const law : {"L26", "L8", "L24"}) EXPECT_TRUE(obeys_every_law(right, {.law = law, .seed = 1})) << law;
  EXPECT_FALSE(obeys_every_law(rounds, {.law = "L26", .seed = 1}));
  EXPECT_FALSE(obeys_every_law(leaves, {.law = "L26", .seed = 1}));
}

TEST(ObeysEveryLaw, OfPlainFunctionsSeesThePlaceOfARow) {
  PlainLayer counts = sinh_layer();
  counts.forward = [calls = std::make_shared<int>(0)](std::span<const double> x, std::span<double> y, double& log_det) {
    std::copy(x.begin(), x.end(), y.begin());
    log_det = 1e-6 * (++*calls % 3);
  };
  EXPECT_FALSE(obeys_every_law(counts, {.law = "L16", .seed = 1}));
}

TEST(GeneratedCases, MakeASubjectAndAreTheSameForASeed) {
  const Family family = family_of<defects::BadSoftlog>("bad_softlog");
  EXPECT_EQ(to_text(case_of(family, {.largest_dim = 4}, 7)), to_text(case_of(family, {.largest_dim = 4}, 7)));
  EXPECT_NE(to_text(case_of(family, {.largest_dim = 4}, 7)), to_text(case_of(family, {.largest_dim = 4}, 8)));
  EXPECT_TRUE(rc::check("log_det is finite where the rows are ordinary", [&] {
    const Case c = *cases_of(family_of<Softlog>("softlog"), {.largest_dim = 4, .ordinary_only = true});
    const Subject subject(family_of<Softlog>("softlog").workshop, c.spec, c.dim, c.context_size);
    const Trial trial(subject, c);
    for (Index i = 0; i < trial.rows(); ++i) RC_ASSERT(std::isfinite(trial.call(Way::forward, trial.row(i), trial.context(i)).log_det));
  }));
}

}  // namespace
}  // namespace flowgauge::verify
