// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/adapt.hpp>
#include <flowgauge/distributions/scalable/planted.hpp>
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/error.hpp>

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace flowgauge::distributions {
namespace {

const std::vector<std::string> texts = {"planted", "planted(dim=1)", "planted(dim=5, seed=7)",
                                        "planted(flow=triangular(upper) triangular(lower), dim=3)", "planted(flow=affine softlog affine, dim=2)"};

TEST(Planted, TextIsCanonical) {
  EXPECT_EQ(make_source("planted(2*(triangular(upper) triangular(lower) rational_quadratic_spline(bins=8)), 2, 1)")->text(), "planted");
  for (const std::string& text : texts) EXPECT_EQ(make_source(make_source(text)->text())->text(), make_source(text)->text());
}

TEST(Planted, TailsAreNormalUnderLinearLayersAndUnknownOtherwise) {
  const auto kind = [](const char* text) { return make_source(text)->marginal(0).high_tail.kind; };
  const TailClass linear = make_source("planted")->marginal(1).low_tail;
  EXPECT_EQ(linear.kind, TailClass::Kind::stretched);
  EXPECT_EQ(linear.shape, 2);
  EXPECT_TRUE(std::isnan(linear.rate));
  EXPECT_EQ(kind("planted(flow=affine softlog affine, dim=2)"), TailClass::Kind::unknown);
  EXPECT_EQ(kind("planted(flow=coupling(affine) permutation, dim=2)"), TailClass::Kind::unknown);
}

TEST(Planted, TheFlowAtItsParametersHasEveryLogRatioExactlyZero) {
  for (const std::string& text : texts) {
    const auto source = make_source(text);
    const Planted* planted = source_as<Planted>(*source);
    ASSERT_NE(planted, nullptr);
    Flow<double> flow = make_flow<double>(planted->model().text(), source->dim());
    ASSERT_EQ(flow.theta().size(), planted->parameters().size());
    std::copy(planted->parameters().begin(), planted->parameters().end(), flow.theta().begin());
    Batch<double> x(1000, source->dim());
    source->sample(RandomStream(1, "source-sample", text), 0, x);
    std::vector<double> log_p(1000), log_q(1000);
    source->log_prob(x, log_p);
    Workspace workspace;
    flow.log_prob(x, log_q, workspace);
    for (std::size_t i = 0; i < log_p.size(); ++i) {
      ASSERT_TRUE(std::isfinite(log_p[i])) << text;
      ASSERT_EQ(log_p[i], log_q[i]) << text;
    }
  }
  EXPECT_EQ(source_as<Planted>(*make_source("normal")), nullptr);
}

TEST(Planted, SamplesAreTheNormalsOfTheStreamMadeByTheInverse) {
  for (const std::string& text : texts) {
    const auto source = make_source(text);
    const RandomStream stream(2, "source-sample", text);
    Batch<double> x(300, source->dim()), z(300, source->dim());
    std::vector<double> log_det(300);
    source->sample(stream, 40, x);
    Workspace workspace;
    source_as<Planted>(*source)->model().forward(x, z, log_det, workspace);
    for (Index i = 0; i < 300; ++i) {
      for (Index j = 0; j < z.dim(); ++j) {
        const double expected = stream.normal(static_cast<std::uint64_t>(40 + i), static_cast<std::uint32_t>(j));
        ASSERT_NEAR(z(i, j), expected, 1e-9 * (1 + std::abs(expected))) << text;  // forward ∘ inverse at ordinary conditioning
      }
    }
  }
}

TEST(Planted, ParametersComeFromTheSeedAndAreNotTheIdentity) {
  const auto one = make_source("planted(seed=1)"), two = make_source("planted(seed=2)"), again = make_source("planted(seed=1)");
  const auto theta = [](const std::unique_ptr<Distribution>& source) {
    const std::span<const double> p = source_as<Planted>(*source)->parameters();
    return std::vector<double>(p.begin(), p.end());
  };
  EXPECT_EQ(theta(one), theta(again));
  EXPECT_NE(theta(one), theta(two));
  Batch<double> x(100, 2), z(100, 2);
  std::vector<double> log_det(100);
  one->sample(RandomStream(1, "x"), 0, x);
  Workspace workspace;
  source_as<Planted>(*one)->model().forward(x, z, log_det, workspace);
  double largest = 0;
  for (Index i = 0; i < 100; ++i) largest = std::max(largest, std::abs(z(i, 0) - x(i, 0)));
  EXPECT_GT(largest, 0.1);
}

TEST(Planted, EntropyIsTheMeanOfMinusLogProb) {
  constexpr Index n = 20000;
  for (const std::string& text : texts) {
    const auto source = make_source(text);
    Batch<double> x(n, source->dim());
    std::vector<double> log_p(static_cast<std::size_t>(n));
    source->sample(RandomStream(3, "source-sample", text), 0, x);
    source->log_prob(x, log_p);
    double sum = 0, sum_of_squares = 0;
    for (const double l : log_p) sum -= l, sum_of_squares += l * l;
    const double mean = sum / n, std_error = std::sqrt((sum_of_squares / n - mean * mean) / n);
    const Estimate entropy = source->entropy().value();
    EXPECT_NEAR(entropy.value, mean, 6 * std::hypot(std_error, entropy.std_error)) << text;
  }
  // Triangular matrices have one determinant: exact but for rounding.
  EXPECT_LT(make_source(texts[3])->entropy().value().std_error, 1e-15);
  EXPECT_GT(make_source("planted")->entropy().value().std_error, 1e-6);
}

TEST(Planted, MassIsOneAtOneCoordinate) {
  // Trapezium over panels much finer than the widest slope; the tails beyond ±60 are below 1e-100 when no slope is under 1/3.
  const auto source = make_source("planted(flow=affine rational_quadratic_spline affine, dim=1)");
  constexpr Index n = 400001;
  Batch<double> x(n, 1);
  std::vector<double> log_p(static_cast<std::size_t>(n));
  for (Index i = 0; i < n; ++i) x(i, 0) = -100 + 200.0 * static_cast<double>(i) / (n - 1);
  source->log_prob(x, log_p);
  double sum = 0;
  for (const double l : log_p) sum += std::exp(l);
  EXPECT_NEAR(sum * 200 / (n - 1), 1, 1e-6);
}

TEST(Planted, ErrorSentences) {
  const auto refusal = [](std::string_view text) -> std::string {
    try {
      make_source(text);
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_EQ(refusal("planted(flow=softlgo)").substr(0, 38), "unknown layer 'softlgo'; did you mean ");
  EXPECT_EQ(refusal("planted(dim=0)"), "planted: option 'dim' expects a whole number from 1 to 4096; got 0");
  EXPECT_EQ(refusal("planted(3)"), "planted: option 'flow' expects a flow; got 3");
}

}  // namespace
}  // namespace flowgauge::distributions
