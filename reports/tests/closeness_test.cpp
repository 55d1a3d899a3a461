// SPDX-License-Identifier: MIT
#include <flowgauge/reports/page.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <fmt/format.h>

#include "html_check.hpp"

namespace flowgauge::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

const FigureOptions no_gnuplot{{}, "/nowhere/gnuplot"};

CellRow cell(const char* flow, double kl, std::int64_t dim = 1) {
  CellRow row;
  row.cell_id = std::string{"c_"} + flow;
  row.source = "laplace";
  row.flow = flow;
  row.dim = dim;
  row.seed = 1;
  row.status = "ok";
  row.metric = "kl";
  row.estimator = "mc";
  row.unit = "nat";
  row.kl_status = "mc_ok";
  row.n_eval = 5000;
  row.value = kl;
  row.std_error = 0.01;
  return row;
}

DifferenceRow difference(const char* flow, const char* other, double value, double error, const char* conclusion) {
  DifferenceRow row;
  row.cell_id = std::string{"c_"} + flow;
  row.other_cell_id = std::string{"c_"} + other;
  row.source = "laplace";
  row.flow = flow;
  row.other_flow = other;
  row.value = value;
  row.std_error = error;
  row.ci_low = value - 1.96 * error;
  row.ci_high = value + 1.96 * error;
  row.unit = "nat";
  row.conclusion = conclusion;
  return row;
}

/// A data set of colours: swatches of its rows and of the flow's, and three pairs of channels; a cell that is not there adds nothing.
TEST(Samples, ColoursHaveSwatchesAndAScatterMatrix) {
  CellRow held_out = cell("a", 1.2, 3);
  held_out.metric = "cross_entropy_held_out";
  held_out.source = "dusk.png";
  held_out.kl_status.clear();
  std::vector<SampleRow> samples;
  for (const char* const of : {"data", "flow"})
    for (int i = 0; i < 256; ++i) {
      SampleRow row;
      row.cell_id = held_out.cell_id;
      row.of = of;
      row.kind = "colours";
      row.index = i;
      row.x1 = row.x2 = 0.01 * i - 1;
      row.x3 = i == 7 ? NAN : 0.5;
      samples.push_back(row);
    }
  samples.push_back(samples.back());
  samples.back().cell_id = "c_of_another_run";
  const std::string page = comparison_page({held_out}, {}, {}, no_gnuplot, {{}, {}, samples});
  EXPECT_EQ(first_fault(page), "");
  EXPECT_THAT(page, HasSubstr("<img alt=\"held-out rows\" src=\"data:image/png;base64,"));
  EXPECT_THAT(page, HasSubstr("<img alt=\"a\" src=\"data:image/png;base64,"));
  for (const char* const title : {"green against red", "blue against red", "blue against green"}) EXPECT_THAT(page, HasSubstr(title));
  EXPECT_THAT(page, HasSubstr("256 held-out rows, 256 samples."));
  for (SampleRow& row : samples) row.kind = "numbers";
  EXPECT_THAT(comparison_page({held_out}, {}, {}, no_gnuplot, {{}, {}, samples}), Not(HasSubstr("alt=\"held-out rows\"")));
}

/// b is the lowest by a hair, a cannot be told from it, c can, whichever way round the table has the pairs.
TEST(Ranking, FlowsThatCannotBeToldApartShareAPlace) {
  const std::vector<CellRow> cells{cell("a", 0.101), cell("b", 0.1), cell("c", 0.3)};
  const Closeness closeness{{difference("a", "b", 0.001, 0.002, "not_distinguishable"), difference("a", "c", -0.199, 0.002, "lower"),
                             difference("b", "c", -0.2, 0.002, "lower")},
                            {}};
  const std::string page = comparison_page(cells, {}, {}, no_gnuplot, closeness);
  EXPECT_EQ(first_fault(page), "");
  EXPECT_THAT(page, HasSubstr("data-value=\"1\">1</td><td>b</td>"));
  EXPECT_THAT(page, HasSubstr("data-value=\"1\">1</td><td>a</td>"));
  EXPECT_THAT(page, HasSubstr("data-value=\"3\">3</td><td>c</td>"));
  EXPECT_THAT(page, HasSubstr(">0.001 ± 0.002</td>"));
  EXPECT_THAT(page, HasSubstr(">0.2 ± 0.002</td>"));  // c less b: the sign of the pair is turned
  EXPECT_THAT(page, HasSubstr("≈ not distinguishable"));
  EXPECT_THAT(page, HasSubstr("✗ further away"));
  EXPECT_THAT(page, HasSubstr(">1 of 1</td>"));  // unbeaten
  EXPECT_THAT(page, HasSubstr("<a href=\"kl_differences.csv\">"));
  EXPECT_THAT(comparison_page(cells, {}, {}, no_gnuplot), Not(HasSubstr("Which flow is nearer?")));
}

TEST(Ranking, AnInfiniteFlowStandsBehindEveryFiniteOne) {
  std::vector<CellRow> cells{cell("a", 0.1), cell("b", 0.2), cell("c", HUGE_VAL)};
  cells.back().kl_status = "infinite_proved";
  const std::string page = comparison_page(cells, {}, {}, no_gnuplot, {{difference("a", "b", -0.1, 0.01, "lower")}, {}});
  EXPECT_THAT(page, HasSubstr("data-value=\"3\">3</td><td>c</td>"));
  EXPECT_THAT(page, HasSubstr("✗ no finite KL"));
}

std::vector<TraceRow> stack(const char* flow, const std::vector<double>& changes) {
  std::vector<TraceRow> rows;
  for (std::size_t i = 0; i <= changes.size(); ++i) {
    TraceRow row;
    row.cell_id = std::string{"c_"} + flow;
    row.source = "laplace";
    row.flow = flow;
    row.dim = 1;
    row.trace = "layer";
    row.index = static_cast<std::int64_t>(i);
    row.layer = i == 0 ? "" : i % 2 == 1 ? "triangular" : "softlog(base=2)";
    row.metric = "kl";
    row.estimator = "mc";
    row.value = 1;
    if (i > 0) row.delta = changes[i - 1];
    rows.push_back(row);
  }
  return rows;
}

TEST(LayerCosts, SayWhichLayerCostsMost) {
  const std::string page = comparison_page({cell("deep", 0.2)}, stack("deep", {-0.5, 0.25, -0.125, 0.0625}), {}, no_gnuplot);
  EXPECT_THAT(page, HasSubstr("deep: layer 2 of 4, softlog, costs most: it raises the KL on laplace by 0.25 nat."));
  EXPECT_LT(page.find("costs most"), page.find("class=\"facts\""));  // one flow: in the sentence at the head of the page
  EXPECT_THAT(page, HasSubstr("<td>2 softlog</td><td class=\"number bad\" data-value=\"0.25\">▲ +0.25</td>"));
  EXPECT_THAT(page, HasSubstr("<td>1 triangular</td><td class=\"number good\" data-value=\"-0.5\">▼ −0.5</td>"));
  // By kind and source: the medians of (0.25, 0.0625) and of (−0.5, −0.125).
  EXPECT_THAT(page, HasSubstr("<th>softlog</th><td class=\"number bad\" data-value=\"0.15625\">"));
  EXPECT_THAT(page, HasSubstr("<th>triangular</th><td class=\"number good\" data-value=\"-0.3125\">"));
  EXPECT_THAT(comparison_page({}, stack("fine", {-0.5, -0.25}), {}, no_gnuplot), HasSubstr("fine: none of its 2 layers raises the KL anywhere."));
  EXPECT_THAT(comparison_page({}, stack("one", {-0.5}), {}, no_gnuplot), Not(HasSubstr("costs most")));
}

std::vector<DensityRow> grid_of(const char* flow, std::int64_t dim, std::int64_t side, double log_ratio) {
  std::vector<DensityRow> rows;
  for (std::int64_t i = 0; i < (dim == 1 ? side : side * side); ++i) {
    DensityRow row;
    row.cell_id = std::string{"c_"} + flow;
    row.source = "laplace";
    row.flow = flow;
    row.dim = dim;
    row.seed = 1;
    row.index = i;
    row.x = static_cast<double>(i % side);
    if (dim == 2) row.y = static_cast<double>(i / side);
    row.log_p = -1;
    row.log_q = -1 - log_ratio;
    rows.push_back(row);
  }
  return rows;
}

TEST(Densities, AreDrawnBesideOneAnother) {
  const std::string flat = comparison_page({cell("a", 0.1, 2)}, {}, {}, no_gnuplot, {{}, grid_of("a", 2, 4, 0)});
  EXPECT_EQ(first_fault(flat), "");
  EXPECT_THAT(flat, HasSubstr("x from 0 to 3, y from 0 to 3; 16 points"));
  std::size_t pictures = 0;
  for (std::size_t at = flat.find("<img class=\"density\""); at != std::string::npos; at = flat.find("<img class=\"density\"", at + 1)) ++pictures;
  EXPECT_EQ(pictures, 3U);
  // A ratio that is off looks otherwise, and equal densities look alike.
  const auto third = [](const std::string& page) { return page.substr(page.find("alt=\"log-ratio"), 3000); };
  EXPECT_NE(third(flat), third(comparison_page({cell("a", 0.1, 2)}, {}, {}, no_gnuplot, {{}, grid_of("a", 2, 4, 1)})));
  const std::string curves = comparison_page({cell("a", 0.1)}, {}, {}, no_gnuplot, {{}, grid_of("a", 1, 50, 0.5)});
  EXPECT_EQ(first_fault(curves), "");
  EXPECT_THAT(curves, HasSubstr("laplace: log-ratio"));
  EXPECT_THAT(curves, HasSubstr("50 points, formulas, no band."));
}

TEST(SeedSpread, HasADotForEverySeed) {
  std::vector<CellRow> cells;
  for (std::int64_t seed = 1; seed <= 3; ++seed) {
    CellRow row = cell("a", 0.1 * static_cast<double>(seed));
    row.cell_id = fmt::format("c_{}", seed);
    row.seed = seed;
    cells.push_back(row);
  }
  cells.push_back(cells.back());
  cells.back().cell_id = "c_4";
  cells.back().seed = 4;
  cells.back().status = "diverged";
  cells.back().value.reset();
  const std::string page = comparison_page(cells, {}, {}, no_gnuplot);
  EXPECT_EQ(first_fault(page), "");
  std::size_t dots = 0;
  for (std::size_t at = page.find("<circle"); at != std::string::npos; at = page.find("<circle", at + 1)) ++dots;
  EXPECT_EQ(dots, 3U);
  EXPECT_THAT(page, HasSubstr("+ 1 not drawn"));
  EXPECT_THAT(page, HasSubstr("4 seeds."));
  cells.resize(1);
  const std::string single = comparison_page(cells, {}, {}, no_gnuplot);
  EXPECT_THAT(single, Not(HasSubstr("Seed by seed")));
  EXPECT_THAT(single, HasSubstr("One seed: how far a fit moves with its seed is not known"));
}

TEST(ComparisonPage, AVanishingShareHasNoSign) {
  CellRow closed = cell("a", -1e-5);
  closed.metric = "gap_closed";
  closed.unit = "1";
  const std::string page = comparison_page({cell("a", 0.1), closed}, {}, {}, no_gnuplot);
  EXPECT_THAT(page, HasSubstr("gap closed 0.0 %"));
}

TEST(ComparisonPage, JudgesTheBalanceOfTheLogDet) {
  CellRow good = cell("a", 0.002), bad = cell("b", 0.05);
  good.metric = bad.metric = "balance";
  const std::string page = comparison_page({cell("a", 0.1), good, cell("b", 0.1), bad}, {}, {}, no_gnuplot);
  EXPECT_THAT(page, HasSubstr("data-value=\"0.2\">0.2</td><td class=\"good\">✓ within 3"));
  EXPECT_THAT(page, HasSubstr("data-value=\"5\">5</td><td class=\"doubt\">⚠ beyond 3"));
}

/// 128 operations for a sample at 2 · 10⁶ samples a second, where registers alone do 10⁹ operations a second.
TEST(ThroughputPage, ShowsTheShareOfThePeak) {
  BenchRow peak, coupling;
  peak.layer = "fma_peak";
  coupling.layer = "coupling(affine)";
  for (BenchRow* row : {&peak, &coupling}) {
    row->direction = "forward";
    row->dtype = "float32";
    row->dim = 2;
    row->batch = 100;
    row->real_time_ns = 1000;
  }
  peak.flops_per_sample = 2;
  peak.samples_per_second = 5e8;
  coupling.flops_per_sample = 128;
  coupling.samples_per_second = 2e6;
  const std::string page = throughput_page({peak, coupling}, {}, no_gnuplot);
  EXPECT_THAT(page, HasSubstr("data-value=\"0.256\">26 %</td>"));
  EXPECT_THAT(page, HasSubstr("100 % of the peak, 32-bit numbers: 1 GFLOP/s"));
  coupling.flops_per_sample.reset();
  EXPECT_THAT(throughput_page({peak, coupling}, {}, no_gnuplot), Not(HasSubstr("%</td>")));
}

TEST(VerificationPage, SaysReasonsInWordsAndDrawsMargins) {
  VerdictRow row;
  row.layer = "planar";
  row.law = "inverse";
  row.verdict = "unresolved";
  row.reason = "oracles_differ";
  VerdictRow held = row;
  held.verdict = "holds";
  held.reason.clear();
  held.worst_margin = 0.02;
  const std::string page = verification_page({row, held}, {});
  EXPECT_EQ(first_fault(page), "");
  EXPECT_THAT(page, Not(HasSubstr("oracles_differ")));
  EXPECT_THAT(page, HasSubstr("the two references do not agree with each other"));
  EXPECT_THAT(page, HasSubstr("<circle"));
}

}  // namespace
}  // namespace flowgauge::reports
