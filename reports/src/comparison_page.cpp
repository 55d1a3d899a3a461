// SPDX-License-Identifier: MIT
#include <flowgauge/reports/page.hpp>

#include <cmath>
#include <map>

#include <fmt/format.h>

#include "comparison.hpp"
#include "comparison_tables.hpp"
#include "density_views.hpp"
#include "html.hpp"
#include "layer_tables.hpp"
#include "page_parts.hpp"
#include "sample_views.hpp"
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

/// Of a page about few flows, the sentence that a KL alone never says: which layer of the stack costs most.
std::string cost_verdict(const std::vector<LayerCost>& costs) {
  const std::vector<std::string> sentences = cost_sentences(costs);
  if (sentences.empty() || sentences.size() > 2) return {};
  return fmt::format(" {}", fmt::join(sentences, " "));
}

std::string sentences(const std::vector<std::string>& all) {
  std::string items;
  for (const std::string& sentence : all) items += html::text("li", "", sentence);
  return items.empty() ? items : html::element("ul", "finding", items) + "\n";
}

std::vector<std::string> files_of(const Closeness& closeness) {
  std::vector<std::string> files{"cells.csv", "kl_trace.csv"};
  if (!closeness.differences.empty()) files.emplace_back(Table<DifferenceRow>::file);
  if (!closeness.densities.empty()) files.emplace_back(Table<DensityRow>::file);
  if (!closeness.samples.empty()) files.emplace_back(Table<SampleRow>::file);
  return files;
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
                            const FigureOptions& options, const Closeness& closeness) {
  const Comparison comparison = compare_cells(cells);
  const Labels labels = labels_of(cells, traces);
  const std::vector<TraceRow> best_traces = best_estimates(traces);
  const PairedDifferences differences(closeness.differences);
  const std::vector<Ranking> ranked = rankings(comparison, differences);
  const std::vector<LayerCost> costs = layer_costs(best_traces, labels);
  const TracePanels layers = layer_panels(comparison, best_traces, labels), steps = step_panels(comparison, best_traces, labels);
  const std::vector<Panel> curves = density_curves(comparison, closeness.densities);
  std::vector<Panel> panels = layers.panels;
  panels.insert(panels.end(), steps.panels.begin(), steps.panels.end());
  panels.insert(panels.end(), curves.begin(), curves.end());
  const std::size_t first_cloud = panels.size();
  const std::vector<SampleView> samples = sample_views(comparison, closeness.samples);
  for (const SampleView& view : samples) panels.insert(panels.end(), view.panels.begin(), view.panels.end());
  const std::vector<std::string> drawn = panels_html(panels, options);

  std::string page = masthead(provenance, "KL comparison", verdict_of(comparison) + cost_verdict(costs), files_of(closeness));
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
              "errors. Unbeaten: cells in which no other flow is proved nearer on the same rows. Click a heading to sort.",
              leaderboard(comparison, ranked));
  page +=
      section("Which flow is nearer?",
              "All flows are asked about the same rows, and the error is that of the difference itself. Place 1 + the number of flows that "
              "are proved nearer: where the 95 % interval of the difference holds 0, two flows are not distinguishable and may share a place. Of "
              "twenty pairs that are alike, one looks different by chance.",
              ranking_table(ranked, differences));
  page += section("Seed by seed", "Every dot is one fit: dots far apart mean that the outcome depends on the seed. The further left, the better.",
                  seed_spread(comparison));
  page +=
      section("Which layer costs, which layer brings?",
              "The change of KL by a layer, in nats, over the same rows before and after it: ▼ lowers the KL, ▲ raises it; the median over seeds. "
              "A layer that prepares the next one may look useless alone. Of flows with two layers or more.",
              sentences(cost_sentences(costs)) + layer_cost_table(costs));
  page +=
      section("Which layer helps where?",
              "The median change of KL in nats by layers of a kind on each source, over all flows, places and seeds; – where it was not used or no "
              "change is finite.",
              layer_source_table(best_traces, labels));
  page += section("What a layer of each kind contributes",
                  "The change of KL by a layer, in nats, over all flows, sources and seeds: negative is an improvement. A layer that prepares the "
                  "next one may look useless alone.",
                  layer_type_table(best_traces));
  page += panels_section(
      "Layer by layer",
      "Each panel follows one flow from the data (left) to the latent space: KL between the data pushed through the first layers "
      "and the standard normal, in nats. A step down is what that layer contributes; a step up is a layer that makes it worse for the moment.",
      layers, drawn, 0);
  page += panels_section("Step by step",
                         "KL in nats along the fit, a line for each flow: the lower and the further left, the better. Below the noise floor, "
                         "differences mean nothing.",
                         steps, drawn, layers.panels.size());
  page +=
      panels_section("Densities at dim 1",
                     "p is the source, q each flow as fitted (of its lowest seed): where they lie on one another, the fit is right. The log-ratio "
                     "beside them is what the KL averages, in nats.",
                     {curves, {}}, drawn, layers.panels.size() + steps.panels.size());
  page +=
      section("Densities at dim 2",
              "The source, the flow as fitted (of its lowest seed), and their log-ratio, over the middle of the source. In a row of the same source "
              "equal colours mean equal densities; the colours of log-ratios mean the same on the whole page.",
              density_pictures(comparison, closeness.densities));
  page += section("Data sets and their flows",
                  "Held-out rows and samples of each flow as fitted (of its lowest seed), coordinate against coordinate, at most the first three. "
                  "Where the rows are colours: swatches of either, by brightness from left to right and by hue from top to bottom.",
                  samples_html(samples, drawn, first_cloud));
  page += section("Is the estimate right?",
                  "Where the KL is known exactly or by quadrature, the Monte Carlo estimate must agree: z is their difference in standard errors, "
                  "and beyond ±3 something is wrong with the flow's log_det, the tails or the estimator. In many rows a few beyond 2 are chance.",
                  estimator_check(comparison));
  page +=
      section("Is the log_det right?",
              "With r = q/p, the mean of r/(1 + r) over rows of the source equals the mean of 1/(1 + r) over rows of the flow, for any flow whose "
              "log_det is right. The imbalance is their difference, without unit; beyond ±3 standard errors something is wrong.",
              balance_check(comparison));
  page += section("Methods", {}, methods(comparison));
  page += provenance_section(provenance);
  return html::document(provenance.title.empty() ? "KL comparison" : provenance.title, page);
}

}  // namespace flowgauge::reports
