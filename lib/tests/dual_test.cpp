// SPDX-License-Identifier: MIT
#include <flowgauge/dual.hpp>
#include <flowgauge/normal_quantile.hpp>
#include <flowgauge/pack.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

// Derivatives of every function against closed forms. The same against differences in 50 digits: verify/tests/wide_test.cpp.
namespace flowgauge::test {
namespace {

constexpr double two_over_sqrt_pi = 1.1283791670955125739;

/// One function of the vocabulary in the types compared here, and its derivative by the book.
struct Rule {
  const char* name;
  double low, high;
  Dual<double, 2> (*of_dual)(Dual<double, 2>);
  Dual<Pack<double>, 2> (*of_packs)(Dual<Pack<double>, 2>);
  double (*value)(double);
  double (*slope)(double);
};
template <class F>
Rule rule(const char* name, double low, double high, F, double (*slope)(double)) {
  return {name, low, high, [](Dual<double, 2> x) { return F{}(x); }, [](Dual<Pack<double>, 2> x) { return F{}(x); }, [](double x) { return F{}(x); },
          slope};
}

const std::array rules{
    rule("exp", -5, 5, [](auto x) { return exp(x); }, [](double x) { return std::exp(x); }),
    rule("expm1", -5, 5, [](auto x) { return expm1(x); }, [](double x) { return std::exp(x); }),
    rule("log", 0.1, 5, [](auto x) { return log(x); }, [](double x) { return 1 / x; }),
    rule("log1p", -0.9, 5, [](auto x) { return log1p(x); }, [](double x) { return 1 / (1 + x); }),
    rule("sqrt", 0.1, 5, [](auto x) { return sqrt(x); }, [](double x) { return 0.5 / std::sqrt(x); }),
    rule("tanh", -3, 3, [](auto x) { return tanh(x); }, [](double x) { return 1 / (std::cosh(x) * std::cosh(x)); }),
    rule("erf", -3, 3, [](auto x) { return erf(x); }, [](double x) { return two_over_sqrt_pi * std::exp(-x * x); }),
    rule("erfc", -3, 3, [](auto x) { return erfc(x); }, [](double x) { return -two_over_sqrt_pi * std::exp(-x * x); }),
    rule("abs", -3, 3, [](auto x) { return abs(x); }, [](double x) { return std::copysign(1.0, x); }),
    rule("negation", -3, 3, [](auto x) { return -x; }, [](double) { return -1.0; }),
    rule("softplus", -9, 9, [](auto x) { return softplus(x); }, [](double x) { return 1 / (1 + std::exp(-x)); }),
    rule("sigmoid", -9, 9, [](auto x) { return sigmoid(x); }, [](double x) { return 0.25 / (std::cosh(x / 2) * std::cosh(x / 2)); }),
    rule("sech_squared", -3, 3, [](auto x) { return sech_squared(x); }, [](double x) { return -2 * std::tanh(x) / (std::cosh(x) * std::cosh(x)); }),
    rule("normal_cdf", -3, 3, [](auto x) { return normal_cdf(x); }, [](double x) { return std::exp(-x * x / 2) / std::sqrt(2 * M_PI); }),
    rule("normal_log_density", -3, 3, [](auto x) { return normal_log_density(x); }, [](double x) { return -x; }),
    rule("x/(1 + x²)", -3, 3, [](auto x) { return x / (decltype(x)(1.0) + x * x); },
         [](double x) { return (1 - x * x) / ((1 + x * x) * (1 + x * x)); }),
    rule("mul_add", -3, 3, [](auto x) { return mul_add(x, x, x); }, [](double x) { return 2 * x + 1; }),
    rule("normal_quantile", 0.01, 0.99, [](auto x) { return normal_quantile(x); },
         [](double p) { return std::sqrt(2 * M_PI) * std::exp(normal_quantile(p) * normal_quantile(p) / 2); }),
};

/// Two directions at speeds 1 and −3: tangents are f′ and −3f′, exactly in that ratio up to rounding.
TEST(Dual, DerivativesOfEveryFunction) {
  for (const Rule& r : rules)
    for (int k = 0; k <= 40; ++k) {
      const double x = r.low + (r.high - r.low) * (k + 0.5) / 41;
      const Dual<double, 2> y = r.of_dual(Dual<double, 2>(x, {1.0, -3.0}));
      const double slope = r.slope(x);
      const double allowed = 32 * std::numeric_limits<double>::epsilon() * (1 + std::abs(slope));
      // Not equal bit by bit: g++ 12 fuses alternating + and − into vfmaddsub when it vectorises straight-line code, in spite of -ffp-contract=off.
      EXPECT_NEAR(y.value, r.value(x), 2 * std::numeric_limits<double>::epsilon() * (1 + std::abs(r.value(x)))) << r.name << "(" << x << ")";
      EXPECT_NEAR(y.tangent[0], slope, allowed) << r.name << "(" << x << ")";
      EXPECT_NEAR(y.tangent[1], -3 * slope, 3 * allowed) << r.name << "(" << x << ")";
    }
}

/// Packs take libmvec's functions and may fuse, so a lane is near the single number, not equal to it.
TEST(Dual, PacksAgreeWithSingleNumbers) {
  using P = Pack<double>;
  for (const Rule& r : rules) {
    std::array<double, P::width> points, values, tangents;
    for (int i = 0; i < P::width; ++i) points[i] = r.low + (r.high - r.low) * (i + 0.5) / P::width;
    const Dual<P, 2> y = r.of_packs(Dual<P, 2>(P::load(points.data()), {P(1.0), P(-3.0)}));
    y.value.store(values.data());
    y.tangent[1].store(tangents.data());
    for (int i = 0; i < P::width; ++i) {
      const Dual<double, 2> single = r.of_dual(Dual<double, 2>(points[i], {1.0, -3.0}));
      const double allowed = 32 * std::numeric_limits<double>::epsilon();
      EXPECT_NEAR(values[i], single.value, allowed * (1 + std::abs(single.value))) << r.name;
      EXPECT_NEAR(tangents[i], single.tangent[1], allowed * (1 + std::abs(single.tangent[1]))) << r.name;
    }
  }
}

using D = Dual<double, 2>;

TEST(Dual, RulesOfTwoArguments) {
  const D a = D::variable(3.0, 0), b = D::variable(-2.0, 1);
  const auto expect = [](const D& y, double value, double by_a, double by_b) {
    EXPECT_EQ(y.value, value);
    EXPECT_EQ(y.tangent[0], by_a);
    EXPECT_EQ(y.tangent[1], by_b);
  };
  expect(a + b, 1, 1, 1);
  expect(a - b, 5, 1, -1);
  expect(a * b, -6, -2, 3);
  expect(a / b, -1.5, -0.5, -0.75);
  expect(min(a, b), -2, 0, 1);
  expect(max(a, b), 3, 1, 0);
  expect(select(a < b, a, b), -2, 0, 1);
  expect(copysign(a, b), -3, -1, 0);
  expect(copysign(b, b), -2, 0, 1);
  expect(copysign(b, a), 2, 0, -1);
  expect(mul_add(a, b, a), -3, -1, 3);
  expect(detach(a) * b, -6, 0, 3);
  D c = a;
  c += b, c *= a, c -= b, c /= a;  // ((a + b)·a − b)/a = a + b − b/a
  EXPECT_DOUBLE_EQ(c.value, 5.0 / 3);
  EXPECT_DOUBLE_EQ(c.tangent[0], 7.0 / 9);
  EXPECT_DOUBLE_EQ(c.tangent[1], 2.0 / 3);
  expect(D(2.0), 2, 0, 0);
  expect(D(), 0, 0, 0);
  EXPECT_TRUE(a > b && a >= b && b < a && b <= a && a != b && a == D(3.0));
  EXPECT_EQ(to_double(a), 3.0);
}

/// At a kink the derivative is of the side that the sign of zero names; of two equals, the first.
TEST(Dual, KinksTakeTheNamedSide) {
  EXPECT_EQ(abs(D::variable(0.0, 0)).tangent[0], 1);
  EXPECT_EQ(abs(D::variable(-0.0, 0)).tangent[0], -1);
  EXPECT_EQ(copysign(D::variable(0.0, 0), D(-1.0)).tangent[0], -1);
  EXPECT_EQ(copysign(D::variable(-0.0, 0), D(-1.0)).tangent[0], 1);
  const D a = D::variable(1.0, 0), b = D::variable(1.0, 1);
  EXPECT_EQ(min(a, b).tangent[0], 1);
  EXPECT_EQ(max(a, b).tangent[0], 1);
  EXPECT_EQ(max(b, a).tangent[0], 0);
}

TEST(Dual, NaNsAreKept) {
  const D nan = D(std::numeric_limits<double>::quiet_NaN()), one(1.0);
  for (const D& y : {min(nan, one), min(one, nan), max(nan, one), max(one, nan)}) EXPECT_TRUE(std::isnan(y.value));
}

/// A tangent of 0 through an infinite slope is no derivative, and NaN says so; at an ordinary point constants stay constants.
TEST(Dual, ConstantsHaveNoDerivative) {
  for (const Rule& r : rules) {
    const D y = r.of_dual(D((r.low + r.high) / 2 + 0.1));
    EXPECT_EQ(y.tangent[0], 0) << r.name;
    EXPECT_EQ(y.tangent[1], 0) << r.name;
  }
  EXPECT_EQ(Constants<D>::pi().value, Constants<double>::pi());
  EXPECT_EQ(Constants<D>::pi().tangent[1], 0);
  EXPECT_TRUE(std::isnan(Constants<D>::not_a_number().value));
  EXPECT_EQ(Constants<D>::infinity().value, std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace flowgauge::test
