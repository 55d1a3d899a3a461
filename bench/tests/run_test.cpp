// SPDX-License-Identifier: MIT
#include <flowgauge/bench/run.hpp>

#include "specimens.hpp"

#include <flowgauge/bench/kl.hpp>
#include <flowgauge/bench/store.hpp>
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/reports/csv.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace flowgauge::bench {
namespace {

namespace fs = std::filesystem;
using reports::CellRow;
using reports::DifferenceRow;
using reports::TraceRow;

constexpr const char* small = R"(sources = ["exponential", "cauchy", "seed_mvn"]
seeds = [1, 2]
[flows]
affine = "triangular"
bent = "triangular softlog triangular"
[fit]
steps = 30
batch = 64
learning_rate = 0.01
[evaluate]
n_eval = 3000
n_trace = 100
trace_points = 4
)";

class RunTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("flowgauge_run_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  RunOptions into(const char* name) const {
    RunOptions o;
    o.out = folder_ / name;
    o.provenance.command_line = "test";
    o.figures.program = "no-gnuplot-in-tests";
    return o;
  }
  RunSummary run(const std::string& text, const RunOptions& o) const { return run_grid(parse_grid(text, folder_ / "grid.toml"), o); }
  std::vector<CellRow> cells(const char* name) const { return reports::read_csv<CellRow>(folder_ / name / "cells.csv"); }
  std::string text(const char* name, const char* file) const { return reports::read_text(folder_ / name / file); }
  std::vector<std::string> files(const fs::path& of) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(of))
      if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), of).string());
    std::sort(names.begin(), names.end());
    return names;
  }
  fs::path folder_;
};

const CellRow* find(const std::vector<CellRow>& rows, const std::string& source, const std::string& flow, const std::string& metric,
                    const std::string& estimator) {
  for (const CellRow& r : rows)
    if (r.source == source && r.flow == flow && r.metric == metric && r.estimator == estimator && r.seed == 1) return &r;
  return nullptr;
}

TEST_F(RunTest, WritesEveryFile) {
  const RunSummary summary = run(small, into("a"));
  EXPECT_EQ(summary.total, 12u);
  EXPECT_EQ(summary.computed, 12u);
  EXPECT_EQ(summary.diverged + summary.failed, 0u);
  EXPECT_EQ(summary.page, folder_ / "a/report.html");
  const std::vector<std::string> found = files(folder_ / "a");
  EXPECT_EQ(found.size(), 7u + 12u);
  for (const char* name : {"cells.csv", "datapackage.json", "densities.csv", "kl_differences.csv", "kl_trace.csv", "report.html", "samples.csv"})
    EXPECT_TRUE(std::binary_search(found.begin(), found.end(), name)) << name;
  for (const std::string& name : found) EXPECT_EQ(name.find(".partial"), std::string::npos) << name;
}

TEST_F(RunTest, RowsSayWhatWasFound) {
  run(small, into("a"));
  const std::vector<CellRow> rows = cells("a");
  const CellRow *mc = find(rows, "exponential", "bent", "kl", "mc"), *exact = find(rows, "exponential", "bent", "kl", "quadrature");
  ASSERT_TRUE(mc && exact);
  EXPECT_NEAR(*mc->value, *exact->value, 5 * *mc->std_error);
  EXPECT_EQ(mc->kl_status, "mc_ok");
  EXPECT_EQ(exact->kl_status, "exact_quadrature");
  EXPECT_EQ(*mc->n_eval, 3000);
  EXPECT_EQ(*mc->n_params, 4);
  EXPECT_EQ(*mc->steps_done, 30);
  const CellRow *gap = find(rows, "exponential", "bent", "gap_closed", "quadrature"),
                *floor = find(rows, "exponential", "bent", "floor_gaussian", "exact");
  ASSERT_TRUE(gap && floor);
  EXPECT_NEAR(*floor->value, 0.418939, 5e-7);
  EXPECT_NEAR(*gap->value, 1 - *exact->value / *floor->value, 1e-14);
  const CellRow *leak = find(rows, "exponential", "bent", "leak", "quadrature"), *counted = find(rows, "exponential", "bent", "leak", "mc");
  ASSERT_TRUE(leak && counted);
  EXPECT_NEAR(*counted->value, *leak->value, 5 * *counted->std_error);
  const CellRow* infinite = find(rows, "cauchy", "affine", "kl", "quadrature");
  ASSERT_TRUE(infinite);
  EXPECT_TRUE(std::isinf(*infinite->value));
  EXPECT_EQ(infinite->kl_status, "infinite_proved");
  EXPECT_EQ(infinite->status_detail, "inf (W(1) source, linear tails)");
  EXPECT_EQ(find(rows, "cauchy", "affine", "kl", "mc")->kl_status, "infinite_proved");
  const CellRow *planar = find(rows, "seed_mvn", "affine", "kl", "quadrature"), *sampled = find(rows, "seed_mvn", "affine", "kl", "mc");
  ASSERT_TRUE(planar && sampled);
  EXPECT_NEAR(*planar->value, *sampled->value, 5 * *sampled->std_error);
  EXPECT_LT(*planar->std_error, 0.01 * *sampled->std_error);
  EXPECT_EQ(*find(rows, "seed_mvn", "affine", "n_nonfinite", "mc")->value, 0);
}

TEST_F(RunTest, ErrorsHaveIntervals) {
  // The entropy of a planted source is a mean of 10000 log_dets: the floor has its error, and so does what is measured by it.
  run("sources = [\"planted(triangular rational_quadratic_spline triangular)\", \"laplace\"]\nseeds = [1]\n[flows]\naffine = \"triangular\"\n"
      "[fit]\nsteps = 300\nlearning_rate = 0.03\n[evaluate]\nn_eval = 3000\n", into("a"));
  const std::vector<CellRow> rows = cells("a");
  int uncertain = 0;
  for (const CellRow& r : rows) {
    if (!r.value || !std::isfinite(*r.value) || r.metric.starts_with("khat")) continue;
    ASSERT_TRUE(r.std_error && r.ci_low && r.ci_high) << r.metric;
    if (r.estimator == "exact") {
      EXPECT_EQ(*r.std_error, 0) << r.metric;
    }
    if (r.estimator != "mc" || *r.std_error == 0) continue;
    ++uncertain;
    EXPECT_NEAR((*r.ci_high - *r.ci_low) / *r.std_error, 2 * 1.96, 0.01) << r.source << " " << r.metric;
  }
  EXPECT_GT(uncertain, 8);
  const CellRow *floor = find(rows, "planted", "affine", "floor_gaussian", "mc"), *gap = find(rows, "planted", "affine", "gap_closed", "mc"),
                *kl = find(rows, "planted", "affine", "kl", "mc");
  if (floor) {
    ASSERT_TRUE(gap && kl);
    EXPECT_GT(*floor->std_error, 0);
    EXPECT_NEAR(*gap->std_error, std::hypot(*kl->std_error, *kl->value / *floor->value * *floor->std_error) / *floor->value, 1e-12);
  }
  const CellRow* exact = find(rows, "laplace", "affine", "kl", "quadrature");
  ASSERT_TRUE(exact);
  EXPECT_LE(*exact->std_error, 1e-9 * *exact->value + 1e-12);
  EXPECT_EQ(*exact->ci_high, *exact->value + *exact->std_error);
}

TEST_F(RunTest, RowsThatAreNotInvertedAreCountedAndSaid) {
  Flow<double> flow = make_flow<double>("planar", 1);
  std::copy(specimens::lost_beyond_0_9.begin(), specimens::lost_beyond_0_9.end(), flow.theta().begin());
  save_model(to_model(flow), (folder_ / "lost.json").string());
  run("sources = [\"normal\"]\nseeds = [1]\n[flows]\nlost = \"lost.json\"\nempty = \"triangular\"\n[fit]\nsteps = 1\n[evaluate]\nn_eval = 1000\n",
      into("a"));
  const std::vector<CellRow> rows = cells("a");
  const CellRow *count = find(rows, "normal", "lost", "n_not_inverted", "mc"), *none = find(rows, "normal", "empty", "n_not_inverted", "mc");
  ASSERT_TRUE(count && none);
  EXPECT_GT(*count->value, 30);
  EXPECT_EQ(*none->value, 0);
  for (const char* metric : {"balance", "js", "hellinger2", "tv"}) {
    const CellRow* row = find(rows, "normal", "lost", metric, "mc");
    ASSERT_TRUE(row) << metric;
    EXPECT_FALSE(row->value) << metric;
    EXPECT_NE(row->status_detail.find("rows of the flow were not found by its inverse"), std::string::npos) << row->status_detail;
    EXPECT_TRUE(find(rows, "normal", "empty", metric, "mc")->value) << metric;
  }
}

TEST_F(RunTest, QuadratureThatIsNotExactHasNoValue) {
  const Flow<double> flow = specimens::with_affines("triangular inverse(softlog)", {{std::log(0.4999999), 0.0}});
  save_model(to_model(flow), (folder_ / "far.json").string());
  run("sources = [\"laplace\"]\nseeds = [1]\n[flows]\nfar = \"far.json\"\n[evaluate]\nn_eval = 1000\n", into("a"));
  const std::vector<CellRow> rows = cells("a");
  const CellRow* row = find(rows, "laplace", "far", "kl", "quadrature");
  ASSERT_TRUE(row);
  EXPECT_FALSE(row->value);
  EXPECT_EQ(row->kl_status, "invalid");
  EXPECT_NE(row->status_detail, "");
  EXPECT_TRUE(find(rows, "laplace", "far", "gap_closed", "mc"));
}

TEST_F(RunTest, TracesRunAlongLayersAndSteps) {
  run(small, into("a"));
  int layers = 0, steps = 0;
  for (const TraceRow& r : reports::read_csv<TraceRow>(folder_ / "a/kl_trace.csv")) {
    if (r.source != "exponential" || r.flow != "bent" || r.seed != 1) continue;
    if (r.trace == "layer") ++layers;
    else ++steps;
    if (r.trace == "step" && r.index == 30) {
      EXPECT_EQ(r.n_samples, 100);
    }
  }
  EXPECT_EQ(layers, 2 * 4);  // 0 … 3 layers, by both estimators
  EXPECT_EQ(steps, 5);       // 0, 1, 3, 10, 30
}

TEST_F(RunTest, ModelsAreWhatWasEvaluated) {
  run(small, into("a"));
  const std::vector<CellRow> rows = cells("a");
  const CellRow* mc = find(rows, "exponential", "bent", "kl", "mc");
  const Flow<double> flow = to_flow<double>(load_model((folder_ / "a/models" / (mc->cell_id + ".json")).string()));
  Workspace workspace;
  EXPECT_EQ(estimate_kl(flow, *distributions::make_source("exponential"), 3000, 1, workspace).kl.value, *mc->value);
}

/// The weights that the original notebook printed: KL and mass below 0 as recomputed independently, and one trace row a layer.
TEST_F(RunTest, PrintedSeedFlowHasItsKl) {
  const std::string text = fmt::format("sources = [\"exponential\"]\nseeds = [1]\n[flows]\nprinted = \"{}/bench/grids/seed_printed.json\"\n"
                                       "[evaluate]\nn_eval = 1000\n", FLOWGAUGE_SOURCE_DIR);
  run(text, into("a"));
  const std::vector<CellRow> rows = cells("a");
  const CellRow *kl = find(rows, "exponential", "printed", "kl", "quadrature"), *leak = find(rows, "exponential", "printed", "leak", "quadrature");
  ASSERT_TRUE(kl && leak);
  EXPECT_NEAR(*kl->value, 0.174239, 2e-5);
  EXPECT_NEAR(*leak->value, 0.007876, 2e-6);
  EXPECT_FALSE(kl->n_train);
  int layers = 0, steps = 0;
  for (const TraceRow& r : reports::read_csv<TraceRow>(folder_ / "a/kl_trace.csv")) {
    if (r.trace == "step") ++steps;
    else if (r.estimator == "quadrature") ++layers;
  }
  EXPECT_EQ(layers, 16);
  EXPECT_EQ(steps, 0);
}

TEST_F(RunTest, NumberOfJobsChangesNothingButVolatileColumns) {
  RunOptions two = into("two");
  two.jobs = 2;
  run(small, into("one"));
  run(small, two);
  EXPECT_EQ(reports::first_difference<CellRow>(text("one", "cells.csv"), text("two", "cells.csv")), std::nullopt);
  EXPECT_EQ(reports::first_difference<TraceRow>(text("one", "kl_trace.csv"), text("two", "kl_trace.csv")), std::nullopt);
  EXPECT_EQ(reports::first_difference<DifferenceRow>(text("one", "kl_differences.csv"), text("two", "kl_differences.csv")), std::nullopt);
  EXPECT_EQ(text("one", "densities.csv"), text("two", "densities.csv"));
  for (const std::string& name : files(folder_ / "one/models"))
    EXPECT_EQ(text("one", ("models/" + name).c_str()), text("two", ("models/" + name).c_str())) << name;
}

TEST_F(RunTest, SecondRunSkipsWhatIsThere) {
  RunOptions some = into("a");
  some.only = "exponential/*";
  EXPECT_EQ(run(small, some).computed, 4u);
  EXPECT_EQ(cells("a").front().source, "exponential");
  const RunSummary rest = run(small, into("a"));
  EXPECT_EQ(rest.skipped, 4u);
  EXPECT_EQ(rest.computed, 8u);
  const std::string before = text("a", "cells.csv");
  const RunSummary again = run(small, into("a"));
  EXPECT_EQ(again.skipped, 12u);
  EXPECT_EQ(again.computed, 0u);
  EXPECT_EQ(text("a", "cells.csv"), before);
  run(small, into("b"));
  EXPECT_EQ(reports::first_difference<CellRow>(before, text("b", "cells.csv")), std::nullopt);
}

TEST_F(RunTest, AnotherGridIsRefusedWithWhatDiffers) {
  run(small, into("a"));
  const std::string before = text("a", "cells.csv");
  std::string other = small;
  other.replace(other.find("steps = 30"), 10, "steps = 31");
  try {
    run(other, into("a"));
    FAIL() << "the folder of another grid was taken";
  } catch (const DataConflict& e) {
    const std::string sentence = e.what();
    EXPECT_NE(sentence.find("was 'steps = 30' and is 'steps = 31'"), std::string::npos) << sentence;
  }
  EXPECT_EQ(text("a", "cells.csv"), before);
  EXPECT_EQ(run(std::string("# a remark\n") + small, into("a")).skipped, 12u);
}

TEST_F(RunTest, InterruptedRunGoesOn) {
  std::atomic<bool> stop = false;
  RunOptions o = into("a");
  o.stop = &stop;
  o.progress = [&](const RunProgress& p) { stop = p.done == 3; };
  const RunSummary first = run(small, o);
  EXPECT_TRUE(first.interrupted);
  EXPECT_EQ(first.computed, 3u);
  EXPECT_TRUE(fs::exists(first.page));
  const RunSummary second = run(small, into("a"));
  EXPECT_FALSE(second.interrupted);
  EXPECT_EQ(second.skipped, 3u);
  run(small, into("b"));
  EXPECT_EQ(reports::first_difference<CellRow>(text("a", "cells.csv"), text("b", "cells.csv")), std::nullopt);
  EXPECT_EQ(reports::first_difference<TraceRow>(text("a", "kl_trace.csv"), text("b", "kl_trace.csv")), std::nullopt);
  EXPECT_EQ(reports::first_difference<DifferenceRow>(text("a", "kl_differences.csv"), text("b", "kl_differences.csv")), std::nullopt);
  EXPECT_EQ(text("a", "densities.csv"), text("b", "densities.csv"));
}

/// The paired difference is that of the two estimates, which saw the same rows. Standard deviations obey the triangle inequality, either way.
TEST_F(RunTest, FlowsOfOneSourceAreComparedOnTheSameRows) {
  run(small, into("a"));
  const std::vector<CellRow> rows = cells("a");
  const auto differences = reports::read_csv<DifferenceRow>(folder_ / "a/kl_differences.csv");
  ASSERT_EQ(differences.size(), 4u);  // two seeds of two sources; under linear tails cauchy has no finite KL
  for (const DifferenceRow& d : differences) {
    EXPECT_EQ(d.flow, "affine");
    EXPECT_EQ(d.other_flow, "bent");
    EXPECT_EQ(*d.n_eval, 3000);
    if (*d.seed != 1) continue;
    const CellRow *affine = find(rows, d.source, "affine", "kl", "mc"), *bent = find(rows, d.source, "bent", "kl", "mc");
    ASSERT_TRUE(affine && bent);
    // 3000 roundings of a sum of log-ratios of order 1 to 10.
    EXPECT_NEAR(*d.value, *affine->value - *bent->value, 1e-12) << d.source;
    EXPECT_GE(*d.std_error, std::abs(*affine->std_error - *bent->std_error) * (1 - 1e-12)) << d.source;
    EXPECT_LE(*d.std_error, (*affine->std_error + *bent->std_error) * (1 + 1e-12)) << d.source;
    EXPECT_EQ(d.conclusion, *d.ci_high < 0 ? "lower" : *d.ci_low > 0 ? "higher" : "not_distinguishable") << d.source;
  }
}

/// Points of both densities, from the models as they were saved.
TEST_F(RunTest, DensitiesOfDimOneAndTwoStandOnAGrid) {
  run(small, into("a"));
  const auto rows = reports::read_csv<reports::DensityRow>(folder_ / "a/densities.csv");
  std::size_t lines = 0, pictures = 0;
  for (const reports::DensityRow& row : rows) {
    EXPECT_EQ(*row.seed, 1);
    (*row.dim == 1 ? lines : pictures) += 1;
    if (row.source != "exponential") continue;
    // The log density of a standard exponential, to the decimals that are kept of it and of x.
    if (*row.x < 0) EXPECT_EQ(*row.log_p, -HUGE_VAL);
    else EXPECT_NEAR(*row.log_p, -*row.x, 1.1e-6);
    EXPECT_TRUE(std::isfinite(*row.log_q));
  }
  EXPECT_EQ(lines, 4u * 201u);
  EXPECT_EQ(pictures, 2u * 40u * 40u);
}

TEST_F(RunTest, TornRowsOfACrashAreMended) {
  run(small, into("whole"));
  RunOptions some = into("torn");
  some.only = "exponential/affine";
  run(small, some);
  // As if the machine had died while rows were written: the table half there, under its partial name.
  const std::string whole = text("torn", "cells.csv");
  std::ofstream(folder_ / "torn/cells.csv.partial") << whole.substr(0, whole.size() / 3);
  fs::remove(folder_ / "torn/cells.csv");
  run(small, into("torn"));
  EXPECT_EQ(reports::first_difference<CellRow>(text("whole", "cells.csv"), text("torn", "cells.csv")), std::nullopt);
}

TEST_F(RunTest, DivergedCellIsARow) {
  const std::string wild = "sources=[\"cauchy\"]\nseeds=[1]\nflows=[\"3*inverse(softlog)\"]\n[fit]\nsteps=50\n[evaluate]\nn_eval=100\n";
  const RunSummary summary = run(wild, into("a"));
  EXPECT_EQ(summary.diverged, 1u);
  const std::vector<CellRow> rows = cells("a");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "diverged");
  EXPECT_FALSE(rows[0].value);
  EXPECT_NE(rows[0].status_detail, "");
  EXPECT_EQ(run(wild, into("a")).skipped, 1u);
}

TEST_F(RunTest, DataSetGetsCrossEntropies) {
  std::ofstream data(folder_ / "rows.csv");
  const RandomStream stream(4, "rows");
  for (std::uint64_t i = 0; i < 500; ++i) data << stream.normal(i, 0) << "," << 3 + 2 * stream.normal(i, 1) << "\n";
  data.close();
  const RunSummary summary =
      run("data=[\"rows.csv\"]\nseeds=[1]\nflows=[\"triangular\"]\n[fit]\nepochs=60\nbatch=50\nlearning_rate=0.05\nschedule=\"cosine\"\n", into("a"));
  EXPECT_EQ(summary.failed + summary.diverged, 0u);
  const std::vector<CellRow> rows = cells("a");
  const CellRow *held_out = find(rows, "rows.csv", "triangular", "cross_entropy_held_out", "mc"),
                *gaussian = find(rows, "rows.csv", "triangular", "cross_entropy_gaussian", "mc");
  ASSERT_TRUE(held_out && gaussian);
  EXPECT_EQ(*held_out->n_eval, 100);
  EXPECT_EQ(*held_out->n_train, 400);
  EXPECT_NEAR(*held_out->value, *gaussian->value, 0.02);  // the same family, fitted by Adam and in closed form
  const auto samples = reports::read_csv<reports::SampleRow>(folder_ / "a/samples.csv");
  EXPECT_EQ(samples.size(), 200u);  // the held-out rows, and as many of the flow
  double mean = 0;
  for (const reports::SampleRow& row : samples) mean += row.of == "flow" ? *row.x2 / 100 : 0;
  EXPECT_NEAR(mean, 3, 5 * 2 / 10.0);
}

TEST_F(RunTest, FolderThatCannotBeMadeIsFoundFirst) {
  std::ofstream(folder_ / "file") << "x";
  RunOptions o = into("file/below");
  int calls = 0;
  o.progress = [&](const RunProgress&) { ++calls; };
  EXPECT_THROW(run(small, o), DataError);
  EXPECT_EQ(calls, 0);
}

TEST_F(RunTest, RefusesBadOptions) {
  RunOptions o = into("a");
  o.jobs = 0;
  EXPECT_THROW(run(small, o), ConfigError);
  o.jobs = 1;
  o.only = "nothing/at_all";
  EXPECT_THROW(run(small, o), ConfigError);
  EXPECT_FALSE(fs::exists(folder_ / "a"));
}

}  // namespace
}  // namespace flowgauge::bench
