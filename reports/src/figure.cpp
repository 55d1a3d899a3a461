// SPDX-License-Identifier: MIT
#include <flowgauge/reports/figure.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <system_error>

#include <fmt/format.h>

#include <flowgauge/reports/csv.hpp>
#include <flowgauge/reports/error.hpp>

#include "gnuplot.hpp"
#include "series_style.hpp"
#include "svg.hpp"

namespace flowgauge::reports {
namespace {

constexpr std::size_t most_points = 200;

/// A text as a gnuplot string. Between single quotes nothing is substituted or executed, and only a quote could end it early
/// (gnuplot 5.4 does not take a doubled one at the start for a quote), so it becomes an apostrophe.
std::string gnuplot_string(std::string_view text) {
  std::string out = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      out += "\xe2\x80\x99";  // U+2019
    } else {
      out += static_cast<unsigned char>(letter) < 32 ? ' ' : letter;
    }
  }
  return out += '\'';
}

/// A tick label is a format to gnuplot, so a % is written twice.
std::string gnuplot_tick(std::string_view text) {
  std::string doubled;
  for (const char letter : text) doubled.append(letter == '%' ? 2 : 1, letter);
  return gnuplot_string(doubled);
}

bool drawable(double value, Scale scale) { return std::isfinite(value) && (scale == Scale::linear || value > 0); }

std::string number(double value, Scale scale) { return drawable(value, scale) ? fmt::format("{}", value) : "NaN"; }

/// Which points are kept: all of a short series and of one without a line, else about 200, evenly in the logarithm of their number.
std::vector<std::size_t> kept_points(std::size_t count, Mark mark) {
  std::vector<std::size_t> kept;
  if (count <= most_points || mark == Mark::points) {
    for (std::size_t i = 0; i < count; ++i) kept.push_back(i);
    return kept;
  }
  for (std::size_t i = 0; i < most_points; ++i) {
    const double exponent = static_cast<double>(i) / (most_points - 1);
    const auto at = std::min(static_cast<std::size_t>(std::pow(static_cast<double>(count), exponent)), count) - 1;
    if (kept.empty() || at > kept.back()) kept.push_back(at);
  }
  if (kept.back() != count - 1) kept.push_back(count - 1);
  return kept;
}

void check(const Figure& figure) {
  const bool named = !figure.name.empty() && figure.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  if (!named) throw ReportError(fmt::format("a figure's name is made of a-z, 0-9 and _, got '{}'", figure.name));
  if (figure.series.size() > series_colours.size()) {
    throw ReportError(fmt::format("figure {}: expected at most {} series, got {}", figure.name, series_colours.size(), figure.series.size()));
  }
  for (const Series& series : figure.series) {
    const std::size_t count = series.x.size();
    const auto fits = [count](const std::vector<double>& band) { return band.empty() || band.size() == count; };
    if (series.y.size() != count || !fits(series.low) || !fits(series.high) || series.low.empty() != series.high.empty()) {
      throw ReportError(fmt::format("figure {}, series '{}': x, y, low and high need one length, got {}, {}, {}, {}", figure.name, series.name, count,
                                    series.y.size(), series.low.size(), series.high.size()));
    }
  }
}

/// On a logarithmic axis bands reach down to a third of the lowest point at most: an end at or below 0 has no place there.
double band_floor(const Figure& figure) {
  if (figure.y.scale == Scale::linear) return -std::numeric_limits<double>::infinity();
  double lowest = std::numeric_limits<double>::infinity();
  for (const Series& series : figure.series) {
    for (const double y : series.y) {
      if (drawable(y, Scale::logarithmic)) lowest = std::min(lowest, y);
    }
  }
  return lowest / 3;
}

bool has_point(const Figure& figure) {
  for (const Series& series : figure.series) {
    for (std::size_t i = 0; i < series.x.size(); ++i) {
      if (drawable(series.x[i], figure.x.scale) && drawable(series.y[i], figure.y.scale)) return true;
    }
  }
  return false;
}

/// One block a series, columns x, y, low, high; blocks are parted by two empty lines, gnuplot's `index`.
std::string data_of(const Figure& figure) {
  const double floor = band_floor(figure);
  std::string text;
  for (const Series& series : figure.series) {
    text += "# x\ty\tlow\thigh\n";
    for (const std::size_t i : kept_points(series.x.size(), figure.mark)) {
      const bool band = !series.low.empty();
      text += fmt::format("{}\t{}\t{}\t{}\n", number(series.x[i], figure.x.scale), number(series.y[i], figure.y.scale),
                          band ? number(std::max(series.low[i], floor), figure.y.scale) : "NaN",
                          band ? number(std::max(series.high[i], floor), figure.y.scale) : "NaN");
    }
    text += "\n\n";
  }
  return text;
}

std::string axis_commands(char letter, const Axis& axis) {
  std::string text = fmt::format("set {}label {} noenhanced{}\nset format {} '%g'\n", letter, gnuplot_string(axis.label),
                                 letter == 'x' ? " offset 0,0.5" : "", letter);
  if (axis.scale == Scale::logarithmic) text += fmt::format("set logscale {}\n", letter);
  if (axis.tick_labels.empty()) return text;
  text += fmt::format("set {}tics noenhanced rotate by 40 right (", letter);
  for (std::size_t i = 0; i < axis.tick_labels.size(); ++i) {
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", gnuplot_tick(axis.tick_labels[i]), i);
  }
  return text + fmt::format(")\nset {}range [-0.3:{}]\n", letter, static_cast<double>(axis.tick_labels.size()) - 0.7);
}

/// Room under the axis for slanted tick labels, in pixels: 7 a letter, times the sine of their slope.
int label_height(const Axis& axis) {
  std::size_t longest = 0;
  for (const std::string& label : axis.tick_labels) longest = std::max(longest, label.size());
  return static_cast<int>(static_cast<double>(longest) * 7 * 0.64);
}

std::string script_of(const Figure& figure) {
  const int below = label_height(figure.x), height = figure.height + below;
  std::string plots;
  const auto add = [&plots](const std::string& part) { plots += (plots.empty() ? "plot " : ", \\\n     ") + part; };
  const std::string file = gnuplot_string(figure.name + ".dat");
  for (std::size_t i = 0; i < figure.series.size(); ++i) {
    const std::string colour = gnuplot_colour(i);
    if (figure.series[i].low.empty()) continue;
    add(fmt::format("{} index {} using 1:3:4 with filledcurves linecolor rgb '{}' fillstyle transparent solid 0.18 noborder notitle", file, i,
                    colour));
  }
  for (const ReferenceLine& line : figure.lines) {
    if (!drawable(line.y, figure.y.scale)) continue;
    add(fmt::format("{} with lines linecolor rgb '#888888' linewidth 1.2 dashtype (2,4) title {}", line.y, gnuplot_string(line.label)));
  }
  for (std::size_t i = 0; i < figure.series.size(); ++i) {
    if (figure.mark == Mark::points) {
      add(fmt::format("{} index {} using 1:2 with points pointtype 7 pointsize 0.18 linecolor rgb '{}' title {}", file, i, gnuplot_colour(i),
                      gnuplot_string(figure.series[i].name)));
      continue;
    }
    const std::string style = figure.x.tick_labels.empty() ? "lines" : fmt::format("linespoints pointsize 0.6 pointtype {}", point_types[i]);
    add(fmt::format("{} index {} using 1:2 with {} linecolor rgb '{}' linewidth 1.8 dashtype {} title {}", file, i, style, gnuplot_colour(i),
                    gnuplot_dash(i), gnuplot_string(figure.series[i].name)));
  }
  return fmt::format(
      "# gnuplot {0}.gp makes {0}.svg and, where the pdfcairo terminal is there, {0}.pdf. Change it as you like.\n"
      "reset\n"
      "set terminal svg size {1},{2} dynamic noenhanced name '{0}' font 'sans,12'\n"
      "set output '{0}.svg'\n"
      "set datafile separator '\\t'\n"
      "set border 3\nset tics nomirror out scale 0.5\nset grid ytics linecolor rgb '#888888' linewidth 0.3\n"
      "{3}{4}unset key\nset rmargin 3.5\nset bmargin at screen {5}\n"
      "{6}\n"
      "unset output\n"
      "if (strstrt(GPVAL_TERMINALS, 'pdfcairo') > 0) {{\n"
      "  set terminal pdfcairo size {7}in,{8}in noenhanced font 'sans,9'\n"
      "  set output '{0}.pdf'\n"
      "  set key below noenhanced\n  unset bmargin\n"
      "  replot\n"
      "  unset output\n"
      "}}\n",
      figure.name, figure.width, height, axis_commands('x', figure.x), axis_commands('y', figure.y),
      static_cast<double>((figure.x.label.empty() ? 24 : 56) + below) / height, plots, figure.width / 96.0, height / 96.0);
}

/// A folder that is removed at the end, or the one that the caller wants to keep.
class Workshop {
 public:
  explicit Workshop(const std::filesystem::path& wanted) : folder_(wanted), keep_(!wanted.empty()) {
    if (keep_) {
      std::filesystem::create_directories(folder_, code_);
      return;
    }
    std::string pattern = (std::filesystem::temp_directory_path() / "flowgauge-figures-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) code_ = std::error_code(errno, std::generic_category());
    folder_ = pattern;
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  ~Workshop() {
    std::error_code ignored;
    if (!keep_ && !code_) std::filesystem::remove_all(folder_, ignored);
  }

  const std::filesystem::path& folder() const { return folder_; }
  const std::error_code& code() const { return code_; }

 private:
  std::filesystem::path folder_;
  bool keep_;
  std::error_code code_;
};

}  // namespace

std::vector<Drawing> draw(const std::vector<Figure>& figures, const FigureOptions& options) {
  std::vector<Drawing> drawings(figures.size());
  std::vector<Plot> plots;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    check(figures[i]);
    if (has_point(figures[i])) {
      plots.push_back({figures[i].name, script_of(figures[i]), data_of(figures[i])});
    } else {
      drawings[i].sentence = "No figure: there is no finite value to draw.";
    }
  }
  if (plots.empty()) return drawings;

  const Workshop workshop(options.folder);
  if (workshop.code()) throw ReportError(fmt::format("cannot make the folder {}: {}", workshop.folder().string(), workshop.code().message()));
  const std::string sentence = run_gnuplot(plots, workshop.folder(), options.program);
  for (std::size_t i = 0; i < figures.size(); ++i) {
    if (!drawings[i].sentence.empty()) continue;
    const std::filesystem::path path = workshop.folder() / (figures[i].name + ".svg");
    const std::string svg = std::filesystem::exists(path) ? read_text(path) : std::string{};
    if (sentence.empty() && svg.find("</svg>") != std::string::npos) {
      drawings[i].svg = inline_svg(svg, figures[i].name);
    } else {
      drawings[i].sentence = sentence.empty() ? "No figure: gnuplot wrote none." : sentence;
    }
  }
  return drawings;
}

}  // namespace flowgauge::reports
