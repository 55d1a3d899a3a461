// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace flowgauge::reports {

/// One line of a strip plot: every value is a dot.
struct Strip {
  std::string label;
  std::vector<double> values;
};

/// A picture of the strips below one another on one logarithmic axis, drawn without gnuplot; a dashed upright line at `limit` when it is positive.
/// Values that are not finite or not positive have no place on the axis: their number stands at the end of their line. Empty when nothing can be
/// drawn.
std::string strip_plot(const std::vector<Strip>& strips, std::string_view axis, double limit = 0);

}  // namespace flowgauge::reports
