// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/gaussian.hpp>
#include <flowgauge/distributions/planar/seed_mvn.hpp>
#include <flowgauge/distributions/sources.hpp>

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>
#include <gtest/gtest.h>

namespace flowgauge::distributions {
namespace {

TEST(SeedMvn, EntropyAndFloor) {
  const auto source = make_source("seed_mvn");
  EXPECT_NEAR(source->entropy().value().value, 3.642596, 5e-7);
  EXPECT_NEAR(floor_gaussian(*source).value().value, 0, 1e-14);
  EXPECT_FALSE(source->independent());
}

TEST(SeedMvn, LogProbIsThatOfTheMatrixFormula) {
  const auto source = make_source("seed_mvn");
  const Eigen::Vector2d mean = Eigen::Map<const Eigen::Vector2d>(source->mean()->data());
  const Eigen::Matrix2d covariance = Eigen::Map<const Eigen::Matrix2d>(source->covariance()->data());
  EXPECT_EQ(mean, Eigen::Vector2d(4.5, -4.5));
  EXPECT_EQ(covariance, (Eigen::Matrix2d() << 3, 2, 2, 3).finished());
  for (double a = -30; a < 30; a += 1.7) {
    for (double b = -30; b < 30; b += 1.3) {
      const Eigen::Vector2d u = Eigen::Vector2d(a, b) - mean;
      const double expected =
          -0.5 * u.dot(covariance.inverse() * u) - 0.5 * std::log(covariance.determinant()) - std::log(2 * 3.14159265358979323846);
      const std::array<double, 2> x = {a, b};
      EXPECT_NEAR(SeedMvn().log_prob(std::span<const double>(x)), expected, 1e-13 * (1 + std::abs(expected)));
    }
  }
}

TEST(SeedMvn, SamplesAlongTheAxesOfTheCovarianceAreStandardNormalAndUncorrelated) {
  constexpr Index n = 100000;
  const auto source = make_source("seed_mvn");
  Batch<double> x(n, 2);
  source->sample(RandomStream(11, "source-sample", source->text()), 0, x);
  std::vector<double> along, across;
  for (Index i = 0; i < n; ++i) {
    const double u = x(i, 0) - 4.5, v = x(i, 1) + 4.5;
    along.push_back((u + v) / std::sqrt(10.0));  // eigenvalue 5
    across.push_back((u - v) / std::sqrt(2.0));  // eigenvalue 1
  }
  double product = 0;
  for (std::size_t i = 0; i < along.size(); ++i) product += along[i] * across[i];
  EXPECT_LT(std::abs(product / n), 6 / std::sqrt(double(n)));
  for (std::vector<double>* z : {&along, &across}) {
    std::sort(z->begin(), z->end());
    double worst = 0;
    for (std::size_t i = 0; i < z->size(); ++i) {
      const double f = 0.5 * std::erfc(-(*z)[i] / std::sqrt(2.0));
      worst = std::max({worst, double(i + 1) / n - f, f - double(i) / n});
    }
    EXPECT_LT(worst, std::sqrt(std::log(2 / 1e-9) / (2.0 * n)));  // Dvoretzky, Kiefer, Wolfowitz at α = 1e-9
  }
}

}  // namespace
}  // namespace flowgauge::distributions
