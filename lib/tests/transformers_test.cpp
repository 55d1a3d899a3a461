// SPDX-License-Identifier: MIT
#include <flowgauge/normal_quantile.hpp>
#include <flowgauge/transformers/bias.hpp>
#include <flowgauge/transformers/logit.hpp>
#include <flowgauge/transformers/normal_cdf.hpp>
#include <flowgauge/transformers/normal_quantile.hpp>
#include <flowgauge/transformers/power.hpp>
#include <flowgauge/transformers/scale_bias.hpp>
#include <flowgauge/transformers/sigmoid.hpp>
#include <flowgauge/transformers/signed_scale.hpp>
#include <flowgauge/transformers/softexp.hpp>
#include <flowgauge/transformers/softsquare.hpp>
#include <flowgauge/catalogue.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <string_view>
#include <vector>

// Golden values: the documented formula typed anew in mpmath with 60 digits. The laws compare a formula with itself; here it meets another author.
namespace flowgauge::test {
namespace {

struct Golden {
  std::vector<double> parameters;
  double x, y, log_slope;
};

template <class T, class F>
Mapped<T> mapped(const F& f, const Golden& g, bool forward) {
  std::vector<T> p;
  for (const double v : g.parameters) p.push_back(T(v));
  const auto shape = f.shape(Params<T>(p));
  return forward ? f.forward(shape, T(g.x)) : f.inverse(shape, T(g.y));
}

template <class T>
double first(const T& x) {
  if constexpr (RealTraits<T>::width == 1) {
    return static_cast<double>(x);
  } else {
    alignas(64) typename RealTraits<T>::Scalar lanes[RealTraits<T>::width];
    x.store(lanes);
    return static_cast<double>(lanes[0]);
  }
}

/// 8 roundings, and `exponent` more: what the rounding of the argument of an exponential does to its value.
template <class T, class F>
void expect(std::string_view name, const F& f, const Golden& g, double exponent) {
  using S = typename RealTraits<T>::Scalar;
  if (std::abs(g.y) > 0.1 * std::numeric_limits<S>::max() || std::abs(g.x) > 0.1 * std::numeric_limits<S>::max()) return;
  if (std::abs(g.x) < std::numeric_limits<S>::min() || std::abs(g.y) < std::numeric_limits<S>::min()) return;
  if (static_cast<S>(g.x) != g.x) return;  // the golden x itself would be rounded
  const double u = 0.5 * static_cast<double>(std::numeric_limits<S>::epsilon()), relative = (8 + 2 * exponent) * u;
  SCOPED_TRACE(std::string(name) + " at " + std::to_string(g.x) + (sizeof(S) == 4 ? " in float" : " in double"));
  const Mapped<T> there = mapped<T>(f, g, true);
  EXPECT_NEAR(first(there.value), g.y, relative * (std::abs(g.y) + (g.parameters.size() == 2 ? 2 : 0)));  // a shift may cancel
  EXPECT_NEAR(first(there.log_slope), g.log_slope, relative * std::max(1.0, std::abs(g.log_slope)));

  // Back: y is rounded to S, which moves x by |y|/f′.
  const double moved = u * std::abs(g.y) * std::exp(-g.log_slope);
  if (!(moved < 1e-3 * std::abs(g.x))) return;  // y has no digits of x left
  const Mapped<T> back = mapped<T>(f, g, false);
  EXPECT_NEAR(first(back.value), g.x, relative * std::abs(g.x) + 4 * (1 + exponent) * moved);
}

template <class F>
void check(std::string_view name, const std::vector<Golden>& golden, double exponent = 0) {
  for (const Golden& g : golden) {
    expect<double>(name, F{}, g, exponent);
    expect<Pack<double>>(name, F{}, g, exponent);
    expect<float>(name, F{}, g, exponent);
    expect<Pack<float>>(name, F{}, g, exponent);
  }
}

TEST(Golden, Scales) {
  check<Bias>("bias", {{{-1.25}, 3, 1.75, 0}});
  check<ScaleBias>("scale_bias", {{{0.5, -1.25}, 3, 3.696163812100384440545952, 0.5}});
  check<ScaleBias>("scale_bias", {{{700, -1}, 0.5, 5.071160273675022547276648e+303, 700}});
  check<SignedScale>("signed_scale", {{{-0.375, 2}, 3, 0.875, -0.9808292530117262368564511}});
}
TEST(Golden, Sigmoid) {
  check<Sigmoid>("sigmoid", {{{}, 0.75, 0.6791786991753929731596801, -1.523742012229799887339681},
                             {{}, -0.0078125, 0.4980468849340468299594636, -1.386309619870148169456474},
                             {{}, -30, 9.357622968839298953839563e-14, -30.00000000000018715245938},
                             {{}, 700, 1, -700},
                             {{}, -700, 9.859676543759770856705373e-305, -700}});
}
TEST(Golden, Logit) {
  check<Logit>("logit", {{{}, 0.25, -1.098612288668109691395245, 1.673976433571671546273683},
                         {{}, 0.5 + 0x1p-20, 0.000003814697265629625929269282, 1.386294361123528597641563},
                         {{}, 0x1p-1000, -693.1471805599453094172321, 693.1471805599453094172321},
                         {{}, 1 - 0x1p-40, 27.72588722239690288198751, 27.72588722239872187139106}});
}
TEST(Golden, Softexp) {
  check<Softexp>("softexp", {{{0.5}, 0.75, 1.077759521433947493756, 0.7060272701896644557099128},
                             {{-2}, -3, -0.4677252020841209877544023, -1.672757091666762068112788},
                             {{-20}, -700, -0.9809869751483280516117045, -6.247874502172839030197124},
                             {{1}, 1e-9, 1.314238250881834005185656e-9, 0.2732572215452195791569322}});
  check<Softexp>("softexp", {{{0.5}, 700, 2.644005890435918075178351e+296, 682.5122197862542610561533}}, 700);
}
TEST(Golden, Softsquare) {
  check<Softsquare>("softsquare", {{{0.5, -0.5}, 0.75, 0.997958463611390018645809, 0.5224591054150639643825791},
                                   {{-3, 2}, -700, -1042229.420150908142698557, 7.998922850845465030500527},
                                   {{0, -40}, 700, 485.8866201419637982856476, -0.3651050302486557810394194},
                                   {{0.5, 0.5}, 1e-9, 9.750535476541837257809908e-10, -0.0252628878224186520597093},
                                   {{0.5, 0.5}, 1e100, 9.740769841801067118542778e+199, 230.9253915407007670178768}});
}
TEST(Golden, Power) {
  check<Power>("power",
               {{{0.5}, 0.75, 0.6275249962896536598292901, 0.3039794047042004383931653},
                {{-2}, -700, -5.908008235954449896010406, -6.07986406895498370613449},
                {{1}, 1e-9, 2.678793352428189515574082e-22, -28.07406533939843353216473},
                {{0.25}, -2.5, -3.234421609651721706633985, 0.5052700080282286405236035}},
               50);
}
TEST(Golden, NormalCdf) {
  check<NormalCdf>("normal_cdf", {{{}, 0.75, 0.7733726476231318006729378, -1.20018853320467274178033},
                                  {{}, 700, 1, -245000.9189385332046727418}});
  check<NormalCdf>("normal_cdf", {{{}, -3, 0.001349898031630094526651815, -5.41893853320467274178033}}, 9);
  check<NormalCdf>("normal_cdf", {{{}, -30, 4.906713927148187059533809e-198, -450.9189385332046727417803}}, 900);
}
TEST(Golden, NormalQuantile) {
  check<NormalQuantile>("normal_quantile", {{{}, 0.25, -0.674489750196081743202227, 1.146406744764459117751588},
                                            {{}, 0x1p-20, -4.763001034267813956988554, 12.26202795942280547387231},
                                            {{}, 0x1p-1000, -37.11101193716479141011468, 689.532542033398494714175},
                                            {{}, 1 - 0x1p-30, 6.009353565530743893180609, 18.97510367098320506100804},
                                            {{}, 0.5 + 0x1p-20, 0.00000239050700629557406128172, 0.9189385332075300036539039}});
}

TEST(Transformers, EndsOfTheDomainAreInfiniteAndBeyondThemIsNoNumber) {
  const Logit::Shape<double> logit;
  EXPECT_EQ(Logit().forward(logit, 0.0).value, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(Logit().forward(logit, 1.0).value, std::numeric_limits<double>::infinity());
  EXPECT_EQ(Logit().forward(logit, 0.0).log_slope, std::numeric_limits<double>::infinity());
  EXPECT_NEAR(Logit().forward(logit, 0x1p-1074).value, -1074 * std::log(2.0), 1e-12);  // 1/x overflows
  for (const double x : {-0.25, 1.25, -1e-300}) {
    EXPECT_TRUE(std::isnan(Logit().forward(logit, x).value)) << x;
    EXPECT_TRUE(std::isnan(NormalQuantile().forward({}, x).value)) << x;
  }
}
TEST(Transformers, ACouplingRefusesAMapOutOfItsDomain) {
  try {
    make_layer<double>(parse_item("coupling(sigmoid)"), 3, 0);
    FAIL() << "it was made";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "coupling(sigmoid) at dim 3: the kept coordinates pass unchanged, so the transformer must map its domain onto itself; use it "
                 "elementwise");
  }
  EXPECT_EQ(make_layer<double>(parse_item("coupling(sigmoid)"), 1, 0).info().facts.codomain.high, 1);
}
TEST(Transformers, TheAdditiveCouplingPreservesVolume) {
  EXPECT_TRUE(make_layer<double>(parse_item("coupling(bias)"), 4, 0).info().facts.volume_preserving);
}

}  // namespace
}  // namespace flowgauge::test
