// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/estimator.hpp>

namespace flowgauge::cli {

/// bench's estimates of KL(P‖q) as the subject `kl` of verify, which does not see bench.
verify::Estimator kl_estimator();

}  // namespace flowgauge::cli
