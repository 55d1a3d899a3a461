// SPDX-License-Identifier: MIT
#include "results.hpp"

#include "console.hpp"
#include "description.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace flowgauge::cli {
namespace {

using reports::CellRow;

/// How well a row answers "how near is the flow": 0 not at all.
int rank(const CellRow& row) {
  if (row.metric == "kl") return row.estimator == "mc" || !row.value ? 3 : 4;
  if (row.metric == "cross_entropy_held_out") return 2;
  return row.metric == "cross_entropy" ? 1 : 0;
}

std::string value_text(const CellRow& row) {
  if (row.status != "ok") return row.status;
  if (!row.value) return "–";
  return nats_text(*row.value, row.estimator == "mc" ? row.std_error.value_or(0) : 0);
}

/// The median of the seeds; a cell without a value is worse than any number.
std::string median_text(std::vector<const CellRow*> seeds) {
  if (seeds.empty()) return "";
  const auto key = [](const CellRow* row) {
    const bool number = row->status == "ok" && row->value && !std::isnan(*row->value);
    return number ? *row->value : std::numeric_limits<double>::infinity();
  };
  std::sort(seeds.begin(), seeds.end(), [&](const CellRow* a, const CellRow* b) { return key(a) < key(b); });
  const std::string text = value_text(*seeds[(seeds.size() - 1) / 2]);
  return seeds.size() == 1 ? text : fmt::format("{} ({} seeds)", text, seeds.size());
}

}  // namespace

std::string results_text(const bench::Grid& grid, const std::vector<CellRow>& rows) {
  std::map<std::string, const CellRow*> best;  // of each cell
  for (const CellRow& row : rows) {
    const CellRow*& known = best[row.cell_id];
    if (!known || rank(row) > rank(*known)) known = &row;
  }
  std::vector<std::string> sources, flows;
  std::map<std::pair<std::string, std::string>, std::vector<const CellRow*>> table;
  const auto add = [](std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const bench::GridCell& cell : grid.cells) {
    const auto row = best.find(cell.id);
    if (row == best.end()) continue;
    add(sources, cell.source);
    add(flows, cell.flow_name);
    table[{cell.source, cell.flow_name}].push_back(row->second);
  }
  std::vector<std::vector<std::string>> lines{{"nats"}};
  lines.front().insert(lines.front().end(), flows.begin(), flows.end());
  for (const std::string& source : sources) {
    lines.push_back({source});
    for (const std::string& flow : flows) lines.back().push_back(median_text(table[{source, flow}]));
  }
  return text_table(lines, "<" + std::string(flows.size(), '>'));
}

}  // namespace flowgauge::cli
