// SPDX-License-Identifier: MIT
#pragma once
#include "console.hpp"

#include <flowgauge/distribution.hpp>
#include <flowgauge/distributions/dataset.hpp>
#include <flowgauge/fit.hpp>
#include <flowgauge/model.hpp>

#include <cstdint>
#include <string>

/// What `flowgauge fit` does, whatever its rows come from.
namespace flowgauge::cli {

struct FitRequest {
  std::string flow, dtype = "float32";
  FitOptions options;
  std::int64_t epochs = 0;  ///< of a fixed set of rows; 0: options.steps counts
  std::uint64_t seed = 0;
};

struct Fitted {
  Model model;
  FitResult result;
};

/// Initialises and fits the flow at `dim` coordinates; ConfigError, ShapeError as make_flow and fit.
Fitted fit_flow(const FitRequest&, const TrainingData&, int dim, const Console&);

/// Cross-entropy of the model on the fitted and the held-out rows beside that of the best Gaussian, as a table.
std::string comparison_with_gaussian(const Model&, const distributions::DataSet& fitted, const distributions::DataSet* held_out);
/// KL of the model from its source beside that of the best Gaussian, as a table.
std::string comparison_with_source(const Model&, const Distribution&, Index rows, std::uint64_t seed);

}  // namespace flowgauge::cli
