// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace flowgauge::reports {

/// Okabe and Ito's colours, told apart by colour-blind readers and on both grounds ("currentColor" is the colour of the text).
inline constexpr std::array<std::string_view, 8> series_colours{"#0072b2", "#d55e00", "#009e73",      "#cc79a7",
                                                                "#e69f00", "#56b4e9", "currentColor", "#a39100"};

enum class Scale { linear, logarithmic };

struct Axis {
  std::string label;  // quantity and unit: "KL / nat"
  Scale scale = Scale::linear;
  std::vector<std::string> tick_labels;  // when not empty, the texts at 0, 1, 2, …
};

/// A line through (x, y), with a band from low to high where these are given (same length as x, or empty).
/// Points that cannot be drawn (not finite, not positive on a logarithmic axis) leave a gap.
struct Series {
  std::string name;
  std::vector<double> x, y, low, high;
};

struct ReferenceLine {
  std::string label;
  double y = 0;
};

enum class Mark { lines, points };

struct Figure {
  std::string name;  // stem of its files and prefix of its ids; made of a–z, 0–9 and _
  Axis x, y;
  std::vector<Series> series;  // at most 8
  std::vector<ReferenceLine> lines;
  int width = 440, height = 300;
  Mark mark = Mark::lines;  // points: all of them, without a line
};

/// An SVG element to stand in a page, or else a sentence why there is none.
struct Drawing {
  std::string svg;
  std::string sentence;
};

struct FigureOptions {
  std::filesystem::path folder;     // where .gp, .dat, .svg and .pdf of every figure stay; empty: nowhere
  std::string program = "gnuplot";  // looked for on PATH
};

/// Draws all figures with one gnuplot process. Never fails because of gnuplot: the drawings say what is missing.
/// Lines of more than 200 points are thinned to about 200, evenly in log x. Throws ReportError for a bad name, more than
/// 8 series or lengths that do not fit.
std::vector<Drawing> draw(const std::vector<Figure>& figures, const FigureOptions& options = {});

}  // namespace flowgauge::reports
