// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/flow.hpp>
#include <flowgauge/reports/csv.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <string_view>

namespace {

/// 1000 Laplace samples through a flow and back: the largest error of the way home, relative to 1 + |x|.
double round_trip_error() {
  const auto source = flowgauge::distributions::make_source("laplace");
  flowgauge::Batch<double> x(1000, source->dim()), z(1000, source->dim()), back(1000, source->dim());
  source->sample(flowgauge::RandomStream(1, "stranger"), 0, x);

  auto flow = flowgauge::make_flow<double>("softlog affine", source->dim());
  flow.randomise(1, 1.0);
  flowgauge::Workspace workspace;
  std::vector<double> log_det(1000), log_det_back(1000);
  flow.forward(x, z, log_det, workspace);
  if (flow.inverse(z, back, log_det_back, workspace).not_converged != 0) return INFINITY;
  std::printf("log_det of the first row: %.17g there, %.17g back\n", log_det[0], log_det_back[0]);

  double worst = 0;
  for (flowgauge::Index i = 0; i < x.rows(); ++i) {
    const double error = std::max(std::abs(back(i, 0) - x(i, 0)) / (1 + std::abs(x(i, 0))), std::abs(log_det[i] + log_det_back[i]));
    if (!(error <= worst)) worst = error;  // a NaN stays
  }
  return worst;
}

}  // namespace

int main() {
  try {
    const double error = round_trip_error();
    const bool has_layer_column = flowgauge::reports::csv_header<flowgauge::reports::BenchRow>().find("layer") != std::string_view::npos;
    std::printf("round trip error %g, BenchRow has a layer column: %s\n", error, has_layer_column ? "yes" : "no");
    return error < 1e-12 && has_layer_column ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
