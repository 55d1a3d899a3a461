// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/reports/rows.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <vector>

/// Times of layers through Google Benchmark: layer × direction × dim × batch × dtype, on one thread.
namespace flowgauge::bench {

struct ThroughputOptions {
  std::vector<std::string> layers;                      ///< specs; empty: the specimens of every member, and couplings
  std::string only = "*";                               ///< glob over the layer's canonical text
  std::vector<std::string> directions{"forward", "inverse", "train"};
  std::vector<int> dims{2, 16, 64};
  std::vector<std::int64_t> batches{10'000};
  std::vector<std::string> dtypes{"float32", "float64"};
  double seconds = 0.1;                                 ///< least time of a repetition
  int repetitions = 5;
  std::uint64_t seed = 1;
  std::string flowgauge_version, git_rev;               ///< for the rows
  std::function<void(const std::string& line)> progress;  ///< a line for each finished case
  const std::atomic<bool>* stop = nullptr;
};

/// One row a repetition. direction: forward and inverse (value and log_det), train (forward and the gradient of the negative log-likelihood in every
/// parameter); a row with layer `fma_peak` for every dtype holds the multiply-adds that this core reaches (dim 1, batch = multiply-adds a call). A
/// layer without an inverse has no inverse rows. ConfigError: unknown layer, direction or dtype, `only` that fits nothing, numbers out of range.
std::vector<reports::BenchRow> measure_throughput(const ThroughputOptions&);

/// The table for the console: layer, direction, dim, batch, dtype, median ns a coordinate (least–most), samples/s, and for couplings the share of
/// the peak.
std::string throughput_table(const std::vector<reports::BenchRow>&);

/// Floating-point operations a row of a layer in a direction, counted from its spec: two a multiply-add, matrix products only; 0 where there is none.
/// train counts the forward product, and one for each of its two gradients.
double flops_per_row(const std::string& layer, const std::string& direction, int dim);

}  // namespace flowgauge::bench
