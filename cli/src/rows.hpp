// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distribution.hpp>
#include <flowgauge/distributions/dataset.hpp>
#include <flowgauge/model.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace flowgauge::cli {

/// An endless sample: fills rows first_row … of x; returns how many of them hold NaN because an inverse did not converge.
using Sampler = std::function<Index(std::uint64_t first_row, BatchOut<double> x)>;

/// Rows of a source: those of the stream (purpose, its text).
Sampler source_sampler(const Distribution&, std::uint64_t seed, std::string_view purpose);
/// Rows of a model: x = f⁻¹(z), z ~ N(0, I) of the stream ("model-sample", its flow). ConfigError when the flow has no inverse.
Sampler model_sampler(const Model&, std::uint64_t seed);

/// The rows of a file: CSV, or the colours of a picture, "dequantised" or "raw".
distributions::DataSet read_rows(const std::string& path, std::string_view colours);

/// "x1,x2": the header of d columns, with its line end.
std::string csv_header(int dim);
/// Shortest decimals that read back to the same numbers, a line a row.
std::string csv_rows(BatchIn<double>);

}  // namespace flowgauge::cli
