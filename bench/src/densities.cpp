// SPDX-License-Identifier: MIT
#include "cell_rows.hpp"
#include "closeness.hpp"

#include <flowgauge/bench/kl.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <tuple>

namespace flowgauge::bench {
namespace {

using reports::CellRow;
using reports::DensityRow;

constexpr Index line_points = 201, side_points = 40, sample_rows = 4001;

struct Window {
  double low, high;
  /// Of `count` points at the middles of as many equal parts.
  double point(Index i, Index count) const { return low + (high - low) * ((static_cast<double>(i) + 0.5) / static_cast<double>(count)); }
};

/// The median ± 2.5 interquartile ranges, not much beyond the outermost of some thousand rows: on a heavy tail the range of a sample has no limit,
/// and a picture of it shows one bright dot.
Window window_of(std::vector<double> sample) {
  std::sort(sample.begin(), sample.end());
  const std::size_t last = sample.size() - 1;
  const double middle = sample[last / 2], reach = 2.5 * (sample[3 * last / 4] - sample[last / 4]);
  const double low = std::max(middle - reach, sample.front()), high = std::min(middle + reach, sample.back()), margin = 0.1 * (high - low);
  return {low - margin, high + margin};
}

std::array<Window, 2> windows_of(const Distribution& source, std::uint64_t seed) {
  Batch<double> x(sample_rows, source.dim());
  source.sample(evaluation_stream(source, seed), 0, x);
  std::array<Window, 2> windows{};
  for (Index j = 0; j < x.dim(); ++j) windows[static_cast<std::size_t>(j)] = window_of({x.column(j).begin(), x.column(j).end()});
  return windows;
}

Batch<double> points_of(const std::array<Window, 2>& windows, int dim) {
  const Index side = dim == 1 ? line_points : side_points, count = dim == 1 ? side : side * side;
  Batch<double> x(count, dim);
  for (Index i = 0; i < count; ++i) {
    x(i, 0) = windows[0].point(i % side, side);
    if (dim == 2) x(i, 1) = windows[1].point(i / side, side);
  }
  return x;
}

void add_points(std::vector<DensityRow>& rows, const CellRow& cell, const Batch<double>& x, const std::vector<double>& log_p,
                const std::vector<double>& log_q) {
  for (Index i = 0; i < x.rows(); ++i) {
    DensityRow row;
    row.cell_id = cell.cell_id;
    row.source = cell.source;
    row.flow = cell.flow;
    row.dim = cell.dim;
    row.seed = cell.seed;
    row.index = i;
    row.x = six_decimals(x(i, 0));
    if (x.dim() == 2) row.y = six_decimals(x(i, 1));
    row.log_p = six_decimals(log_p[static_cast<std::size_t>(i)]);
    row.log_q = six_decimals(log_q[static_cast<std::size_t>(i)]);
    rows.push_back(std::move(row));
  }
}

}  // namespace

std::vector<DensityRow> densities(const std::vector<CellRow>& cells, const std::filesystem::path& models) {
  using Place = std::tuple<std::string, std::string, std::int64_t>;  // source, its parameters, dim
  std::map<Place, std::map<std::tuple<std::string, std::string, std::string>, const CellRow*>> places;
  for (const CellRow& row : cells) {
    if (!has_a_density(row, models) || *row.dim > 2) continue;
    const CellRow*& lowest = places[{row.source, row.source_params, *row.dim}][{row.flow, row.flow_params, row.dtype}];
    if (lowest == nullptr || std::tie(*row.seed, row.cell_id) < std::tie(*lowest->seed, lowest->cell_id)) lowest = &row;
  }
  std::vector<DensityRow> rows;
  Workspace workspace;
  for (const auto& [place, flows] : places) {
    const std::unique_ptr<Distribution> source = source_of(*flows.begin()->second);
    std::int64_t seed = *flows.begin()->second->seed;
    for (const auto& [flow, cell] : flows) seed = std::min(seed, *cell->seed);
    const Batch<double> x = points_of(windows_of(*source, static_cast<std::uint64_t>(seed)), source->dim());
    std::vector<double> log_p(static_cast<std::size_t>(x.rows())), log_q(log_p.size());
    source->log_prob(x, log_p);
    for (const auto& [flow, cell] : flows) {
      flow_of(models, *cell).log_prob(x, log_q, workspace);
      add_points(rows, *cell, x, log_p, log_q);
    }
  }
  return rows;
}

}  // namespace flowgauge::bench
