// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/dataset.hpp>
#include <flowgauge/distributions/gaussian.hpp>
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/error.hpp>

#include <cmath>
#include <filesystem>
#include <functional>

#include <gtest/gtest.h>

namespace flowgauge::distributions {
namespace {

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Gaussian, CrossEntropyByHand) {
  // Mean 1, variance 2/3 (divided by n); −log N = ½·log(2π·2/3) + (x − 1)²/(4/3).
  Batch<double> fitted(3, 1), evaluated(2, 1);
  for (Index i = 0; i < 3; ++i) fitted(i, 0) = static_cast<double>(i);
  evaluated(0, 0) = 1, evaluated(1, 0) = 3;
  const double log_volume = 0.5 * std::log(2 * 3.14159265358979323846 * 2 / 3);
  const Estimate e = gaussian_cross_entropy(fitted, evaluated);
  EXPECT_NEAR(e.value, log_volume + (0 + 3) / 2.0, 1e-14);
  EXPECT_NEAR(e.std_error, 1.5, 1e-14);  // the two values are 3 apart
  EXPECT_NEAR(gaussian_cross_entropy(fitted, fitted).value, log_volume + 0.5, 1e-14);
  const std::vector<double> losses = gaussian_log_losses(fitted, evaluated);
  ASSERT_EQ(losses.size(), 2u);
  EXPECT_NEAR(losses[0], log_volume, 1e-14);
  EXPECT_NEAR(losses[1], log_volume + 3, 1e-14);
}

TEST(Gaussian, CrossEntropyOfASampleIsTheEntropyOfItsGaussian) {
  const auto source = make_source("seed_mvn");
  Batch<double> fitted(50000, 2), fresh(50000, 2);
  const RandomStream stream(2, "source-sample", source->text());
  source->sample(stream, 0, fitted);
  source->sample(stream, 50000, fresh);
  const Estimate full = gaussian_cross_entropy(fitted, fresh);
  EXPECT_NEAR(full.std_error, 1 / std::sqrt(50000.0), 2e-4);  // ½χ²₂ has variance 1
  EXPECT_NEAR(full.value, 3.642596, 6 * full.std_error);
  // Without the correlation 2/3 the entropy is higher by −½·log(1 − 4/9).
  const Estimate diagonal = gaussian_cross_entropy(fitted, fresh, CovarianceShape::diagonal);
  EXPECT_NEAR(diagonal.value, 3.642596 - 0.5 * std::log(5.0 / 9), 6 * diagonal.std_error);
}

TEST(Gaussian, ColumnsOfVeryDifferentSizeAreNoFault) {
  Batch<double> x(1000, 2), scaled(1000, 2);
  make_source("seed_mvn")->sample(RandomStream(8, "x"), 0, x);
  for (Index i = 0; i < 1000; ++i) scaled(i, 0) = 1e-100 * x(i, 0), scaled(i, 1) = 1e100 * x(i, 1);
  EXPECT_NEAR(gaussian_cross_entropy(scaled, scaled).value, gaussian_cross_entropy(x, x).value, 1e-10);
}

TEST(Gaussian, ErrorSentences) {
  Batch<double> two(3, 2), one(3, 1), none(0, 2), dependent(10, 2);
  for (Index i = 0; i < 10; ++i) dependent(i, 0) = 0.1 * static_cast<double>(i * i), dependent(i, 1) = 3 * dependent(i, 0) - 7;
  EXPECT_EQ(refusal([&] { gaussian_cross_entropy(two, one); }), "a Gaussian fitted to rows of 2 numbers expects such rows, got 1");
  EXPECT_EQ(refusal([&] { gaussian_cross_entropy(none, two); }), "a Gaussian expects rows to fit and to evaluate, got 0 and 3");
  EXPECT_EQ(refusal([&] { gaussian_cross_entropy(two, two); }),
            "expected a positive definite covariance, got one that is not, from 3 rows of 2 numbers: a column is constant, or depends on others");
  EXPECT_EQ(refusal([&] { gaussian_cross_entropy(dependent, dependent); }),
            "expected a positive definite covariance, got one that is not, from 10 rows of 2 numbers: a column is constant, or depends on others");
}

TEST(Gaussian, ColoursOfTwoPictures) {
  struct Golden {
    const char* file;
    double full, diagonal;
  };
  for (const Golden& golden : {Golden{"purple-forest.csv.gz", 2.113916, 4.081586}, Golden{"dark-spectrum.csv.gz", 3.685652, 4.812048}}) {
    const std::string path = std::string(FLOWGAUGE_SHARED_DIR "/data/") + golden.file;
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
    const DataSet data = read_csv(path);
    ASSERT_EQ(data.rows.rows(), 20000);
    ASSERT_EQ(data.rows.dim(), 3);
    // The figures are those of the seed's reader, which takes the first row for a header.
    const BatchIn<double> rows = data.rows.in().slice(1, 19999);
    EXPECT_NEAR(gaussian_cross_entropy(rows, rows).value, golden.full, 5e-7) << golden.file;
    EXPECT_NEAR(gaussian_cross_entropy(rows, rows, CovarianceShape::diagonal).value, golden.diagonal, 5e-7) << golden.file;
  }
}

}  // namespace
}  // namespace flowgauge::distributions
