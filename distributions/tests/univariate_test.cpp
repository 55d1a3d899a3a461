// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/gaussian.hpp>
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/distributions/univariate/cauchy.hpp>
#include <flowgauge/distributions/univariate/exponential.hpp>
#include <flowgauge/distributions/univariate/laplace.hpp>
#include <flowgauge/distributions/univariate/normal.hpp>
#include <flowgauge/dual.hpp>
#include <flowgauge/pack.hpp>

#include <cmath>
#include <limits>

#include <boost/math/distributions/cauchy.hpp>
#include <boost/math/distributions/exponential.hpp>
#include <boost/math/distributions/laplace.hpp>
#include <boost/math/distributions/normal.hpp>
#include <gtest/gtest.h>

namespace flowgauge::distributions {
namespace {

constexpr double half_unit = 5e-7;  // of the last printed digit
constexpr double largest = std::numeric_limits<double>::max();

double entropy(std::string_view text) { return make_source(text)->entropy().value().value; }
std::optional<double> floor_of(std::string_view text) {
  const std::optional<Estimate> floor = floor_gaussian(*make_source(text));
  return floor ? std::optional(floor->value) : std::nullopt;
}
double log_density(std::string_view text, double x) { return dynamic_cast<const Univariate&>(*make_source(text)).log_density(x); }

TEST(Univariate, PrintedEntropiesAndFloors) {
  EXPECT_NEAR(entropy("normal"), 1.418939, half_unit);
  EXPECT_NEAR(entropy("laplace"), 1.693147, half_unit);
  EXPECT_NEAR(entropy("exponential"), 1.000000, half_unit);
  EXPECT_NEAR(entropy("cauchy"), 2.531024, half_unit);
  EXPECT_NEAR(floor_of("normal").value(), 0, 1e-15);
  EXPECT_NEAR(floor_of("laplace").value(), 0.072365, half_unit);
  EXPECT_NEAR(floor_of("exponential").value(), 0.418939, half_unit);
  EXPECT_FALSE(floor_of("cauchy"));
}

TEST(Univariate, ScalesMoveTheEntropyByTheirLogarithm) {
  EXPECT_NEAR(entropy("normal(3, 10)"), entropy("normal") + std::log(10), 1e-15);
  EXPECT_NEAR(entropy("laplace(-1, 10)"), entropy("laplace") + std::log(10), 1e-15);
  EXPECT_NEAR(entropy("exponential(10)"), entropy("exponential") - std::log(10), 1e-15);
  EXPECT_NEAR(entropy("cauchy(2, 10)"), entropy("cauchy") + std::log(10), 1e-15);
}

/// log_prob, cdf and quantile against Boost.Math's, where Boost's density does not underflow.
template <class F, class B>
void agrees(const F& ours, const B& theirs, double low, double high) {
  for (int i = 0; i <= 1000; ++i) {
    const double x = low + (high - low) * i / 1000;
    EXPECT_NEAR(ours.log_prob(x), std::log(pdf(theirs, x)), 1e-13 * (1 + std::abs(ours.log_prob(x)))) << x;
    EXPECT_NEAR(ours.cdf(x), cdf(theirs, x), 2e-15) << x;
    EXPECT_NEAR(ours.upper_cdf(x), cdf(complement(theirs, x)), 2e-15) << x;
    if (i == 0 || i == 1000) continue;
    const double p = i / 1000.0;
    EXPECT_NEAR(ours.quantile(p), quantile(theirs, p), 1e-12 * (1 + std::abs(ours.quantile(p)))) << p;
    EXPECT_NEAR(ours.upper_quantile(p), quantile(complement(theirs, p)), 1e-12 * (1 + std::abs(ours.quantile(p)))) << p;
  }
}

TEST(Univariate, AgreesWithBoost) {
  agrees(Normal{-1.5, 0.7}, boost::math::normal(-1.5, 0.7), -20, 20);
  agrees(Laplace{2, 3}, boost::math::laplace(2, 3), -100, 100);
  agrees(Exponential{2.5}, boost::math::exponential(2.5), 0, 100);
  agrees(Cauchy{-2, 0.5}, boost::math::cauchy(-2, 0.5), -1e4, 1e4);
}

TEST(Univariate, ExtremeTails) {
  const double log_pi = std::log(3.14159265358979323846);
  for (const double x : {1e300, -1e300, 1e155, -1e155, largest, -largest}) {
    EXPECT_EQ(log_density("normal", x), -std::numeric_limits<double>::infinity());  // −x²/2 is beyond double
    EXPECT_EQ(log_density("laplace(scale=1000)", x), -std::abs(x) / 1000);
    EXPECT_NEAR(log_density("cauchy", x), -log_pi - 2 * std::log(std::abs(x)), 1e-12);
    EXPECT_NEAR(log_density("cauchy(scale=1e-6)", x), -log_pi - 2 * std::log(std::abs(x)) - 6 * std::log(10), 1e-12);
    EXPECT_EQ(log_density("exponential", x), x < 0 ? -std::numeric_limits<double>::infinity() : -x);
  }
  EXPECT_DOUBLE_EQ(log_density("normal", 1e150), -5e299);
  EXPECT_DOUBLE_EQ(log_density("normal", -40), -800 - 0.91893853320467274178);
  for (const double tiny : {0.0, -0.0, 5e-324, -5e-324, 1e-310}) {
    EXPECT_EQ(log_density("normal", tiny), -0.91893853320467274178);
    EXPECT_EQ(log_density("laplace", tiny), -std::log(2.0));
    EXPECT_EQ(log_density("cauchy", tiny), -log_pi);
    EXPECT_EQ(log_density("exponential", tiny), tiny < 0 ? -std::numeric_limits<double>::infinity() : -tiny);
  }
}

TEST(Univariate, FarTailsOfCdfAndQuantile) {
  const Cauchy cauchy;
  EXPECT_DOUBLE_EQ(cauchy.cdf(-1e300), 1e-300 / 3.14159265358979323846);
  EXPECT_DOUBLE_EQ(cauchy.upper_cdf(1e300), 1e-300 / 3.14159265358979323846);
  EXPECT_DOUBLE_EQ(cauchy.quantile(1e-300), -1e300 / 3.14159265358979323846);
  EXPECT_DOUBLE_EQ(cauchy.upper_quantile(1e-300), 1e300 / 3.14159265358979323846);
  EXPECT_NEAR(cauchy.quantile(0.75), 1, 1e-15);
  EXPECT_DOUBLE_EQ(Laplace().upper_quantile(1e-300), -std::log(2e-300));
  EXPECT_DOUBLE_EQ(Exponential().upper_cdf(700), std::exp(-700.0));
  EXPECT_DOUBLE_EQ(Exponential().quantile(1e-300), 1e-300);
  // Φ(−38) = 2.88542835100396e-316: a subnormal; Φ⁻¹(1e-300) = −37.0471 (Wichura 1988's own test is Φ⁻¹(1e-20) = −9.262340089798408).
  EXPECT_NEAR(Normal().cdf(-38) / 2.88542835100396e-316, 1, 1e-7);
  EXPECT_DOUBLE_EQ(Normal().quantile(1e-20), -9.262340089798408);
  EXPECT_DOUBLE_EQ(Normal().upper_quantile(1e-20), 9.262340089798408);
}

/// d log p/dx by a dual against the closed form.
template <class F>
double score(const F& source, double x) {
  return source.log_prob(Dual<double, 1>::variable(x, 0)).tangent[0];
}

TEST(Univariate, FormulasRunOnDuals) {
  for (const double x : {-1e5, -3.0, -0.25, 0.125, 1.0, 2.5, 1e5}) {
    EXPECT_DOUBLE_EQ(score(Normal{0.5, 2}, x), -(x - 0.5) / 4);
    EXPECT_DOUBLE_EQ(score(Laplace{0, 4}, x), x < 0 ? 0.25 : -0.25);
    EXPECT_DOUBLE_EQ(score(Exponential{3}, x), x < 0 ? 0.0 : -3.0);
    EXPECT_DOUBLE_EQ(score(Cauchy{0, 2}, x), -2 * x / (4 + x * x));
  }
}

template <class F>
void same_on_packs(const F& source) {
  using P = Pack<double>;
  for (const double x : {-1e300, -7.0, -0.3, 0.0, 0.4, 2.0, 1e300}) {
    const double one = source.log_prob(x);
    alignas(64) double lanes[RealTraits<P>::width];
    source.log_prob(P(x)).store(lanes);
    for (const double lane : lanes) {
      if (std::isinf(one)) {
        EXPECT_EQ(lane, one) << x;
      } else {
        EXPECT_NEAR(lane, one, 1e-14 * (1 + std::abs(one))) << x;
      }
    }
  }
}

TEST(Univariate, FormulasRunOnPacks) {
  same_on_packs(Normal{1, 3});
  same_on_packs(Laplace{-1, 3});
  same_on_packs(Exponential{3});
  same_on_packs(Cauchy{1, 3});
}

}  // namespace
}  // namespace flowgauge::distributions
