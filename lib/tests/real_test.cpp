// SPDX-License-Identifier: MIT
#include <flowgauge/dual.hpp>
#include <flowgauge/normal_quantile.hpp>
#include <flowgauge/pack.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace flowgauge::test {
namespace {

static_assert(Real<float> && Real<double> && Real<Dual<float, 3>> && Real<Dual<double, 1>> && Real<Dual<Pack<double>, 2>>);
static_assert(!Real<int> && Native<float> && Native<double> && !Native<long double>);
static_assert(RealTraits<float>::epsilon() == 0x1p-23f && RealTraits<double>::epsilon() == 0x1p-52);

template <class S>
class RealOf : public ::testing::Test {};
using Scalars = ::testing::Types<float, double>;
TYPED_TEST_SUITE(RealOf, Scalars);

TYPED_TEST(RealOf, ConstantsAreNearestNumbers) {
  using S = TypeParam;
  const long double pi = std::acos(-1.0L);
  EXPECT_EQ(Constants<S>::pi(), S(pi));
  EXPECT_EQ(Constants<S>::log_two(), S(std::log(2.0L)));
  EXPECT_EQ(Constants<S>::half_log_two_pi(), S(std::log(2 * pi) / 2));
  EXPECT_EQ(Constants<S>::sqrt_two(), S(std::sqrt(2.0L)));
  EXPECT_TRUE(std::isnan(Constants<S>::not_a_number()));
  EXPECT_EQ(Constants<S>::infinity(), std::numeric_limits<S>::infinity());
}

TYPED_TEST(RealOf, SmallWords) {
  using S = TypeParam;
  EXPECT_EQ(select(true, S(1), S(2)), S(1));
  EXPECT_EQ(select(false, S(1), S(2)), S(2));
  EXPECT_EQ(copysign(S(3), S(-0.0)), S(-3));
  EXPECT_EQ(mul_add(S(2), S(3), S(4)), S(10));
  EXPECT_EQ(detach(S(5)), S(5));
  EXPECT_EQ(to_double(S(0.5)), 0.5);
  EXPECT_TRUE(any(true) && all(true) && !any(false) && !all(false));
}

/// Against the same function in 64 bits; the bound is κ = |x·f′/f| roundings of x and a few of the formula.
TYPED_TEST(RealOf, ComposedFunctionsAgainstLongDouble) {
  using S = TypeParam;
  const long double unit = std::numeric_limits<S>::epsilon() / 2.0L;
  const auto expect = [unit](const char* name, S x, S got, long double exact, long double slope) {
    const long double condition = std::abs(x * slope / exact);
    EXPECT_LE(std::abs(got - exact), 6 * unit * std::abs(exact) * std::max(1.0L, condition) + std::numeric_limits<S>::denorm_min())
        << name << "(" << x << ")";
  };
  for (int k = -800; k <= 800; ++k) {
    const S x = S(k) * S(0.03);
    const long double wide = x, e = std::exp(-std::abs(wide));
    const long double logistic = (wide >= 0 ? 1 : e) / (1 + e), density = std::exp(-wide * wide / 2) / std::sqrt(2 * std::acos(-1.0L));
    if (density < std::numeric_limits<S>::min()) continue;
    expect("sigmoid", x, sigmoid(x), logistic, e / ((1 + e) * (1 + e)));
    expect("softplus", x, softplus(x), std::max(wide, 0.0L) + std::log1p(e), logistic);
    expect("normal_cdf", x, normal_cdf(x), std::erfc(-wide / std::sqrt(2.0L)) / 2, density);
    expect("normal_log_density", x, normal_log_density(x), std::log(density), -wide);
    const long double e2 = std::exp(-2 * std::abs(wide)), hyperbolic = 4 * e2 / ((1 + e2) * (1 + e2));
    expect("sech_squared", x, sech_squared(x), hyperbolic, 2 * std::tanh(wide) * hyperbolic);
  }
}

/// Φ(Φ⁻¹(p)) = p: dp = φ(x)·dx, so an error of c spacings of x becomes c·|x|·φ(x)/p of p. The accuracy itself is measured where 50 digits
/// are known (verify/tests).
TYPED_TEST(RealOf, NormalQuantileUndoesTheCdf) {
  using S = TypeParam;
  const long double epsilon = std::numeric_limits<S>::epsilon();
  for (int k = 1; k < 4000; ++k) {
    const S p = k < 2000 ? S(std::exp2(-k / (sizeof(S) == 4 ? 17.0 : 2.0))) : S((k - 2000) / 2000.0);
    if (p == 0) continue;
    const long double x = normal_quantile(p), density = std::exp(-x * x / 2) / std::sqrt(2 * std::acos(-1.0L));
    const long double back = std::erfc(-x / std::sqrt(2.0L)) / 2;
    EXPECT_LE(std::abs(back - p), 5.2L * epsilon * std::abs(x) * density + 1e-18L * p) << p;
  }
  for (const double p : {0.25, 0.0625, 0x1p-20}) EXPECT_EQ(normal_quantile(S(p)), -normal_quantile(S(1 - p)));
}

}  // namespace
}  // namespace flowgauge::test
