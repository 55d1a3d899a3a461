// SPDX-License-Identifier: MIT
#include <flowgauge/dual.hpp>
#include <flowgauge/normal_quantile.hpp>
#include <flowgauge/pack.hpp>
#include <flowgauge/verify/rounding.hpp>

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <thread>
#include <vector>

namespace flowgauge::verify {
namespace {

static_assert(Real<Rounding> && Real<Dual<Rounding, 1>> && sizeof(Rounding) == sizeof(double));

constexpr double unit = 0x1p-53;
constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

struct Spread {
  double mean = 0, deviation = 0, largest = 0;
};
/// Of (result − exact)/(u·|exact|) over many operations.
Spread spread_of(double exact) {
  constexpr int draws = 100000;
  double sum = 0, squares = 0, largest = 0;
  for (int k = 0; k < draws; ++k) {
    const double error = (to_double(Rounding::rounded(exact)) - exact) / exact / unit;  // in this order: unit·exact may underflow
    sum += error, squares += error * error, largest = std::max(largest, std::abs(error));
  }
  return {sum / draws, std::sqrt(squares / draws), largest};
}

/// r·(1 + uδ) rounded to one of the neighbours with its mean kept: mean 0, variance E|r·u·δ|·gap = 1/m in units of u·r, m in [1, 2) the
/// mantissa; a power of two has half the
/// gap below, so (1 + ½)/2 there. Six standard errors; the fourth moment is at most 4 (steps of at most 2u).
TEST(Rounding, MeanErrorIsZeroAndItsSizeAsComputed) {
  const RoundingSeed seed(1);
  for (const double exact : {1.0, 1.1, -1.5, 1.999, 3.7e200, -2.9e-300, 0x1p-1022}) {
    const Spread s = spread_of(exact);
    const double mantissa = std::abs(exact) / std::exp2(std::ilogb(exact));
    const double variance = mantissa == 1 ? (exact == 0x1p-1022 ? 1 : 0.75) : 1 / mantissa;  // at the smallest normal the spacing does not halve
    EXPECT_LE(std::abs(s.mean), 6 / std::sqrt(1e5)) << exact;
    EXPECT_NEAR(s.deviation * s.deviation, variance, 6 * 2 / std::sqrt(1e5)) << exact;
    EXPECT_LE(s.largest, 2) << exact;
  }
}

TEST(Rounding, SubnormalsMoveByOneUnitAtMost) {
  const RoundingSeed seed(2);
  const double exact = 5 * 0x1p-1074;
  std::array<int, 3> seen{};
  for (int k = 0; k < 4000; ++k) {
    const double units = (to_double(Rounding::rounded(exact)) - exact) / 0x1p-1074;
    ASSERT_LE(std::abs(units), 1);
    ++seen[static_cast<int>(units) + 1];
  }
  // By half a unit times |δ|: an eighth of the draws each way; six standard deviations of a binomial.
  EXPECT_NEAR(seen[0], 500, 6 * std::sqrt(4000 * 0.125 * 0.875));
  EXPECT_NEAR(seen[2], 500, 6 * std::sqrt(4000 * 0.125 * 0.875));
}

/// Every operation and every function of the vocabulary draws: 64 results of one input are not all the same, and none is further than the two
/// neighbours.
TEST(Rounding, EveryOperationRounds) {
  const RoundingSeed seed(3);
  const auto expect = [](const char* name, auto f) {
    const volatile double not_folded = 0.7;  // g++ folds functions of constants with more digits than the C library has
    const double x = not_folded;
    const double exact = f(x);
    bool moved = false;
    for (int k = 0; k < 64; ++k) {
      const double got = to_double(f(Rounding(x)));
      moved = moved || got != exact;
      EXPECT_TRUE(got == exact || got == std::nextafter(exact, inf) || got == std::nextafter(exact, -inf)) << name;
    }
    EXPECT_TRUE(moved) << name;
  };
  expect("+", [](auto x) { return x + x; });
  expect("-", [](auto x) { return x - decltype(x)(0.3); });
  expect("*", [](auto x) { return x * x; });
  expect("/", [](auto x) { return x / decltype(x)(0.3); });
  expect("+=", [](auto x) { return x += x; });
  expect("exp", [](auto x) { return exp(x); });
  expect("log", [](auto x) { return log(x); });
  expect("log1p", [](auto x) { return log1p(x); });
  expect("expm1", [](auto x) { return expm1(x); });
  expect("sqrt", [](auto x) { return sqrt(x); });
  expect("tanh", [](auto x) { return tanh(x); });
  expect("erf", [](auto x) { return erf(x); });
  expect("erfc", [](auto x) { return erfc(x); });
}

TEST(Rounding, WhatIsExactStaysExact) {
  const RoundingSeed seed(4);
  const Rounding x(0.7), y(-1.3);
  for (int k = 0; k < 64; ++k) {
    EXPECT_EQ(to_double(-x), -0.7);
    EXPECT_EQ(to_double(abs(y)), 1.3);
    EXPECT_EQ(to_double(copysign(x, y)), -0.7);
    EXPECT_EQ(to_double(min(x, y)), -1.3);
    EXPECT_EQ(to_double(max(x, y)), 0.7);
    EXPECT_EQ(to_double(select(x < y, x, y)), -1.3);
    EXPECT_EQ(to_double(detach(x)), 0.7);
    EXPECT_EQ(sum(x), x);
    EXPECT_EQ(to_double(Constants<Rounding>::pi()), Constants<double>::pi());
    for (const double special : {inf, -inf, 0.0, -0.0}) {
      const double got = to_double(Rounding::rounded(special));
      EXPECT_EQ(std::bit_cast<std::uint64_t>(got), std::bit_cast<std::uint64_t>(special));
    }
    EXPECT_TRUE(std::isnan(to_double(Rounding(nan) + x)));
    EXPECT_TRUE(std::isfinite(to_double(Rounding::rounded(std::numeric_limits<double>::max()))));
    EXPECT_TRUE(std::isnan(to_double(min(x, Rounding(nan)))) && std::isnan(to_double(max(Rounding(nan), x))));
  }
  EXPECT_EQ(to_double(RealTraits<Rounding>::epsilon()), 0x1p-52);
}

double long_sum(std::uint64_t seed) {
  const RoundingSeed scope(seed);
  Rounding s;
  for (int k = 1; k <= 1000; ++k) s += Rounding(1.0) / Rounding(k);
  return to_double(s);
}

TEST(Rounding, SameSeedSameBitsInAnyThread) {
  const double alone = long_sum(7);
  std::array<double, 3> results{};
  std::vector<std::thread> threads;
  for (double& r : results) threads.emplace_back([&r] { r = long_sum(7); });
  for (std::thread& t : threads) t.join();
  for (const double r : results) EXPECT_EQ(r, alone);
  EXPECT_NE(long_sum(8), alone);
  EXPECT_NE(long_sum(0), long_sum(1));
}

TEST(Rounding, ScopesNest) {
  const auto three = [] {
    std::array<double, 3> r;
    for (double& x : r) x = to_double(exp(Rounding(0.3)) * exp(Rounding(0.4)) / Rounding(3.0));
    return r;
  };
  std::array<double, 3> plain, interrupted;
  {
    const RoundingSeed scope(9);
    plain = three();
  }
  {
    const RoundingSeed scope(9);
    long_sum(10);
    interrupted = three();
  }
  EXPECT_EQ(plain, interrupted);
}

TEST(Rounding, WithoutASeedIsAnError) { EXPECT_THROW(Rounding(1.0) + Rounding(2.0), std::logic_error); }

/// What it is for. (1 + x) − 1 loses the digits of a small x, log1p does not: the spread over 32 runs says so without knowing the right answer.
TEST(Rounding, SpreadShowsCancellation) {
  const auto spread = [](auto f) {
    double low = inf, high = -inf;
    for (std::uint64_t run = 0; run < 32; ++run) {
      const RoundingSeed scope(run);
      const double y = to_double(f(Rounding(1e-8)));
      low = std::min(low, y), high = std::max(high, y);
    }
    return (high - low) / 1e-8;
  };
  EXPECT_GT(spread([](Rounding x) { return log(Rounding(1.0) + x); }), 1e-9);
  EXPECT_LT(spread([](Rounding x) { return log1p(x); }), 1e-15);
}

}  // namespace
}  // namespace flowgauge::verify
