// SPDX-License-Identifier: MIT
#include "colour_scale.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "html.hpp"

namespace flowgauge::reports {
namespace {

using Colour = std::array<double, 3>;

// From pale green over blue-green to deep blue: lightness falls evenly, so that it also reads in grey and without colour vision.
constexpr std::array<Colour, 6> stops{{{226, 241, 226}, {170, 214, 190}, {104, 179, 172}, {62, 138, 152}, {46, 96, 132}, {42, 54, 100}}};

Colour colour_at(double part) {
  const double place = std::clamp(part, 0.0, 1.0) * (stops.size() - 1);
  const std::size_t below = std::min(static_cast<std::size_t>(place), stops.size() - 2);
  Colour colour{};
  for (std::size_t i = 0; i < 3; ++i) colour[i] = stops[below][i] + (place - static_cast<double>(below)) * (stops[below + 1][i] - stops[below][i]);
  return colour;
}

std::string css(const Colour& colour) { return fmt::format("rgb({:.0f} {:.0f} {:.0f})", colour[0], colour[1], colour[2]); }

double luminance(const Colour& colour) {
  const auto linear = [](double channel) {
    const double part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2]);
}

}  // namespace

ColourScale::ColourScale(double lowest, double highest) : low_(std::log(lowest)), high_(std::log(highest)) {}

std::string ColourScale::style(double value) const {
  const double part = value <= 0 || high_ <= low_ ? 0 : (std::log(value) - low_) / (high_ - low_);
  const Colour colour = colour_at(part);
  const bool light = (luminance(colour) + 0.05) / 0.05 > 1.05 / (luminance(colour) + 0.05);
  return fmt::format("background:{};color:{}", css(colour), light ? "#111" : "#fff");
}

std::string ColourScale::html(const std::string& unit) const {
  std::string colours;
  for (const Colour& stop : stops) colours += ", " + css(stop);
  return fmt::format(
      "<div class=\"scale\"><span>{} {}</span><i style=\"background:linear-gradient(to right{})\"></i><span>{} {}, logarithmic</span></div>\n",
      html::number(std::exp(low_)), html::escape(unit), colours, html::number(std::exp(high_)), html::escape(unit));
}

}  // namespace flowgauge::reports
