// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/flow.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

namespace flowgauge::bench {

/// One thing to time.
struct ThroughputCase {
  std::string layer, direction, dtype;
  int dim = 1;
  std::int64_t batch = 1;
  std::uint64_t seed = 0;
};

/// Runs a case in Google Benchmark's loop.
void time_layer(const ThroughputCase&, benchmark::State&);
/// Multiply-adds on registers alone, as many accumulators as hide the latency.
void time_fma_peak(const ThroughputCase&, benchmark::State&);
/// Multiply-adds of one turn of time_fma_peak.
std::int64_t fma_peak_batch(const std::string& dtype);

}  // namespace flowgauge::bench
