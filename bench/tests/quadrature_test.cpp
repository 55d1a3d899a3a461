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
using specimens::with_theta;

double kl_of(const Flow<double>& flow, const std::string& source) {
  Workspace workspace;
  const ExactKl kl = exact_kl(flow, *univariate(source), workspace).kl;
  EXPECT_EQ(kl.status, KlStatus::exact_quadrature) << kl.reason;
  return kl.kl.value;
}

/// Σ h·p·(log p − log q) over equidistant points: for a smooth integrand as good as the points are dense beside its shortest feature.
double by_trapezoids(const Flow<double>& flow, const Univariate& source, double low, double high, Index points) {
  Batch<double> x(points, 1);
  const double h = (high - low) / static_cast<double>(points);
  for (Index i = 0; i < points; ++i) x(i, 0) = low + h * (static_cast<double>(i) + 0.5);
  std::vector<double> log_p(static_cast<std::size_t>(points)), log_q(log_p.size());
  Workspace workspace;
  source.log_prob(x, log_p);
  flow.log_prob(x, log_q, workspace);
  double sum = 0;
  for (std::size_t i = 0; i < log_p.size(); ++i) sum += std::exp(log_p[i]) * (log_p[i] - log_q[i]);
  return sum * h;
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
  // Without them, halving finds the places.
  EXPECT_NEAR(without.kl.kl.value, with.kl.kl.value, without.kl.kl.error + with.kl.kl.error);
  EXPECT_LT(without.kl.kl.error, 2e-12);
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

/// z = sign(x)(e^{a|x|} − 1) under a tail e^−|x|: E z² = 1/(1 − 2a) − 2/(1 − a) + 1. At a = 0.49 half of it lies beyond t = 35.
double kl_of_exponential_growth(double a, double log_mass_of_a_side) {
  const double square = 1 / (1 - 2 * a) - 2 / (1 - a) + 1;
  return -1 + log_mass_of_a_side + Constants<double>::half_log_two_pi() + square / 2 - std::log(a) - a;
}
TEST(ExactKl, TailsAreFollowedToTheirEnd) {
  for (const double a : {0.1, 0.4, 0.45, 0.49, 0.499}) {
    const Flow<double> flow = with_affines("triangular inverse(softlog)", {{std::log(a), 0.0}});
    const double two_sided = kl_of_exponential_growth(a, -std::log(2.0)), one_sided = kl_of_exponential_growth(a, 0);
    EXPECT_NEAR(kl_of(flow, "laplace"), two_sided, 1e-9 * two_sided) << a;
    EXPECT_NEAR(kl_of(flow, "exponential"), one_sided, 1e-9 * one_sided) << a;
  }
}
TEST(ExactKl, TailThatIsNotKnownWellEnoughIsNotExact) {
  // At a = 0.4999999 nearly all of E z² lies beyond the last number that has a quantile.
  Workspace workspace;
  const ExactKl kl = exact_kl(with_affines("triangular inverse(softlog)", {{std::log(0.4999999), 0.0}}), *univariate("laplace"), workspace).kl;
  EXPECT_EQ(kl.status, KlStatus::invalid);
  EXPECT_GT(kl.kl.error, 1e-9 * kl.kl.value);
  EXPECT_NE(kl.reason, "");
}

TEST(ExactKl, NarrowBendsAreFound) {
  const struct {
    const char* source;
    std::vector<double> theta;
    double reach;
  } cases[] = {{"normal", {300, 0.02, -210}, 12}, {"laplace", {1000, 0.5, -700}, 50}, {"laplace", {30, 15 / 900.0, -21}, 50}};
  for (const auto& c : cases) {
    const Flow<double> flow = with_theta("planar", c.theta);
    const double truth = by_trapezoids(flow, *univariate(c.source), -c.reach, c.reach, 2'000'000);
    EXPECT_NEAR(kl_of(flow, c.source), truth, 1e-8) << c.source;
  }
}
TEST(ExactKl, ErrorBoundsTheDistanceFromTheTruth) {
  // Rows of normal(1e6, 1e-6) have ten bits behind the point: no rule is better than the numbers.
  Workspace workspace;
  const ExactKl kl = exact_kl(with_affines("triangular", {{std::log(1e6), -1e12 + 0.3}}), *univariate("normal(mean=1e6, sd=1e-6)"), workspace).kl;
  EXPECT_EQ(kl.status, KlStatus::invalid);
  EXPECT_GT(kl.kl.error, 1e-9);
  EXPECT_NE(kl.reason.find("with an error of"), std::string::npos) << kl.reason;
}

TEST(ExactKl, InverseHasTheKnotsOfItsLayerWhereItMapsThem) {
  Flow<double> spline = make_flow<double>("rational_quadratic_spline(bins=32)", 1),
               inverse = make_flow<double>("inverse(rational_quadratic_spline(bins=32))", 1);
  spline.randomise(1, 1);
  std::copy(spline.theta().begin(), spline.theta().end(), inverse.theta().begin());
  Workspace workspace;
  const std::vector<double> own = spline.knots(workspace), mapped = inverse.knots(workspace);
  ASSERT_EQ(own.size(), 33u);
  ASSERT_EQ(mapped.size(), 33u);
  Batch<double> x(33, 1), y(33, 1);
  std::vector<double> log_det(33);
  std::copy(own.begin(), own.end(), x.column(0).begin());
  spline.forward(x, y, log_det, workspace);
  for (Index i = 0; i < 33; ++i) EXPECT_EQ(mapped[static_cast<std::size_t>(i)], y(i, 0));
  // Outside the box log p = log q. The bends at the knots cost the trapezoids h².
  EXPECT_NEAR(kl_of(inverse, "normal"), by_trapezoids(inverse, *univariate("normal"), -3, 3, 2'000'000), 5e-9);
}
TEST(ExactKl, KnotThatIsNotFoundIsSaid) {
  Workspace workspace;
  const ExactKl lost = exact_kl(with_theta("planar rational_quadratic_spline", specimens::lost_beyond_0_9), *univariate("normal"), workspace).kl;
  EXPECT_EQ(lost.status, KlStatus::invalid);
  EXPECT_NE(lost.reason.find("knots of the flow have no pre-image"), std::string::npos) << lost.reason;
  // Knots at ±1000 that no softlog of a double reaches are not missed.
  EXPECT_NEAR(kl_of(make_flow<double>("softlog rational_quadratic_spline(box=1000, bins=2)", 1), "cauchy"),
              kl_of(make_flow<double>("softlog rational_quadratic_spline(box=600, bins=2)", 1), "cauchy"), 1e-2);
}

TEST(ExactKl, RefusesTwoCoordinates) {
  Workspace workspace;
  EXPECT_THROW(exact_kl(make_flow<double>("triangular", 2), *univariate("normal"), workspace), ShapeError);
}

}  // namespace
}  // namespace flowgauge::bench
