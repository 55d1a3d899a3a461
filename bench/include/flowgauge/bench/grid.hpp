// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/picture.hpp>
#include <flowgauge/fit.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A grid file: which flows are fitted to which sources, and how. Every key is described in grids/quick.toml.
namespace flowgauge::bench {

/// Fixed rows, drawn once or from a file, or fresh rows at every step.
enum class Training { fresh, fixed };

/// How a cell is fitted.
struct FitPlan {
  FitOptions options;             ///< steps is what the fit does, also where the grid counts epochs
  Training training = Training::fresh;
  Index n_train = 0;              ///< rows of a fixed training set of a source; of a data set: all that are not held out
  Index epochs = 0;               ///< 0: steps counts
};

/// How it is evaluated.
struct EvaluationPlan {
  Index n_eval = 100'000;         ///< fresh rows of a source
  Index n_trace = 2'000;          ///< rows of a step trace
  Index trace_points = 50;        ///< steps of a step trace, evenly in log(step); 0: no step trace
  double held_out = 0.2;          ///< share of a data set that is not trained on
};

/// One cell: a flow fitted to a source or a data set with a seed.
struct GridCell {
  std::string id;                 ///< "c_" and 16 hex digits: hash of `text`
  std::string text;               ///< canonical: everything that changes the numbers, and nothing else
  std::string source;             ///< canonical text of a source; of a data set its file name
  std::filesystem::path data;     ///< the data set's file; empty for a source
  std::string data_hash;          ///< of its content
  distributions::Colours colours = distributions::Colours::dequantised;  ///< where it is a picture
  std::string flow_name, flow;    ///< as the grid names it; canonical spec
  std::filesystem::path model;    ///< a model file that is evaluated as it is; empty: the flow is fitted
  std::string model_hash;         ///< SHA-256 of its canonical text
  int dim = 0;
  std::uint64_t seed = 0;
  std::string dtype;              ///< of the fit: float32 or float64
  FitPlan fit;
  EvaluationPlan evaluation;
};

struct Grid {
  std::string name;
  std::filesystem::path path;
  std::string text;               ///< of the file
  std::string hash;               ///< SHA-256 of the cells' canonical texts, in hex: comments and layout do not change it
  std::vector<GridCell> cells;    ///< in the order of the file
};

/// ConfigError "FILE:LINE: sentence": does not parse, unknown key (with the nearest one), wrong type, out of range, unknown source or layer, a flow
/// that has no name in [flows], a cell that comes twice. DataError: the file or a data set cannot be read.
/// `data`: these files stand for the data sets of every block that has some.
Grid read_grid(const std::filesystem::path& path, const std::vector<std::string>& data = {});
/// The same from text; data sets are looked for beside `path`, then in the current folder.
Grid parse_grid(std::string_view text, const std::filesystem::path& path, const std::vector<std::string>& data = {});

}  // namespace flowgauge::bench
