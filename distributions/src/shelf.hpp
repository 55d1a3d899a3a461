// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/sources.hpp>

#include <vector>

namespace flowgauge::distributions::shelf {

/// Every source, in the shelf's order. CMake writes the definition from src/shelf/sources.cpp.in.
std::vector<SourceEntry> entries();

}  // namespace flowgauge::distributions::shelf
