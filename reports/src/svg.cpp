// SPDX-License-Identifier: MIT
#include "svg.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include <fmt/format.h>

#include <flowgauge/reports/figure.hpp>

namespace flowgauge::reports {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
}

void remove_all(std::string& text, std::string_view open, std::string_view close) {
  for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    const std::size_t end = text.find(close, at);
    if (end == std::string::npos) return;
    text.erase(at, end + close.size() - at);
  }
}

/// gnuplot's way to write "#0072b2".
std::string spaced_rgb(std::string_view hex) {
  int value = 0;
  std::from_chars(hex.data() + 1, hex.data() + hex.size(), value, 16);
  return fmt::format("rgb({:3},{:4},{:4})", value >> 16, (value >> 8) & 255, value & 255);
}

}  // namespace

std::string inline_svg(std::string svg, std::string_view name) {
  svg.erase(0, std::min(svg.find("<svg"), svg.size()));
  remove_all(svg, "<title>", "</title>");
  remove_all(svg, "<desc>", "</desc>");
  remove_all(svg, "<filter", "</filter>");
  remove_all(svg, "<rect x=\"0\" y=\"0\"", "/>");
  for (const char* const quote : {"'", "\""}) {
    replace_all(svg, fmt::format(" id={}", quote), fmt::format(" id={}{}_", quote, name));
    replace_all(svg, fmt::format("href={}#", quote), fmt::format("href={}#{}_", quote, name));
    replace_all(svg, fmt::format("={0}black{0}", quote), fmt::format("={0}currentColor{0}", quote));
  }
  replace_all(svg, "url(#", fmt::format("url(#{}_", name));
  for (std::size_t i = 0; i < series_colours.size(); ++i) {
    if (series_colours[i].front() != '#') continue;
    replace_all(svg, spaced_rgb(series_colours[i]), fmt::format("var(--series-{}, {})", i, series_colours[i]));
  }
  replace_all(svg, "<svg", "<svg role=\"img\" class=\"plot\"");
  return svg;
}

}  // namespace flowgauge::reports
