// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/gaussian.hpp>
#include <flowgauge/error.hpp>

#include <cmath>
#include <numbers>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <fmt/format.h>

namespace flowgauge::distributions {
namespace {

using Rows = Eigen::Map<const Eigen::MatrixXd, Eigen::Unaligned, Eigen::OuterStride<>>;

Rows view(BatchIn<double> x) { return Rows(x.data, x.rows, x.dim, Eigen::OuterStride<>(x.stride)); }

/// ½|w|² of every row, w its whitened numbers, and log√((2π)^d·det C).
struct Energies {
  Eigen::VectorXd half_squares;
  double log_volume;
};

Energies energies(BatchIn<double> fitted, BatchIn<double> evaluated, CovarianceShape shape) {
  if (fitted.dim != evaluated.dim)
    throw ShapeError(fmt::format("a Gaussian fitted to rows of {} numbers expects such rows, got {}", fitted.dim, evaluated.dim));
  if (fitted.rows == 0 || evaluated.rows == 0)
    throw DataError(fmt::format("a Gaussian expects rows to fit and to evaluate, got {} and {}", fitted.rows, evaluated.rows));
  const Eigen::RowVectorXd mean = view(fitted).colwise().mean();
  const Eigen::MatrixXd centred = view(fitted).rowwise() - mean;
  Eigen::MatrixXd covariance = centred.transpose() * centred / static_cast<double>(fitted.rows);
  if (shape == CovarianceShape::diagonal) covariance = Eigen::MatrixXd(covariance.diagonal().asDiagonal());

  // Judged at unit variances, so that columns of very different size are no fault; a dependent column leaves only rounding there.
  const Eigen::VectorXd sd = covariance.diagonal().cwiseSqrt();
  const Eigen::MatrixXd correlation = sd.cwiseInverse().asDiagonal() * covariance * sd.cwiseInverse().asDiagonal();
  const Eigen::LLT<Eigen::MatrixXd> factor(correlation);
  const Eigen::VectorXd pivots = factor.matrixLLT().diagonal();
  const double smallest = 1e3 * static_cast<double>(fitted.dim) * std::numeric_limits<double>::epsilon();
  if (!(factor.info() == Eigen::Success && (pivots.array().square() > smallest).all())) {
    throw DataError(fmt::format(
        "expected a positive definite covariance, got one that is not, from {} rows of {} numbers: a column is constant, or depends on others",
        fitted.rows, fitted.dim));
  }

  const Eigen::MatrixXd scaled = (view(evaluated).rowwise() - mean) * sd.cwiseInverse().asDiagonal();
  const Eigen::MatrixXd whitened = factor.matrixL().solve(scaled.transpose());
  return {0.5 * whitened.colwise().squaredNorm().transpose(),
          sd.array().log().sum() + pivots.array().log().sum() + 0.5 * static_cast<double>(fitted.dim) * std::log(2 * std::numbers::pi)};
}

}  // namespace

Estimate gaussian_cross_entropy(BatchIn<double> fitted, BatchIn<double> evaluated, CovarianceShape shape) {
  const auto [half_squares, log_volume] = energies(fitted, evaluated, shape);
  const double average = half_squares.mean();
  const double n = static_cast<double>(evaluated.rows);
  const double spread =
      evaluated.rows > 1 ? std::sqrt((half_squares.array() - average).square().sum() / (n - 1)) : std::numeric_limits<double>::quiet_NaN();
  return {average + log_volume, spread / std::sqrt(n)};
}

std::vector<double> gaussian_log_losses(BatchIn<double> fitted, BatchIn<double> evaluated, CovarianceShape shape) {
  const auto [half_squares, log_volume] = energies(fitted, evaluated, shape);
  std::vector<double> losses(half_squares.begin(), half_squares.end());
  for (double& l : losses) l += log_volume;
  return losses;
}

std::optional<Estimate> floor_gaussian(const Distribution& source) {
  const std::optional<std::vector<double>> covariance = source.covariance();
  const std::optional<Estimate> entropy = source.entropy();
  if (!covariance || !entropy) return std::nullopt;
  const int d = source.dim();
  const Eigen::LLT<Eigen::MatrixXd> factor(Eigen::Map<const Eigen::MatrixXd>(covariance->data(), d, d));
  if (factor.info() != Eigen::Success) return std::nullopt;
  const double half_log_det = factor.matrixLLT().diagonal().array().log().sum();
  return Estimate{0.5 * d * std::log(2 * std::numbers::pi * std::numbers::e) + half_log_det - entropy->value, entropy->std_error};
}

}  // namespace flowgauge::distributions
