// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/bench/grid.hpp>

#include <string>
#include <utility>
#include <vector>

/// A grid file as read: blocks of sources × flows × seeds, names resolved, nothing multiplied out yet.
namespace flowgauge::bench {

/// A text and the line it stands on.
struct Placed {
  std::string text;
  int line = 0;
};

/// One product, everything inherited.
struct GridBlock {
  std::vector<Placed> sources, data, flows;  ///< flows by name
  std::vector<std::uint64_t> seeds;
  std::string dtype = "float32";
  distributions::Colours colours = distributions::Colours::dequantised;
  FitPlan fit;
  EvaluationPlan evaluation;
  int line = 0, epochs_line = 0;
};

struct GridFile {
  std::string name;
  std::vector<std::pair<std::string, Placed>> flows;  ///< name → spec, in the order of the file
  std::vector<GridBlock> blocks;
};

/// ConfigError "ORIGIN:LINE: sentence".
GridFile parse_grid_file(std::string_view text, const std::string& origin);

}  // namespace flowgauge::bench
