// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>

#include <gtest/gtest.h>

namespace flowgauge {
namespace {

const std::vector<std::string> layers = {"softlog", "softexp", "triangular", "householder"};

TEST(Error, NearestTakesTheSmallestEditDistance) {
  EXPECT_EQ(nearest("softlgo", layers), "softlog");
  EXPECT_EQ(nearest("sofexp", layers), "softexp");
  EXPECT_EQ(nearest("triangluar", layers), "triangular");
  EXPECT_EQ(nearest("softlog", layers), "softlog");
}

TEST(Error, ASwapOfNeighboursIsOneEdit) {
  // Two replacements would tie with "b"; one swap does not.
  EXPECT_EQ(nearest("abcd", std::vector<std::string>{"axcy", "abdc"}), "abdc");
}

TEST(Error, NearestIsEmptyWhenNothingIsNear) {
  EXPECT_EQ(nearest("spline", layers), "");
  EXPECT_EQ(nearest("householdings", layers), "householder");
  EXPECT_EQ(nearest("x", std::vector<std::string>{}), "");
  EXPECT_EQ(nearest("x", std::vector<std::string>{"abc"}), "");
  EXPECT_EQ(nearest("", std::vector<std::string>{"abc", "ab"}), "ab");
}

TEST(Error, EqualDistancesKeepTheFirst) { EXPECT_EQ(nearest("lox", std::vector<std::string>{"log", "lot"}), "log"); }

TEST(Error, UnknownNameIsASentence) {
  EXPECT_EQ(unknown_name("layer", "softlgo", layers),
            "unknown layer 'softlgo'; did you mean 'softlog'? layer is one of: softlog, softexp, triangular, householder");
  EXPECT_EQ(unknown_name("layer", "spline", layers), "unknown layer 'spline'; layer is one of: softlog, softexp, triangular, householder");
  EXPECT_EQ(unknown_name("layer", "spline", std::vector<std::string>{}), "unknown layer 'spline'; there is none to choose from");
}

}  // namespace
}  // namespace flowgauge
