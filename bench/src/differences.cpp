// SPDX-License-Identifier: MIT
#include "closeness.hpp"
#include "statistics.hpp"

#include <flowgauge/bench/kl.hpp>
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/model.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <tuple>

namespace flowgauge::bench {
namespace {

using reports::CellRow;
using reports::DifferenceRow;

/// Flows that saw the same rows: source, its parameters, dim, seed, number of rows.
using Arena = std::tuple<std::string, std::string, std::int64_t, std::int64_t, std::int64_t>;

bool trusted(const CellRow& row) { return row.kl_status == text_of(KlStatus::mc_ok); }

std::string conclusion_of(const CellRow& a, const CellRow& b, const Mean& difference) {
  if (!trusted(a) || !trusted(b)) return "doubtful";
  if (difference.ci_high < 0) return "lower";
  return difference.ci_low > 0 ? "higher" : "not_distinguishable";
}

DifferenceRow row_of(const CellRow& a, const CellRow& b, const Mean& difference) {
  DifferenceRow row;
  static_cast<reports::RowKeys&>(row) = a;
  row.other_cell_id = b.cell_id;
  row.other_flow = b.flow;
  row.other_flow_params = b.flow_params;
  row.n_eval = difference.rows;
  row.value = difference.value;
  if (difference.rows > 1) {
    row.std_error = difference.std_error;
    row.ci_low = difference.ci_low;
    row.ci_high = difference.ci_high;
  }
  row.unit = "nat";
  row.conclusion = difference.rows > 1 ? conclusion_of(a, b, difference) : "doubtful";
  return row;
}

/// All pairs of one arena, pair by pair in the order of the cells.
void add_pairs(std::vector<DifferenceRow>& rows, const std::vector<const CellRow*>& cells, const std::filesystem::path& models) {
  const std::unique_ptr<Distribution> source = source_of(*cells.front());
  const RandomStream stream = evaluation_stream(*source, static_cast<std::uint64_t>(*cells.front()->seed));
  std::vector<Flow<double>> flows;
  for (const CellRow* cell : cells) flows.push_back(flow_of(models, *cell));
  const Index all = *cells.front()->n_eval, count = static_cast<Index>(cells.size());
  std::vector<Moments> moments(cells.size() * (cells.size() - 1) / 2);
  Workspace workspace;
  for (Index first = 0; first < all; first += chunk_rows) {
    const Index n = std::min(chunk_rows, all - first);
    Batch<double> x(n, source->dim()), log_q(n, count);
    std::vector<double> difference(static_cast<std::size_t>(n));
    source->sample(stream, static_cast<std::uint64_t>(first), x);
    for (Index k = 0; k < count; ++k) flows[static_cast<std::size_t>(k)].log_prob(x, log_q.column(k), workspace);
    std::size_t pair = 0;
    for (Index a = 0; a < count; ++a)
      for (Index b = a + 1; b < count; ++b) {
        for (Index i = 0; i < n; ++i) difference[static_cast<std::size_t>(i)] = log_q(i, b) - log_q(i, a);
        moments[pair++].add(difference);
      }
  }
  std::size_t pair = 0;
  for (std::size_t a = 0; a < cells.size(); ++a)
    for (std::size_t b = a + 1; b < cells.size(); ++b) rows.push_back(row_of(*cells[a], *cells[b], moments[pair++].mean()));
}

}  // namespace

std::unique_ptr<Distribution> source_of(const CellRow& row) {
  return distributions::make_source(row.source_params.empty() ? row.source : row.source + "(" + row.source_params + ")");
}

std::filesystem::path model_file(const std::filesystem::path& models, const CellRow& row) { return models / (row.cell_id + ".json"); }

bool has_a_density(const CellRow& row, const std::filesystem::path& models) {
  return row.metric == "kl" && row.estimator == "mc" && row.status == "ok" && row.value && row.dim && row.seed && row.n_eval &&
         std::filesystem::exists(model_file(models, row));
}

Flow<double> flow_of(const std::filesystem::path& models, const CellRow& row) {
  return to_flow<double>(load_model(model_file(models, row).string()));
}

std::vector<DifferenceRow> paired_differences(const std::vector<CellRow>& cells, const std::filesystem::path& models) {
  std::map<Arena, std::vector<const CellRow*>> arenas;
  for (const CellRow& row : cells)
    if (has_a_density(row, models) && std::isfinite(*row.value))
      arenas[{row.source, row.source_params, *row.dim, *row.seed, *row.n_eval}].push_back(&row);
  std::vector<DifferenceRow> rows;
  for (auto& [arena, inside] : arenas) {
    if (inside.size() < 2) continue;
    std::sort(inside.begin(), inside.end(), [](const CellRow* a, const CellRow* b) {
      return std::tie(a->flow, a->flow_params, a->dtype, a->cell_id) < std::tie(b->flow, b->flow_params, b->dtype, b->cell_id);
    });
    add_pairs(rows, inside, models);
  }
  return rows;
}

}  // namespace flowgauge::bench
