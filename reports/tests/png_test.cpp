// SPDX-License-Identifier: MIT
#include "png.hpp"

#include <gtest/gtest.h>

#include <flowgauge/reports/error.hpp>

namespace flowgauge::reports {
namespace {

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    constexpr const char* digits = "0123456789abcdef";
    text += digits[static_cast<unsigned char>(byte) >> 4];
    text += digits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

/// Byte for byte what the specification asks for; the sums are those of an independent program (Python's zlib).
TEST(Png, HasTheBytesOfTheSpecification) {
  const std::string bytes = png({2, 1, {0, 1}, {{255, 0, 0}, {0, 0, 255}}});
  EXPECT_EQ(hex(bytes),
            "89504e470d0a1a0a0000000d4948445200000002000000010803000000c3fc8fb800000006504c5445ff00000000ff6c"
            "a1fd8e0000000e494441547801010300fcff000001000400020b218b710000000049454e44ae426082");
}

TEST(Png, AddressIsBase64OfTheFile) {
  const std::string address = data_address({2, 1, {0, 1}, {{255, 0, 0}, {0, 0, 255}}});
  EXPECT_EQ(address,
            "data:image/png;base64,"
            "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAMAAADD/I+4AAAABlBMVEX/AAAAAP9sof2OAAAADklEQVR4AQEDAPz/AAABAAQA"
            "Agshi3EAAAAASUVORK5CYII=");
}

TEST(Png, RefusesWhatIsNoPicture) {
  EXPECT_THROW(png({2, 2, {0, 0, 0}, {{0, 0, 0}}}), ReportError);
  EXPECT_THROW(png({1, 1, {1}, {{0, 0, 0}}}), ReportError);
  EXPECT_THROW(png({0, 0, {}, {}}), ReportError);
}

}  // namespace
}  // namespace flowgauge::reports
