// SPDX-License-Identifier: MIT
// Draws bench/grids/dusk.png: a sun over the sea, the picture that the colour grid and `flowgauge palette` start with.
//   cmake --build build/native --target dusk && build/native/docs/measurements/dusk bench/grids/dusk.png
#include <flowgauge/distributions/picture.hpp>
#include <flowgauge/random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>

namespace {

using Colour = std::array<double, 3>;  // 0 … 1

Colour mix(const Colour& a, const Colour& b, double t) {
  t = std::clamp(t, 0.0, 1.0);
  return {a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])};
}

/// The sky at height h above the horizon, the sun `away` from it.
Colour sky(double h, double away) {
  const Colour air = mix({0.98, 0.62, 0.34}, mix({0.72, 0.36, 0.50}, {0.13, 0.16, 0.38}, (h - 0.25) / 0.6), h / 0.3);
  return mix(air, {1.0, 0.93, 0.72}, std::exp(-40 * away * away) + (away < 0.07 ? 1.0 : 0.0));
}

/// The picture at x from left to right and y from top to bottom, both 0 … 1; n has three normal numbers.
Colour scene(double x, double y, const Colour& n) {
  constexpr double horizon = 0.58, sun_x = 0.62, sun_y = 0.44;
  const double hill = horizon - 0.10 * std::exp(-18 * (x - 0.12) * (x - 0.12)) - 0.05 * std::exp(-60 * (x - 0.33) * (x - 0.33));
  if (y > horizon) {
    const double depth = (y - horizon) / (1 - horizon), ripple = 0.5 + 0.5 * std::sin(90 * std::sqrt(depth + 0.02) + 3 * n[0]);
    const Colour water = mix(mix({0.80, 0.48, 0.36}, {0.06, 0.10, 0.24}, 1.3 * std::sqrt(depth)), {0.04, 0.07, 0.18}, 0.35 * ripple);
    const double track = std::exp(-std::pow((x - sun_x) / (0.05 + 0.10 * depth), 2));
    return mix(water, {1.0, 0.80, 0.52}, track * (0.25 + 0.6 * ripple));
  }
  if (y > hill) return mix({0.10, 0.09, 0.16}, {0.24, 0.17, 0.22}, (horizon - y) * 9 + 0.1 * n[0]);
  const double away = std::hypot(x - sun_x, 0.75 * (y - sun_y)), cloud = std::sin(22 * y + 3 * std::sin(5 * x)) * std::sin(7 * x + 9 * y);
  return mix(sky(horizon - y, away), {0.93, 0.52, 0.45}, std::max(0.0, cloud - 0.35) * 0.8);
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) return 2;
  constexpr int width = 160, height = 120;
  const flowgauge::RandomStream stream(1, "dusk", "grain");
  flowgauge::distributions::Picture picture{width, height, {}};
  for (int i = 0; i < width * height; ++i) {
    Colour n;
    for (std::uint32_t j = 0; j < 3; ++j) n[j] = stream.normal(static_cast<std::uint64_t>(i), j);
    const Colour c = scene((i % width + 0.5) / width, (i / width + 0.5) / height, n);
    for (std::size_t j = 0; j < 3; ++j)
      picture.rgb.push_back(static_cast<std::uint8_t>(std::clamp(255 * c[j] + 2.5 * n[j] + 0.5, 0.0, 255.0)));
  }
  std::ofstream file(words[1], std::ios::binary);
  file << flowgauge::distributions::png_bytes(picture);
  return file.good() ? 0 : 1;
}
