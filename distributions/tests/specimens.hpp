// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/sources.hpp>

#include <string>
#include <vector>

namespace flowgauge::distributions {

/// Every source of the shelf: with its defaults, and with numbers drawn from the ranges of its options.
std::vector<std::string> specimen_texts();

/// The specimens that are sources of one number.
std::vector<std::string> univariate_texts();

}  // namespace flowgauge::distributions
