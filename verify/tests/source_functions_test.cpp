// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/special_functions.hpp>

#include <cmath>

#include <gtest/gtest.h>
#include <boost/math/special_functions/bessel.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

namespace flowgauge::distributions {
namespace {

using Reference = boost::multiprecision::cpp_bin_float_100;

const double arguments[] = {0.05, 0.1, 0.3, 0.5, 1, 1.5, 2, 5, 15.9, 16, 17, 60, 700, 1e4, 2e4};

double reference_stirling_error(double x) {
  const Reference a = x, pi = boost::math::constants::pi<Reference>();
  return static_cast<double>(boost::math::lgamma(a) - ((a - Reference(0.5)) * log(a) - a + log(2 * pi) / 2));
}

TEST(SpecialFunctions, StirlingErrorAgainst100Digits) {
  // The series is right to the last bits; below 16 log Γ and its parts, all below 45, cancel.
  for (const double x : arguments) EXPECT_NEAR(stirling_error<double>(x), reference_stirling_error(x), x < 16 ? 1e-14 : 1e-17) << x;
}

TEST(SpecialFunctions, LogGammaHalfStepAgainst100Digits) {
  for (const double x : arguments) {
    const double expected = static_cast<double>(boost::math::lgamma(Reference(x) + Reference(0.5)) - boost::math::lgamma(Reference(x)));
    EXPECT_NEAR(log_gamma_half_step<double>(x), expected, 2e-14) << x;
  }
}

TEST(SpecialFunctions, LogLessDigammaAgainst100Digits) {
  for (const double x : arguments) {
    const double expected = static_cast<double>(log(Reference(x)) - boost::math::digamma(Reference(x)));
    EXPECT_NEAR(log_less_digamma(x) / expected, 1, x < 16 ? 2e-14 : 1e-15) << x;
  }
}

TEST(SpecialFunctions, LogLessLinearKeepsItsDigits) {
  for (const double of : {1e-3, 1.0, 400.0}) {
    for (const double r : {1e-300, 0.1, 0.5, 0.99, 1.0, 1.0009765625, 3.0, 1e8}) {
      const double x = r * of;
      const Reference ratio = Reference(x) / Reference(of);
      const double expected = static_cast<double>(log(ratio) - ratio + 1);
      EXPECT_NEAR(log_less_linear(x, std::log(x), of), expected, 1e-15 * (1 + std::abs(expected))) << r << " of " << of;
    }
  }
  EXPECT_EQ(log_less_linear(1e300, std::log(1e300), 1e-20), -std::numeric_limits<double>::infinity());
}

TEST(SpecialFunctions, ScaledBesselAgainst100Digits) {
  for (const double x : {0.0, 1e-300, 0.5, 3.0, 19.9, 20.1, 25.0, 100.0, 700.0}) {
    const double expected = static_cast<double>(log(boost::math::cyl_bessel_i(0, Reference(x))) - Reference(x));
    EXPECT_NEAR(log_scaled_bessel_i0(x), expected, 1e-14) << x;
  }
  EXPECT_NEAR(log_scaled_bessel_i0(1e300), -0.5 * (std::log(2 * 3.14159265358979323846) + 300 * std::log(10)), 1e-12);
}

}  // namespace
}  // namespace flowgauge::distributions
