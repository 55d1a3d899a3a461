// SPDX-License-Identifier: MIT
#include "ranking.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <fmt/format.h>

#include "html.hpp"
#include "page_parts.hpp"

namespace flowgauge::reports {
namespace {

using html::Align;

std::string mirrored(const std::string& conclusion) { return conclusion == "lower" ? "higher" : conclusion == "higher" ? "lower" : conclusion; }

double kl_of(const Cell& cell) {
  const CellRow* row = cell.failed() ? nullptr : cell.best("kl");
  if (row == nullptr || std::isnan(*row->value) || is_infinite(*row)) return HUGE_VAL;
  return *row->value;
}

/// What a row of the table says of a flow beside the first one.
std::string verdict_cell(const Ranked& flow, const Ranked& first, const Paired* pair) {
  if (&flow == &first) return html::text("td", "good", "lowest KL");
  if (!std::isfinite(flow.kl)) return html::text("td", "bad", flow.cell->failed() ? "✗ " + flow.cell->any().status : "✗ no finite KL");
  if (pair == nullptr) return html::text("td", "none", "– not compared");
  if (pair->conclusion == "higher") return html::text("td", "", "✗ further away");
  if (pair->conclusion == "lower") return html::text("td", "", "✓ nearer on these rows");
  if (pair->conclusion == "doubtful") return html::text("td", "doubt", "⚠ tails too heavy for an interval");
  return html::text("td", "doubt", "≈ not distinguishable");
}

}  // namespace

PairedDifferences::PairedDifferences(const std::vector<DifferenceRow>& rows) {
  for (const DifferenceRow& row : rows) {
    if (!row.value) continue;
    const double error = row.std_error.value_or(NAN), low = row.ci_low.value_or(NAN), high = row.ci_high.value_or(NAN);
    pairs_[{row.cell_id, row.other_cell_id}] = {*row.value, error, low, high, row.conclusion};
    pairs_[{row.other_cell_id, row.cell_id}] = {-*row.value, error, -high, -low, mirrored(row.conclusion)};
  }
}

const Paired* PairedDifferences::find(const Cell& cell, const Cell& other) const {
  const auto found = pairs_.find({cell.any().cell_id, other.any().cell_id});
  return found == pairs_.end() ? nullptr : &found->second;
}

std::vector<Ranking> rankings(const Comparison& comparison, const PairedDifferences& differences) {
  std::map<std::tuple<std::int64_t, std::string, std::int64_t>, std::vector<const Cell*>> groups;
  for (const auto& [dim, sources] : comparison.sources) {
    for (const Cell& cell : comparison.cells) {
      const bool inside = cell.dim == dim && std::find(sources.begin(), sources.end(), cell.source) != sources.end();
      if (inside) groups[{dim, cell.source, cell.any().seed.value_or(0)}].push_back(&cell);
    }
  }
  std::vector<Ranking> all;
  for (const auto& [key, cells] : groups) {
    Ranking ranking{std::get<1>(key), std::get<0>(key), std::get<2>(key), {}};
    for (const Cell* cell : cells) {
      const double kl = kl_of(*cell);
      const auto nearer = std::count_if(cells.begin(), cells.end(), [&](const Cell* other) {
        const Paired* pair = differences.find(*cell, *other);
        return pair != nullptr ? pair->conclusion == "higher" : !std::isfinite(kl) && std::isfinite(kl_of(*other));
      });
      ranking.flows.push_back({cell, kl, static_cast<std::size_t>(nearer) + 1});
    }
    std::stable_sort(ranking.flows.begin(), ranking.flows.end(), [](const Ranked& left, const Ranked& right) { return left.kl < right.kl; });
    all.push_back(std::move(ranking));
  }
  return all;
}

std::string ranking_table(const std::vector<Ranking>& rankings, const PairedDifferences& differences) {
  if (differences.empty()) return {};
  std::string rows;
  for (const Ranking& ranking : rankings) {
    if (ranking.flows.size() < 2) continue;
    for (const Ranked& flow : ranking.flows) {
      const Ranked& first = ranking.flows.front();
      const Paired* pair = &flow == &first ? nullptr : differences.find(*flow.cell, *first.cell);
      rows +=
          "<tr>" + html::text("th", "", ranking.source) + html::number_cell(static_cast<double>(ranking.dim), fmt::format("{}", ranking.dim)) +
          html::number_cell(static_cast<double>(ranking.seed), fmt::format("{}", ranking.seed)) +
          html::number_cell(static_cast<double>(flow.place), fmt::format("{}", flow.place)) + html::text("td", "", flow.cell->flow) +
          html::number_cell(flow.kl, html::number(flow.kl)) +
          html::number_cell(pair == nullptr ? NAN : pair->value,
                            pair == nullptr ? "–" : html::number(pair->value) + " ± " + html::number(pair->std_error)) +
          html::number_cell(pair == nullptr ? NAN : pair->low, pair == nullptr ? "–" : html::number(pair->low) + " to " + html::number(pair->high)) +
          verdict_cell(flow, first, pair) + "</tr>\n";
    }
  }
  if (rows.empty()) return {};
  const std::string head = html::heading("source", Align::left) + html::heading("dim", Align::right) + html::heading("seed", Align::right) +
                           html::heading("place", Align::right) + html::heading("flow", Align::left) + html::heading("KL / nat", Align::right) +
                           html::heading("more than the lowest / nat", Align::right) + html::heading("95 % interval", Align::right) +
                           html::heading("verdict", Align::left);
  return table("sortable", head, rows);
}

}  // namespace flowgauge::reports
