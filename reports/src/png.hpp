// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace flowgauge::reports {

using Colour8 = std::array<std::uint8_t, 3>;

/// A picture of numbered colours, row by row from the top: `pixels` has width × height numbers below palette.size() ≤ 256.
struct Raster {
  std::size_t width = 0, height = 0;
  std::vector<std::uint8_t> pixels;
  std::vector<Colour8> palette;
};

/// The bytes of a PNG file (W3C Recommendation 2003), not compressed: a picture of some thousand pixels needs no library.
std::string png(const Raster& raster);

/// data:image/png;base64,… : the picture as the source of an <img> in a page that stands alone.
std::string data_address(const Raster& raster);
/// The same for the bytes of a file.
std::string data_address(std::string_view png);

}  // namespace flowgauge::reports
