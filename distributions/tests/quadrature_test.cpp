// SPDX-License-Identifier: MIT
#include "specimens.hpp"

#include <flowgauge/distributions/gaussian.hpp>
#include <flowgauge/distributions/sources.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include <gtest/gtest.h>
#include <boost/math/policies/policy.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>

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

/// ∫ₐᵇ f. The rule runs on [0, 1]: it refuses a panel that is narrow beside its place.
Integral panel(const std::function<double(double)>& f, double a, double b) {
  using Rule = boost::math::quadrature::gauss_kronrod<double, 31, Policy>;
  double error = 0, size = 0;
  const double value = Rule::integrate([&](double t) { return f(a + (b - a) * t); }, 0.0, 1.0, 4, 1e-11, &error, &size);
  return {(b - a) * value, (b - a) * (error + summation * size)};
}

/// Panel ends beyond the median: distances double towards an end at infinity until they overflow, and halve towards a finite end until no double
/// is left, so that neither a slow tail nor a pole is lost.
void add_graded_cuts(double end, double median, double unit, std::vector<double>& cuts) {
  const double direction = end > median ? 1 : -1;
  if (std::isinf(end)) {
    for (double distance = unit; distance < 1e300; distance *= 2) cuts.push_back(median + direction * distance);
    return;
  }
  for (double u = std::abs(end - median) / 2; u > 0 && end - direction * u != end; u /= 2) cuts.push_back(end - direction * u);
  cuts.push_back(end);
}

/// ∫ of f over the support, split at its ends, the kinks and many quantiles (so that no panel hides a narrow peak).
Integral integrate(const Univariate& source, const std::function<double(double)>& f) {
  const Marginal support = source.marginal(0);
  const double median = source.quantile(0.5);
  std::vector<double> cuts = source.kinks();
  for (const double p : {0.001, 0.05, 0.25, 0.45, 0.499}) cuts.insert(cuts.end(), {source.quantile(p), source.upper_quantile(p)});
  cuts.push_back(median);
  const double unit = (source.quantile(0.501) - source.quantile(0.499)) / 2;
  add_graded_cuts(support.low, median, unit, cuts);
  add_graded_cuts(support.high, median, unit, cuts);
  std::erase_if(cuts, [&](double x) { return x < support.low || x > support.high; });
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  Integral sum;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const Integral part = panel(f, cuts[i], cuts[i + 1]);
    sum.value += part.value, sum.error += part.error;
  }
  return sum;
}

/// Mass nearer to an end than any double, times how large a logarithm it may carry: no quadrature in x sees it.
double unheld(const Univariate& source) {
  const Marginal m = source.marginal(0);
  return source.cdf(std::nextafter(m.low, m.high)) + source.upper_cdf(std::nextafter(m.high, m.low));
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
    EXPECT_NEAR(first.value, 0, first.error + 10 * (rounding_of(source) + unheld(source)));
    EXPECT_NEAR(second.value, 1, second.error + 10 * (rounding_of(source) + unheld(source)));
  });
}

TEST(Quadrature, TheDeclaredTailClassIsThatOfTheDensity) {
  // By the density, whose logarithm does not underflow where the mass of the tail does.
  for_each_univariate([](const Univariate& source) {
    const double unit = source.quantile(0.75) - source.quantile(0.25), middle = source.quantile(0.5);
    const auto check = [&](const TailClass& tail, double end, double outwards) {
      if (tail.edge) {  // p ~ u^(κ − 1) at distance u
        ASSERT_EQ(tail.kind, TailClass::Kind::power);
        const double u = end == 0 ? 1e-12 * unit : 1e-3 * unit;
        const double near = source.log_density(end - outwards * u), nearer = source.log_density(end - outwards * 1e-3 * u);
        // Of two distances, the farther one adds up to κ·u/unit to the exponent, and a few ε·κ of log p are rounding.
        EXPECT_NEAR((near - nearer) / std::log(1e3), tail.shape - 1, (1 + tail.shape) * (end == 0 ? 1e-8 : 5e-3));
      } else if (tail.kind == TailClass::Kind::power) {  // p ~ t^(−α − 1)
        const double far = source.log_density(outwards * 1e9 * unit), farther = source.log_density(outwards * 1e12 * unit);
        EXPECT_NEAR((far - farther) / std::log(1e3), tail.shape + 1, 1e-3);
      } else {  // −log p ~ rate·t^b, up to terms of order log t
        ASSERT_EQ(tail.kind, TailClass::Kind::stretched);
        const double t = 1e6 * unit, h = 0.1 * t;
        const double drop = source.log_density(middle + outwards * (t - h)) - source.log_density(middle + outwards * (t + h));
        const double expected = tail.rate * (std::pow(t + h, tail.shape) - std::pow(t - h, tail.shape));
        EXPECT_NEAR(drop / expected, 1, 1e-3);
      }
    };
    const Marginal m = source.marginal(0);
    check(m.high_tail, m.high, 1);
    check(m.low_tail, m.low, -1);
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
    EXPECT_NEAR(kl.value, floor->value, kl.error + 100 * (rounding_of(source) + unheld(source)));
  });
}

}  // namespace
}  // namespace flowgauge::distributions
