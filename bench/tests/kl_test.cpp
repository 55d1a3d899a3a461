// SPDX-License-Identifier: MIT
#include <flowgauge/bench/kl.hpp>

#include "specimens.hpp"

#include <flowgauge/distributions/scalable/planted.hpp>
#include <flowgauge/distributions/adapt.hpp>
#include <flowgauge/distributions/sources.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace flowgauge::bench {
namespace {

using specimens::seed_exponential;
using specimens::univariate;
using specimens::with_affines;
using specimens::with_theta;

TEST(KlEstimate, TwoNormals) {
  Workspace workspace;
  const KlEstimate e = estimate_kl(with_affines("triangular", {{std::log(0.5), 0}}), *univariate("normal(mean=1)"), 100'000, 1, workspace);
  EXPECT_NEAR(e.kl.value, std::log(2.0) - 0.25, 5 * e.kl.std_error);
  // l = ½(x − 1)²·(−1) + x²/8 + log 2 with x = 1 + z: −⅜z² + ¼z + const, variance 2·(3/8)² + 1/16.
  EXPECT_NEAR(e.kl.std_deviation, std::sqrt(2 * 9.0 / 64 + 1.0 / 16), 0.01);
  EXPECT_EQ(e.status, KlStatus::mc_ok);
  EXPECT_EQ(e.non_finite.total(), 0);
  EXPECT_LT(e.kl.ci_low, e.kl.value);
  EXPECT_NEAR(e.kl.ci_high - e.kl.value, 1.96 * e.kl.std_error, 1e-4 * e.kl.std_error);
}

TEST(KlEstimate, SeedExponentialAgreesWithQuadrature) {
  Workspace workspace;
  const KlEstimate e = estimate_kl(seed_exponential(), *univariate("exponential"), 100'000, 3, workspace);
  EXPECT_NEAR(e.kl.value, 0.17423901, 5 * e.kl.std_error);
  EXPECT_NEAR(e.kl.std_deviation, 0.367565, 0.01);
}

TEST(KlEstimate, TraceTelescopesOnTheSameRows) {
  Workspace workspace;
  const KlEstimate e = estimate_kl(seed_exponential(), *univariate("exponential"), 5'000, 3, workspace);
  ASSERT_EQ(e.trace.size(), 16u);
  double sum = e.trace.front().kl.value;
  for (std::size_t k = 1; k < e.trace.size(); ++k) {
    sum += e.trace[k].delta.value;
    EXPECT_NEAR(sum, e.trace[k].kl.value, 1e-10);
    EXPECT_GT(e.trace[k].delta.std_error, 0);
  }
  EXPECT_EQ(e.trace.back().kl.value, e.kl.value);
  EXPECT_EQ(e.trace[5].layer, "softlog");
}

TEST(KlEstimate, PairedDifferenceIsSharperThanTwoMeans) {
  Workspace workspace;
  const KlEstimate e = estimate_kl(with_affines("2*triangular", {{0.0, 0.5}, {0.0, 0.01}}), *univariate("normal"), 10'000, 1, workspace);
  EXPECT_LT(e.trace[2].delta.std_error, 0.1 * e.kl.std_error);
}

TEST(KlEstimate, PlantedLogRatiosAreExactlyZero) {
  for (const char* text :
       {"planted(dim=2)", "planted(4*(coupling permutation) triangular, dim=5, seed=7)", "planted(triangular softlog triangular, dim=1)"}) {
    const auto source = distributions::make_source(text);
    const auto* planted = distributions::source_as<distributions::Planted>(*source);
    ASSERT_NE(planted, nullptr);
    Workspace workspace;
    const KlEstimate e = estimate_kl(planted->model(), *source, 20'000, 1, workspace);
    EXPECT_EQ(e.kl.value, 0) << text;
    EXPECT_EQ(e.kl.std_error, 0) << text;
    EXPECT_EQ(e.kl.std_deviation, 0) << text;
    EXPECT_EQ(estimate_kl_quickly(planted->model(), *source, 20'000, 1, workspace).value, 0) << text;
  }
}

TEST(KlEstimate, SampleIsTheSamePrefixForAllFlows) {
  // One row of sample: log p(x₀) − log q(x₀) tells x₀.
  const auto source = univariate("laplace");
  Batch<double> x(10, 1);
  source->sample(RandomStream(5, "source-sample", "laplace"), 0, x);
  double mean = 0;
  for (Index i = 0; i < 10; ++i) mean += (source->log_density(x(i, 0)) - normal_log_density(x(i, 0))) / 10;
  Workspace workspace;
  EXPECT_NEAR(estimate_kl(make_flow<double>(FlowSpec{}, 1), *source, 10, 5, workspace).kl.value, mean, 1e-14);
}

TEST(KlEstimate, InfiniteKlIsNeverASampleMean) {
  Workspace workspace;
  const Flow<double> flow = with_affines("triangular softlog triangular", {{0.0, 0.0}, {0.0, 0.0}});
  const KlEstimate e = estimate_kl(with_affines("triangular", {{0.0, 0.0}}), *univariate("cauchy"), 10'000, 1, workspace);
  EXPECT_TRUE(std::isinf(e.kl.value));
  EXPECT_EQ(e.status, KlStatus::infinite_proved);
  EXPECT_EQ(e.reason, "inf (W(1) source, linear tails)");
  EXPECT_GT(e.khat_energy, 1);  // the sample says so too
  EXPECT_TRUE(std::isinf(estimate_kl_quickly(with_affines("triangular", {{0.0, 0.0}}), *univariate("cauchy"), 10, 1, workspace).value));
  const KlEstimate mended = estimate_kl(flow, *univariate("cauchy"), 10'000, 1, workspace);
  EXPECT_TRUE(std::isfinite(mended.kl.value));
  EXPECT_TRUE(std::isnan(mended.trace[2].delta.value));  // from infinite to finite
}

TEST(KlEstimate, HeavyRowsAreSaidWhateverTheTailsPromise) {
  Workspace workspace;
  const KlEstimate calm =
      estimate_kl(with_affines("triangular inverse(softlog)", {{std::log(0.05), 0.0}}), *univariate("laplace"), 100'000, 1, workspace);
  ASSERT_EQ(calm.trace.back().tails.variance, Finiteness::finite);
  EXPECT_EQ(calm.status, KlStatus::mc_ok);
  // A wide normal through e^|x|: every moment of z is finite, yet the largest energies look like a tail without a mean.
  const KlEstimate wide = estimate_kl(make_flow<double>("inverse(softlog)", 1), *univariate("normal(sd=3)"), 100'000, 1, workspace);
  ASSERT_EQ(wide.trace.back().tails.variance, Finiteness::finite);
  ASSERT_GE(wide.khat_energy, 1);
  EXPECT_EQ(wide.status, KlStatus::mc_infinite_variance);
  EXPECT_NE(wide.reason.find("the rows do not; the largest energies have Pareto shape"), std::string::npos) << wide.reason;
}

TEST(KlEstimate, RowsThatOverflowAreCountedNotAveraged) {
  // sinh-like growth: e^|x| three times over leaves double for |x| > 1.9.
  Workspace workspace;
  const KlEstimate e = estimate_kl(make_flow<double>("3*inverse(softlog)", 1), *univariate("normal(sd=2)"), 1'000, 1, workspace);
  EXPECT_GT(e.non_finite.total(), 0);
  EXPECT_EQ(e.non_finite.outside_support, 0);
  EXPECT_FALSE(std::isfinite(e.kl.value));
}

TEST(KlEstimate, IntervalsCoverAsPromised) {
  // 400 repeats of a benign case: coverage 0.95 ± 5·√(.95·.05/400).
  const Flow<double> flow = with_affines("triangular", {{std::log(0.5), 0}});
  const auto source = univariate("normal(mean=1)");
  Workspace workspace;
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Mean m = estimate_kl_quickly(flow, *source, 1'000, seed, workspace);
    if (m.ci_low <= std::log(2.0) - 0.25 && std::log(2.0) - 0.25 <= m.ci_high) ++covered;
  }
  EXPECT_NEAR(covered / 400.0, 0.95, 5 * std::sqrt(0.95 * 0.05 / 400));
}

TEST(KlEstimate, RefusesWhatDoesNotFit) {
  Workspace workspace;
  EXPECT_THROW(estimate_kl(make_flow<double>("triangular", 2), *univariate("normal"), 10, 1, workspace), ShapeError);
  EXPECT_THROW(estimate_kl(make_flow<double>("triangular", 1), *univariate("normal"), 0, 1, workspace), ConfigError);
}

TEST(CrossEntropy, IsTheMeanOfMinusLogQ) {
  Batch<double> x(10'001, 1);
  for (Index i = 0; i < x.rows(); ++i) x(i, 0) = static_cast<double>(i) / 10'000;
  Workspace workspace;
  const CrossEntropy c = cross_entropy(make_flow<double>(FlowSpec{}, 1), x, workspace);
  double squares = 0;
  for (Index i = 0; i < x.rows(); ++i) squares += x(i, 0) * x(i, 0);
  EXPECT_NEAR(c.nats.value, squares / 2 / 10'001 + Constants<double>::half_log_two_pi(), 1e-13);
  EXPECT_EQ(c.nats.rows, 10'001);
  x(7, 0) = std::nan("");
  const CrossEntropy broken = cross_entropy(make_flow<double>("triangular", 1), x, workspace);
  EXPECT_TRUE(std::isinf(broken.nats.value) || std::isnan(broken.nats.value));
  EXPECT_EQ(broken.non_finite.total(), 1);
}

TEST(CrossEntropy, DifferenceIsPaired) {
  Batch<double> x(10'001, 1);
  for (Index i = 0; i < x.rows(); ++i) x(i, 0) = static_cast<double>(i) / 10'000;
  // Another normal, shifted by δ: ½(x + δ)² − ½x² = δ·x + δ²/2, of variance δ²/12.
  const double delta = 0.01;
  std::vector<double> other;
  for (Index i = 0; i < x.rows(); ++i) other.push_back(x(i, 0) * x(i, 0) / 2 + Constants<double>::half_log_two_pi());
  Workspace workspace;
  const Mean m = cross_entropy_difference(with_affines("triangular", {{0.0, delta}}), x, other, workspace);
  EXPECT_NEAR(m.value, delta / 2 + delta * delta / 2, 1e-14);
  EXPECT_NEAR(m.std_error, delta / std::sqrt(12.0 * 10'001), 1e-3 * m.std_error);
  other.pop_back();
  EXPECT_THROW(cross_entropy_difference(with_affines("triangular", {{0.0, delta}}), x, other, workspace), ShapeError);
}

TEST(Overlap, SeedExponentialAgreesWithTheGoldenValues) {
  Workspace workspace;
  const auto o = estimate_overlap(seed_exponential(), *univariate("exponential"), 100'000, 1, workspace);
  ASSERT_TRUE(o);
  EXPECT_NEAR(o->leak.value, 0.0078758, 5 * o->leak.std_error);
  EXPECT_NEAR(o->js.value, 0.05237, 5 * o->js.std_error);
  EXPECT_NEAR(o->hellinger2.value, 0.06636, 5 * o->hellinger2.std_error);
  EXPECT_NEAR(o->tv.value, 0.20675, 5 * o->tv.std_error);
  EXPECT_NEAR(o->balance.value, 0, 5 * o->balance.std_error);
  EXPECT_LT(o->js.std_error, 0.001);
  EXPECT_NEAR(o->overflow, 32, 5 * std::sqrt(32.0));  // 0.032 % of the latents leave double
}

/// The same flow with a constant error in what it calls its density: the source is scaled instead, which shifts every log p.
class Shifted final : public Distribution {
 public:
  Shifted(const Distribution& source, double shift) : source_(source), shift_(shift) {}
  int dim() const override { return source_.dim(); }
  std::string text() const override { return source_.text(); }
  void log_prob(BatchIn<double> x, ColumnOut<double> log_p) const override {
    source_.log_prob(x, log_p);
    for (double& l : log_p) l += shift_;
  }
  void sample(const RandomStream& s, std::uint64_t first, BatchOut<double> x) const override { source_.sample(s, first, x); }
  std::optional<Estimate> entropy() const override { return source_.entropy(); }
  Marginal marginal(int j) const override { return source_.marginal(j); }
  bool independent() const override { return source_.independent(); }
  std::optional<std::vector<double>> mean() const override { return source_.mean(); }
  std::optional<std::vector<double>> covariance() const override { return source_.covariance(); }

 private:
  const Distribution& source_;
  double shift_;
};

TEST(Overlap, BalanceSeesAWrongLogDet) {
  const auto source = univariate("exponential");
  Workspace workspace;
  for (const double shift : {-0.1, 0.1}) {
    const auto o = estimate_overlap(seed_exponential(), Shifted(*source, shift), 10'000, 1, workspace);
    EXPECT_GT(std::abs(o->balance.value / o->balance.std_error), 10) << shift;
  }
}

TEST(Overlap, RowsThatTheInverseDoesNotFindAreNotLeftOut) {
  Workspace workspace;
  const auto o = estimate_overlap(with_theta("planar", specimens::lost_beyond_0_9), *univariate("normal"), 10'000, 1, workspace);
  ASSERT_TRUE(o);
  EXPECT_NEAR(o->not_inverted, 10'000 * 2 * normal_cdf(-0.8988466), 5 * std::sqrt(2300.0));
  EXPECT_EQ(o->overflow, 0);
  for (const Mean& m : {o->leak, o->balance, o->js, o->hellinger2, o->tv}) {
    EXPECT_TRUE(std::isnan(m.value));
    EXPECT_TRUE(std::isnan(m.std_error));
  }
}

TEST(Overlap, DisjointAndEqual) {
  Workspace workspace;
  const auto far = estimate_overlap(with_affines("triangular", {{0.0, 100.0}}), *univariate("normal"), 1'000, 1, workspace);
  EXPECT_NEAR(far->js.value, std::log(2.0), 1e-12);
  EXPECT_NEAR(far->tv.value, 1, 1e-12);
  const auto same = estimate_overlap(with_affines("triangular", {{0.0, 0.0}}), *univariate("normal"), 1'000, 1, workspace);
  EXPECT_NEAR(same->js.value, 0, 1e-12);
  EXPECT_NEAR(same->hellinger2.value, 0, 1e-12);
}

}  // namespace
}  // namespace flowgauge::bench
