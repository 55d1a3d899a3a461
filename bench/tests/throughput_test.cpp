// SPDX-License-Identifier: MIT
#include <flowgauge/bench/throughput.hpp>

#include <flowgauge/error.hpp>
#include <flowgauge/reports/csv.hpp>

#include <gtest/gtest.h>

#include <set>

namespace flowgauge::bench {
namespace {

ThroughputOptions tiny() {
  ThroughputOptions o;
  o.dims = {2};
  o.batches = {10};
  o.seconds = 1e-6;
  o.repetitions = 2;
  return o;
}

TEST(Throughput, OneRowARepetition) {
  ThroughputOptions o = tiny();
  o.layers = {"softlog", "triangular(upper)"};
  int lines = 0;
  o.progress = [&](const std::string&) { ++lines; };
  const std::vector<reports::BenchRow> rows = measure_throughput(o);
  EXPECT_EQ(rows.size(), 2u * (2 + 2 * 2 * 3));  // repetitions × (a peak for each dtype + layers × dtypes × directions)
  EXPECT_EQ(lines, 2 + 2 * 2 * 3);
  for (const reports::BenchRow& r : rows) {
    EXPECT_GT(*r.real_time_ns, 0);
    EXPECT_GT(*r.samples_per_second, 0);
    EXPECT_TRUE(r.layer == "softlog" || r.layer == "triangular" || r.layer == "fma_peak") << r.layer;
  }
  EXPECT_EQ(reports::parse_csv<reports::BenchRow>(reports::csv_header<reports::BenchRow>() + reports::csv_lines(rows), "bench.csv").size(),
            rows.size());
  const std::string table = throughput_table(rows);
  EXPECT_NE(table.find("softlog"), std::string::npos);
  EXPECT_NE(table.find("GFLOP/s"), std::string::npos);
}

TEST(Throughput, EveryMemberIsMeasuredByDefault) {
  ThroughputOptions o = tiny();
  o.dtypes = {"float32"};
  o.directions = {"forward"};
  o.repetitions = 1;
  std::set<std::string> layers;
  for (const reports::BenchRow& r : measure_throughput(o)) layers.insert(r.layer);
  for (const char* name : {"affine", "coupling(rational_quadratic_spline)", "coupling(softlog)", "permutation", "planar", "rational_quadratic_spline",
                           "softlog", "triangular"})
    EXPECT_EQ(layers.count(name), 1u) << name;
}

TEST(Throughput, OnlyAndStop) {
  ThroughputOptions o = tiny();
  o.only = "softlog";
  o.dtypes = {"float64"};
  o.directions = {"inverse"};
  EXPECT_EQ(measure_throughput(o).size(), 2u * 2u);
  const std::atomic<bool> stop = true;
  o.stop = &stop;
  EXPECT_TRUE(measure_throughput(o).empty());
}

TEST(Throughput, CountsTheProductsOfACoupling) {
  // d = 64: 32 kept, an MLP 32 → 64 → 64 → 32·2.
  EXPECT_EQ(flops_per_row("coupling(affine, hidden=[64, 64])", "forward", 64), 2 * (32 * 64 + 64 * 64 + 64 * 64));
  EXPECT_EQ(flops_per_row("coupling(affine, hidden=[64, 64])", "train", 64), 3 * flops_per_row("coupling(affine, hidden=[64, 64])", "inverse", 64));
  EXPECT_EQ(flops_per_row("coupling(rational_quadratic_spline(bins=8), hidden=[16])", "forward", 3), 2 * (1 * 16 + 16 * 2 * 23));
  EXPECT_EQ(flops_per_row("softlog", "forward", 64), 0);
}

TEST(Throughput, RefusesWhatItDoesNotKnow) {
  const auto refusal = [](auto change) -> std::string {
    ThroughputOptions o = tiny();
    change(o);
    try {
      measure_throughput(o);
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "no refusal";
  };
  EXPECT_EQ(refusal([](auto& o) { o.directions = {"foward"}; }),
            "unknown direction 'foward'; did you mean 'forward'? direction is one of: forward, inverse, train");
  EXPECT_EQ(refusal([](auto& o) { o.dims = {0}; }), "dim must be 1 or more, got 0");
  EXPECT_EQ(refusal([](auto& o) { o.only = "hard*"; }), "no layer fits 'hard*'");
  EXPECT_EQ(refusal([](auto& o) { o.seconds = 0; }), "seconds must be above 0 and at most 3600, got 0");
  EXPECT_EQ(refusal([](auto& o) { o.layers = {"softlg"}; }).substr(0, 44), "unknown layer 'softlg'; did you mean 'softlo");
}

}  // namespace
}  // namespace flowgauge::bench
