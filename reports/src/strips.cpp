// SPDX-License-Identifier: MIT
#include "strips.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "html.hpp"

namespace flowgauge::reports {
namespace {

constexpr double label_width = 250, plot_width = 560, aside_width = 110, line_height = 22, top = 6;

bool drawable(double value) { return std::isfinite(value) && value > 0; }

/// Powers of ten around all values.
struct LogAxis {
  double low = HUGE_VAL, high = -HUGE_VAL;

  void hold(double value) {
    low = std::min(low, std::floor(std::log10(value)));
    high = std::max(high, std::ceil(std::log10(value)));
  }
  double x(double value) const { return label_width + plot_width * (std::log10(value) - low) / (high - low); }
};

std::string upright(double x, double height, const char* style) {
  return fmt::format("<path d=\"M{0:.1f},{1} V{2}\" stroke=\"currentColor\" {3}/>", x, top, top + height, style);
}

}  // namespace

std::string strip_plot(const std::vector<Strip>& strips, std::string_view axis, double limit) {
  LogAxis place;
  for (const Strip& strip : strips) {
    for (const double value : strip.values) {
      if (drawable(value)) place.hold(value);
    }
  }
  if (place.low > place.high) return {};
  if (limit > 0) place.hold(limit);
  if (place.low == place.high) place.high += 1;
  const double height = line_height * static_cast<double>(strips.size());
  std::string marks;
  const int decades = static_cast<int>(place.high - place.low), each = decades / 9 + 1;
  for (int i = 0; i <= decades; i += each) {
    const double value = std::pow(10, place.low + i), x = place.x(value);
    marks += upright(x, height, "stroke-opacity=\".2\"");
    marks += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>", x, top + height + 15, html::number(value));
  }
  if (limit > 0) marks += upright(place.x(limit), height, "stroke-dasharray=\"4,3\"");
  for (std::size_t i = 0; i < strips.size(); ++i) {
    const double y = top + line_height * (static_cast<double>(i) + 0.5);
    std::size_t absent = 0;
    marks += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>", label_width - 12, y + 4, html::escape(strips[i].label));
    for (const double value : strips[i].values) {
      if (drawable(value)) {
        marks += fmt::format("<circle cx=\"{:.1f}\" cy=\"{}\" r=\"4\"/>", place.x(value), y);
      } else {
        ++absent;
      }
    }
    if (absent > 0) marks += fmt::format("<text x=\"{}\" y=\"{}\">+ {} not drawn</text>", label_width + plot_width + 12, y + 4, absent);
  }
  const double width = label_width + plot_width + aside_width;
  marks +=
      fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>", label_width + plot_width / 2, top + height + 32, html::escape(axis));
  return fmt::format("<div class=\"scroll\"><svg class=\"strips\" viewBox=\"0 0 {} {}\" width=\"{}\" role=\"img\">{}</svg></div>\n", width,
                     top + height + 40, width, marks);
}

}  // namespace flowgauge::reports
