// SPDX-License-Identifier: MIT
#include <flowgauge/reports/page.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <regex>

#include <flowgauge/reports/csv.hpp>

#include "example_rows.hpp"
#include "html_check.hpp"

namespace flowgauge::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A page without gnuplot: the same on every machine.
const FigureOptions no_gnuplot{{}, "/nowhere/gnuplot"};

constexpr const char* attack = "<script>alert('x')</script>\" onload=\"alert(1)&";

/// All free texts of all rows replaced by something that must not get through.
template <class Row>
std::vector<Row> attacked(std::vector<Row> rows) {
  for (Row& row : rows) {
    for (const Column<Row>& column : Table<Row>::columns) {
      const bool meaning = column.name == "metric" || column.name == "estimator" || column.name == "trace";
      if (column.type == ColumnType::text && column.choices.empty() && !meaning) column.from_text(row, attack);
    }
  }
  return rows;
}

Provenance attacked_provenance() {
  Provenance provenance;
  for (std::string* text :
       {&provenance.title, &provenance.command_line, &provenance.flowgauge_version, &provenance.git_rev, &provenance.run_id, &provenance.started_at,
        &provenance.machine, &provenance.config_name, &provenance.config_text, &provenance.config_sha256}) {
    *text = attack;
  }
  provenance.seeds = provenance.environment = {{attack, attack}};
  provenance.warnings = {attack};
  return provenance;
}

std::size_t times(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

TEST(HtmlCheck, FindsFaults) {
  EXPECT_EQ(first_fault("<p>fine &amp; <b>well</b></p>"), "");
  for (const char* broken :
       {"<p><b>x</p></b>", "<p>a & b</p>", "<p>", "<p title=\"a\" b\">x</p>", "<i id=\"a\"></i><i id=\"a\"></i>", "</p>", "a < b"}) {
    EXPECT_NE(first_fault(broken), "") << broken;
  }
}

TEST(Page, AllAreWellFormed) {
  EXPECT_EQ(first_fault(comparison_page(example::cells(), example::traces(), example::provenance())), "");
  EXPECT_EQ(first_fault(verification_page(example::verdicts(), example::provenance(), {"a & b"})), "");
  EXPECT_EQ(first_fault(throughput_page(example::timings(), example::provenance())), "");
}

TEST(Page, AllAreWellFormedWithNothingToShow) {
  EXPECT_EQ(first_fault(comparison_page({}, {}, {})), "");
  EXPECT_EQ(first_fault(verification_page({}, {})), "");
  EXPECT_EQ(first_fault(throughput_page({}, {})), "");
  EXPECT_THAT(comparison_page({}, {}, {}), HasSubstr("There is no cell in these files"));
  EXPECT_THAT(verification_page({}, {}), HasSubstr("nothing is known"));
}

TEST(Page, NoTextFromOutsideGetsThroughUnescaped) {
  const Provenance provenance = attacked_provenance();
  for (const std::string& page : {comparison_page(attacked(example::cells()), attacked(example::traces()), provenance),
                                  verification_page(attacked(example::verdicts()), provenance, {attack}, {{attack, attack}}),
                                  throughput_page(attacked(example::timings()), provenance)}) {
    EXPECT_EQ(first_fault(page), "");
    EXPECT_EQ(times(page, "<script>"), 1U);  // our own
    EXPECT_EQ(times(page, "<script>alert"), 0U);
    EXPECT_FALSE(std::regex_search(page, std::regex("<[^<>]*onload=\"")));
    EXPECT_GT(times(page, "&lt;script&gt;"), 5U);
  }
}

TEST(Page, NeedsNothingFromTheNetwork) {
  for (const std::string& page :
       {comparison_page(example::cells(), example::traces(), example::provenance()), throughput_page(example::timings(), example::provenance())}) {
    EXPECT_EQ(times(page, "http"), times(page, "xmlns=\"http") + times(page, "xmlns:xlink=\"http"));
    EXPECT_THAT(page, Not(HasSubstr("<link")));
    EXPECT_THAT(page, Not(HasSubstr("@import")));
  }
}

TEST(ComparisonPage, ShowsInfiniteFailedAndDoubtfulCells) {
  const std::string page = comparison_page(example::cells(), {}, example::provenance(), no_gnuplot);
  EXPECT_THAT(page, HasSubstr("Of 84 cells (source × flow × dim × seed): 81 ok, 1 diverged, 1 error, 1 timeout. KL is infinite in 12 cells."));
  EXPECT_THAT(page, HasSubstr("<b>∞</b><small>infinite: proved from the tails</small>"));
  EXPECT_THAT(page, HasSubstr("<b>✗ diverged</b><small>loss is not finite at step 117 (was &lt;1e+12&gt;)</small>"));
  EXPECT_THAT(page, HasSubstr("✗ 1 of 3 seeds: timeout"));
  EXPECT_THAT(page, HasSubstr("⚠ tails too heavy: the error is larger than stated"));
  EXPECT_THAT(page, HasSubstr("interval holds 0"));
  EXPECT_THAT(page, HasSubstr("flowgauge run bench/grids/quick.toml --out out/quick --only c_"));
  EXPECT_THAT(page, HasSubstr("<a href=\"cells.csv\">"));
  EXPECT_THAT(page, HasSubstr("⚠ beyond 3"));
  EXPECT_THAT(page, HasSubstr("training −3.1 ± 0.004"));
}

TEST(ComparisonPage, FailedCellsCountAsInfiniteInTheRanking) {
  // One flow fits one source perfectly and fails on two; the other is mediocre on all three, and stands first.
  std::vector<CellRow> cells;
  for (const char* source : {"a", "b", "c"}) {
    for (const char* flow : {"lucky", "steady"}) {
      CellRow row;
      row.cell_id = std::string{"c_"} + source + flow;
      row.source = source;
      row.flow = flow;
      row.dim = 2;
      row.metric = "kl";
      row.estimator = "mc";
      const bool fails = flow[0] == 'l' && source[0] != 'a';
      row.status = fails ? "diverged" : "ok";
      if (!fails) row.value = flow[0] == 'l' ? 1e-6 : 0.5;
      cells.push_back(row);
    }
  }
  const std::string page = comparison_page(cells, {}, {}, no_gnuplot);
  EXPECT_THAT(page, HasSubstr("Lowest median KL at dim 2: steady (0.5 nat)."));
  EXPECT_LT(page.find("<th scope=\"col\">steady<"), page.find("<th scope=\"col\">lucky<"));
}

/// Lower in the median but infinite on one source of three: not the best. The page says why it is infinite, and what the names stand for.
TEST(ComparisonPage, FlowsThatAreFiniteEverywhereStandFirst) {
  std::vector<CellRow> cells;
  for (const char* source : {"a", "b", "c"}) {
    for (const char* flow : {"narrow", "broad"}) {
      CellRow row;
      row.cell_id = std::string{"c_"} + source + flow;
      row.source = source;
      row.source_params = source[0] == 'a' ? "nu=1" : "";
      row.flow = flow;
      row.flow_params = flow[0] == 'n' ? "triangular" : "softlog";
      row.dim = 1;
      row.metric = "kl";
      row.estimator = "quadrature";
      row.status = "ok";
      row.value = flow[0] == 'n' ? 0.1 : 0.2;
      if (flow[0] == 'n' && source[0] == 'a') {
        row.value = HUGE_VAL;
        row.kl_status = "infinite_proved";
        row.status_detail = "inf (W(1) source, linear tails)";
      }
      cells.push_back(row);
    }
  }
  CellRow data = cells.front();
  data.cell_id = "c_rows";
  data.source = "rows.csv";
  data.source_params = "hash=12";
  data.metric = "cross_entropy";
  data.kl_status = data.status_detail = "";
  data.value = 3;
  cells.push_back(data);
  const std::string page = comparison_page(cells, {}, {}, no_gnuplot);
  EXPECT_THAT(page, HasSubstr("Lowest median KL at dim 1: broad (0.2 nat, finite on every source)."));
  EXPECT_LT(page.find("<th scope=\"col\">broad<"), page.find("<th scope=\"col\">narrow<"));
  EXPECT_THAT(page, HasSubstr("<b>∞</b><small>W(1) source, linear tails</small>"));
  EXPECT_THAT(page, HasSubstr("<th>narrow</th><td>flow</td><td><code>triangular</code></td>"));
  EXPECT_THAT(page, HasSubstr("<th>a</th><td>source</td><td><code>a(nu=1)</code></td>"));
  EXPECT_THAT(page, Not(HasSubstr("rows.csv(hash=12)")));
}

TEST(ComparisonPage, PrefersQuadratureAndShowsMonteCarloBeside) {
  CellRow row;
  row.cell_id = "c_1";
  row.source = "normal";
  row.flow = "affine";
  row.dim = 1;
  row.status = "ok";
  row.metric = "kl";
  row.unit = "nat";
  row.value = 0.25;
  row.std_error = 0.01;
  row.estimator = "mc";
  CellRow exact = row;
  exact.value = 0.2;
  exact.std_error = 0;
  exact.estimator = "quadrature";
  const std::string page = comparison_page({row, exact}, {}, {}, no_gnuplot);
  EXPECT_THAT(page, HasSubstr("<b>0.2</b><small>by quadrature</small><small>Monte Carlo 0.25 ± 0.01</small>"));
  EXPECT_THAT(page, HasSubstr("data-value=\"4.999999999999999\">5</td><td class=\"doubt\">⚠ beyond 3"));
}

TEST(ComparisonPage, NotANumberIsNeverTheBest) {
  CellRow row;
  row.source = "normal";
  row.dim = 1;
  row.status = "ok";
  row.metric = "kl";
  row.estimator = "mc";
  row.cell_id = "c_1";
  row.flow = "broken";
  row.value = std::nan("");
  CellRow good = row;
  good.cell_id = "c_2";
  good.flow = "good";
  good.value = 0.3;
  const std::string page = comparison_page({row, good}, {}, {}, no_gnuplot);
  EXPECT_THAT(page, HasSubstr("Lowest median KL at dim 1: good (0.3 nat)."));
  EXPECT_THAT(page, HasSubstr("<b>✗ NaN</b><small>not a number</small>"));
}

TEST(ComparisonPage, LayerTypesAreCountedOverOptions) {
  std::vector<TraceRow> traces;
  const auto add = [&](const char* layer, double delta) {
    TraceRow row;
    row.cell_id = "c_1";
    row.trace = "layer";
    row.index = static_cast<std::int64_t>(traces.size() + 1);
    row.layer = layer;
    row.metric = "kl";
    row.estimator = "mc";
    row.value = 1;
    row.delta = delta;
    traces.push_back(row);
  };
  add("softlog(base=2)", -0.5);
  add("softlog", 0.25);
  add("coupling(rational_quadratic_spline(bins=8), hidden=[64,64])", -1);
  const std::string page = comparison_page({}, traces, {}, no_gnuplot);
  EXPECT_THAT(page, HasSubstr("<th>softlog</th><td class=\"number\" data-value=\"2\">2</td><td class=\"number\" data-value=\"-0.125\">−0.125</td>"));
  EXPECT_THAT(page, HasSubstr("data-value=\"0.5\">50 %</td>"));
  EXPECT_THAT(page, HasSubstr("<th>coupling(rational_quadratic_spline)</th>"));
}

TEST(ComparisonPage, SaysHowManyPanelsAreHidden) {
  std::vector<TraceRow> traces;
  for (int flow = 0; flow < 45; ++flow) {
    for (int index = 0; index < 3; ++index) {
      TraceRow row;
      row.cell_id = "c_" + std::to_string(flow);
      row.flow = "flow_" + std::to_string(flow);
      row.source = "normal";
      row.trace = "layer";
      row.index = index;
      row.metric = "kl";
      row.value = 1.0 / (1 + index);
      traces.push_back(row);
    }
  }
  EXPECT_THAT(comparison_page({}, traces, {}, no_gnuplot), HasSubstr("40 of 45 panels are shown"));
}

TEST(VerificationPage, CountsOnlyRealChecksAndShowsFailuresFirst) {
  const std::string page =
      verification_page(example::verdicts(), example::provenance(), {"A wrong paper."}, {{"log_det_matches_jacobian", "Its words."}});
  EXPECT_THAT(page, HasSubstr("5 subjects × 5 laws: of 23 checks 20 hold, 2 fail, 1 unresolved. Beside them 1 not applicable, 1 error."));
  EXPECT_THAT(page, HasSubstr("✗ softexp(base=2.7) fails L6 log det matches jacobian"));
  EXPECT_THAT(page, HasSubstr("<dt>law says</dt><dd>Its words.</dd>"));
  EXPECT_THAT(page, HasSubstr("no inverse declared"));
  EXPECT_THAT(page, HasSubstr("child process ended with signal 11"));
  EXPECT_THAT(page, HasSubstr("A wrong paper."));
  EXPECT_THAT(page, HasSubstr("<small>NaN</small>"));
  EXPECT_LT(page.find("Broken laws"), page.find("Every subject against every law"));
  EXPECT_LT(page.find("L2 inverse"), page.find("L12 gradients"));
}

TEST(VerificationPage, GravestVerdictWinsOverSeveralRows) {
  std::vector<VerdictRow> rows(2);
  for (VerdictRow& row : rows) {
    row.layer = "planar";
    row.law = "inverse";
    row.verdict = "holds";
    row.worst_margin = 0.1;
  }
  rows[1].verdict = "fails";
  rows[1].worst_margin = std::nan("");
  for (int turn = 0; turn < 2; ++turn) {
    const std::string page = verification_page(rows, {});
    EXPECT_THAT(page, HasSubstr("<td class=\"fails bad\" title=\"fails, margin not a number\">✗<small>NaN</small></td>"));
    std::swap(rows[0], rows[1]);
  }
}

TEST(ThroughputPage, ShowsMedianRangeAndEnvironmentFirst) {
  std::vector<BenchRow> rows;
  for (const double time : {300.0, 100.0, 200.0}) {
    BenchRow row;
    row.layer = "softlog";
    row.direction = "forward";
    row.dim = 2;
    row.batch = 10;
    row.real_time_ns = time;
    row.repetition = static_cast<std::int64_t>(rows.size());
    rows.push_back(row);
  }
  const std::string page = throughput_page(rows, example::provenance(), no_gnuplot);
  EXPECT_THAT(page, HasSubstr("data-value=\"10\">10</td>"));
  EXPECT_THAT(page, HasSubstr(">5 – 15 ⚠</td>"));
  EXPECT_LT(page.find("class=\"box\""), page.find("<table"));
  EXPECT_THAT(throughput_page(rows, {}), HasSubstr("did not say where it was made"));
}

}  // namespace
}  // namespace flowgauge::reports
