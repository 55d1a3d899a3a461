// SPDX-License-Identifier: MIT
#include <flowgauge/dual.hpp>
#include <flowgauge/error.hpp>
#include <flowgauge/normal_quantile.hpp>
#include <flowgauge/pack.hpp>
#include <flowgauge/verify/jacobian.hpp>
#include <flowgauge/verify/wide.hpp>

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <clocale>
#include <cmath>
#include <limits>
#include <random>
#include <thread>
#include <vector>

namespace flowgauge::verify {
namespace {

static_assert(Real<Wide> && Real<Dual<Wide, 1>>);
static_assert(std::is_trivially_copyable_v<Wide> && sizeof(Wide) <= 48);

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

using Unary = Wide (*)(const Wide&);
struct Printed {
  const char* name;
  Unary function;
  double x;
  const char* value;
};
// python3: from mpmath import *; mp.dps = 90; nstr(f(mpf(x)), 60). normal_quantile(p) is sqrt(2)*erfinv(2*p - 1).
const Printed printed[]{
    {"exp", exp, 1, "2.71828182845904523536028747135266249775724709369995957496697"},
    {"exp", exp, -0.5, "0.606530659712633423603799534991180453441918135487186955682892"},
    {"exp", exp, 700, "1.01423205473500450945532959523126761520467957224307334878054e+304"},
    {"log", log, 3, "1.09861228866810969139524523692252570464749055782274945173469"},
    {"log", log, 0x1.004p0, "0.000976085973055458895960824908017186672611834333784536237758598"},
    {"log", log, 0x1p-100, "-69.3147180559945309417232121458176568075500134360255254120680"},
    {"log1p", log1p, 0x1p-100, "7.88860905221011805411728565282475078909313378023665801567590e-31"},
    {"log1p", log1p, -0.5, "-0.693147180559945309417232121458176568075500134360255254120680"},
    {"expm1", expm1, 0x1p-100, "7.88860905221011805411728565283097380437099492194380207972968e-31"},
    {"expm1", expm1, -0.5, "-0.393469340287366576396200465008819546558081864512813044317108"},
    {"sqrt", sqrt, 0.75, "0.866025403784438646763723170752936183471402626905190314027903"},
    {"tanh", tanh, 0x1p-60, "0.000000000000000000867361737988403547205962240695953368923114851066715849109657"},
    {"tanh", tanh, 20, "0.999999999999999991503291489416822045438558191190987257130475"},
    {"erf", erf, 0x1p-60, "0.000000000000000000978712915481871002350427061271206558190918085111126521023225"},
    {"erf", erf, 3, "0.999977909503001414558627223870417679620152292912600750342761"},
    {"erfc", erfc, -0.5, "1.52049987781304653768274665389196452873645157575796370005881"},
    {"erfc", erfc, 10, "2.08848758376254475700078629495778861156081811932116372701221e-45"},
    {"normal_quantile", normal_quantile, 0.25, "-0.674489750196081743202227014541307185386904415049861895662094"},
    {"normal_quantile", normal_quantile, 0x1.0000000002p-1, "0.00000000000227976513509111146269403203050967839044006345244670715080698"},
    {"normal_quantile", normal_quantile, 0x1p-6, "-2.15387469406145621296370420514771444541699825530527270617671"},
    {"normal_quantile", normal_quantile, 0x1.ffffep-1, "4.76300103426781395698855441929634507303751177976398715085803"},
    {"normal_quantile", normal_quantile, 0x1p-1000, "-37.1110119371647914101146844774769499236841096785742473942396"},
};

Wide spacings(double count) { return Wide(count) * RealTraits<Wide>::epsilon(); }

/// MPFR rounds correctly: half a spacing. normal_quantile is Newton's: a few.
TEST(Wide, FunctionsToTheLastDigit) {
  for (const Printed& p : printed) {
    const Wide exact = Wide::from_text(p.value), got = p.function(Wide(p.x));
    const bool rounded_correctly = p.function != static_cast<Unary>(normal_quantile);
    EXPECT_LE(abs(got - exact), spacings(rounded_correctly ? 1 : 8) * abs(exact)) << p.name << "(" << p.x << ") = " << got;
  }
}

TEST(Wide, ConstantsToTheLastDigit) {
  const auto expect = [](const Wide& got, const char* text) { EXPECT_EQ(got, Wide::from_text(text)); };
  expect(Constants<Wide>::pi(), "3.14159265358979323846264338327950288419716939937510582097494");
  expect(Constants<Wide>::log_two(), "0.693147180559945309417232121458176568075500134360255254120680");
  expect(Constants<Wide>::half_log_two_pi(), "0.918938533204672741780329736405617639861397473637783412817152");
  expect(Constants<Wide>::sqrt_two(), "1.41421356237309504880168872420969807856967187537694807317668");
  EXPECT_EQ(to_double(RealTraits<Wide>::epsilon()), 0x1p-167);
  EXPECT_GT(Wide(1.0) + RealTraits<Wide>::epsilon(), Wide(1.0));
  EXPECT_EQ(Wide(1.0) + Wide(0.5) * RealTraits<Wide>::epsilon(), Wide(1.0));
}

TEST(Wide, DoublesConvertExactly) {
  std::mt19937_64 bits(1);
  for (int k = 0; k < 2000; ++k) {
    const double x = std::bit_cast<double>(bits());
    if (x == x) {
      EXPECT_EQ(to_double(Wide(x)), x);
    }
  }
  EXPECT_EQ(to_double(Wide(0x1p-1074) * Wide(0x1p-1074)), 0);  // in range of Wide, not of double
  EXPECT_NE(Wide(0x1p-1074) * Wide(0x1p-1074), Wide());
  EXPECT_EQ(to_double(exp(Wide(1000.0))), inf);
  EXPECT_TRUE(is_finite(exp(Wide(1e6))));
  EXPECT_TRUE(std::signbit(to_double(-Wide())));
}

TEST(Wide, Text) {
  EXPECT_EQ(to_text(Wide(-1.5)), "-1.5000000000000000000000000000000000000000000000000e0");
  EXPECT_EQ(to_text(Constants<Wide>::pi()), "3.1415926535897932384626433832795028841971693993751e0");
  EXPECT_EQ(to_text(Wide(0x1p-40)), "9.0949470177292823791503906250000000000000000000000e-13");
  EXPECT_EQ(to_text(Wide()), "0.0000000000000000000000000000000000000000000000000e0");
  EXPECT_EQ(to_text(Wide(inf)) + to_text(Wide(-inf)) + to_text(Wide(nan)), "inf-infnan");
  EXPECT_EQ(Wide::from_text("-1.25e-3"), Wide(-1.25) / Wide(1000.0));
  EXPECT_EQ(Wide::from_text("inf"), Wide(inf));
  for (const char* wrong : {"", "1,5", "1.5x", "x"}) EXPECT_THROW(Wide::from_text(wrong), DataError) << wrong;
}

TEST(Wide, ArithmeticAndComparisons) {
  const Wide third = Wide(1.0) / Wide(3.0);
  EXPECT_EQ(third, Wide::from_text("0.333333333333333333333333333333333333333333333333333333333333"));
  EXPECT_EQ(third * Wide(3.0), Wide(1.0));
  EXPECT_EQ(third + third - third, third);
  EXPECT_EQ(mul_add(Wide(2.0), Wide(3.0), Wide(4.0)), Wide(10.0));
  Wide x(1.0);
  x += Wide(2.0), x *= Wide(5.0), x -= Wide(1.0), x /= Wide(7.0);
  EXPECT_EQ(x, Wide(2.0));
  EXPECT_TRUE(Wide(1.0) < Wide(2.0) && Wide(2.0) > Wide(1.0) && Wide(1.0) <= Wide(1.0) && Wide(1.0) >= Wide(1.0) && Wide(1.0) != Wide(2.0));
  EXPECT_EQ(Wide(), -Wide());
  const Wide no_number(nan);
  EXPECT_FALSE(no_number < x || no_number > x || no_number <= x || no_number >= x || no_number == no_number);
  EXPECT_TRUE(no_number != no_number);
  EXPECT_EQ(select(true, x, third), x);
  EXPECT_EQ(select(false, x, third), third);
  EXPECT_EQ(copysign(x, -Wide()), -x);
  EXPECT_EQ(sum(x), x);
}

TEST(Wide, MinAndMaxKeepEveryNaN) {
  const Wide one(1.0), two(2.0), no_number(nan);
  EXPECT_EQ(min(one, two), one);
  EXPECT_EQ(max(one, two), two);
  for (const Wide& y : {min(one, no_number), min(no_number, one), max(one, no_number), max(no_number, one)}) EXPECT_NE(y, y);
}

TEST(Wide, SpecialValues) {
  const auto expect = [](Unary f, double at_zero, double at_minus_infinity, double at_infinity) {
    EXPECT_EQ(to_double(f(Wide())), at_zero);
    const double low = to_double(f(Wide(-inf)));
    if (std::isnan(at_minus_infinity)) EXPECT_TRUE(std::isnan(low));
    else EXPECT_EQ(low, at_minus_infinity);
    EXPECT_EQ(to_double(f(Wide(inf))), at_infinity);
    EXPECT_TRUE(std::isnan(to_double(f(Wide(nan)))));
  };
  expect(exp, 1, 0, inf);
  expect(log, -inf, nan, inf);
  expect(log1p, 0, nan, inf);
  expect(expm1, 0, -1, inf);
  expect(sqrt, 0, nan, inf);
  expect(tanh, 0, -1, 1);
  expect(erf, 0, -1, 1);
  expect(erfc, 1, 2, 0);
  expect(abs, 0, inf, inf);
  EXPECT_EQ(normal_quantile(Wide()), Wide(-inf));
  EXPECT_EQ(normal_quantile(Wide(1.0)), Wide(inf));
  EXPECT_EQ(normal_quantile(Wide(0.5)), Wide());
  for (double outside : {-0.25, 1.25, nan}) EXPECT_TRUE(std::isnan(to_double(normal_quantile(Wide(outside)))));
  EXPECT_FALSE(is_finite(Wide(nan)) || is_finite(Wide(inf)) || is_finite(Wide(-inf)));
}

TEST(Wide, CopiesAreIndependent) {
  Wide a = Constants<Wide>::pi();
  const Wide b = a;
  std::vector<Wide> many(5, a);
  many.resize(1000, b);  // moves the first five
  a += Wide(1.0);
  many[0] -= Wide(1.0);
  EXPECT_EQ(b, Constants<Wide>::pi());
  for (std::size_t i = 1; i < many.size(); ++i) ASSERT_EQ(many[i], b);
  a = std::move(many[0]);
  EXPECT_EQ(a, b - Wide(1.0));
  a = *&a;
  EXPECT_EQ(a + a, Wide(2.0) * a);
}

TEST(Wide, ThreadsGetTheSameBits) {
  const auto work = [] {
    Wide x(0.5);
    for (int k = 0; k < 50; ++k) x = log1p(exp(x)) + Constants<Wide>::pi() * erf(x) - normal_quantile(sigmoid(x));
    return x;
  };
  const Wide alone = work();
  std::array<Wide, 4> results;
  std::vector<std::thread> threads;
  for (Wide& r : results) threads.emplace_back([&r, work] { r = work(); });
  for (std::thread& t : threads) t.join();
  for (const Wide& r : results) EXPECT_EQ(r, alone);
}

/// Every rule of Dual against central differences of the function itself in 50 digits: what an error shared by formula and double test could hide.
TEST(Wide, DualRulesAgainstDifferences) {
  using D = Dual<Wide, 1>;
  struct Rule {
    const char* name;
    double x;
    D (*dual)(D);
    Wide (*function)(Wide);
  };
  const auto rule = []<class F>(const char* name, double x, F) { return Rule{name, x, [](D y) { return F{}(y); }, [](Wide y) { return F{}(y); }}; };
  const std::array rules{
      rule("exp", 0.7, [](auto x) { return exp(x); }),
      rule("expm1", -0.7, [](auto x) { return expm1(x); }),
      rule("log", 0.7, [](auto x) { return log(x); }),
      rule("log1p", 0.7, [](auto x) { return log1p(x); }),
      rule("sqrt", 0.7, [](auto x) { return sqrt(x); }),
      rule("tanh", -1.7, [](auto x) { return tanh(x); }),
      rule("erf", 0.7, [](auto x) { return erf(x); }),
      rule("erfc", 2.7, [](auto x) { return erfc(x); }),
      rule("abs", -0.7, [](auto x) { return abs(x); }),
      rule("copysign", -0.7, [](auto x) { return copysign(x, decltype(x)(2.0)); }),
      rule("min", 0.7, [](auto x) { return min(x * x, x); }),
      rule("max", 0.7, [](auto x) { return max(x * x, x); }),
      rule("quotient", 0.7, [](auto x) { return exp(x) / (decltype(x)(1.0) + x * x); }),
      rule("mul_add", 0.7, [](auto x) { return mul_add(x, exp(x), x); }),
      rule("softplus", -2.7, [](auto x) { return softplus(x); }),
      rule("sigmoid", 2.7, [](auto x) { return sigmoid(x); }),
      rule("sech_squared", 0.7, [](auto x) { return sech_squared(x); }),
      rule("normal_cdf", -1.7, [](auto x) { return normal_cdf(x); }),
      rule("normal_log_density", -1.7, [](auto x) { return normal_log_density(x); }),
      rule("normal_quantile", 0.01, [](auto x) { return normal_quantile(x); }),
  };
  for (const Rule& r : rules) {
    const Wide x(r.x);
    const D y = r.dual(D::variable(x, 0));
    EXPECT_EQ(y.value, r.function(x)) << r.name;
    const VectorMap<Wide> map = [&r](std::span<const Wide> in, std::span<Wide> out) { out[0] = r.function(in[0]); };
    const Differences<Wide> d = differences<Wide>(map, {&x, 1}, 1, 1e-20);
    EXPECT_LE(abs(y.tangent[0] - d.central.value[0]), d.central.bound[0]) << r.name;
    EXPECT_LE(d.central.bound[0], Wide(1e-27)) << r.name;
  }
}

/// normal_quantile of lib, the one function of the vocabulary that is not a library's: ulps against Newton's in 50 digits. The limit is what
/// docs/architecture.md states.
template <Native S>
void expect_quantile_within(double limit) {
  std::mt19937_64 bits(2);
  double worst_scalar = 0, worst_pack = 0;
  for (int k = 0; k < 900; ++k) {
    const double uniform = std::ldexp(static_cast<double>(bits() >> 11), -53);
    const double far = sizeof(S) == 4 ? 87 : 708, near_one = sizeof(S) == 4 ? 16 : 36;
    const S p = static_cast<S>(k % 3 == 0 ? uniform : k % 3 == 1 ? std::exp(-far * uniform) : 1 - std::exp(-near_one * uniform));
    if (p == 0 || p == 1 || p == S(0.5)) continue;
    const Wide exact = normal_quantile(Wide(p));
    const Wide spacing(std::ldexp(1.0, std::ilogb(to_double(exact)) + 1 - std::numeric_limits<S>::digits));
    std::array<S, Pack<S>::width> lanes;
    normal_quantile(Pack<S>(p)).store(lanes.data());
    worst_scalar = std::max(worst_scalar, to_double(abs(Wide(normal_quantile(p)) - exact) / spacing));
    worst_pack = std::max(worst_pack, to_double(abs(Wide(lanes[0]) - exact) / spacing));
  }
  EXPECT_LE(worst_scalar, limit);
  EXPECT_LE(worst_pack, limit);
  EXPECT_GT(worst_scalar, 0.5);
}
TEST(Wide, NormalQuantileOfLibWithinFivePointTwo) {
  expect_quantile_within<float>(5.2);
  expect_quantile_within<double>(5.2);
}

std::vector<Wide> hilbert(int d) {
  std::vector<Wide> a;
  for (int i = 0; i < d; ++i)
    for (int j = 0; j < d; ++j) a.push_back(Wide(1.0) / Wide(i + j + 1.0));
  return a;
}

/// 1/det of the Hilbert matrices are integers: OEIS A005249.
TEST(Wide, DeterminantsOfHilbertMatrices) {
  const std::array reciprocal{
      "1", "12", "2160", "6048000", "266716800000", "186313420339200000", "2067909047925770649600000", "365356847125734485878112256000000"};
  for (int d = 1; d <= 8; ++d) {
    const std::vector<Wide> a = hilbert(d);
    std::vector<Wide> rounding;
    for (const Wide& entry : a) rounding.push_back(spacings(0.5) * entry);
    const BoundedLogDet<Wide> bounded = bounded_log_det<Wide>(a, rounding, d);
    const WideLogDeterminant plain = log_abs_determinant(a, d);
    EXPECT_EQ(plain.sign, 1);
    EXPECT_EQ(plain.log_abs, bounded.log_abs);
    EXPECT_LE(abs(plain.log_abs + log(Wide::from_text(reciprocal[d - 1]))), bounded.tolerance) << d;
    EXPECT_LE(bounded.tolerance, Wide(1e-36)) << d;
  }
}

TEST(Wide, DeterminantsSignAndSingular) {
  const auto of = [](std::vector<double> entries, int d) {
    std::vector<Wide> a;
    for (double x : entries) a.emplace_back(x);
    return log_abs_determinant(a, d);
  };
  EXPECT_EQ(of({0, 1, 1, 0}, 2).sign, -1);
  EXPECT_EQ(of({0, 1, 1, 0}, 2).log_abs, Wide());
  EXPECT_EQ(of({0, 1, 0, 0, 0, 1, 1, 0, 0}, 3).sign, 1);
  EXPECT_EQ(of({-2, 0, 0, -3}, 2).sign, 1);
  EXPECT_EQ(of({-2, 0, 0, -3}, 2).log_abs, log(Wide(2.0)) + log(Wide(3.0)));
  EXPECT_EQ(of({-4}, 1).sign, -1);
  EXPECT_EQ(of({1, 2, 2, 4}, 2).sign, 0);
  EXPECT_EQ(of({1, 2, 2, 4}, 2).log_abs, Wide(-inf));
  EXPECT_NE(of({1, nan, 0, 1}, 2).log_abs, of({1, nan, 0, 1}, 2).log_abs);
  EXPECT_THROW(of({1, 2, 3}, 2), ShapeError);
  EXPECT_THROW(of({}, 0), ShapeError);
}

}  // namespace
}  // namespace flowgauge::verify
