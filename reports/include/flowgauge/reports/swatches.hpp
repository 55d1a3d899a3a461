// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <vector>

namespace flowgauge::reports {

/// Red, green, blue, 0 … 255.
using Colour = std::array<double, 3>;

/// side² colours as the pixels of a square, row by row from the top: by brightness from left to right, in each column by hue. Two sets of colours
/// can then be compared by eye. What is not a number is black.
std::vector<Colour> arranged(std::vector<Colour> colours);

}  // namespace flowgauge::reports
