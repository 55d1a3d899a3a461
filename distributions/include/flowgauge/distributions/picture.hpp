// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/dataset.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Pictures as data sets: a pixel is a row of three numbers.
namespace flowgauge::distributions {

/// Red, green and blue of 8 bits each, pixel by pixel, row by row from the top.
struct Picture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;  ///< 3·width·height
};

/// A channel c of 0 … 255 becomes Φ⁻¹((c + u)/256).
enum class Colours {
  dequantised,  ///< u uniform in (0, 1): a density exists, and its cross-entropy bounds that of bytes (Theis et al., arXiv 1511.01844, eq. 5)
  raw           ///< u = ½: 256 atoms a channel, on which the likelihood of a bendable flow has no bound
};

/// Whether these are the first bytes of a PNG or a JPEG file.
bool is_picture(std::string_view bytes);
/// PNG (8 bits, colour, opaque) or JPEG (colour) from the bytes of a file; `path` stands in messages. DataError: cut off, damaged, grey, 16 bits,
/// transparent, CMYK, without pixels, more than 2²⁸ of them.
Picture parse_picture(std::string_view bytes, const std::string& path);
/// The bytes of a PNG file. ShapeError where rgb has not 3·width·height numbers.
std::string png_bytes(const Picture&);

/// n × 3 numbers of n pixels. The u of a row and a channel come from (`hash`, row, channel) alone: a picture is the same data set for every seed.
Batch<double> colour_numbers(std::span<const std::uint8_t> rgb, Colours, std::string_view hash);
/// The channel that x came from, ⌊256·Φ(x)⌋, at most 255; 0 for NaN.
std::uint8_t colour_channel(double x);
/// −log of what a channel's density is multiplied by from x to bytes, log 256 + log φ(x) in nats: the cross-entropy of bytes in [0, 256)ᵈ is that of
/// x plus the mean of the sum of these over the coordinates of a row.
double byte_correction(double x);

/// A CSV file (see read_csv), or a picture, told by its first bytes. Its columns are red, green, blue.
DataSet read_data(const std::string& path, Colours colours = Colours::dequantised);

}  // namespace flowgauge::distributions
