// SPDX-License-Identifier: MIT
#include <flowgauge/reports/swatches.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace flowgauge::reports {
namespace {

double brightness(const Colour& c) { return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]; }  // ITU-R BT.709
double hue(const Colour& c) { return std::atan2(std::numbers::sqrt3 * (c[1] - c[2]), 2 * c[0] - c[1] - c[2]); }

}  // namespace

std::vector<Colour> arranged(std::vector<Colour> colours) {
  for (Colour& c : colours)
    if (!std::isfinite(c[0] + c[1] + c[2])) c = {0, 0, 0};
  const auto side = static_cast<std::ptrdiff_t>(std::sqrt(static_cast<double>(colours.size())));
  std::stable_sort(colours.begin(), colours.end(), [](const Colour& a, const Colour& b) { return brightness(a) < brightness(b); });
  std::vector<Colour> pixels(static_cast<std::size_t>(side * side));
  for (std::ptrdiff_t column = 0; column < side; ++column) {
    const auto first = colours.begin() + column * side;
    std::stable_sort(first, first + side, [](const Colour& a, const Colour& b) { return hue(a) < hue(b); });
    for (std::ptrdiff_t row = 0; row < side; ++row) pixels[static_cast<std::size_t>(row * side + column)] = first[row];
  }
  return pixels;
}

}  // namespace flowgauge::reports
