// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/estimator.hpp>

#include <string>

namespace flowgauge::verify::defects {

/// An estimator of the plainest kind with one mistake:
/// none, swapped (log q − log p), divided_by_n (SE with n for √n), mean_of_chunks (of unequal chunks), nan_skipped, one_layer_off (the trace),
/// log_det_twice, p_of_latents (rows from q for rows from P), recycled (the first 500 rows again and again), seed_ignored, finite_status (∞ where
/// the tails say so is left out), naive_sum (in float), tails_cut (a quadrature between two quantiles).
Estimator bad_estimator(const std::string& defect);

}  // namespace flowgauge::verify::defects
