// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

namespace flowgauge::reports {

/// The candidate with the fewest single-character edits to `name`; the first of equals; "" when there is none.
std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& candidates);

}  // namespace flowgauge::reports
