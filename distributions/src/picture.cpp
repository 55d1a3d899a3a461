// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/picture.hpp>
#include <flowgauge/error.hpp>
#include <flowgauge/normal_quantile.hpp>
#include <flowgauge/real.hpp>

#include "file_text.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>
#include <png.h>
#include <turbojpeg.h>

namespace flowgauge::distributions {
namespace {

constexpr std::string_view png_start = "\x89PNG\r\n\x1a\n", jpeg_start = "\xff\xd8\xff";
constexpr std::int64_t most_pixels = std::int64_t{1} << 28;

[[noreturn]] void refuse(const std::string& path, const std::string& expected, const std::string& got) {
  throw DataError(fmt::format("{}: expected {}, got {}", path, expected, got));
}
void check_size(const std::string& path, std::int64_t width, std::int64_t height) {
  if (width < 1 || height < 1) refuse(path, "a picture with pixels", fmt::format("one of {} × {}", width, height));
  if (width * height > most_pixels) refuse(path, fmt::format("at most {} pixels", most_pixels), fmt::format("{} × {}", width, height));
}

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

/// What libpng says too late or in words for programmers is found here: the end is there, and IHDR (W3C PNG, 11.2.2) says 8 bits of colour.
void check_chunks(std::string_view bytes, const std::string& path) {
  constexpr std::size_t frame = 12;  // length, name, check sum
  std::string_view name;
  for (std::size_t at = png_start.size(); name != "IEND"; at += frame + big_endian(bytes, at)) {
    if (at + frame > bytes.size() || big_endian(bytes, at) > bytes.size() - at - frame) refuse(path, "a whole PNG file", "one that was cut off");
    name = bytes.substr(at + 4, 4);
    if (name != "IHDR" || big_endian(bytes, at) != 13) continue;
    check_size(path, big_endian(bytes, at + 8), big_endian(bytes, at + 12));
    const int depth = bytes[at + 16], colour = bytes[at + 17];
    if (depth == 16) refuse(path, "8 bits a channel", "16");
    if ((colour & 2) == 0) refuse(path, "a colour picture", "a grey one");
  }
}

Picture parse_png(std::string_view bytes, const std::string& path) {
  check_chunks(bytes, path);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, void (*)(png_image*)> freed(&image, png_image_free);
  const auto must = [&](int ok) {
    if (!ok || (image.warning_or_error & 2) != 0) refuse(path, "a PNG file", fmt::format("a damaged one: {}", image.message));
  };
  must(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()));
  const bool alpha = (image.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  image.format = alpha ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
  std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image));
  Picture picture{static_cast<int>(image.width), static_cast<int>(image.height), {}};
  must(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr));
  if (!alpha) {
    picture.rgb = std::move(pixels);
    return picture;
  }
  for (std::size_t i = 0; i < pixels.size(); i += 4) {
    if (pixels[i + 3] != 255) refuse(path, "an opaque picture", "one with transparent pixels");
    picture.rgb.insert(picture.rgb.end(), pixels.begin() + static_cast<std::ptrdiff_t>(i), pixels.begin() + static_cast<std::ptrdiff_t>(i) + 3);
  }
  return picture;
}

Picture parse_jpeg(std::string_view bytes, const std::string& path) {
  const std::unique_ptr<void, int (*)(tjhandle)> reader(tjInitDecompress(), tjDestroy);
  const auto* const data = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto size = static_cast<unsigned long>(bytes.size());
  const auto must = [&](int result) {
    if (result == 0) return;
    const std::string why = tjGetErrorStr2(reader.get());
    if (why.find("remature end") != std::string::npos) refuse(path, "a whole JPEG file", "one that was cut off");
    refuse(path, "a JPEG file", fmt::format("a damaged one: {}", why));
  };
  Picture picture;
  int sampling = 0, space = 0;
  must(tjDecompressHeader3(reader.get(), data, size, &picture.width, &picture.height, &sampling, &space));
  check_size(path, picture.width, picture.height);
  if (space == TJCS_GRAY) refuse(path, "a colour picture", "a grey one");
  if (space == TJCS_CMYK || space == TJCS_YCCK) refuse(path, "red, green and blue", "the four colours of a printer (CMYK)");
  picture.rgb.resize(3 * static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height));
  must(tjDecompress2(reader.get(), data, size, picture.rgb.data(), picture.width, 0, picture.height, TJPF_RGB,
                     TJFLAG_STOPONWARNING | TJFLAG_ACCURATEDCT));
  return picture;
}

}  // namespace

bool is_picture(std::string_view bytes) { return bytes.starts_with(png_start) || bytes.starts_with(jpeg_start); }

Picture parse_picture(std::string_view bytes, const std::string& path) {
  if (bytes.starts_with(png_start)) return parse_png(bytes, path);
  if (bytes.starts_with(jpeg_start)) return parse_jpeg(bytes, path);
  refuse(path, "a PNG or a JPEG file", "neither");
}

std::string png_bytes(const Picture& picture) {
  if (picture.width < 1 || picture.height < 1 || picture.rgb.size() != 3 * std::size_t(picture.width) * std::size_t(picture.height)) {
    throw ShapeError(fmt::format("a picture of {} × {} pixels has three numbers each, got {}", picture.width, picture.height, picture.rgb.size()));
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(size, '\0');
  if (!png_image_write_to_memory(&image, bytes.data(), &size, 0, picture.rgb.data(), 0, nullptr)) {
    throw DataError(fmt::format("a PNG picture cannot be made: {}", image.message));
  }
  bytes.resize(size);
  return bytes;
}

Batch<double> colour_numbers(std::span<const std::uint8_t> rgb, Colours colours, std::string_view hash) {
  const Index rows = static_cast<Index>(rgb.size() / 3);
  Batch<double> x(rows, 3);
  const RandomStream stream(0, "dequantise", hash);  // not a seed of anybody: the data are what they are
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < 3; ++j) {
      const double c = rgb[static_cast<std::size_t>(3 * i + j)];
      const double u = colours == Colours::raw ? 0.5 : stream.uniform(static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(j));
      x(i, j) = c < 128 ? normal_quantile((c + u) / 256) : -normal_quantile((256 - c - u) / 256);  // the nearer end keeps its digits
    }
  return x;
}

std::uint8_t colour_channel(double x) {
  const double c = std::floor(256 * normal_cdf(x));
  return c >= 0 ? static_cast<std::uint8_t>(std::min(c, 255.0)) : std::uint8_t{0};
}

double byte_correction(double x) { return std::log(256.0) - Constants<double>::half_log_two_pi() - x * x / 2; }

DataSet read_data(const std::string& path, Colours colours) {
  const std::string text = file_text(path);
  if (!is_picture(text)) return parse_csv(text, path);
  const Picture picture = parse_picture(text, path);
  std::string hash = content_hash(text);
  Batch<double> rows = colour_numbers(picture.rgb, colours, hash);
  return {std::move(rows), {"red", "green", "blue"}, path, std::move(hash), true};
}

}  // namespace flowgauge::distributions
