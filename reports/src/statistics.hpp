// SPDX-License-Identifier: MIT
#pragma once

#include <utility>
#include <vector>

namespace flowgauge::reports {

/// Quantile of the sorted values by linear interpolation between neighbours (Hyndman and Fan 1996, type 7), on the extended
/// reals: it is infinite as soon as an infinite value takes part. A NaN counts as +∞, the worst. NaN when there is no value.
double quantile(std::vector<double> values, double level);

inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

}  // namespace flowgauge::reports
