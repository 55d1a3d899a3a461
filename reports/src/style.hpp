// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace flowgauge::reports::html {

/// What every page carries inside: its look, and the script that sorts tables (the pages are complete without it).
extern const std::string_view style_sheet;
extern const std::string_view sorting_script;

}  // namespace flowgauge::reports::html
