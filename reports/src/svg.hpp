// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace flowgauge::reports {

/// An SVG file of gnuplot made fit to stand inside a page: without XML declaration, titles (they would show as tool tips) and
/// background, with ids that are unique by the prefix `name`, and colours that follow the page.
std::string inline_svg(std::string svg, std::string_view name);

}  // namespace flowgauge::reports
