// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/fit.hpp>

#include <gmock/gmock.h>

#include <cmath>

namespace flowgauge {
namespace {

Batch<double> rows_of(Index count, double mean, double deviation) {
  Batch<double> x(count, 1);
  const RandomStream stream(5, "fit-test");
  for (Index i = 0; i < count; ++i) x(i, 0) = mean + deviation * stream.normal(static_cast<std::uint64_t>(i), 0);
  return x;
}
template <class S>
FitResult fit_rows(Flow<S>& flow, const Batch<double>& x, const FitOptions& o, std::uint64_t seed = 1) {
  return fit<S>(flow, {.rows = x.in()}, o, seed);
}

/// Adam by hand for z = e^s x + b at θ = (0, 0): the gradient of mean(z²/2) − s is (mean(x²) − 1, mean(x)), and the first step is lr·sign.
TEST(Fit, StepsAreAdams) {
  const Batch<double> x = rows_of(500, 0.7, 2);
  Flow<double> flow = make_flow<double>("triangular", 1);
  FitOptions o{.steps = 2, .batch = 500, .learning_rate = 0.01, .beta1 = 0.8, .beta2 = 0.9, .epsilon = 1e-3, .order = Order::in_order};
  double theta[2] = {0, 0}, first[2] = {0, 0}, second[2] = {0, 0};
  for (int step = 1; step <= 2; ++step) {
    double g[2] = {-1, 0};
    for (Index i = 0; i < 500; ++i) {
      const double z = std::exp(theta[0]) * x(i, 0) + theta[1];
      g[0] += z * std::exp(theta[0]) * x(i, 0) / 500;
      g[1] += z / 500;
    }
    for (int k = 0; k < 2; ++k) {
      first[k] = 0.8 * first[k] + 0.2 * g[k];
      second[k] = 0.9 * second[k] + 0.1 * g[k] * g[k];
      theta[k] -= 0.01 * first[k] / (1 - std::pow(0.8, step)) / (std::sqrt(second[k] / (1 - std::pow(0.9, step))) + 1e-3);
    }
  }
  const FitResult result = fit_rows(flow, x, o);
  EXPECT_EQ(result.steps_done, 2);
  for (int k = 0; k < 2; ++k) EXPECT_NEAR(flow.theta()[k], theta[k], 1e-13);  // 500 terms of order 1, rounded at 1.1e-16
}

TEST(Fit, FindsTheGaussian) {
  const Batch<double> x = rows_of(2000, 3, 0.5);
  double mean = 0, square = 0;
  for (Index i = 0; i < 2000; ++i) mean += x(i, 0) / 2000, square += x(i, 0) * x(i, 0) / 2000;
  Flow<double> flow = make_flow<double>("triangular", 1);
  fit_rows(flow, x, {.steps = 3000, .batch = 2000, .learning_rate = 0.05, .schedule = Schedule::cosine});
  const double deviation = std::sqrt(square - mean * mean);
  EXPECT_NEAR(flow.theta()[0], -std::log(deviation), 1e-6);
  EXPECT_NEAR(flow.theta()[1], -mean / deviation, 1e-5);
}

TEST(Fit, SameSeedSameBits) {
  const Batch<double> x = rows_of(300, 1, 1);
  const auto theta = [&](std::uint64_t seed, Order order) {
    Flow<float> flow = make_flow<float>("triangular softlog triangular", 1);
    flow.initialise(1);
    fit_rows(flow, x, {.steps = 20, .batch = 100, .learning_rate = 0.01, .order = order}, seed);
    return std::vector<float>(flow.theta().begin(), flow.theta().end());
  };
  EXPECT_EQ(theta(1, Order::shuffled), theta(1, Order::shuffled));
  EXPECT_NE(theta(1, Order::shuffled), theta(2, Order::shuffled));
  EXPECT_EQ(theta(1, Order::in_order), theta(2, Order::in_order));
}

/// 2500 rows in batches of 1000: 1000, 1000, 500, and again; what was there stands in the loss of each step.
TEST(Fit, LastBatchOfAnEpochIsShort) {
  Batch<double> x(2500, 1);
  for (Index i = 0; i < 2500; ++i) x(i, 0) = i < 1000 ? 0 : i < 2000 ? 1 : 2;
  Flow<double> flow = make_flow<double>("triangular", 1);
  std::vector<double> losses;
  fit<double>(flow, {.rows = x.in()}, {.steps = 4, .batch = 1000, .learning_rate = 1e-12, .order = Order::in_order}, 1,
              [&](const FitProgress& p, const Flow<double>&) { return losses.push_back(p.loss), true; });
  const double constant = 0.5 * std::log(2 * std::acos(-1.0));
  EXPECT_THAT(losses, ::testing::Pointwise(::testing::DoubleNear(1e-9), {constant, constant + 0.5, constant + 2, constant}));
}

TEST(Fit, DecayAndClippingChangeTheGradient) {
  const Batch<double> x = rows_of(100, 50, 1);
  const auto after_one = [&](double decay, double clip) {
    Flow<double> flow = make_flow<double>("triangular", 1);
    flow.theta()[0] = 1;
    double norm = 0;
    // With ε far above the gradient Adam's step is lr·g/ε.
    fit<double>(flow, {.rows = x.in()},
                {.steps = 1, .batch = 100, .learning_rate = 1e9, .epsilon = 1e12, .weight_decay = decay, .clip_norm = clip, .order = Order::in_order},
                1, [&](const FitProgress& p, const Flow<double>&) { return norm = p.gradient_norm, true; });
    return std::pair{(1 - flow.theta()[0]) * 1e3, norm};
  };
  const auto [plain, norm] = after_one(0, 0);
  EXPECT_NEAR(after_one(2, 0).first, plain + 2, 1e-5 * plain);
  EXPECT_NEAR(after_one(0, 1).first, plain / norm, 1e-6);
  EXPECT_NEAR(after_one(0, 2 * norm).first, plain, 1e-9 * plain);
}

TEST(Fit, StopsWhereTheLossIsNotFinite) {
  Batch<double> x(10, 1);
  for (Index i = 0; i < 10; ++i) x(i, 0) = 1e200;
  Flow<double> flow = make_flow<double>("triangular", 1);
  const FitResult result = fit_rows(flow, x, {.steps = 5});
  EXPECT_FALSE(result.finite);
  EXPECT_EQ(result.steps_done, 0);
  EXPECT_EQ(result.detail, "step 1: the loss is inf");
  EXPECT_EQ(flow.theta()[0], 0);
}

TEST(Fit, StopsWhereAParameterIsNotFinite) {
  const Batch<double> x = rows_of(100, 0, 2);
  Flow<float> flow = make_flow<float>("triangular", 1);
  const FitResult result = fit_rows(flow, x, {.steps = 5, .learning_rate = 1e39});
  EXPECT_FALSE(result.finite);
  EXPECT_EQ(result.detail, "step 1: the new value of layer 1 triangular: log_diagonal is not finite");
  EXPECT_EQ(flow.theta()[0], 0);
}

/// Columns of order 10¹²: the squared float gradient overflows, and with it in float θ would stand still without a word.
TEST(Fit, HugeColumnsMoveInFloatAsInDouble) {
  const Batch<double> x = rows_of(500, 0, 1e12);
  Flow<float> narrow = make_flow<float>("triangular", 1);
  Flow<double> wide = make_flow<double>("triangular", 1);
  const FitOptions o{.steps = 200, .batch = 500, .learning_rate = 0.05};
  EXPECT_TRUE(fit_rows(narrow, x, o).finite);
  EXPECT_TRUE(fit_rows(wide, x, o).finite);
  EXPECT_LT(wide.theta()[0], -1);
  EXPECT_NEAR(narrow.theta()[0], wide.theta()[0], 1e-3);
}

TEST(Fit, CallerStopsIt) {
  const Batch<double> x = rows_of(100, 0, 2);
  Flow<double> flow = make_flow<double>("triangular", 1);
  const FitResult result =
      fit<double>(flow, {.rows = x.in()}, {.steps = 50}, 1, [](const FitProgress& p, const Flow<double>&) { return p.step < 3; });
  EXPECT_EQ(result.steps_done, 3);
  EXPECT_TRUE(result.finite);
}

TEST(FitErrors, SayWhatWasExpected) {
  const Batch<double> x = rows_of(10, 0, 1);
  Flow<double> flow = make_flow<double>("triangular", 2);
  EXPECT_THROW(fit_rows(flow, x, {}), ShapeError);
  Flow<double> fitting = make_flow<double>("triangular", 1);
  EXPECT_THROW(fit_rows(fitting, Batch<double>(0, 1), {}), DataError);
  try {
    fit_rows(fitting, x, {.batch = 0});
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_STREQ(e.what(), "fit: batch must be 1 or more, got 0");
  }
  EXPECT_THROW(fit_rows(fitting, x, {.learning_rate = -1}), ConfigError);
  EXPECT_THROW(fit_rows(fitting, x, {.learning_rate = std::nan("")}), ConfigError);
  EXPECT_THROW(fit_rows(fitting, x, {.beta2 = 1}), ConfigError);
}

}  // namespace
}  // namespace flowgauge
