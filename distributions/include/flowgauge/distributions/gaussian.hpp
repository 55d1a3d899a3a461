// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/batch.hpp>
#include <flowgauge/distribution.hpp>

#include <optional>
#include <vector>

/// What a single Gaussian can do: the figure that a flow has to beat.
namespace flowgauge::distributions {

enum class CovarianceShape { full, diagonal };

/// −mean over the rows of `evaluated` of log N(x; m, C), in nats a row, m and C the maximum-likelihood mean and covariance (divided by n) of
/// `fitted`; both n × d.
/// On the fitted rows themselves it is ½·log((2πe)^d·det C). std_error: of the mean over the evaluated rows. ShapeError: different d; DataError:
/// a part
/// without rows, or a covariance that is not positive definite (fewer than d + 1 rows, constant or dependent columns).
Estimate gaussian_cross_entropy(BatchIn<double> fitted, BatchIn<double> evaluated, CovarianceShape = CovarianceShape::full);

/// Its summands, row by row of `evaluated`: for a difference on the same rows.
std::vector<double> gaussian_log_losses(BatchIn<double> fitted, BatchIn<double> evaluated, CovarianceShape = CovarianceShape::full);

/// KL of the best Gaussian, ½·log((2πe)^d·det Cov) − H in nats: what an affine flow can reach, and what any other has to go below. Nothing when
/// the covariance
/// or the entropy is not finite or not known.
std::optional<Estimate> floor_gaussian(const Distribution&);

}  // namespace flowgauge::distributions
