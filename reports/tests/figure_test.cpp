// SPDX-License-Identifier: MIT
#include <flowgauge/reports/figure.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>

#include <flowgauge/reports/csv.hpp>
#include <flowgauge/reports/error.hpp>

#include "html_check.hpp"

namespace flowgauge::reports {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

Figure line(const std::string& name) {
  Figure figure;
  figure.name = name;
  figure.series = {{"leaky_relu", {0, 1, 2}, {1, 0.1, 0.01}, {0.5, -1, 0.005}, {2, 0.2, 0.02}}};
  figure.y.scale = Scale::logarithmic;
  figure.x.tick_labels = {"data", "softlog", "triangular(upper)"};
  return figure;
}

class Drawn : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("flowgauge-figure-" + std::to_string(std::random_device{}()));
    if (draw({line("probe")}).front().svg.empty()) GTEST_SKIP() << "gnuplot is not installed (package gnuplot-nox)";
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

TEST(Figure, WithoutGnuplotOnPathASentenceNamesThePackage) {
  const char* const path = std::getenv("PATH");
  const std::string kept = path == nullptr ? "" : path;
  ::setenv("PATH", "/nowhere", 1);
  const std::vector<Drawing> drawings = draw({line("one"), line("two")});
  ::setenv("PATH", kept.c_str(), 1);
  ASSERT_EQ(drawings.size(), 2U);
  for (const Drawing& drawing : drawings) {
    EXPECT_TRUE(drawing.svg.empty());
    EXPECT_THAT(drawing.sentence, HasSubstr("gnuplot-nox"));
  }
}

TEST(Figure, AProgramThatFailsIsQuoted) {
  const Drawing drawing = draw({line("one")}, {{}, "false"}).front();
  EXPECT_TRUE(drawing.svg.empty());
  EXPECT_THAT(drawing.sentence, HasSubstr("false stopped with an error"));
}

TEST(Figure, NothingFiniteGivesASentence) {
  Figure figure = line("nothing");
  figure.series[0].y = {HUGE_VAL, -1, std::nan("")};
  EXPECT_EQ(draw({figure}).front().sentence, "No figure: there is no finite value to draw.");
}

TEST(Figure, BadInputIsRefused) {
  EXPECT_THROW(draw({line("Bad Name")}), ReportError);
  EXPECT_THROW(draw({line("../up")}), ReportError);
  Figure many = line("many");
  many.series.resize(9, many.series.front());
  EXPECT_THROW(draw({many}), ReportError);
  Figure uneven = line("uneven");
  uneven.series[0].y.pop_back();
  EXPECT_THROW(draw({uneven}), ReportError);
}

TEST_F(Drawn, SvgIsFitToBeInlined) {
  const std::vector<Drawing> drawings = draw({line("one"), line("two")}, {folder_, "gnuplot"});
  const std::string both = "<div>" + drawings[0].svg + drawings[1].svg + "</div>";
  EXPECT_EQ(first_fault(both), "");  // well formed, and no id twice
  EXPECT_EQ(drawings[0].svg.rfind("<svg", 0), 0U);
  EXPECT_THAT(both, Not(HasSubstr("<title>")));
  EXPECT_THAT(both, Not(HasSubstr("black")));
  EXPECT_THAT(both, HasSubstr("currentColor"));
  EXPECT_THAT(both, HasSubstr("var(--series-0, #0072b2)"));
  EXPECT_THAT(both, HasSubstr(">triangular(upper)<"));
  EXPECT_TRUE(fs::exists(folder_ / "one.gp"));
  EXPECT_TRUE(fs::exists(folder_ / "two.dat"));
  EXPECT_TRUE(fs::exists(folder_ / "two.svg"));
}

TEST_F(Drawn, TextsAreNeverCode) {
  Figure figure = line("attack");
  const std::string text = "'; system('touch hacked') #`touch hacked`%s @x \" \\ \n <b>";
  figure.x.label = figure.y.label = text;
  figure.series[0].name = text;
  figure.x.tick_labels = {text, "50%", "leaky_relu"};
  figure.lines = {{text, 0.5}};
  const Drawing drawing = draw({figure}, {folder_, "gnuplot"}).front();
  EXPECT_EQ(drawing.sentence, "");
  EXPECT_FALSE(fs::exists(folder_ / "hacked"));
  EXPECT_THAT(drawing.svg, HasSubstr(">50%<"));
  EXPECT_THAT(drawing.svg, HasSubstr(">leaky_relu<"));  // no subscript
  EXPECT_THAT(drawing.svg, HasSubstr("touch hacked"));
  EXPECT_THAT(drawing.svg, HasSubstr("&lt;b>"));
  EXPECT_EQ(first_fault(drawing.svg), "");
}

TEST_F(Drawn, LongSeriesAreThinnedWithBothEndsKept) {
  Figure figure;
  figure.name = "long";
  Series series;
  series.name = "kl";
  for (int i = 1; i <= 100000; ++i) {
    series.x.push_back(i);
    series.y.push_back(1.0 / i);
  }
  figure.series = {series};
  figure.x.scale = figure.y.scale = Scale::logarithmic;
  draw({figure}, {folder_, "gnuplot"});
  const std::string data = read_text(folder_ / "long.dat");
  const auto lines = std::count(data.begin(), data.end(), '\n');
  EXPECT_LE(lines, 205);
  EXPECT_GE(lines, 100);
  EXPECT_THAT(data, HasSubstr("\n1\t1\t"));
  EXPECT_THAT(data, HasSubstr("\n100000\t1e-05\t"));
}

TEST_F(Drawn, ValuesThatCannotBeDrawnLeaveAGap) {
  Figure figure = line("gap");
  figure.series[0] = {"kl", {0, 1, 2}, {1, HUGE_VAL, 0.1}, {}, {}};
  draw({figure}, {folder_, "gnuplot"});
  EXPECT_THAT(read_text(folder_ / "gap.dat"), HasSubstr("\n1\tNaN\t"));
}

}  // namespace
}  // namespace flowgauge::reports
