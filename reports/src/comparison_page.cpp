// SPDX-License-Identifier: MIT
#include <flowgauge/reports/page.hpp>

#include <cmath>
#include <map>

#include <fmt/format.h>

#include "comparison.hpp"
#include "comparison_tables.hpp"
#include "html.hpp"
#include "page_parts.hpp"
#include "statistics.hpp"
#include "trace_panels.hpp"

namespace flowgauge::reports {
namespace {

/// "Of 96 cells: 88 ok, 5 diverged, 3 timeout; KL infinite in 2. Lowest median KL: softlog_seed (0.031 nat)."
std::string verdict_of(const Comparison& comparison) {
  if (comparison.cells.empty()) return "There is no cell in these files, so there is nothing to compare.";
  std::map<std::string, std::size_t> counts;
  std::size_t infinite = 0;
  for (const Cell& cell : comparison.cells) {
    ++counts[cell.any().status.empty() ? "without status" : cell.any().status];
    const CellRow* row = cell.best("kl");
    infinite += row != nullptr && !cell.failed() && is_infinite(*row) ? 1 : 0;
  }
  std::string text = fmt::format("Of {} (source × flow × dim × seed): {} ok", html::counted(comparison.cells.size(), "cell", "cells"), counts["ok"]);
  counts.erase("ok");
  for (const auto& [status, amount] : counts) text += fmt::format(", {} {}", amount, status);
  text += ".";
  if (infinite > 0) text += fmt::format(" KL is infinite in {}.", html::counted(infinite, "cell", "cells"));
  if (comparison.sources.size() > 3) return text + fmt::format(" Lowest KL: see below, for each of {} dims.", comparison.sources.size());
  for (const auto& [dim, sources] : comparison.sources) {
    Score best{sources.size() + 1, HUGE_VAL};
    std::string best_flow;
    for (const std::string& flow : comparison.flows) {
      std::vector<double> scores;
      for (const std::string& source : sources) {
        const Summary summary = comparison.summary({source, flow, dim}, "kl");
        if (!summary.cells.empty()) scores.push_back(summary.score);
      }
      if (scores.empty() || !(score_of(scores) < best)) continue;
      best = score_of(scores);
      best_flow = flow;
    }
    if (best_flow.empty()) continue;
    text += fmt::format(" Lowest median KL at dim {}: {} ({} nat", dim, best_flow, html::number(best.median));
    if (best.without == 0 && infinite > 0) text += ", finite on every source";
    if (best.without > 0) text += fmt::format(", without a finite KL on {}", html::counted(best.without, "source", "sources"));
    text += ").";
  }
  return text;
}

std::string panels_section(std::string_view title, std::string_view how, const TracePanels& traces, const std::vector<std::string>& drawn,
                           std::size_t first) {
  std::string figures;
  for (std::size_t i = 0; i < traces.panels.size(); ++i) figures += drawn[first + i];
  if (figures.empty()) return {};
  std::string content = traces.hidden.empty() ? std::string{} : html::text("p", "hidden-rows", traces.hidden);
  content += html::element("div", "panels", "\n" + figures) + "\n";
  return section(title, how, content);
}

}  // namespace

std::string comparison_page(const std::vector<CellRow>& cells, const std::vector<TraceRow>& traces, const Provenance& provenance,
                            const FigureOptions& options) {
  const Comparison comparison = compare_cells(cells);
  const Labels labels = labels_of(cells, traces);
  const std::vector<TraceRow> best_traces = best_estimates(traces);
  const TracePanels layers = layer_panels(comparison, best_traces, labels), steps = step_panels(comparison, best_traces, labels);
  std::vector<Panel> panels = layers.panels;
  panels.insert(panels.end(), steps.panels.begin(), steps.panels.end());
  const std::vector<std::string> drawn = panels_html(panels, options);

  std::string page = masthead(provenance, "KL comparison", verdict_of(comparison), {"cells.csv", "kl_trace.csv"});
  page += section("Cells that did not succeed", "They count as ∞ wherever flows are ranked, and are never dropped.",
                  failure_list(comparison, provenance.command_line));
  page += section("KL by source and flow",
                  "KL(source ‖ flow) in nats: the lower, the better; 0 is a perfect fit. Below it the standard error (one seed) or the range over "
                  "seeds, and how much of the gap between the best affine flow and a perfect fit is closed. Point at a number for its 95 % interval. "
                  "A dashed frame: the interval holds 0, so the flow cannot be told from the source. ∞: no finite KL, with the reason. Flows stand "
                  "best first.",
                  heat_maps(comparison));
  page += section("Names", "What the flows and sources of this page are; written like this they can be fitted again.", names_table(comparison));
  page += section("Data sets",
                  "Cross-entropy in nats: the lower, the better. A data set has no known density, so there is no KL and no zero; only numbers in one "
                  "row can be compared. Large: rows held out of the fit. A training value well below it is over-fitting.",
                  data_set_tables(comparison));
  page +=
      section("Flows, best first",
              "Flows that are finite on every source stand first. The median and the worst are taken over sources, each by its median over seeds; "
              "infinite and failed cells count as ∞. Near the best: within 10 % of the lowest KL on that source, or nearer to it than two standard "
              "errors. Click a heading to sort.",
              leaderboard(comparison));
  page += panels_section(
      "Layer by layer",
      "Each panel follows one flow from the data (left) to the latent space: KL between the data pushed through the first layers "
      "and the standard normal, in nats. A step down is what that layer contributes; a step up is a layer that makes it worse for the moment.",
      layers, drawn, 0);
  page += section("What a layer of each kind contributes",
                  "The change of KL by a layer, in nats, over all flows, sources and seeds: negative is an improvement. A layer that prepares the "
                  "next one may look useless alone.",
                  layer_type_table(best_traces));
  page += panels_section("Step by step",
                         "KL in nats along the fit, a line for each flow: the lower and the further left, the better. Below the noise floor, "
                         "differences mean nothing.",
                         steps, drawn, layers.panels.size());
  page += section("Is the estimate right?",
                  "Where the KL is known exactly or by quadrature, the Monte Carlo estimate must agree: z is their difference in standard errors, "
                  "and beyond ±3 something is wrong with the flow's log_det, the tails or the estimator. In many rows a few beyond 2 are chance.",
                  estimator_check(comparison));
  page += provenance_section(provenance);
  return html::document(provenance.title.empty() ? "KL comparison" : provenance.title, page);
}

}  // namespace flowgauge::reports
