// SPDX-License-Identifier: MIT
#include "specimens.hpp"

#include <flowgauge/distributions/gaussian.hpp>
#include <flowgauge/distributions/sources.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include <boost/math/policies/policy.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <gtest/gtest.h>

// Density, cdf, entropy and moments of one number are four claims about one function: quadrature holds them against each other.
namespace flowgauge::distributions {
namespace {

namespace policies = boost::math::policies;
// Errors become NaN, which no comparison below accepts; nothing is promoted to 80 bits.
using Policy = policies::policy<policies::promote_double<false>, policies::domain_error<policies::errno_on_error>,
                                policies::pole_error<policies::errno_on_error>, policies::overflow_error<policies::errno_on_error>,
                                policies::evaluation_error<policies::errno_on_error>>;

struct Integral {
  double value = 0, error = 0;
};

constexpr double summation = 1e-13;  ///< of a panel's size: what adding up in double may lose

/// ∫ₐᵇ f. The rule runs on [−1, 1]: it refuses a panel that is narrow beside its place.
Integral panel(const std::function<double(double)>& f, double a, double b) {
  static boost::math::quadrature::tanh_sinh<double, Policy> rule;
  const double middle = a + (b - a) / 2, half = (b - a) / 2;
  double error = 0, size = 0;
  const double value = rule.integrate([&](double t) { return f(middle + half * t); }, -1.0, 1.0, 1e-12, &error, &size);
  return {half * value, half * (error + summation * size)};
}

/// ∫ of f over a half line from `start`, away from the middle by panels that double, 200 times: what is left of 1/t² is below 1e-60.
Integral half_line(const std::function<double(double)>& f, double start, double first_width) {
  using Rule = boost::math::quadrature::gauss_kronrod<double, 31, Policy>;
  Integral sum;
  double from = 0, width = first_width;
  for (int i = 0; i < 200; ++i, from += width, width *= 2) {
    double error = 0, size = 0;
    sum.value += std::abs(width) * Rule::integrate([&](double t) { return f(start + (from + width * t)); }, 0.0, 1.0, 8, 1e-13, &error, &size);
    sum.error += std::abs(width) * (error + summation * size);
  }
  return sum;
}

/// ∫ of f over the support, split at its ends, the kinks and some quantiles (so that no panel hides a narrow peak).
Integral integrate(const Univariate& source, const std::function<double(double)>& f) {
  const Marginal support = source.marginal(0);
  std::vector<double> cuts = source.kinks();
  for (const double p : {0.001, 0.25, 0.5, 0.75}) cuts.push_back(source.quantile(p));
  cuts.push_back(source.upper_quantile(0.001));
  std::erase_if(cuts, [&](double x) { return x <= support.low || x >= support.high; });
  if (std::isfinite(support.low)) cuts.push_back(support.low);
  if (std::isfinite(support.high)) cuts.push_back(support.high);
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());

  const double unit = source.quantile(0.75) - source.quantile(0.25);
  std::vector<Integral> parts;
  if (std::isinf(support.low)) parts.push_back(half_line(f, cuts.front(), -unit));
  if (std::isinf(support.high)) parts.push_back(half_line(f, cuts.back(), unit));
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) parts.push_back(panel(f, cuts[i], cuts[i + 1]));
  Integral sum;
  for (const Integral& part : parts) sum.value += part.value, sum.error += part.error;
  return sum;
}

/// What the density itself loses when x is a large location and a small scale: |x|·ε is a shift.
double rounding_of(const Univariate& source) {
  const double unit = source.quantile(0.75) - source.quantile(0.25);
  return 8 * std::numeric_limits<double>::epsilon() * (1 + std::abs(source.quantile(0.5)) / unit);
}

template <class F>
void for_each_univariate(F&& check) {
  for (const std::string& text : univariate_texts()) {
    const auto owner = make_source(text);
    SCOPED_TRACE(text);
    check(dynamic_cast<const Univariate&>(*owner));
  }
}

TEST(Quadrature, MassIsOne) {
  for_each_univariate([](const Univariate& source) {
    const Integral mass = integrate(source, [&](double x) { return std::exp(source.log_density(x)); });
    EXPECT_LT(mass.error, 1e-10);
    EXPECT_NEAR(mass.value, 1, mass.error + rounding_of(source));
  });
}

TEST(Quadrature, EntropyIsTheMeanOfMinusLogDensity) {
  for_each_univariate([](const Univariate& source) {
    const Integral entropy = integrate(source, [&](double x) {
      const double log_p = source.log_density(x);
      return log_p > -700 ? -log_p * std::exp(log_p) : 0.0;  // beyond, p·log p is below 1e-301
    });
    EXPECT_LT(entropy.error, 1e-8);
    EXPECT_NEAR(entropy.value, source.entropy().value().value, entropy.error + 100 * rounding_of(source));
  });
}

TEST(Quadrature, MomentsAreThoseOfTheDensity) {
  for_each_univariate([](const Univariate& source) {
    if (!source.mean() || !source.covariance()) return;
    const double mean = source.mean()->at(0), variance = source.covariance()->at(0), sd = std::sqrt(variance);
    const auto moment = [&](int k) {
      return integrate(source, [&](double x) {
        const double p = std::exp(source.log_density(x));
        return p > 0 ? std::pow((x - mean) / sd, k) * p : 0.0;
      });
    };
    const Integral first = moment(1), second = moment(2);
    EXPECT_NEAR(first.value, 0, first.error + 10 * rounding_of(source));
    EXPECT_NEAR(second.value, 1, second.error + 10 * rounding_of(source));
  });
}

TEST(Quadrature, CdfIsTheIntegralOfTheDensity) {
  for_each_univariate([](const Univariate& source) {
    std::vector<double> cuts = source.kinks();
    for (int i = 1; i < 40; ++i) cuts.push_back(source.quantile(i / 40.0));
    std::erase_if(cuts, [&](double x) { return x < source.marginal(0).low; });
    std::sort(cuts.begin(), cuts.end());
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
      if (cuts[i] == cuts[i + 1]) continue;
      const Integral mass = panel([&](double x) { return std::exp(source.log_density(x)); }, cuts[i], cuts[i + 1]);
      EXPECT_NEAR(source.cdf(cuts[i + 1]) - source.cdf(cuts[i]), mass.value, mass.error + rounding_of(source));
    }
  });
}

TEST(Quadrature, TheDeclaredTailClassIsThatOfTheCdf) {
  for_each_univariate([](const Univariate& source) {
    const double unit = source.quantile(0.75) - source.quantile(0.25);
    const auto check = [&](const TailClass& tail, double end, const std::function<double(double)>& tail_mass) {
      // Far out for a stretched tail, where −log P ≈ rate·t^shape up to a term of order log t; farther for a power.
      if (tail.edge) {
        ASSERT_EQ(tail.kind, TailClass::Kind::power);
        const double near = -std::log(tail_mass(end + 1e-6 * unit)), nearer = -std::log(tail_mass(end + 1e-9 * unit));
        EXPECT_NEAR((nearer - near) / std::log(1e3), tail.shape, 1e-3);
      } else if (tail.kind == TailClass::Kind::power) {
        const double far = -std::log(tail_mass(1e9 * unit)), farther = -std::log(tail_mass(1e12 * unit));
        EXPECT_NEAR((farther - far) / std::log(1e3), tail.shape, 1e-3);
      } else {
        ASSERT_EQ(tail.kind, TailClass::Kind::stretched);
        // Two distances of the same P-mass in every unit; the location is small beside them only when it is 0, so it is taken out by differences.
        const double t = 10 * unit, h = unit;
        const auto minus_log = [&](double d) { return -std::log(tail_mass(source.quantile(0.5) + d)); };
        const double slope = (minus_log(t + h) - minus_log(t - h)) / (2 * h);
        EXPECT_NEAR(slope / (tail.rate * tail.shape * std::pow(t, tail.shape - 1)), 1, 0.02);
      }
    };
    const Marginal m = source.marginal(0);
    const double middle = source.quantile(0.5);
    check(m.high_tail, m.high, [&](double x) { return source.upper_cdf(x); });
    check(m.low_tail, m.low, [&](double x) { return m.low_tail.edge ? source.cdf(x) : source.cdf(2 * middle - x); });
  });
}

TEST(Quadrature, FloorIsTheKlOfTheGaussianWithTheSameMoments) {
  for_each_univariate([](const Univariate& source) {
    const std::optional<Estimate> floor = floor_gaussian(source);
    EXPECT_EQ(floor.has_value(), source.covariance().has_value());
    if (!floor) return;
    const double mean = source.mean()->at(0), sd = std::sqrt(source.covariance()->at(0));
    const Integral kl = integrate(source, [&](double x) {
      const double log_p = source.log_density(x), z = (x - mean) / sd;
      const double log_q = -0.5 * z * z - std::log(sd) - 0.91893853320467274178;
      return log_p > -700 ? std::exp(log_p) * (log_p - log_q) : 0.0;
    });
    EXPECT_NEAR(kl.value, floor->value, kl.error + 100 * rounding_of(source));
  });
}

}  // namespace
}  // namespace flowgauge::distributions
