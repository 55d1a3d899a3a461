// SPDX-License-Identifier: MIT
#include "vocabulary.hpp"

#include <flowgauge/normal_quantile.hpp>

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

// ±0, ±∞, NaN, subnormals and the edges of overflow, for single numbers and packs: values by mathematics, the sign of zero included.
namespace flowgauge::test {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class T>
class SpecialValues : public ::testing::Test {
 protected:
  using S = typename RealTraits<T>::Scalar;

  template <class F>
  static S at(F f, double x) {
    if constexpr (RealTraits<T>::width > 1) return first_lane(f(T(x)));
    else return f(T(x));
  }
  /// Equal, a NaN to a NaN, and zeros of the same sign.
  template <class F>
  static void expect(std::string_view name, F f, double x, double expected) {
    const S got = at(f, x), wanted = static_cast<S>(expected);
    const bool same = std::isnan(wanted) ? std::isnan(got) : got == wanted && std::signbit(got) == std::signbit(wanted);
    EXPECT_TRUE(same) << name << "(" << x << ") is " << got << ", expected " << wanted;
  }
  /// f at −0, +0, −∞, +∞, and NaN at NaN.
  template <class F>
  static void expect(std::string_view name, F f, const std::array<double, 4>& values) {
    expect(name, f, -0.0, values[0]);
    expect(name, f, 0.0, values[1]);
    expect(name, f, -inf, values[2]);
    expect(name, f, inf, values[3]);
    expect(name, f, nan, nan);
  }
};
using Types = ::testing::Types<float, double, Pack<float>, Pack<double>>;
TYPED_TEST_SUITE(SpecialValues, Types);

TYPED_TEST(SpecialValues, OfEveryFunction) {
  using T = TypeParam;
  const double log_two = 0.693147180559945309417;
  this->expect("exp", [](T x) { return exp(x); }, {1, 1, 0, inf});
  this->expect("log", [](T x) { return log(x); }, {-inf, -inf, nan, inf});
  this->expect("log1p", [](T x) { return log1p(x); }, {-0.0, 0, nan, inf});
  this->expect("expm1", [](T x) { return expm1(x); }, {-0.0, 0, -1, inf});
  this->expect("sqrt", [](T x) { return sqrt(x); }, {-0.0, 0, nan, inf});
  this->expect("tanh", [](T x) { return tanh(x); }, {-0.0, 0, -1, 1});
  this->expect("erf", [](T x) { return erf(x); }, {-0.0, 0, -1, 1});
  this->expect("erfc", [](T x) { return erfc(x); }, {1, 1, 2, 0});
  this->expect("abs", [](T x) { return abs(x); }, {0, 0, inf, inf});
  this->expect("negation", [](T x) { return -x; }, {0, -0.0, inf, -inf});
  this->expect("copysign(1, x)", [](T x) { return copysign(T(1.0), x) + (x - x); }, {-1, 1, nan, nan});
  this->expect("softplus", [](T x) { return softplus(x); }, {log_two, log_two, 0, inf});
  this->expect("sigmoid", [](T x) { return sigmoid(x); }, {0.5, 0.5, 0, 1});
  this->expect("sech_squared", [](T x) { return sech_squared(x); }, {1, 1, 0, 0});
  this->expect("normal_cdf", [](T x) { return normal_cdf(x); }, {0.5, 0.5, 0, 1});
  this->expect("normal_log_density", [](T x) { return normal_log_density(x) + Constants<T>::half_log_two_pi(); }, {0, 0, -inf, -inf});
  this->expect("normal_quantile", [](T x) { return normal_quantile(x); }, {-inf, -inf, nan, nan});
}

TYPED_TEST(SpecialValues, AtTheEndsOfDomains) {
  using T = TypeParam;
  const auto log_of = [](T x) { return log(x); };
  const auto log1p_of = [](T x) { return log1p(x); };
  const auto quantile_of = [](T x) { return normal_quantile(x); };
  this->expect("log", log_of, 1, 0);
  this->expect("log", log_of, -1, nan);
  this->expect("log1p", log1p_of, -1, -inf);
  this->expect("log1p", log1p_of, -1.5, nan);
  this->expect("sqrt", [](T x) { return sqrt(x); }, -1, nan);
  this->expect("normal_quantile", quantile_of, 1, inf);
  this->expect("normal_quantile", quantile_of, 0.5, 0);
  this->expect("normal_quantile", quantile_of, -0.25, nan);
  this->expect("normal_quantile", quantile_of, 1.25, nan);
}

/// Against the C library with more bits: the subnormal, the largest, and the neighbours of where exp and erfc leave the range. 4 ulps: the limit of
/// ulp_test.
TYPED_TEST(SpecialValues, NearTheEndsOfTheRange) {
  using S = typename TestFixture::S;
  using Limits = std::numeric_limits<S>;
  std::vector<S> points{Limits::denorm_min(),
                        3 * Limits::denorm_min(),
                        Limits::min() / 2,
                        Limits::min(),
                        Limits::epsilon(),
                        Limits::max(),
                        Limits::max() / 2,
                        S(1),
                        S(88.722839),
                        S(103.97208),
                        S(87.336544),
                        S(10.054),
                        S(9.194),
                        S(709.78271289338397),
                        S(745.13321910194122),
                        S(708.39641853226408),
                        S(26.543258),
                        S(27.226017)};
  for (const S point : std::vector<S>(points)) {
    points.push_back(std::nextafter(point, S(0)));
    points.push_back(std::nextafter(point, Limits::max()));
  }
  for (const Function& f : functions)
    for (const S point : points)
      for (const S x : {point, -point}) {
        S got;
        if constexpr (std::is_same_v<TypeParam, float>) got = f.in_float(x);
        else if constexpr (std::is_same_v<TypeParam, double>) got = f.in_double(x);
        else if constexpr (std::is_same_v<TypeParam, Pack<float>>) got = first_lane(f.in_float_pack(TypeParam(x)));
        else got = first_lane(f.in_double_pack(TypeParam(x)));
        EXPECT_LE(ulps(got, f.long_oracle(x)), 4) << f.name << "(" << x << ") = " << got;
      }
}

TYPED_TEST(SpecialValues, MinAndMaxKeepEveryNaN) {
  using T = TypeParam;
  const auto min_with = [](double b) { return [b](T a) { return min(a, T(b)); }; };
  const auto max_with = [](double b) { return [b](T a) { return max(a, T(b)); }; };
  for (const double other : {0.0, 1.0, inf, -inf, nan}) {
    this->expect("min(NaN, ·)", min_with(other), nan, nan);
    this->expect("max(NaN, ·)", max_with(other), nan, nan);
    this->expect("min(·, NaN)", min_with(nan), other, nan);
    this->expect("max(·, NaN)", max_with(nan), other, nan);
  }
  this->expect("min", min_with(2), 1, 1);
  this->expect("min", min_with(-inf), 1, -inf);
  this->expect("max", max_with(2), 1, 2);
  this->expect("max", max_with(inf), 1, inf);
}

/// What a naive form of the same function would lose.
TYPED_TEST(SpecialValues, ComposedFunctionsDoNotOverflowOrCancel) {
  using T = TypeParam;
  using Limits = std::numeric_limits<typename TestFixture::S>;
  this->expect("softplus", [](T x) { return softplus(x); }, Limits::max(), Limits::max());
  this->expect("softplus", [](T x) { return softplus(x); }, Limits::lowest(), 0);
  this->expect("sigmoid", [](T x) { return sigmoid(x); }, Limits::max(), 1);
  this->expect("sigmoid", [](T x) { return sigmoid(x); }, Limits::lowest(), 0);
  this->expect("sech_squared", [](T x) { return sech_squared(x); }, Limits::max(), 0);
  const double small_tail = this->at([](T x) { return sech_squared(x); }, 30);  // 4·e^−60, where 1 − tanh² is 0
  EXPECT_NEAR(small_tail / (4 * std::exp(-60.0)), 1, 8 * Limits::epsilon());
  const double lower_tail = this->at([](T x) { return normal_cdf(x); }, -10);
  EXPECT_NEAR(lower_tail / 7.6198530241605260660e-24, 1, 200 * Limits::epsilon());  // κ = x²: the rounding of x/√2 alone makes 50 ε
}

}  // namespace
}  // namespace flowgauge::test
