// SPDX-License-Identifier: MIT
#include "comparison_tables.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>

#include "html.hpp"
#include "page_parts.hpp"
#include "statistics.hpp"
#include "words.hpp"

namespace flowgauge::reports {
namespace {

using html::Align;

/// Of one flow at one dim over the sources with a density.
struct Standing {
  std::vector<double> scores, parameters, seconds;
  std::size_t cells = 0, failed = 0, infinite = 0, near_best = 0, unbeaten = 0, ranked = 0;
  double worst = -std::numeric_limits<double>::infinity();
  std::string worst_source;
};

/// Near the best: within a tenth of it, or nearer than two standard errors of either value.
bool near(const Summary& summary, double best, double best_error) {
  if (!std::isfinite(summary.median)) return false;
  double error = 0;
  for (const CellRow* row : summary.measured) error = std::max(error, row->std_error.value_or(0));
  const double distance = summary.median - best;
  return distance <= 0.1 * std::abs(best) || distance <= 2 * std::max(error, best_error);
}

Standing standing_of(const Comparison& comparison, const std::string& flow, std::int64_t dim, const std::vector<std::string>& sources) {
  Standing standing;
  for (const std::string& source : sources) {
    const Summary summary = comparison.summary({source, flow, dim}, "kl");
    if (summary.cells.empty()) continue;
    standing.scores.push_back(summary.score);
    standing.cells += summary.cells.size();
    standing.failed += summary.failed.size();
    standing.infinite += summary.infinite;
    if (summary.score > standing.worst) {
      standing.worst = summary.score;
      standing.worst_source = source;
    }
    for (const Cell* cell : summary.cells) {
      if (cell->any().n_params) standing.parameters.push_back(static_cast<double>(*cell->any().n_params));
      if (cell->any().fit_time_s) standing.seconds.push_back(*cell->any().fit_time_s);
    }
    double best = std::numeric_limits<double>::infinity(), best_error = 0;
    for (const std::string& other : comparison.flows) {
      const Summary rival = comparison.summary({source, other, dim}, "kl");
      if (!(rival.median < best)) continue;
      best = rival.median;
      best_error = 0;
      for (const CellRow* row : rival.measured) best_error = std::max(best_error, row->std_error.value_or(0));
    }
    standing.near_best += near(summary, best, best_error) ? 1 : 0;
  }
  return standing;
}

std::string seconds(double value) { return std::isnan(value) ? "–" : html::number(value) + " s"; }

}  // namespace

std::string names_table(const Comparison& comparison) {
  std::string rows;
  const auto add = [&](const char* kind, const std::string& name, const std::string& spec) {
    rows += "<tr>" + html::text("th", "", name) + html::text("td", "", kind) +
            html::element("td", "", html::element("code", "", html::escape(spec))) + "</tr>\n";
  };
  for (const std::string& flow : comparison.flows)
    if (const auto spec = comparison.flow_specs.find(flow); spec != comparison.flow_specs.end()) add("flow", flow, spec->second);
  for (const auto& [source, spec] : comparison.source_specs) add("source", source, spec);
  if (rows.empty()) return {};
  return table("", html::heading("name", Align::left) + html::heading("kind", Align::left) + html::heading("spec", Align::left), rows);
}

std::string leaderboard(const Comparison& comparison, const std::vector<Ranking>& rankings) {
  std::string rows;
  for (const auto& [dim, sources] : comparison.sources) {
    std::vector<std::pair<Score, std::string>> order;
    std::map<std::string, Standing> standings;
    for (const std::string& flow : comparison.flows) {
      Standing standing = standing_of(comparison, flow, dim, sources);
      if (standing.cells == 0) continue;
      for (const Ranking& ranking : rankings) {
        for (const Ranked& ranked : ranking.flows) {
          if (ranking.dim != dim || ranked.cell->flow != flow) continue;
          ++standing.ranked;
          standing.unbeaten += ranked.place == 1 && std::isfinite(ranked.kl) ? 1 : 0;
        }
      }
      order.emplace_back(score_of(standing.scores), flow);
      standings.emplace(flow, std::move(standing));
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& left, const auto& right) { return left.first < right.first; });
    for (const auto& [score, flow] : order) {
      const Standing& standing = standings.at(flow);
      const auto count = [](std::size_t amount) { return static_cast<double>(amount); };
      rows += "<tr>" + html::text("th", "", flow) + html::number_cell(static_cast<double>(dim), fmt::format("{}", dim)) +
              html::number_cell(score.median, html::number(score.median)) + html::number_cell(standing.worst, html::number(standing.worst)) +
              html::text("td", "", standing.worst_source) +
              html::number_cell(count(standing.near_best), fmt::format("{} of {}", standing.near_best, standing.scores.size())) +
              html::number_cell(count(standing.unbeaten), standing.ranked == 0 ? "–" : fmt::format("{} of {}", standing.unbeaten, standing.ranked)) +
              html::number_cell(count(standing.infinite), standing.infinite == 0 ? "0" : fmt::format("∞ {}", standing.infinite)) +
              html::number_cell(count(standing.failed), standing.failed == 0 ? "0" : fmt::format("✗ {}", standing.failed)) +
              html::number_cell(count(standing.cells), html::count(count(standing.cells))) +
              html::number_cell(median(standing.parameters), standing.parameters.empty() ? "–" : html::count(median(standing.parameters))) +
              html::number_cell(median(standing.seconds), seconds(median(standing.seconds))) + "</tr>\n";
    }
  }
  if (rows.empty()) return {};
  const std::string head =
      html::heading("flow", Align::left) + html::heading("dim", Align::right) + html::heading("median KL / nat", Align::right) +
      html::heading("worst KL / nat", Align::right) + html::heading("on source", Align::left) + html::heading("near the best", Align::right) +
      html::heading("unbeaten", Align::right, "cells in which no other flow is proved nearer on the same rows") +
      html::heading("infinite", Align::right) + html::heading("failed", Align::right) + html::heading("cells", Align::right) +
      html::heading("parameters", Align::right, "median over cells") + html::heading("fit", Align::right, "median wall time of a fit");
  return table("sortable", head, rows);
}

std::string failure_list(const Comparison& comparison, const std::string& command_line) {
  std::string rows;
  for (const Cell& cell : comparison.cells) {
    if (!cell.failed()) continue;
    const CellRow& row = cell.any();
    const std::string command = command_line.empty() || row.cell_id.empty() ? row.cell_id : command_line + " --only " + row.cell_id;
    rows += "<tr>" + html::text("th", "bad", "✗ " + (row.status.empty() ? "no status" : row.status)) + html::text("td", "", cell.source) +
            html::text("td", "", cell.flow) + html::number_cell(static_cast<double>(cell.dim), fmt::format("{}", cell.dim)) +
            html::number_cell(static_cast<double>(row.seed.value_or(0)), text_of(row.seed)) +
            html::text("td", "wrap", row.status_detail.empty() ? "no reason given" : row.status_detail) +
            html::element("td", "wrap", html::text("code", "", command)) + "</tr>\n";
  }
  if (rows.empty()) return {};
  const std::string head = html::heading("status", Align::left) + html::heading("source", Align::left) + html::heading("flow", Align::left) +
                           html::heading("dim", Align::right) + html::heading("seed", Align::right) + html::heading("what happened", Align::left) +
                           html::heading("run it again", Align::left);
  return table("", head, rows);
}

}  // namespace flowgauge::reports
