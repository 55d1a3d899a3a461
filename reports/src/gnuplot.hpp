// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace flowgauge::reports {

/// A script and its data, to stand as `name`.gp and `name`.dat; the script writes `name`.svg.
struct Plot {
  std::string name, script, data;
};

/// Runs all scripts in one gnuplot process inside `folder`. Nothing where it ran to the end; else a sentence for the reader.
std::string run_gnuplot(const std::vector<Plot>& plots, const std::filesystem::path& folder, const std::string& program);

}  // namespace flowgauge::reports
