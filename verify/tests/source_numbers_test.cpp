// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/planar/checkerboard.hpp>
#include <flowgauge/distributions/planar/circles.hpp>
#include <flowgauge/distributions/planar/eight_gaussians.hpp>
#include <flowgauge/distributions/planar/seed_gmm.hpp>
#include <flowgauge/distributions/scalable/banana.hpp>
#include <flowgauge/distributions/scalable/cmog.hpp>
#include <flowgauge/distributions/scalable/funnel.hpp>
#include <flowgauge/distributions/scalable/gmm.hpp>
#include <flowgauge/distributions/scalable/mvn.hpp>
#include <flowgauge/distributions/univariate/beta.hpp>
#include <flowgauge/distributions/univariate/bimodal.hpp>
#include <flowgauge/distributions/univariate/continuous_bernoulli.hpp>
#include <flowgauge/distributions/univariate/gamma.hpp>
#include <flowgauge/distributions/univariate/half_cauchy.hpp>
#include <flowgauge/distributions/univariate/half_normal.hpp>
#include <flowgauge/distributions/univariate/logistic.hpp>
#include <flowgauge/distributions/univariate/student_t.hpp>
#include <flowgauge/distributions/univariate/uniform.hpp>
#include <flowgauge/verify/rounding.hpp>
#include <flowgauge/verify/wide.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/math/special_functions/bessel.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

// The densities of the sources in 50 digits: what double loses, and whether 50 digits are right.
namespace flowgauge::distributions {
namespace {

template <class F>
concept OneNumber = requires(const F f, double x) {
  f.log_prob(x);
};

template <class T, class F>
T log_density(const F& source, const std::vector<double>& x) {
  if constexpr (OneNumber<F>) {
    return source.log_prob(T(x[0]));
  } else {
    std::vector<T> row;
    for (const double v : x) row.push_back(T(v));
    return source.log_prob(std::span<const T>(row));
  }
}

/// Double against 50 digits. Allowed: 8 times the spread of 32 randomly rounded runs, and what stirling_error promises, three times 1e-14.
template <class F>
void keeps_its_digits(F source, const std::vector<std::vector<double>>& points, const std::string& name) {
  if constexpr (requires { source.prepare(); }) source.prepare();
  for (const std::vector<double>& x : points) {
    const Wide truth = log_density<Wide>(source, x);
    const double value = log_density<double>(source, x), nearest = to_double(truth);
    if (!std::isfinite(nearest)) {
      EXPECT_EQ(value, nearest) << name << " at " << x[0];
      continue;
    }
    double spread = 0;
    for (std::uint64_t run = 0; run < 32; ++run) {
      const RoundingSeed seed(run);
      spread = std::max(spread, std::abs(to_double(log_density<Rounding>(source, x)) - nearest));
    }
    EXPECT_LE(to_double(abs(Wide(value) - truth)), 8 * spread + 3e-14) << name << " at " << x[0];
  }
}

template <class F>
F read(const char* text) {
  return read_options<F>(parse_item(text));
}

std::vector<std::vector<double>> numbers() {
  std::vector<std::vector<double>> points;
  for (const double x : {-1e300, -700.0, -3.0, -1e-9, 0.0, 1e-300, 1e-9, 0.1, 0.25, 0.5, 0.9, 0.99999, 1.0, 2.0, 5.0, 40.0, 700.0, 1e5, 1e150, 1e300})
    points.push_back({x});
  return points;
}
std::vector<std::vector<double>> pairs() {
  std::vector<std::vector<double>> points;
  for (const double x : {-700.0, -3.0, -0.5, 0.0, 1e-9, 1.5, 40.0, 1e6})
    for (const double y : {-5.0, 0.0, 0.3, 3.0, 700.0}) points.push_back({x, y});
  return points;
}

TEST(SourceNumbers, DensitiesOfOneNumberKeepTheirDigits) {
  keeps_its_digits(HalfCauchy{0.7}, numbers(), "half_cauchy");
  keeps_its_digits(HalfNormal{3}, numbers(), "half_normal");
  keeps_its_digits(Uniform{-1, 700}, numbers(), "uniform");
  for (const double p : {1e-6, 0.3, 0.5, 0.5 + 1e-12, 1 - 1e-6}) keeps_its_digits(ContinuousBernoulli{p}, numbers(), "continuous_bernoulli");
  keeps_its_digits(Logistic{0.5, 2}, numbers(), "logistic");
  for (const double nu : {0.1, 1.0, 3.0, 30.0, 1e4}) keeps_its_digits(StudentT{nu, -1, 0.3}, numbers(), "student_t");
  for (const double k : {0.1, 0.5, 1.0, 2.0, 50.0, 1e4}) keeps_its_digits(Gamma{k, 1.5}, numbers(), "gamma");
  for (const double a : {0.1, 0.5, 2.0, 1e4})
    for (const double b : {0.5, 5.0, 3e3}) keeps_its_digits(Beta{a, b}, numbers(), "beta");
  for (const double mode : {0.0, 2.0, 900.0}) keeps_its_digits(Bimodal{mode, 0.5}, numbers(), "bimodal");
}

TEST(SourceNumbers, DensitiesOfSeveralNumbersKeepTheirDigits) {
  keeps_its_digits(Checkerboard(), pairs(), "checkerboard");
  keeps_its_digits(Circles(), pairs(), "circles");
  keeps_its_digits(Circles{1, 0, 0.01}, pairs(), "circles");
  keeps_its_digits(EightGaussians(), pairs(), "eight_gaussians");
  keeps_its_digits(read<SeedGmm>("seed_gmm(3)"), pairs(), "seed_gmm");
  keeps_its_digits(Banana(), pairs(), "banana");
  keeps_its_digits(Funnel{2}, pairs(), "funnel");
  keeps_its_digits(read<Cmog>("cmog(2)"), pairs(), "cmog");
  keeps_its_digits(read<Gmm>("gmm(weights=[0.25,0.75], means=[0,1,2,3], covariances=[1,0.9,0.9,1,2,0,0,1e-4])"), pairs(), "gmm");
  keeps_its_digits(read<Mvn>("mvn(mean=[1,2], factor=[2,0,-1.5,0.01])"), pairs(), "mvn");
}

/// A decimal of 50 digits, by another library.
using Reference = boost::multiprecision::cpp_bin_float_100;
Wide wide(const Reference& x) { return Wide::from_text(x.str(60, std::ios_base::scientific)); }

TEST(SourceNumbers, FiftyDigitsAreRight) {
  const auto near = [](const Wide& ours, const Reference& truth, const char* what) {
    EXPECT_LT(to_double(abs(ours - wide(truth))), 1e-44) << what << ": " << to_text(ours);
  };
  const Reference pi = boost::math::constants::pi<Reference>();
  near(StudentT{3, 0, 1}.log_prob(Wide(0.0)), log(2 / (pi * sqrt(Reference(3)))), "student_t(3)");
  near(StudentT{0.5, 0, 1}.log_prob(Wide(0.0)), boost::math::lgamma(Reference(0.75)) - boost::math::lgamma(Reference(0.25)) - log(pi / 2) / 2,
       "student_t(0.5)");
  near(Gamma{5, 1}.log_prob(Wide(1.0)), -1 - log(Reference(24)), "gamma(5)");
  near(Gamma{0.5, 1}.log_prob(Wide(1.0)), -1 - log(pi) / 2, "gamma(0.5)");
  near(Beta{2, 5}.log_prob(Wide(0.5)), log(Reference(30) / 32), "beta(2, 5)");
  near(Beta{0.5, 0.5}.log_prob(Wide(0.5)), log(2 / pi), "beta(0.5, 0.5)");
  for (const double x : {0.5, 3.0, 20.0, 50.0, 59.0, 61.0, 200.0})
    near(log_scaled_bessel_i0(Wide(x)), log(boost::math::cyl_bessel_i(0, Reference(x))) - Reference(x), "I0");
}

}  // namespace
}  // namespace flowgauge::distributions
