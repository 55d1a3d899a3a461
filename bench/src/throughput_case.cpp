// SPDX-License-Identifier: MIT
#include "throughput_case.hpp"

#include <flowgauge/pack.hpp>

#include <array>
#include <cmath>

namespace flowgauge::bench {
namespace {

template <class S>
void time_layer_at(const ThroughputCase& c, benchmark::State& state) {
  Flow<S> flow = make_flow<S>(std::string_view(c.layer), c.dim);
  flow.randomise(c.seed, 1);
  Workspace workspace;
  Batch<S> x(c.batch, c.dim), z(c.batch, c.dim), back(c.batch, c.dim);
  std::vector<S> log_det(static_cast<std::size_t>(c.batch)), gradient(flow.theta().size());
  const RandomStream stream(c.seed, "throughput-rows");
  const Interval domain = flow.layers().front().info().facts.domain;
  const bool bounded = std::isfinite(domain.low) && std::isfinite(domain.high);
  for (Index j = 0; j < x.dim(); ++j)
    for (Index i = 0; i < x.rows(); ++i) {
      const auto row = static_cast<std::uint64_t>(i);
      const auto draw = static_cast<std::uint32_t>(j);
      x(i, j) = static_cast<S>(bounded ? domain.low + (domain.high - domain.low) * stream.uniform(row, draw) : stream.normal(row, draw));
    }
  flow.forward(x, z, log_det, workspace);
  for (auto _ : state) {
    if (c.direction == "forward") flow.forward(x, z, log_det, workspace);
    else if (c.direction == "inverse") flow.inverse(z, back, log_det, workspace);
    else benchmark::DoNotOptimize(flow.negative_log_likelihood(x, gradient, workspace));
    benchmark::ClobberMemory();
  }
}

constexpr int accumulators = 12, rounds = 1000;

template <class S>
void time_fma_peak_at(benchmark::State& state) {
  using T = Lane<S>;
  std::array<T, accumulators> sum;
  for (T& s : sum) s = T(1.0);
  const T factor(0.999), step(1e-3);
  for (auto _ : state) {
    for (int round = 0; round < rounds; ++round)
      for (T& s : sum) s = mul_add(s, factor, step);
    benchmark::DoNotOptimize(sum);
  }
}

}  // namespace

std::int64_t fma_peak_batch(const std::string& dtype) {
  return static_cast<std::int64_t>(accumulators) * rounds * (dtype == "float32" ? lane_width<float> : lane_width<double>);
}
void time_layer(const ThroughputCase& c, benchmark::State& state) {
  if (c.dtype == "float32") time_layer_at<float>(c, state);
  else time_layer_at<double>(c, state);
}
void time_fma_peak(const ThroughputCase& c, benchmark::State& state) {
  if (c.dtype == "float32") time_fma_peak_at<float>(state);
  else time_fma_peak_at<double>(state);
}

}  // namespace flowgauge::bench
