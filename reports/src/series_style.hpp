// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <flowgauge/reports/figure.hpp>

/// How the i-th series of a figure looks: colour, dash and point together, so that colour is never alone.
namespace flowgauge::reports {

inline constexpr std::array<int, 8> point_types{7, 5, 9, 13, 11, 6, 4, 8};
inline constexpr std::array<std::string_view, 8> dashes{"", "8,3", "2,3", "8,3,2,3", "14,3", "5,5", "1,4", "14,3,2,3,2,3"};

inline std::string gnuplot_colour(std::size_t i) { return series_colours[i] == "currentColor" ? "black" : std::string{series_colours[i]}; }
inline std::string gnuplot_dash(std::size_t i) { return dashes[i].empty() ? "solid" : "(" + std::string{dashes[i]} + ")"; }

}  // namespace flowgauge::reports
