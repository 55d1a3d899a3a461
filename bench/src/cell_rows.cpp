// SPDX-License-Identifier: MIT
#include "cell_rows.hpp"

#include "statistics.hpp"

#include <flowgauge/bench/machine.hpp>
#include <flowgauge/distributions/sources.hpp>

#include <fmt/format.h>

#include <cmath>

namespace flowgauge::bench {
namespace {

/// Missing where it is not known; infinities are values.
reports::Number known(double v) {
  if (std::isnan(v)) return std::nullopt;
  return v;
}
template <class Row>
void put(Row& row, const Mean& m) {
  row.value = known(m.value);
  const bool finite = std::isfinite(m.value);
  row.std_error = finite ? known(m.std_error) : std::nullopt;
  row.ci_low = finite ? known(m.ci_low) : std::nullopt;
  row.ci_high = finite ? known(m.ci_high) : std::nullopt;
}
/// What stands between the outer parentheses of "name(…)".
std::string inside_parentheses(const std::string& text) {
  const std::size_t open = text.find('(');
  return open == std::string::npos ? "" : text.substr(open + 1, text.size() - open - 2);
}

}  // namespace

Mean exact(double value) { return {value, 0, value, value, 0, 0}; }
double six_decimals(double value) { return std::isfinite(value) ? std::round(value * 1e6) / 1e6 : value; }
Mean bounded(const Integral& i) { return {i.value, i.error, i.value - i.error, i.value + i.error, 0, 0}; }
Mean estimated(const Estimate& e) {
  const double half = e.std_error > 0 ? student_t_975(std::numeric_limits<double>::infinity()) * e.std_error : 0;
  return {e.value, e.std_error, e.value - half, e.value + half, 0, 0};
}

Mean trusted(const ExactKl& kl) { return kl.status == KlStatus::invalid ? exact(std::nan("")) : bounded(kl.kl); }

CellRows::CellRows(const GridCell& cell, const RunKeys& keys) {
  shared.run_id = keys.run_id;
  shared.flowgauge_version = keys.flowgauge_version;
  shared.git_rev = keys.git_rev;
  shared.cell_id = cell.id;
  if (cell.data.empty()) {
    shared.source = cell.source.substr(0, cell.source.find('('));
    shared.source_params = inside_parentheses(cell.source);
  } else {
    shared.source = cell.source;
    shared.source_params = fmt::format("hash={}, held_out={}", cell.data_hash, number_text(cell.evaluation.held_out));
  }
  shared.flow = cell.flow_name;
  shared.flow_params = cell.flow;
  shared.dim = cell.dim;
  shared.dtype = cell.dtype;
  shared.seed = static_cast<std::int64_t>(cell.seed);
  shared.isa = instruction_set();
  if (cell.model.empty() && cell.fit.training == Training::fixed) shared.n_train = cell.fit.n_train;
  shared.status = "ok";
  shared.threads = keys.jobs;
  shared.host = keys.host;
  shared.started_at = utc_now();
}

void CellRows::add(const char* metric, const char* estimator, const Mean& m, const char* unit, const std::string& detail) {
  reports::CellRow row = shared;
  row.metric = metric;
  row.estimator = estimator;
  row.unit = unit;
  if (m.rows > 0) row.n_eval = m.rows;
  put(row, m);
  if (!detail.empty()) row.status_detail = detail;
  cells.push_back(std::move(row));
}

void CellRows::add_kl(const char* estimator, const Mean& m, KlStatus status, const std::string& detail) {
  add("kl", estimator, m, "nat", detail);
  cells.back().kl_status = text_of(status);
}

void CellRows::add_failure(const std::string& status, const std::string& detail, const char* metric) {
  cells.clear();
  shared.status = status;
  shared.status_detail = detail;
  reports::CellRow row = shared;
  row.metric = metric;
  row.unit = "nat";
  cells.push_back(std::move(row));
}

reports::TraceRow CellRows::trace(const char* kind, Index index, const std::string& layer, const char* metric, const char* estimator,
                                  const Mean& m) const {
  reports::TraceRow row;
  static_cast<reports::RowKeys&>(row) = shared;
  row.trace = kind;
  row.index = index;
  row.layer = layer;
  row.metric = metric;
  row.estimator = estimator;
  row.unit = "nat";
  if (m.rows > 0) row.n_samples = m.rows;
  put(row, m);
  if (row.ci_low) row.ci_level = 0.95;
  return row;
}

void CellRows::add_step(Index step, const char* metric, const Mean& m, double wall_time_s) {
  traces.push_back(trace("step", step, "", metric, "mc", m));
  traces.back().wall_time_s = wall_time_s;
}

void CellRows::add_layers(const std::vector<PrefixKl>& prefixes) {
  for (std::size_t k = 0; k < prefixes.size(); ++k) {
    traces.push_back(trace("layer", static_cast<Index>(k), prefixes[k].layer, "kl", "mc", prefixes[k].kl));
    if (k > 0) traces.back().delta = known(prefixes[k].delta.value);
  }
}

void CellRows::add_layers(const std::vector<ExactKl>& exacts, const std::vector<PrefixKl>& names) {
  for (std::size_t k = 0; k < exacts.size(); ++k) {
    const Mean kl = trusted(exacts[k]);
    traces.push_back(trace("layer", static_cast<Index>(k), names[k].layer, "kl", "quadrature", kl));
    const double delta = k > 0 ? kl.value - trusted(exacts[k - 1]).value : std::nan("");
    if (std::isfinite(delta)) traces.back().delta = delta;
  }
}

}  // namespace flowgauge::bench
