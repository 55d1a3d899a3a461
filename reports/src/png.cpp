// SPDX-License-Identifier: MIT
#include "png.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include <flowgauge/reports/error.hpp>

namespace flowgauge::reports {
namespace {

constexpr std::size_t longest_block = 65535;  // of a stored block of deflate (RFC 1951, 3.2.4)

std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
  return bytes;
}

/// CRC-32 as in PNG, annex D.
std::uint32_t crc(std::string_view bytes) {
  std::uint32_t sum = 0xffffffff;
  for (const char byte : bytes) {
    sum ^= static_cast<std::uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0xedb88320U : 0U);
  }
  return ~sum;
}

std::uint32_t adler(std::string_view bytes) {
  std::uint32_t low = 1, high = 0;
  for (const char byte : bytes) {
    low = (low + static_cast<std::uint8_t>(byte)) % 65521;
    high = (high + low) % 65521;
  }
  return high << 16 | low;
}

std::string chunk(std::string_view kind, const std::string& data) {
  const std::string named = std::string{kind} + data;
  return big_endian(static_cast<std::uint32_t>(data.size())) + named + big_endian(crc(named));
}

/// A zlib stream of stored blocks (RFC 1950).
std::string stored(const std::string& data) {
  std::string stream = "\x78\x01";
  for (std::size_t first = 0; first < data.size(); first += longest_block) {
    const std::size_t size = std::min(longest_block, data.size() - first);
    const auto low = static_cast<char>(size & 0xff), high = static_cast<char>(size >> 8);
    stream += first + size == data.size() ? '\1' : '\0';
    stream += {low, high, static_cast<char>(~low), static_cast<char>(~high)};
    stream += data.substr(first, size);
  }
  return stream + big_endian(adler(data));
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto at = [&](std::size_t j) { return j < bytes.size() ? static_cast<std::uint8_t>(bytes[j]) : 0U; };
    const std::uint32_t three = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    for (int k = 0; k < 4; ++k) text += i + static_cast<std::size_t>(k) > bytes.size() ? '=' : digits[three >> (18 - 6 * k) & 63];
  }
  return text;
}

}  // namespace

std::string png(const Raster& raster) {
  const bool fits = raster.width > 0 && raster.height > 0 && raster.pixels.size() == raster.width * raster.height && raster.palette.size() <= 256 &&
                    std::all_of(raster.pixels.begin(), raster.pixels.end(), [&](std::uint8_t pixel) { return pixel < raster.palette.size(); });
  if (!fits) {
    throw ReportError(fmt::format("a picture of {} × {} needs as many numbers, each below the {} colours of its palette; got {} numbers",
                                  raster.width, raster.height, raster.palette.size(), raster.pixels.size()));
  }
  std::string palette, rows;
  for (const Colour8& colour : raster.palette)
    for (const std::uint8_t channel : colour) palette += static_cast<char>(channel);
  for (std::size_t row = 0; row < raster.height; ++row) {
    rows += '\0';  // no filter
    rows.append(reinterpret_cast<const char*>(raster.pixels.data()) + row * raster.width, raster.width);
  }
  const std::string kind{'\x08', '\x03', '\0', '\0', '\0'};  // 8 bits a pixel, numbered colours
  const std::string size = big_endian(static_cast<std::uint32_t>(raster.width)) + big_endian(static_cast<std::uint32_t>(raster.height));
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", size + kind) + chunk("PLTE", palette) + chunk("IDAT", stored(rows)) + chunk("IEND", {});
}

std::string data_address(const Raster& raster) { return data_address(png(raster)); }
std::string data_address(std::string_view png) { return "data:image/png;base64," + base64(png); }

}  // namespace flowgauge::reports
