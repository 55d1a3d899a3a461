// SPDX-License-Identifier: MIT
#include <flowgauge/bench/quadrature.hpp>

#include "gauss_legendre.hpp"
#include "specimens.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace flowgauge::bench {
namespace {

using specimens::Affine;
using specimens::seed_exponential;
using specimens::univariate;
using specimens::with_affines;

double kl_of(const Flow<double>& flow, const std::string& source) {
  Workspace workspace;
  const ExactKl kl = exact_kl(flow, *univariate(source), workspace).kl;
  EXPECT_EQ(kl.status, KlStatus::exact_quadrature) << kl.reason;
  return kl.kl.value;
}

TEST(GaussLegendre, IntegratesDegree23AndNotDegree24) {
  const GaussLegendre& rule = gauss_legendre();
  for (int degree = 0; degree <= 24; ++degree) {
    double sum = 0;
    for (std::size_t i = 0; i < rule.node.size(); ++i) sum += rule.weight[i] * std::pow(rule.node[i], degree);
    const double truth = degree % 2 == 1 ? 0 : 2.0 / (degree + 1);
    if (degree < 24) EXPECT_NEAR(sum, truth, 2e-15) << degree;
    else EXPECT_GT(std::abs(sum - truth), 1e-8);
  }
}

// KL(N(1, 1) ‖ N(0, 2²)) = log 2 + (1 + 1)/8 − 1/2.
TEST(ExactKl, TwoNormalsInClosedForm) {
  Workspace workspace;
  const ExactKls result = exact_kl(with_affines("triangular", {{std::log(0.5), 0}}), *univariate("normal(mean=1)"), workspace);
  EXPECT_NEAR(result.kl.kl.value, std::log(2.0) - 0.25, 1e-12);
  EXPECT_LT(result.kl.kl.error, 1e-12);
  EXPECT_NEAR(result.kl.mass.value, 1, 1e-13);
  EXPECT_EQ(result.leak, 0);  // no edges
  EXPECT_EQ(result.trace.size(), 2u);
  EXPECT_NEAR(result.trace[0].kl.value, 0.5, 1e-12);
}

// KL(P ‖ N(0, 1)) = −H + ½·log 2π + ½·E x²: what every source's own formula says.
TEST(ExactKl, EmptyFlowAgreesWithMomentsAndEntropy) {
  for (const char* text : {"normal(mean=0.3, sd=1.7)", "laplace(location=-0.4, scale=0.8)", "exponential(rate=0.6)"}) {
    const auto source = univariate(text);
    const double mean = source->mean()->front(), second = source->covariance()->front() + mean * mean;
    const double truth = -source->entropy()->value + Constants<double>::half_log_two_pi() + second / 2;
    EXPECT_NEAR(kl_of(make_flow<double>(FlowSpec{}, 1), text), truth, 1e-11) << text;
  }
}

// Golden test 1: the seed's printed weights, by 30-digit quadrature.
TEST(ExactKl, SeedExponential) {
  Workspace workspace;
  const ExactKls result = exact_kl(seed_exponential(), *univariate("exponential"), workspace);
  EXPECT_NEAR(result.kl.kl.value, 0.17423901, 5e-9);
  EXPECT_LT(result.kl.kl.error, 1e-10);
  EXPECT_NEAR(result.kl.std_deviation.value, 0.367565, 5e-7);
  ASSERT_TRUE(result.leak);
  EXPECT_NEAR(*result.leak, 0.0078758, 5e-8);
  ASSERT_EQ(result.splits.size(), 4u);  // the source's edge and three softlogs
  EXPECT_EQ(result.splits[0], 0);
  EXPECT_NEAR(result.splits[1], 0.002816, 5e-7);
  EXPECT_NEAR(result.splits[2], 0.008784, 5e-7);
  EXPECT_NEAR(result.splits[3], 0.756521, 5e-7);
  EXPECT_EQ(result.trace.size(), 16u);
}

TEST(ExactKl, BestKnownStacks) {
  EXPECT_NEAR(kl_of(with_affines("3*(triangular softlog)", {{2.8, -35.9376}, {3.5036, 144.5253}, {1.0466, -9.2669}}), "normal"), 0.067653, 5e-7);
  EXPECT_NEAR(kl_of(with_affines("3*(triangular softlog)", {{7.6323, -16.4325}, {2.5787, -122.6138}, {1.1356, 10.4267}}), "exponential"), 0.091968,
              5e-7);
  EXPECT_NEAR(kl_of(with_affines("2*(triangular softlog) triangular", {{14.385, -0.905}, {-0.198, -13.357}, {1.089, 3.121}}), "exponential"),
              0.000370, 5e-7);
}

TEST(ExactKl, CauchyNeedsItsSplits) {
  const Flow<double> flow = with_affines("2*(triangular softlog) triangular", {{-0.96, -0.247}, {0.993, 0.767}, {0.129, -0.167}});
  const auto cauchy = univariate("cauchy");
  Workspace workspace;
  const ExactKls with = exact_kl(flow, *cauchy, workspace), without = exact_kl_with_splits(flow, *cauchy, {}, workspace);
  EXPECT_NEAR(with.kl.kl.value, 0.00208, 5e-6);
  EXPECT_LT(with.kl.kl.error, 1e-10);
  EXPECT_NEAR(without.kl.kl.value, 0.00208, 2e-3);
  EXPECT_GT(std::abs(without.kl.kl.value - with.kl.kl.value), 1e-6);
  EXPECT_GT(without.kl.kl.error, 1e3 * with.kl.kl.error);
}

TEST(ExactKl, CauchyUnderLinearTailsIsInfiniteWithItsReason) {
  Workspace workspace;
  const ExactKls result = exact_kl(with_affines("triangular", {{0.0, 0.0}}), *univariate("cauchy"), workspace);
  EXPECT_TRUE(std::isinf(result.kl.kl.value));
  EXPECT_EQ(result.kl.status, KlStatus::infinite_proved);
  EXPECT_EQ(result.kl.reason, "inf (W(1) source, linear tails)");
}

TEST(ExactKl, PrefixesOfCauchyBecomeFiniteAtTheFirstSoftlog) {
  Workspace workspace;
  const ExactKls result = exact_kl(with_affines("triangular softlog triangular", {{0.0, 0.0}, {0.0, 0.0}}), *univariate("cauchy"), workspace);
  EXPECT_TRUE(std::isinf(result.trace[0].kl.value));
  EXPECT_TRUE(std::isinf(result.trace[1].kl.value));
  EXPECT_TRUE(std::isfinite(result.trace[2].kl.value));
  EXPECT_EQ(result.trace[3].kl.value, result.trace[2].kl.value);  // the identity changes nothing
}

TEST(ExactKl, LeakOfAFallingFlowIsTheSame) {
  const auto source = univariate("exponential");
  Workspace workspace;
  Flow<double> rises = make_flow<double>("triangular(diagonal=free)", 1), falls = rises;
  rises.theta()[0] = 1.3, rises.theta()[1] = -0.7;
  falls.theta()[0] = -1.3, falls.theta()[1] = 0.7;
  const ExactKls up = exact_kl(rises, *source, workspace), down = exact_kl(falls, *source, workspace);
  EXPECT_NEAR(*up.leak, normal_cdf(-0.7), 1e-15);
  EXPECT_NEAR(*down.leak, *up.leak, 1e-15);
  EXPECT_NEAR(down.kl.kl.value, up.kl.kl.value, 1e-14);
}

TEST(ExactKl, RefusesTwoCoordinates) {
  Workspace workspace;
  EXPECT_THROW(exact_kl(make_flow<double>("triangular", 2), *univariate("normal"), workspace), ShapeError);
}

}  // namespace
}  // namespace flowgauge::bench
