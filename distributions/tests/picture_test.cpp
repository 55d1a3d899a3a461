// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/picture.hpp>
#include <flowgauge/error.hpp>
#include <flowgauge/real.hpp>

#include <cmath>
#include <fstream>
#include <memory>

#include <gmock/gmock.h>
#include <png.h>
#include <turbojpeg.h>

namespace flowgauge::distributions {
namespace {

using testing::HasSubstr;

/// Every channel value, and smooth enough for JPEG.
Picture gradient(int width, int height) {
  Picture picture{width, height, {}};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (const int c : {255 * x / (width - 1), 255 * y / (height - 1), 255 - 255 * x / (width - 1)})
        picture.rgb.push_back(static_cast<std::uint8_t>(c));
  return picture;
}

std::string png_of(int width, int height, png_uint_32 format, const std::vector<std::uint8_t>& pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = format;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(size, '\0');
  EXPECT_TRUE(png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr)) << image.message;
  bytes.resize(size);
  return bytes;
}
std::string jpeg_of(const Picture& picture, int format, int sampling) {
  const std::unique_ptr<void, int (*)(tjhandle)> writer(tjInitCompress(), tjDestroy);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const unsigned char* const rgb = picture.rgb.data();
  EXPECT_EQ(tjCompress2(writer.get(), rgb, picture.width, 0, picture.height, format, &bytes, &size, sampling, 95, TJFLAG_ACCURATEDCT), 0);
  std::string text(reinterpret_cast<char*>(bytes), size);
  tjFree(bytes);
  return text;
}
std::string refusal(const std::string& bytes) {
  try {
    parse_picture(bytes, "p");
  } catch (const DataError& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Picture, PngComesBackBitForBit) {
  const Picture picture = gradient(37, 21);
  const std::string bytes = png_bytes(picture);
  EXPECT_TRUE(is_picture(bytes));
  const Picture back = parse_picture(bytes, "p");
  EXPECT_EQ(back.width, 37);
  EXPECT_EQ(back.height, 21);
  EXPECT_EQ(back.rgb, picture.rgb);
  EXPECT_THROW(png_bytes({2, 2, {1, 2, 3}}), ShapeError);
}
TEST(Picture, OpaqueAlphaIsDropped) {
  const Picture picture = gradient(5, 4);
  std::vector<std::uint8_t> pixels;
  for (std::size_t i = 0; i < picture.rgb.size(); i += 3) pixels.insert(pixels.end(), {picture.rgb[i], picture.rgb[i + 1], picture.rgb[i + 2], 255});
  EXPECT_EQ(parse_picture(png_of(5, 4, PNG_FORMAT_RGBA, pixels), "p").rgb, picture.rgb);
  pixels[7] = 254;
  EXPECT_EQ(refusal(png_of(5, 4, PNG_FORMAT_RGBA, pixels)), "p: expected an opaque picture, got one with transparent pixels");
}
TEST(Picture, JpegIsNear) {
  const Picture picture = gradient(64, 48);
  for (const int sampling : {TJSAMP_444, TJSAMP_420}) {
    const Picture back = parse_picture(jpeg_of(picture, TJPF_RGB, sampling), "p");
    ASSERT_EQ(back.rgb.size(), picture.rgb.size());
    double worst = 0;
    for (std::size_t i = 0; i < back.rgb.size(); ++i) worst = std::max(worst, std::abs(double(back.rgb[i]) - double(picture.rgb[i])));
    EXPECT_LT(worst, 16) << sampling;
  }
}

TEST(PictureErrors, CutOffAnywhere) {
  const std::string png = png_bytes(gradient(16, 16)), jpeg = jpeg_of(gradient(64, 64), TJPF_RGB, TJSAMP_420);
  const std::string cut = "p: expected a whole PNG file, got one that was cut off";
  for (std::size_t size = 8; size < png.size(); ++size) EXPECT_EQ(refusal(png.substr(0, size)), cut);
  for (std::size_t size = 3; size < jpeg.size() - 2; size += 7) EXPECT_THAT(refusal(jpeg.substr(0, size)), HasSubstr("p: expected a")) << size;
  EXPECT_EQ(refusal(jpeg.substr(0, jpeg.size() / 2)), "p: expected a whole JPEG file, got one that was cut off");
}
TEST(PictureErrors, Damaged) {
  std::string png = png_bytes(gradient(16, 16));
  png[png.size() - 20] ^= 1;  // in the last data chunk or its check sum
  EXPECT_THAT(refusal(png), HasSubstr("p: expected a PNG file, got a damaged one: "));
  EXPECT_EQ(refusal("GIF89a"), "p: expected a PNG or a JPEG file, got neither");
}
TEST(PictureErrors, WithoutPixels) {
  std::string png = png_bytes(gradient(16, 16));
  std::fill_n(png.begin() + 16, 8, '\0');  // width and height in IHDR
  EXPECT_EQ(refusal(png), "p: expected a picture with pixels, got one of 0 × 0");
}
TEST(PictureErrors, SixteenBitsAndGrey) {
  EXPECT_EQ(refusal(png_of(3, 3, PNG_FORMAT_LINEAR_RGB, std::vector<std::uint8_t>(54, 77))), "p: expected 8 bits a channel, got 16");
  EXPECT_EQ(refusal(png_of(3, 3, PNG_FORMAT_GRAY, std::vector<std::uint8_t>(9, 77))), "p: expected a colour picture, got a grey one");
  EXPECT_EQ(refusal(jpeg_of({8, 8, std::vector<std::uint8_t>(64, 77)}, TJPF_GRAY, TJSAMP_GRAY)), "p: expected a colour picture, got a grey one");
}

TEST(Colours, RawOnesAreTheMiddlesOfTheirCells) {
  const Picture all = gradient(256, 2);
  const Batch<double> x = colour_numbers(all.rgb, Colours::raw, "h");
  for (Index i = 0; i < 256; ++i) {
    EXPECT_NEAR(normal_cdf(x(i, 0)), (static_cast<double>(i) + 0.5) / 256, 1e-15);
    EXPECT_EQ(colour_channel(x(i, 0)), i);
    EXPECT_EQ(x(i, 0), -x(255 - i, 0));
  }
}
TEST(Colours, DequantisedOnesStayInTheirCells) {
  const Picture all = gradient(256, 2);
  const Batch<double> x = colour_numbers(all.rgb, Colours::dequantised, "h"), again = colour_numbers(all.rgb, Colours::dequantised, "h"),
                      other = colour_numbers(all.rgb, Colours::dequantised, "g");
  bool differs = false;
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < 3; ++j) {
      ASSERT_TRUE(std::isfinite(x(i, j)));
      EXPECT_EQ(colour_channel(x(i, j)), all.rgb[static_cast<std::size_t>(3 * i + j)]);
      EXPECT_EQ(x(i, j), again(i, j));
      differs = differs || x(i, j) != other(i, j);
    }
  EXPECT_TRUE(differs);
  EXPECT_EQ(colour_channel(std::nan("")), 0);
  EXPECT_EQ(colour_channel(40), 255);
}
/// A density of x that is normal is flat over bytes: log 256 a channel, wherever x is.
TEST(Colours, NormalNumbersAreUniformBytes) {
  for (const double x : {-3.0, -0.1, 0.0, 2.5}) EXPECT_NEAR(-normal_log_density(x) + byte_correction(x), std::log(256.0), 1e-14);
}

TEST(Colours, ReadDataTellsPicturesFromTables) {
  const std::string path = FLOWGAUGE_SOURCE_DIR "/bench/grids/dusk.png";
  const DataSet dusk = read_data(path);
  EXPECT_TRUE(dusk.picture);
  EXPECT_EQ(dusk.rows.rows(), 160 * 120);
  EXPECT_EQ(dusk.columns, (std::vector<std::string>{"red", "green", "blue"}));
}

}  // namespace
}  // namespace flowgauge::distributions
