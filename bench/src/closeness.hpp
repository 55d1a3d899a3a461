// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distribution.hpp>
#include <flowgauge/flow.hpp>
#include <flowgauge/reports/rows.hpp>

#include <filesystem>
#include <memory>
#include <vector>

/// What the finished cells of a run say about one another. All of it follows from cells.csv and models/ alone: it is the same whatever the number
/// of jobs, and the same after a run that was interrupted and taken up again. Cells whose model file is gone are left out.
namespace flowgauge::bench {

/// KL(P‖q_a) − KL(P‖q_b) = E_P[log q_b(x) − log q_a(x)] for every two flows of one source, dim, seed and number of rows, over the rows that both were
/// evaluated on. One chunk of rows is held at a time.
std::vector<reports::DifferenceRow> paired_differences(const std::vector<reports::CellRow>& cells, const std::filesystem::path& models);

/// log p and log q over the middle of every source of dim 1 or 2: 201 points, or 40 × 40. Of every flow the cell with the lowest seed.
std::vector<reports::DensityRow> densities(const std::vector<reports::CellRow>& cells, const std::filesystem::path& models);

/// The source of a cell, made again from its columns.
std::unique_ptr<Distribution> source_of(const reports::CellRow&);
std::filesystem::path model_file(const std::filesystem::path& models, const reports::CellRow&);
/// Evaluated without trouble, on a source, and its model is still there.
bool has_a_density(const reports::CellRow&, const std::filesystem::path& models);
Flow<double> flow_of(const std::filesystem::path& models, const reports::CellRow&);

}  // namespace flowgauge::bench
