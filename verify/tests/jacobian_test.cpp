// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/verify/jacobian.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace flowgauge::verify {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// Numbers of a fixed stream, the same on every machine.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : bits(seed) {}
  double uniform() { return std::ldexp(static_cast<double>(bits() >> 11), -53); }
  double between(double low, double high) { return low + (high - low) * uniform(); }
  int count(int low, int high) { return low + static_cast<int>(uniform() * (high - low + 1)); }
  double normal() { return std::sqrt(-2 * std::log(1 - uniform())) * std::cos(6.283185307179586 * uniform()); }

 private:
  std::mt19937_64 bits;
};

/// y_i = slope_i·x_i + Σ_k out_ik·σ(w_k·x + b_k), σ tanh or a leaky ReLU: the random maps of b2.
struct Network {
  int d, hidden;
  bool kinks;
  std::vector<double> slope, out, weight, bias, x;

  Network(Draws& draws, bool kinks) : d(draws.count(1, 5)), hidden(draws.count(2, 8)), kinks(kinks) {
    const double scale = std::pow(10, draws.between(-1, 1));
    for (int i = 0; i < d; ++i) slope.push_back(std::pow(10, draws.between(-1, 1)) * (draws.uniform() < 0.5 ? -1 : 1));
    for (int k = 0; k < hidden * d; ++k) out.push_back(draws.normal()), weight.push_back(scale * draws.normal());
    for (int k = 0; k < hidden; ++k) bias.push_back(draws.normal());
    for (int i = 0; i < d; ++i) x.push_back(draws.normal());
  }
  template <class T>
  void operator()(std::span<const T> in, std::span<T> y) const {
    for (int i = 0; i < d; ++i) y[i] = T(slope[i]) * in[i];
    for (int k = 0; k < hidden; ++k) {
      T a = T(bias[k]);
      for (int j = 0; j < d; ++j) a += T(weight[k * d + j]) * in[j];
      const T h = kinks ? max(a, T(0.125) * a) : tanh(a);
      for (int i = 0; i < d; ++i) y[i] += T(out[i * hidden + k]) * h;
    }
  }
  std::vector<double> internal_magnitude() const {
    std::vector<double> sums(d);
    for (int i = 0; i < d; ++i)
      for (int k = 0; k < hidden; ++k) sums[i] += std::abs(out[i * hidden + k]);
    return sums;
  }
};

std::vector<Wide> widened(std::span<const double> x) { return {x.begin(), x.end()}; }

/// The true log|det| of a map, by duals in 50 digits.
template <class F>
BoundedLogDet<Wide> truth(const F& f, std::span<const double> x) {
  const std::vector<Wide> point = widened(x);
  const VectorMap<Dual<Wide, 1>> map = [&f](auto in, auto out) { f.template operator()<Dual<Wide, 1>>(in, out); };
  return bounded_log_det_of_duals(jacobian_by_duals(map, point, static_cast<int>(x.size())), static_cast<int>(x.size()));
}
template <class T, class F>
VectorMap<T> map_of(const F& f) {
  return [&f](std::span<const T> in, std::span<T> out) { f.template operator()<T>(in, out); };
}

TEST(Jacobian, DifferencesInDoubleKeepTheirBound) {
  for (const bool kinks : {false, true}) {
    Draws draws(kinks ? 1 : 2);
    int resolved = 0;
    double worst = 0;
    std::vector<double> tolerances;
    for (int k = 0; k < 300; ++k) {
      const Network f(draws, kinks);
      const std::vector<double> inside = f.internal_magnitude();
      const auto result = log_det_by_differences<double>(map_of<double>(f), f.x, {{}, inside});
      if (result.unresolved != Unresolved::no) continue;
      ++resolved;
      const BoundedLogDet<Wide> exact = truth(f, f.x);
      const double error = std::abs(to_double(Wide(result.estimate.log_abs) - exact.log_abs));
      worst = std::max(worst, error / result.estimate.tolerance);
      EXPECT_EQ(result.estimate.sign, exact.sign);
      tolerances.push_back(result.estimate.tolerance);
    }
    std::nth_element(tolerances.begin(), tolerances.begin() + tolerances.size() / 2, tolerances.end());
    RecordProperty(kinks ? "worst_kinks" : "worst_tanh", std::to_string(worst));
    RecordProperty(kinks ? "resolved_kinks" : "resolved_tanh", resolved);
    EXPECT_LE(worst, 1);
    EXPECT_GE(resolved, 294);                            // 2 % is the cap of the laws
    EXPECT_LE(tolerances[tolerances.size() / 2], 1e-9);  // else nothing would be said
  }
}

TEST(Jacobian, DifferencesInWideKeepTheirBound) {
  Draws draws(3);
  Wide worst;
  for (int k = 0; k < 150; ++k) {
    const Network f(draws, k % 2 == 1);
    const std::vector<double> inside = f.internal_magnitude();
    const std::vector<Wide> x = widened(f.x);
    const auto result = log_det_by_differences<Wide>(map_of<Wide>(f), x, {{}, inside});
    ASSERT_EQ(result.unresolved, Unresolved::no);
    const BoundedLogDet<Wide> exact = truth(f, f.x);
    worst = max(worst, abs(result.estimate.log_abs - exact.log_abs) / (result.estimate.tolerance + exact.tolerance));
    EXPECT_EQ(result.estimate.sign, exact.sign);
  }
  RecordProperty("worst", std::to_string(to_double(worst)));
  EXPECT_LE(worst, Wide(1.0));
}

/// A 2 × 2 matrix with condition number κ: rotations around diag(1, 1/κ), over 3 so that its entries fill all the bits of T (products of doubles
/// with steps of a power
/// of two would be exact in Wide). Its determinant is that of its entries as they are.
struct LinearMap {
  double a[4];
  LinearMap(Draws& draws, double condition) {
    const double s = draws.between(0, 6.28), t = draws.between(0, 6.28), c = std::cos(s), e = std::cos(t), small = 1 / condition;
    const double v = std::sin(s), w = std::sin(t);
    a[0] = c * e - small * v * w, a[1] = -c * w - small * v * e, a[2] = v * e + small * c * w, a[3] = -v * w + small * c * e;
  }
  template <class T>
  void operator()(std::span<const T> x, std::span<T> y) const {
    for (int i = 0; i < 2; ++i) y[i] = entry<T>(2 * i) * x[0] + entry<T>(2 * i + 1) * x[1];
  }
  template <class T>
  T entry(int k) const {
    return T(a[k]) / T(3.0);
  }
  Wide log_det() const { return log(abs(entry<Wide>(0) * entry<Wide>(3) - entry<Wide>(1) * entry<Wide>(2))); }
};

/// A constant tolerance of 1e-25 would accuse exact linear maps from κ = 1e8 on.
TEST(Jacobian, IllConditionedMapsAreNotAccused) {
  Draws draws(4);
  Wide beyond_constant, worst_differences, worst_duals;
  for (const double condition : {1.0, 1e4, 1e8, 1e12})
    for (int k = 0; k < 40; ++k) {
      const LinearMap f(draws, condition);
      const std::vector<double> x{draws.normal(), draws.normal()};
      const std::vector<Wide> point = widened(x);
      const auto by_differences = log_det_by_differences<Wide>(map_of<Wide>(f), point);
      const BoundedLogDet<Wide> by_duals = truth(f, x);
      ASSERT_EQ(by_differences.unresolved, Unresolved::no);
      ASSERT_TRUE(by_duals.resolved());
      const Wide error = abs(by_differences.estimate.log_abs - f.log_det());
      worst_differences = max(worst_differences, error / by_differences.estimate.tolerance);
      worst_duals = max(worst_duals, abs(by_duals.log_abs - f.log_det()) / by_duals.tolerance);
      beyond_constant = max(beyond_constant, error / Wide(1e-25));
      EXPECT_LE(by_duals.tolerance, Wide(1e-21)) << condition;  // far below the 1e-17 of a constant that is only a double
    }
  RecordProperty("worst_differences", std::to_string(to_double(worst_differences)));
  RecordProperty("worst_duals", std::to_string(to_double(worst_duals)));
  EXPECT_LE(worst_differences, Wide(1.0));
  EXPECT_LE(worst_duals, Wide(1.0));
  EXPECT_GT(beyond_constant, Wide(1.0));
}

TEST(Jacobian, HopelessConditionInDoubleIsUnresolved) {
  Draws draws(5);
  const LinearMap f(draws, 1e14);
  const std::vector<double> x{0.3, -0.4};
  EXPECT_EQ(log_det_by_differences<double>(map_of<double>(f), x).unresolved, Unresolved::ill_conditioned);
}

/// x + gap·max(x − knot, 0).
struct Knee {
  double knot, gap;
  template <class T>
  void operator()(std::span<const T> x, std::span<T> y) const {
    y[0] = x[0] + T(gap) * max(x[0] - T(knot), T(0.0));
  }
};

/// A knot at every place inside the stencils of the ladder, from 1e-7 steps to 4 steps off, on either side: no false log-determinant passes as
/// resolved.
TEST(Jacobian, KinksAnywhereNearAreSeen) {
  const double x = 1.25;  // steps are powers of two: 2^-7, 2^-10, 2^-13 and the witness 2^-16
  int resolved = 0, cases = 0;
  for (const double gap : {2.0, -0.75, 1e-3})
    for (const double step : {0x1p-7, 0x1p-10, 0x1p-13, 0x1p-16})
      for (int k = 0; k <= 400; ++k)
        for (const int side : {-1, 1}) {
          const double offset = k < 40 ? std::pow(10, -7 + k / 10.0) * 0.01 : (k - 40) / 90.0;
          const Knee f{x + side * offset * step, gap};
          const auto result = log_det_by_differences<double>(map_of<double>(f), {&x, 1});
          ++cases;
          if (result.unresolved != Unresolved::no) continue;
          ++resolved;
          const double exact = x >= f.knot ? std::log1p(gap) : 0;
          ASSERT_LE(std::abs(result.estimate.log_abs - exact), result.estimate.tolerance)
              << "gap " << gap << ", " << side * offset << " steps of " << step;
        }
  EXPECT_GE(resolved, cases / 2);
}

TEST(Jacobian, OnAKinkBothSidesAreGiven) {
  const Knee f{0.5, 3};
  const double x = 0.5;
  const auto in_double = log_det_by_differences<double>(map_of<double>(f), {&x, 1});
  ASSERT_EQ(in_double.unresolved, Unresolved::kink);
  EXPECT_LE(std::abs(in_double.below.log_abs), in_double.below.tolerance);
  EXPECT_LE(std::abs(in_double.above.log_abs - std::log(4.0)), in_double.above.tolerance);
  EXPECT_LE(in_double.above.tolerance, 1e-9);
  const Wide wide_x(x);
  const auto in_wide = log_det_by_differences<Wide>(map_of<Wide>(f), {&wide_x, 1});
  ASSERT_EQ(in_wide.unresolved, Unresolved::kink);
  EXPECT_LE(abs(in_wide.below.log_abs), in_wide.below.tolerance);
  EXPECT_LE(abs(in_wide.above.log_abs - log(Wide(4.0))), in_wide.above.tolerance);
  // The trap: both orders of the central difference agree on the mean of the slopes.
  const auto d = differences<double>(map_of<double>(f), {&x, 1}, 1, 1e-2);
  EXPECT_NEAR(d.central.value[0], 2.5, 1e-12);
  EXPECT_LE(d.central.bound[0], 1e-12);
  EXPECT_TRUE(d.kink);
}

TEST(Jacobian, StepsStayInsideTheDomain) {
  for (const double x : {1e-6, 0.5, 1 - 1e-9}) {
    double low = inf, high = -inf;
    const VectorMap<double> logit = [&](auto in, auto out) {
      low = std::min(low, in[0]), high = std::max(high, in[0]);
      out[0] = std::log(in[0]) - std::log1p(-in[0]);
    };
    const auto result = log_det_by_differences<double>(logit, {&x, 1}, {{0, 1}, {}});
    ASSERT_EQ(result.unresolved, Unresolved::no) << x;
    EXPECT_LE(std::abs(result.estimate.log_abs + std::log(x) + std::log1p(-x)), result.estimate.tolerance) << x;
    EXPECT_GT(low, 0);
    EXPECT_LT(high, 1);
  }
  const VectorMap<double> root = [](auto in, auto out) { out[0] = std::sqrt(in[0]); };
  for (const double x : {0.0, -1.0})
    EXPECT_EQ(log_det_by_differences<double>(root, {&x, 1}, {{0, inf}, {}}).unresolved, Unresolved::domain_edge) << x;
}

TEST(Jacobian, WhatIsNotFiniteIsUnresolved) {
  const double x = 1;
  const VectorMap<double> pole = [](auto in, auto out) { out[0] = 1 / (in[0] - 1); };
  EXPECT_EQ(log_det_by_differences<double>(pole, {&x, 1}).unresolved, Unresolved::not_finite);
  const VectorMap<double> silent = [](auto, auto) {};  // writes nothing: outputs start as NaN
  EXPECT_EQ(log_det_by_differences<double>(silent, {&x, 1}).unresolved, Unresolved::not_finite);
}

/// A log-determinant that is off by 1e-6 is off by thousands of tolerances: what the bound is for.
TEST(Jacobian, SmallFaultsStandOut) {
  Draws draws(6);
  int seen = 0;
  for (int k = 0; k < 100; ++k) {
    const Network f(draws, false);
    const std::vector<double> inside = f.internal_magnitude();
    const auto result = log_det_by_differences<double>(map_of<double>(f), f.x, {{}, inside});
    if (result.unresolved != Unresolved::no) continue;
    const double wrong = to_double(truth(f, f.x).log_abs) + 1e-6;
    seen += std::abs(result.estimate.log_abs - wrong) > result.estimate.tolerance;
  }
  EXPECT_GE(seen, 95);
}

/// Columns and rows in their places, also where they are not of one number.
TEST(Jacobian, RectangularDerivatives) {
  const std::vector<Wide> x{Wide(0.5), Wide(-1.5), Wide(2.0)};
  const auto f = [](auto in, auto out) {
    out[0] = in[0] * in[1];
    out[1] = exp(in[2]);
  };
  const VectorMap<Wide> plain = f;
  const VectorMap<Dual<Wide, 1>> dual = f;
  const std::vector<Wide> by_duals = jacobian_by_duals(dual, x, 2);
  const Differences<Wide> by_differences = differences<Wide>(plain, x, 2, 1e-20);
  const std::vector<Wide> exact{Wide(-1.5), Wide(0.5), Wide(), Wide(), Wide(), exp(Wide(2.0))};
  for (int k = 0; k < 6; ++k) {
    EXPECT_EQ(by_duals[k], exact[k]);
    EXPECT_LE(abs(by_differences.central.value[k] - exact[k]), by_differences.central.bound[k]);
  }
}

/// τ against what it bounds: entries moved by up to B move the log-determinant by at most τ, and by a good part of it somewhere.
TEST(Jacobian, ToleranceOfDeterminantsIsABoundAndTight) {
  Draws draws(7);
  double largest_share = 0;
  for (int k = 0; k < 300; ++k) {
    const int d = draws.count(1, 5);
    std::vector<double> a, bound, moved;
    for (int i = 0; i < d * d; ++i) {
      a.push_back(draws.normal());
      bound.push_back(1e-6 * draws.uniform());
      moved.push_back(a.back() + bound.back() * (draws.uniform() < 0.5 ? -1 : 1));
    }
    const BoundedLogDet<double> estimate = bounded_log_det<double>(a, bound, d);
    if (!estimate.resolved()) continue;
    const double change = std::abs(to_double(log_abs_determinant(widened(moved), d).log_abs - Wide(estimate.log_abs)));
    EXPECT_LE(change, estimate.tolerance);
    largest_share = std::max(largest_share, change / estimate.tolerance);
  }
  EXPECT_GT(largest_share, 0.5);
  const std::vector<double> a{1, 0, 0, 1}, wide_bound{0.4, 0.4, 0.4, 0.4};
  EXPECT_FALSE(bounded_log_det<double>(a, wide_bound, 2).resolved());
  EXPECT_EQ(bounded_log_det<double>(a, wide_bound, 2).tolerance, inf);
  EXPECT_FALSE(bounded_log_det<double>({{1, 1, 1, 1}}, std::vector<double>(4), 2).resolved());
}

TEST(Jacobian, WrongShapesAreRefused) {
  const std::vector<double> three(3), four(4, 1.0);
  EXPECT_THROW(bounded_log_det<double>(three, four, 2), ShapeError);
  EXPECT_THROW(bounded_log_det<double>(four, three, 2), ShapeError);
  EXPECT_THROW(bounded_log_det_of_duals(std::vector<Wide>(3), 2), ShapeError);
  const VectorMap<double> identity = [](auto in, auto out) { std::copy(in.begin(), in.end(), out.begin()); };
  EXPECT_THROW(log_det_by_differences<double>(identity, four, {{}, three}), ShapeError);
}

}  // namespace
}  // namespace flowgauge::verify
