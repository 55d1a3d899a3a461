// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/gaussian.hpp>
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/error.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/quadrature/gauss.hpp>

// Sources of several numbers: printed entropies, mass, sampler against density, bad options.
namespace flowgauge::distributions {
namespace {

double entropy(std::string_view text) { return make_source(text)->entropy().value().value; }
double log_density(const Distribution& source, std::vector<double> x) {
  Batch<double> row(1, static_cast<Index>(x.size()));
  for (std::size_t j = 0; j < x.size(); ++j) row(0, static_cast<Index>(j)) = x[j];
  double log_p = 0;
  source.log_prob(row, {&log_p, 1});
  return log_p;
}

TEST(Joint, PrintedEntropies) {
  struct Golden {
    const char* text;
    double value, half_unit;
  };
  for (const Golden& g : {Golden{"half_cauchy", 1.837877, 5e-7},
                          {"half_normal", 0.725791, 5e-7},
                          {"uniform", 0, 5e-7},
                          {"continuous_bernoulli", -0.029386, 5e-7},
                          {"student_t", 1.773478, 5e-7},
                          {"student_t(nu=0.5)", 3.666727, 5e-7},
                          {"student_t(nu=1)", 2.531024, 5e-7},
                          {"student_t(nu=2)", 1.960279, 5e-7},
                          {"student_t(nu=5)", 1.627503, 5e-7},
                          {"student_t(nu=10)", 1.521262, 5e-7},
                          {"student_t(nu=30)", 1.452543, 5e-7},
                          {"logistic", 2.000000, 5e-7},
                          {"gamma", 1.577216, 5e-7},
                          {"gamma(shape=0.5)", 0.090610, 5e-7},
                          {"gamma(shape=5)", 2.153583, 5e-7},
                          {"beta", -0.484531, 5e-7},
                          {"beta(a=0.5, b=0.5)", -0.241564, 5e-7},
                          {"beta(a=5, b=1)", -0.809438, 5e-7},
                          {"bimodal", 1.418845, 5e-7},
                          {"mvn(mean=[4.5,-4.5], covariance=[3,2,2,3])", 3.642596, 5e-7},
                          {"checkerboard", 3.465736, 5e-7},
                          {"eight_gaussians", 2.831880, 5e-7},
                          {"moons", 1.007585, 5e-7},
                          {"moons(sigma=0.06)", 0.477046, 5e-7},
                          {"moons(sigma=0.05)", 0.289234, 5e-7},
                          {"circles", 3.268136, 5e-7},
                          {"circles(outer=1, inner=0.4, sigma=0.06)", 0.675056, 5e-7},
                          {"banana", 5.140462, 5e-7},
                          {"funnel", 15.287998, 5e-7},
                          {"cmog", 2.34906, 5e-6},
                          {"cmog(dim=8)", 4.06578, 5e-6},
                          {"cmog(dim=16)", 5.03173, 5e-6},
                          {"cmog(dim=32)", 16.49605, 5e-6},
                          {"cmog(dim=64)", 27.36553, 5e-6},
                          {"cmog(dim=100)", 39.81799, 5e-6},
                          {"cmog(dim=200)", 80.36357, 5e-6},
                          {"cmog(dim=400)", 178.98435, 5e-6},
                          {"cmog(dim=1000)", 384.78291, 5e-6}})
    EXPECT_NEAR(entropy(g.text), g.value, g.half_unit) << g.text;
  // The moons of flowjax are those of half the size: radius 2, sigma 0.2, centres (∓1, 0).
  EXPECT_NEAR(entropy("moons(offset=0)") + 2 * std::log(2), 2.395717, 5e-7);
}

TEST(Joint, PrintedFloors) {
  const auto floor = [](std::string_view text) { return floor_gaussian(*make_source(text)).value().value; };
  EXPECT_NEAR(floor("half_normal"), 0.186994, 5e-7);
  EXPECT_NEAR(floor("uniform"), 0.176485, 5e-7);
  EXPECT_NEAR(floor("continuous_bernoulli"), 0.188111, 5e-7);
  EXPECT_NEAR(floor("student_t"), 0.194767, 5e-7);
  EXPECT_NEAR(floor("student_t(nu=30)"), 0.000892, 5e-7);
  EXPECT_NEAR(floor("logistic"), 0.014362, 5e-7);
  EXPECT_NEAR(floor("gamma(shape=0.5)"), 0.98176, 5e-6);
  EXPECT_NEAR(floor("gamma"), 0.18830, 5e-6);
  EXPECT_NEAR(floor("beta"), 0.06913, 5e-6);
  EXPECT_NEAR(floor("beta(a=0.5, b=0.5)"), 0.62078, 5e-6);
  EXPECT_NEAR(floor("bimodal"), 0.72355, 5e-6);
  EXPECT_NEAR(floor("cmog"), 3.856, 5e-4);
  EXPECT_NEAR(floor("cmog(dim=8)"), 6.445, 5e-4);
  EXPECT_NEAR(floor("cmog(dim=100)"), 43.39, 5e-3);
  for (const char* none : {"half_cauchy", "student_t(nu=2)"}) EXPECT_FALSE(floor_gaussian(*make_source(none))) << none;
}

TEST(Joint, CmogIsWhatNumpyDraws) {
  const auto source = make_source("cmog");
  const double mean = source->mean()->at(0);  // weights .131190 .709802 .159008
  EXPECT_GT(mean, 0);
  // At a component far from the others log p is that of one normal: m₀ = 5.4881350393, … are numpy's first numbers.
  const auto at = [&](double x) { return log_density(*source, {x, 7.151893663724195, 6.027633760716439, 5.448831829968969}); };
  EXPECT_GT(at(5.4881350393), at(5.4881350393 + 1e-3));
  EXPECT_GT(at(5.4881350393), at(5.4881350393 - 1e-3));
}

/// ∫∫ p over [a, b] × [c, d], 20 × 20 points.
double cell_mass(const Distribution& source, double a, double b, double c, double d) {
  using Rule = boost::math::quadrature::gauss<double, 20>;
  return Rule::integrate([&](double x) { return Rule::integrate([&](double y) { return std::exp(log_density(source, {x, y})); }, c, d); }, a, b);
}

struct Board {
  const char* text;
  std::vector<double> x, y;  ///< cell ends; the density is smooth in a cell at the scale of its sides
  double missing;            ///< mass outside, at most; 1 where the cells are for counting only
};

std::vector<double> even(double low, double high, int cells) {
  std::vector<double> ends;
  for (int i = 0; i <= cells; ++i) ends.push_back(low + (high - low) * i / cells);
  return ends;
}

std::vector<Board> boards() {
  std::vector<double> graded = {0};
  for (double t = 1e-3; t < 1e7; t *= 3) graded.insert(graded.end(), {t, -t});
  std::sort(graded.begin(), graded.end());
  return {{"seed_mvn", even(-8, 17, 20), even(-17, 8, 20), 1e-10},
          {"mvn(mean=[1,2], factor=[2,0,-1.5,0.5])", even(-14, 16, 20), even(-11, 15, 30), 1e-10},
          {"gmm(weights=[0.3,0.7], means=[-2,1,2,0], covariances=[1,0.5,0.5,1,0.2,-0.1,-0.1,0.3])", even(-10, 10, 40), even(-8, 10, 40), 1e-9},
          {"gmm", even(-10, 10, 20), even(-8, 8, 16), 1e-10},
          {"eight_gaussians", even(-6, 6, 24), even(-6, 6, 24), 1e-10},
          {"checkerboard", even(-4, 4, 8), even(-4, 4, 8), 1e-14},
          {"moons", even(-2.4, 2.4, 32), even(-1.6, 1.6, 24), 1e-10},
          {"circles", even(-5, 5, 32), even(-5, 5, 32), 1e-10},
          {"circles(outer=1, inner=0, sigma=0.2)", even(-2.4, 2.4, 16), even(-2.4, 2.4, 16), 1e-9},
          {"banana", even(-65, 65, 100), even(-10, 140, 100), 1},
          {"funnel(dim=2)", even(-21, 21, 42), graded, 1}};
}

TEST(Joint, MassIsOneByQuadratureInThePlane) {
  for (const Board& board : boards()) {
    if (board.missing == 1) continue;
    const auto source = make_source(board.text);
    double mass = 0;
    for (std::size_t i = 0; i + 1 < board.x.size(); ++i)
      for (std::size_t j = 0; j + 1 < board.y.size(); ++j) mass += cell_mass(*source, board.x[i], board.x[i + 1], board.y[j], board.y[j + 1]);
    EXPECT_NEAR(mass, 1, board.missing + 1e-12) << board.text;
  }
}

TEST(Joint, MassOfAConditionalSourceIsOne) {
  // ∫ dx₀ ∫ dx₁ p, the inner one over 12 sds of the conditional.
  using Rule = boost::math::quadrature::gauss<double, 20>;
  struct Conditional {
    const char* text;
    double reach;
    std::function<std::array<double, 2>(double)> centre_and_sd;
  };
  for (const Conditional& c : {Conditional{"banana", 90,
                                           [](double x) {
                                             return std::array{0.03 * (x * x - 100), 1.0};
                                           }},
                               Conditional{"funnel(dim=2)", 27, [](double v) {
                                             return std::array{0.0, std::exp(v / 2)};
                                           }}}) {
    const auto source = make_source(c.text);
    double mass = 0;
    for (int i = -20; i < 20; ++i) {
      mass += Rule::integrate(
          [&](double x) {
            const auto [centre, sd] = c.centre_and_sd(x);
            double inner = 0;
            for (int j = -12; j < 12; ++j)
              inner += Rule::integrate([&, m = centre, s = sd](double z) { return s * std::exp(log_density(*source, {x, m + s * z})); }, j, j + 1.0);
            return inner;
          },
          c.reach * i / 20, c.reach * (i + 1) / 20);
    }
    EXPECT_NEAR(mass, 1, 1e-12) << c.text;
  }
}

TEST(Joint, SamplesFallIntoCellsAsTheDensitySays) {
  // Pearson's χ² over cells that expect at least 25 rows, all others in one; the threshold is passed by chance once in 10⁹.
  constexpr Index n = 100000;
  for (const Board& board : boards()) {
    const auto source = make_source(board.text);
    Batch<double> x(n, 2);
    source->sample(RandomStream(21, "source-sample", source->text()), 0, x);
    const std::size_t columns = board.x.size() - 1, lines = board.y.size() - 1;
    std::vector<double> count(columns * lines);
    double outside = 0;
    for (Index i = 0; i < n; ++i) {
      const auto a = std::upper_bound(board.x.begin(), board.x.end(), x(i, 0)) - board.x.begin() - 1;
      const auto b = std::upper_bound(board.y.begin(), board.y.end(), x(i, 1)) - board.y.begin() - 1;
      if (a < 0 || b < 0 || a >= static_cast<std::ptrdiff_t>(columns) || b >= static_cast<std::ptrdiff_t>(lines)) ++outside;
      else ++count[static_cast<std::size_t>(a) * lines + static_cast<std::size_t>(b)];
    }
    double statistic = 0, rest_expected = n, rest = outside;
    int cells = 0;
    for (std::size_t a = 0; a < columns; ++a) {
      for (std::size_t b = 0; b < lines; ++b) {
        const double expected = n * cell_mass(*source, board.x[a], board.x[a + 1], board.y[b], board.y[b + 1]);
        const double seen = count[a * lines + b];
        if (expected < 25) {
          rest += seen;
          continue;
        }
        statistic += (seen - expected) * (seen - expected) / expected, ++cells, rest_expected -= expected;
      }
    }
    if (rest_expected > 25) statistic += (rest - rest_expected) * (rest - rest_expected) / rest_expected, ++cells;
    const boost::math::chi_squared law(cells - 1.0);
    EXPECT_LT(statistic, quantile(complement(law, 1e-9))) << board.text << ", " << cells << " cells";
    EXPECT_GT(statistic, quantile(law, 1e-9)) << board.text << ": closer than chance allows";
  }
}

TEST(Joint, MomentsAreThoseOfTheSample) {
  constexpr Index n = 100000;
  for (const char* text : {"seed_gmm", "seed_gmm(seed=7)", "eight_gaussians", "checkerboard", "moons", "moons(sigma=0.5, offset=-1)", "circles",
                           "banana(dim=3)", "cmog(dim=5)", "gmm(weights=[0.3,0.7], means=[-2,1,2,0], covariances=[1,0.5,0.5,1,0.2,-0.1,-0.1,0.3])",
                           "mvn(mean=[1,2,3], factor=[2,0,0,-1.5,0.5,0,1,1,1])"}) {
    const auto source = make_source(text);
    const std::vector<double> mean = source->mean().value(), covariance = source->covariance().value();
    const auto d = static_cast<std::size_t>(source->dim());
    Batch<double> x(n, source->dim());
    source->sample(RandomStream(23, "source-sample", source->text()), 0, x);
    const auto holds = [&](const std::function<double(Index)>& value, double expected) {
      double sum = 0, square = 0;
      for (Index i = 0; i < n; ++i) sum += value(i) / n;
      for (Index i = 0; i < n; ++i) square += (value(i) - sum) * (value(i) - sum) / n;
      EXPECT_NEAR(sum, expected, 6.2 * std::sqrt(square / n)) << text;
    };
    for (std::size_t a = 0; a < d; ++a) {
      holds([&](Index i) { return x(i, static_cast<Index>(a)); }, mean[a]);
      for (std::size_t b = 0; b < d; ++b)
        holds([&](Index i) { return (x(i, static_cast<Index>(a)) - mean[a]) * (x(i, static_cast<Index>(b)) - mean[b]); }, covariance[a * d + b]);
    }
  }
}

TEST(Joint, FunnelIsStandardNormalAfterItsScaleIsTakenOut) {
  constexpr Index n = 100000;
  const auto source = make_source("funnel");
  Batch<double> x(n, 10);
  source->sample(RandomStream(24, "source-sample", source->text()), 0, x);
  for (const Index j : {0, 1, 9}) {
    std::vector<double> z;
    for (Index i = 0; i < n; ++i) z.push_back(j == 0 ? x(i, 0) / 3 : x(i, j) * std::exp(-x(i, 0) / 2));
    std::sort(z.begin(), z.end());
    double worst = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
      const double f = 0.5 * std::erfc(-z[i] / std::sqrt(2.0));
      worst = std::max({worst, double(i + 1) / n - f, f - double(i) / n});
    }
    EXPECT_LT(worst, std::sqrt(std::log(2 / 1e-9) / (2.0 * n)));  // Dvoretzky, Kiefer, Wolfowitz at α = 1e-9
  }
}

TEST(Joint, MoonsFarOutAreTheIntegral) {
  // By the plain rule on 20000 points, where the integrand is wide enough for it.
  const auto source = make_source("moons(sigma=0.5)");
  const double pi = 3.14159265358979323846;
  for (const std::array<double, 2> p : {std::array{0.1, 0.2}, {-0.5, -0.25}, {3.0, -2.0}, {-0.5, -5.0}, {-0.4999, -6.0}, {12.0, 9.0}, {0.3, 20.0}}) {
    const auto exponent = [&](double t, double side) {
      const double u = p[0] + 0.5 * side - std::cos(t), v = p[1] + side * (0.25 - std::sin(t));
      return -(u * u + v * v) / 0.5;
    };
    double largest = -1e300, sum = 0;
    constexpr int steps = 200000;
    for (int i = 0; i < steps; ++i)
      for (const double side : {1.0, -1.0}) largest = std::max(largest, exponent(pi * (i + 0.5) / steps, side));
    for (int i = 0; i < steps; ++i)
      for (const double side : {1.0, -1.0}) sum += std::exp(exponent(pi * (i + 0.5) / steps, side) - largest) / steps / 2;
    const double expected = largest + std::log(sum) - std::log(2 * pi * 0.25);
    // The rule is off by (step·slope)²/24 where an end of an arc is nearest; the exponent's slope is at most r/sigma².
    const double step_slope = pi / steps * (std::hypot(p[0], p[1]) + 1) / 0.25;
    EXPECT_NEAR(log_density(*source, {p[0], p[1]}), expected, step_slope * step_slope / 24 + 1e-10) << p[0] << ", " << p[1];
  }
}

TEST(Joint, LogProbFarOut) {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto at = [](std::string_view text, std::vector<double> x) { return log_density(*make_source(text), std::move(x)); };
  const double log_two_pi = std::log(2 * 3.14159265358979323846);
  for (const double far : {700.0, -700.0}) {
    EXPECT_NEAR(at("mvn", {far, 0}), -0.5 * 490000 - log_two_pi, 1e-9);
    EXPECT_NEAR(at("gmm", {far, 0}), -0.5 * 698 * 698 - log_two_pi - std::log(2), 1e-9);
    EXPECT_NEAR(at("banana", {0, far}), -0.5 * (far + 3) * (far + 3) - log_two_pi - std::log(10), 1e-9);
    EXPECT_NEAR(at("funnel(dim=2)", {far, 0}), -490000 / 18.0 - far / 2 - std::log(3) - log_two_pi, 1e-9);
    EXPECT_NEAR(at("circles", {far, 0}), at("circles", {0, far}), 1e-9);
    EXPECT_LT(at("circles", {far, 0}), -4e6);
    EXPECT_GT(at("circles", {far, 0}), -5e6);
    EXPECT_LT(at("moons", {far, 0}), -2e7);
    EXPECT_GT(at("moons", {far, 0}), -3e7);
    EXPECT_EQ(at("checkerboard", {far, 0}), -infinity);
    EXPECT_TRUE(std::isfinite(at("cmog", {far, far, far, far})));
    EXPECT_NEAR(at("logistic", {far}), -700, 1e-12);
    EXPECT_NEAR(at("bimodal", {far}), -0.5 * 1396 * 1396 - log_two_pi / 2, 1e-8);
    EXPECT_EQ(at("half_normal", {far}), far < 0 ? -infinity : -245000 - log_two_pi / 2 + std::log(2));
    EXPECT_NEAR(at("student_t(nu=1)", {far}), -std::log(3.14159265358979323846) - std::log1p(490000), 1e-13);
    if (far > 0) EXPECT_NEAR(at("gamma", {far}), std::log(700) - 700, 1e-11);
    else EXPECT_EQ(at("gamma", {far}), -infinity);
    for (const char* bounded : {"uniform", "continuous_bernoulli", "beta"}) EXPECT_EQ(at(bounded, {far}), -infinity);
  }
  EXPECT_NEAR(at("student_t", {1e300}), -4 * 300 * std::log(10) + std::log(6 * std::sqrt(3) / 3.14159265358979323846), 1e-11);
  EXPECT_NEAR(at("half_cauchy", {1e300}), -2 * 300 * std::log(10) + std::log(2 / 3.14159265358979323846), 1e-11);
  EXPECT_EQ(at("logistic", {1e300}), -1e300);
  EXPECT_EQ(at("gamma", {1e300}), -1e300);
  for (const char* text :
       {"seed_mvn", "mvn(factor=[2,0,-1.5,0.5])", "gmm", "eight_gaussians", "moons", "circles", "banana", "funnel(dim=2)", "seed_gmm"})
    EXPECT_EQ(at(text, {1e300, -1e300}), -infinity) << text;
}

std::string refusal(std::string_view text) {
  try {
    make_source(text);
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Joint, WrongOptionsAreRefusedInASentence) {
  EXPECT_EQ(refusal("uniform(low=2, high=2)"), "uniform: expected low < high; got low=2, high=2");
  EXPECT_EQ(refusal("uniform(low=nan)"), "uniform: option 'low' expects a number from -1000000 to 1000000; got nan");
  EXPECT_EQ(refusal("moons(sigma=0)"), "moons: option 'sigma' expects a number from 0.01 to 10; got 0");
  EXPECT_EQ(refusal("circles(sigma=-1)"), "circles: option 'sigma' expects a number from 0.001 to 1000; got -1");
  EXPECT_EQ(refusal("student_t(nu=nan)"), "student_t: option 'nu' expects a number from 0.1 to 10000; got nan");
  EXPECT_EQ(refusal("funnel(dim=1)"), "funnel: option 'dim' expects a whole number from 2 to 1000; got 1");
  EXPECT_EQ(refusal("gmm(weights=[0.5,0.6])"), "gmm: option 'weights' expects numbers that sum to 1; got a sum of 1.1");
  EXPECT_EQ(refusal("gmm(weights=[0.5,nan])"), "gmm: option 'weights' expects a list such as [0.5,2] of numbers from 0 to 1; got [0.5,nan]");
  EXPECT_EQ(refusal("gmm(weights=[0.2,0.3,0.5])"), "gmm: option 'means' expects as many numbers for each of the 3 weights; got 4");
  EXPECT_EQ(refusal("gmm(weights=[])"), "gmm: option 'weights' expects at least one number; got []");
  EXPECT_EQ(refusal("gmm(covariances=[1,0,0,1])"), "gmm: option 'covariances' expects 8 numbers, 4 for each of 2 components; got 4");
  EXPECT_EQ(refusal("gmm(covariances=[1,0,0,1,1,2,2,1])"),
            "gmm: option 'covariances' expects a positive definite matrix; got one whose pivot in row 2 is -3");
  EXPECT_EQ(refusal("mvn(covariance=[1,2,2,1])"), "mvn: option 'covariance' expects a positive definite matrix; got one whose pivot in row 2 is -3");
  EXPECT_EQ(refusal("mvn(covariance=[1,1,1,1])"), "mvn: option 'covariance' expects a positive definite matrix; got one whose pivot in row 2 is 0");
  EXPECT_EQ(refusal("mvn(covariance=[1,0.5,0.4,1])"),
            "mvn: option 'covariance' expects a symmetric matrix; got 0.4 in row 2, column 1 and 0.5 in row 1, column 2");
  EXPECT_EQ(refusal("mvn(covariance=[1,0,0])"), "mvn: option 'covariance' expects 4 numbers for a mean of 2; got 3");
  EXPECT_EQ(refusal("mvn(covariance=[1,0,0,1], factor=[1,0,0,1])"), "mvn: expected either 'covariance' or 'factor'; got both");
  EXPECT_EQ(refusal("mvn(factor=[1,1,0,1])"),
            "mvn: option 'factor' expects a lower triangular matrix with a positive diagonal; got 1 in row 1, column 2");
  EXPECT_EQ(refusal("mvn(factor=[1,0,0,-1])"),
            "mvn: option 'factor' expects a lower triangular matrix with a positive diagonal; got -1 in row 2, column 2");
  EXPECT_EQ(refusal("gmm(weights=[0.1,0.2,0.7], means=[0,1,2])"), "accepted");  // these weights sum to 1 − ε
}

}  // namespace
}  // namespace flowgauge::distributions
