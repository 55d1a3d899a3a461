// SPDX-License-Identifier: MIT
// What each command prints and writes when all is well.
#include "process.hpp"

#include <flowgauge/catalogue.hpp>
#include <flowgauge/distributions/dataset.hpp>
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/model.hpp>
#include <flowgauge/reports/csv.hpp>
#include <flowgauge/verify/verify.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace flowgauge::cli_tests {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Commands, HelpShowsTwoExamplesFirst) {
  for (const char* const command : {"list", "show", "sample", "eval", "fit", "run", "report", "compare", "verify", "bench", "new"}) {
    const Ran ran = run(Folder(), {command, "--help"});
    EXPECT_EQ(ran.code, 0);
    const std::size_t first = ran.out.find(std::string("  flowgauge ") + command),
                      second = ran.out.find(std::string("\n  flowgauge ") + command, first);
    EXPECT_LT(first, second) << command;
    EXPECT_LT(second, ran.out.find("Usage:")) << command;
    EXPECT_EQ(ran.err, "");
  }
  EXPECT_THAT(run(Folder(), {"--help"}).out, HasSubstr("verify"));
  EXPECT_THAT(run(Folder(), {"--version"}).out, StartsWith("flowgauge 0.1"));
  EXPECT_EQ(run(Folder(), {}).code, 2);
}

TEST(Commands, ListNamesEverything) {
  const Ran ran = run(Folder(), {"list"});
  EXPECT_EQ(ran.code, 0);
  for (const MemberInfo& m : list_members()) EXPECT_THAT(ran.out, HasSubstr("  " + m.name + " "));
  for (const auto& s : distributions::list_sources()) EXPECT_THAT(ran.out, HasSubstr("  " + s.name + " "));
  for (const auto& l : verify::list_laws()) EXPECT_THAT(ran.out, HasSubstr("  " + l.name + " "));
}
TEST(Commands, ListAsJson) {
  const nlohmann::json all = nlohmann::json::parse(run(Folder(), {"list", "--json"}).out);
  EXPECT_EQ(all["layers"].size(), list_members().size());
  EXPECT_EQ(all["sources"].size(), distributions::list_sources().size());
  EXPECT_EQ(all["laws"].size(), verify::list_laws().size());
  const nlohmann::json few = nlohmann::json::parse(run(Folder(), {"list", "layers", "--json", "--only", "soft*"}).out);
  EXPECT_FALSE(few.contains("sources"));
  for (const auto& layer : few["layers"]) EXPECT_THAT(layer["name"].get<std::string>(), StartsWith("soft"));
}

TEST(Commands, ShowKnowsEveryName) {
  std::vector<std::string> names;
  for (const MemberInfo& m : list_members()) names.push_back(m.name);
  for (const auto& s : distributions::list_sources()) names.push_back(s.name);
  for (const auto& l : verify::list_laws()) names.push_back(l.name), names.push_back(l.id);
  for (const std::string& name : names) {
    const Ran ran = run(Folder(), {"show", name});
    EXPECT_EQ(ran.code, 0) << name << ": " << ran.err;
    EXPECT_FALSE(ran.out.empty()) << name;
  }
}
TEST(Commands, ShowOfAFlowCountsItsParameters) {
  const Ran ran = run(Folder(), {"show", "triangular triangular softlog triangular triangular softlog", "--dim", "3"});
  EXPECT_THAT(ran.out, StartsWith("2*(2*triangular softlog): a flow"));
  EXPECT_THAT(ran.out, HasSubstr("at dim 3: 6 layers, 36 parameters\n"));  // 4·(3 + 3 + 3)
}

TEST(Commands, SampleOfFewRowsIsAPrefix) {
  const Folder folder;
  for (const std::string source : {"laplace(scale=2)", "seed_mvn", "planted"}) {
    const Ran few = run(folder, {"sample", source, "-n", "10"}), many = run(folder, {"sample", source, "-n", "5000"});
    EXPECT_EQ(few.code, 0) << few.err;
    EXPECT_EQ(std::count(few.out.begin(), few.out.end(), '\n'), 11);
    EXPECT_THAT(many.out, StartsWith(few.out));
    EXPECT_NE(run(folder, {"sample", source, "-n", "10", "--seed", "2"}).out, few.out);
  }
  EXPECT_EQ(run(folder, {"sample", "seed_mvn", "-n", "0"}).out, "x1,x2\n");
}
TEST(Commands, SampleIsReadBackExactly) {
  const Folder folder;
  const Ran ran = run(folder, {"sample", "cauchy", "-n", "100", "--seed", "5"});
  const distributions::DataSet back = distributions::parse_csv(ran.out, "sample");
  const auto source = distributions::make_source("cauchy");
  Batch<double> x(100, 1);
  source->sample(RandomStream(5, "source-sample", "cauchy"), 0, x);
  for (Index i = 0; i < 100; ++i) EXPECT_EQ(back.rows(i, 0), x(i, 0));
}

TEST(Commands, FitOfASourceWritesAModel) {
  const Folder folder;
  const Ran ran = run(folder, {"fit", "--source", "normal(mean=1)", "--flow", "triangular", "--steps", "500", "--lr", "0.02", "--schedule", "cosine",
                               "--out", "out"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("KL exact"));
  const Model model = load_model(folder / "out/model.json");
  EXPECT_EQ(model.flow, "triangular");
  ASSERT_EQ(model.theta.size(), 2u);
  EXPECT_NEAR(model.theta[0], 0, 0.05);
  EXPECT_NEAR(model.theta[1], -1, 0.05);
  const Ran rows = run(folder, {"sample", "out/model.json", "-n", "2000"});
  EXPECT_THAT(run(folder, {"sample", "out/model.json", "-n", "2001"}).out, StartsWith(rows.out));
  const distributions::DataSet sample = distributions::parse_csv(rows.out, "model");
  double mean = 0;
  for (Index i = 0; i < 2000; ++i) mean += sample.rows(i, 0) / 2000;
  EXPECT_NEAR(mean, 1, 6 / std::sqrt(2000.0));
  EXPECT_THAT(run(folder, {"show", "out/model.json"}).out, HasSubstr("rows: normal(mean=1)"));
}
TEST(Commands, FitIsTheSameTwice) {
  const Folder folder;
  for (const char* const out : {"a", "b"})
    ASSERT_EQ(run(folder, {"fit", "--source", "laplace", "--flow", "triangular softlog triangular", "--steps", "50", "--out", out}).code, 0);
  EXPECT_EQ(load_model(folder / "a/model.json").theta, load_model(folder / "b/model.json").theta);
}
TEST(Commands, FitOfDataStandsBesideTheGaussian) {
  const Folder folder;
  folder.write("rows.csv", run(folder, {"sample", "seed_mvn", "-n", "2000"}).out);
  const Ran ran =
      run(folder, {"fit", "--data", "rows.csv", "--flow", "triangular", "--epochs", "500", "--lr", "0.1", "--schedule", "cosine", "--out", "out"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, ::testing::ContainsRegex("1600 rows fitted +400 rows held out"));
  EXPECT_THAT(ran.out, ::testing::ContainsRegex("flow − Gaussian +[+].*± [0-9.e-]+ +[+-].*± [0-9.e-]+\n"));
  EXPECT_THAT(ran.out, HasSubstr("± standard error; of the difference, over the same rows"));
}
TEST(Commands, FitOfRowsInAPlaneSaysThereIsNoGaussian) {
  const Folder folder;
  folder.write("rows.csv", "1,1\n2,2\n3,3\n4,4\n5,5\n6,6\n7,7\n8,8\n");
  const Ran ran = run(folder, {"fit", "--data", "rows.csv", "--flow", "triangular", "--held-out", "0", "--steps", "3", "--out", "out"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("no Gaussian: expected a positive definite covariance"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "out/model.json"));
}
TEST(Commands, FolderOfAnotherCommandIsRefused) {
  const Folder folder;
  ASSERT_EQ(run(folder, {"fit", "--source", "laplace", "--flow", "triangular", "--steps", "1", "--n-eval", "10", "--out", "out"}).code, 0);
  const Ran ran = run(folder, {"bench", "softlog", "--dim", "1", "--seconds", "0.001", "--repetitions", "1", "--out", "out"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("out holds the model.json of another command; choose another folder"));
  EXPECT_EQ(shell(folder.path(), "ls out").out, "model.json\n");
}
TEST(Commands, FitThatBlowsUpSaysSo) {
  const Folder folder;
  folder.write("rows.csv", "1e300,1\n2,3\n-1e300,2\n");
  const Ran ran = run(folder, {"fit", "--data", "rows.csv", "--flow", "triangular", "--held-out", "0", "--steps", "3", "--out", "out"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("stopped: step 1: the loss is "));
}

const std::string small_grid = R"(name = "small"
seeds = [1]
sources = ["normal", "cauchy"]

[flows]
linear = "triangular"
soft = "triangular softlog triangular"

[fit]
steps = 20
batch = 100

[evaluate]
n_eval = 1000
n_trace = 100
trace_points = 5
)";

class Grid : public ::testing::Test {
 protected:
  Folder folder;
  Ran go(const std::string& out, const std::string& jobs) { return run(folder, {"run", "grid.toml", "--out", out, "-j", jobs}); }
  void SetUp() override { folder.write("grid.toml", small_grid); }
};
TEST_F(Grid, IsRunOnceAndReportedAgain) {
  const Ran first = go("out", "1");
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.out, StartsWith("nats "));
  EXPECT_THAT(first.out, ::testing::ContainsRegex("\ncauchy +inf +[0-9.]+\n"));
  EXPECT_THAT(first.out, ::testing::EndsWith("\n\nout/report.html\n"));
  EXPECT_THAT(first.err, HasSubstr("4 cells: 4 computed, 0 already there"));
  for (const char* const file : {"cells.csv", "kl_trace.csv", "datapackage.json", "report.html"})
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "out" / file)) << file;
  EXPECT_THAT(read(folder / "out/cells.csv"), HasSubstr("inf (W(1) source, linear tails)"));  // Cauchy under linear tails, with its reason

  EXPECT_THAT(go("out", "1").err, HasSubstr("4 cells: 0 computed, 4 already there"));
  ASSERT_EQ(run(folder, {"report", "out", "--html", "again.html"}).code, 0);
  EXPECT_TRUE(read(folder / "again.html") == read(folder / "out/report.html"));
}
TEST_F(Grid, AnotherGridIsRefused) {
  ASSERT_EQ(go("out", "1").code, 0);
  const std::string cells = read(folder / "out/cells.csv");
  std::string changed = small_grid;
  changed.replace(changed.find("steps = 20"), 10, "steps = 21");
  folder.write("grid.toml", changed);
  const Ran ran = go("out", "1");
  EXPECT_EQ(ran.code, 3) << ran.err;
  EXPECT_THAT(ran.err, StartsWith("flowgauge run: "));
  EXPECT_THAT(ran.err, HasSubstr("was 'steps = 20' and is 'steps = 21'"));
  EXPECT_EQ(read(folder / "out/cells.csv"), cells);
}
TEST_F(Grid, DryRunWritesNothing) {
  const Ran ran = run(folder, {"run", "grid.toml", "--dry-run"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 5);
  EXPECT_EQ(folder.content(), std::vector<std::string>{"grid.toml"});
}

TEST(Commands, PaletteOfAPicture) {
  const Folder folder;
  const std::string picture = FLOWGAUGE_SOURCE_DIR "/bench/grids/dusk.png";
  const Ran ran = run(folder, {"palette", picture, "--rows", "2000", "--epochs", "5", "--out", "out"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("2000 of 19200 pixels"));
  EXPECT_THAT(ran.out, HasSubstr("flow, bits a channel"));
  for (const char* const file : {"source.png", "generated.png", "model.json", "datapackage.json", "report.html"})
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "out" / file)) << file;
  EXPECT_EQ(run(folder, {"palette", picture, "--rows", "2000", "--epochs", "5", "--out", "again"}).code, 0);
  for (const std::string file : {"source.png", "generated.png"})
    EXPECT_TRUE(read(folder / ("out/" + file)) == read(folder / ("again/" + file))) << file;
}
TEST(Commands, PaletteOfBytesAndOfNumbersIsTheSame) {
  const Folder folder;
  std::string bytes;
  for (int i = 0; i < 1100; ++i) bytes += std::to_string(i % 256) + "," + std::to_string(i * 7 % 256) + "," + std::to_string(i * i % 256) + "\n";
  folder.write("bytes.csv", bytes);
  const Ran ran = run(folder, {"palette", "bytes.csv", "--epochs", "1", "--out", "out"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("1100 of 1100 rows"));
  folder.write("bytes.csv", bytes + "0.5,1,2\n");
  EXPECT_EQ(run(folder, {"palette", "bytes.csv", "--epochs", "1", "--space", "byte", "--out", "other"}).err,
            "flowgauge palette: bytes.csv: expected channels, whole numbers from 0 to 255; got 0.5 in row 1101\n");
}
TEST(Commands, RunOverOtherDataAndAPicture) {
  const Folder folder;
  folder.write("rows.csv", "1,2,3\n3,4,1\n0,1,2\n2,2.5,0\n-1,0.5,1\n4,1,2\n1,1,1\n2,3,2\n0,0,1\n1,3,3\n");
  folder.write("grid.toml", "data = [\"rows.csv\"]\nseeds = [1]\nflows = [\"triangular\"]\nfit = {steps = 2}\n");
  const Ran ran = run(folder, {"run", "grid.toml", "--data", FLOWGAUGE_SOURCE_DIR "/bench/grids/dusk.png", "rows.csv", "--out", "out"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("dusk.png"));
  EXPECT_THAT(ran.out, HasSubstr("rows.csv"));
  folder.write("grid.toml", "sources = [\"normal\"]\nseeds = [1]\nflows = [\"triangular\"]\nfit = {steps = 2}\n");
  EXPECT_EQ(run(folder, {"run", "grid.toml", "--data", "rows.csv"}).err, "flowgauge run: grid.toml fits no data set that others could stand for\n");
}

TEST(Commands, VerifyOfOneLayer) {
  const Folder folder;
  const Ran ran = run(folder, {"verify", "--only", "softlog", "--cases", "5", "--out", "out"});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, ::testing::ContainsRegex("1 layer × [0-9]+ laws: [0-9]+ hold, 0 fail, 0 unresolved, [0-9]+ not applicable, 0 errors[.]\n$"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "out/verdicts.csv"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "out/report.html"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "out/failures.txt"));
  ASSERT_EQ(run(folder, {"report", "out", "--html", "again.html"}).code, 0);
  EXPECT_TRUE(read(folder / "again.html") == read(folder / "out/report.html"));
}
TEST(Commands, VerifyHasTheSameRowsForAnyNumberOfJobs) {
  const Folder folder;
  for (const char* const jobs : {"1", "2"}) {
    const std::string out = std::string("j") + jobs;
    ASSERT_EQ(run(folder, {"verify", "--only", "affine", "--cases", "5", "-j", jobs, "--out", out}).code, 0);
  }
  EXPECT_EQ(reports::first_difference<reports::VerdictRow>(read(folder / "j1/verdicts.csv"), read(folder / "j2/verdicts.csv")), std::nullopt);
}
TEST(Commands, BenchOfOneLayer) {
  const Folder folder;
  const Ran ran = run(folder, {"bench", "--only", "softlog", "--dim", "2", "--batch", "1000", "--dtype", "float32", "--seconds", "0.001",
                               "--repetitions", "2", "--out", "out"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("softlog"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "out/bench.csv"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "out/report.html"));
}

TEST(Commands, NewLayerIsWrittenOnce) {
  const Folder folder;
  const Ran ran = run(folder, {"new", "layer", "soft_bend"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(read(folder / "soft_bend.hpp"), HasSubstr("struct SoftBend {"));
  EXPECT_EQ(run(folder, {"new", "layer", "soft_bend"}).code, 2);
  std::filesystem::create_directories(folder.path() / "lib/include/flowgauge/transformers");
  std::filesystem::create_directories(folder.path() / "deep/er");
  EXPECT_EQ(shell(folder.path() / "deep/er", "flowgauge new layer bend").code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "lib/include/flowgauge/transformers/bend.hpp"));
}

TEST(Commands, InterruptedVerifyWritesWhatIsKnown) {
  const Folder folder;
  // The deep tier takes minutes; the folder is made once Ctrl-C is listened to.
  const Ran ran = shell(folder.path(), "set -m; flowgauge verify --only permutation --tier deep -j 2 --out out & "
                                       "while [ ! -d out ]; do sleep 0.1; done; kill -INT $!; wait $!");
  EXPECT_EQ(ran.code, 75) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("were not examined"));
  EXPECT_THAT(ran.out, HasSubstr("unresolved"));
  const auto rows = reports::read_csv<reports::VerdictRow>(folder.path() / "out" / "verdicts.csv");
  ASSERT_FALSE(rows.empty());
  EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [](const auto& r) { return r.reason == "interrupted before it was examined" && !r.cases; }));
}

TEST(Commands, EvalGivesLatentsAndDensitiesOfRows) {
  const Folder folder;
  ASSERT_EQ(run(folder, {"fit", "--source", "laplace", "--flow", "triangular softlog triangular", "--steps", "20", "--out", "m"}).code, 0);
  folder.write("x.csv", "0.5\n-2\n");
  const std::string model = (folder.path() / "m" / "model.json").string();
  const Ran plain = run(folder, {"eval", model, "--input", "x.csv", "--source", "laplace"});
  ASSERT_EQ(plain.code, 0) << plain.err;
  EXPECT_THAT(plain.out, StartsWith("z1,log_det,log_q,log_p,log_ratio\n"));
  const auto rows = distributions::parse_csv(plain.out, "out").rows;
  const Flow<double> flow = to_flow<double>(load_model(model));
  Batch<double> x(2, 1), z(2, 1);
  x(0, 0) = 0.5, x(1, 0) = -2;
  std::vector<double> log_det(2), log_q(2);
  Workspace workspace;
  flow.forward(x, z, log_det, workspace);
  flow.log_prob(x, log_q, workspace);
  for (Index i = 0; i < 2; ++i) {
    EXPECT_EQ(rows(i, 0), z(i, 0));
    EXPECT_EQ(rows(i, 1), log_det[i]);
    EXPECT_NEAR(rows(i, 2), log_q[i], 1e-14);
    EXPECT_NEAR(rows(i, 3), -std::log(2) - std::abs(x(i, 0)), 1e-15);
    EXPECT_NEAR(rows(i, 4), rows(i, 3) - rows(i, 2), 1e-15);
  }
  // Back again.
  std::string latents = "z1\n";
  for (Index i = 0; i < 2; ++i) latents += number_text(z(i, 0)) + "\n";
  folder.write("z.csv", latents);
  const auto back = distributions::parse_csv(run(folder, {"eval", model, "--input", "z.csv", "--inverse"}).out, "out").rows;
  for (Index i = 0; i < 2; ++i) {
    EXPECT_NEAR(back(i, 0), x(i, 0), 1e-13);
    EXPECT_NEAR(back(i, 2), log_q[i], 1e-13);
  }
  // After every layer: the last line of a row is the whole flow.
  const std::string trace = run(folder, {"eval", model, "--input", "x.csv", "--trace"}).out;
  EXPECT_EQ(std::count(trace.begin(), trace.end(), '\n'), 1 + 2 * 4);
  EXPECT_THAT(trace, StartsWith("row,index,layer,y1,log_det,log_q\n0,0,,0.5,0,"));
  EXPECT_THAT(trace, HasSubstr("\n0,2,softlog,"));
  EXPECT_THAT(trace, HasSubstr(fmt::format("\n1,3,triangular,{},", number_text(z(1, 0)))));
}

TEST(Commands, CompareCountsBothDirections) {
  const Folder folder;
  const auto cells = [&](const std::string& name, std::vector<double> kl) {
    std::vector<reports::CellRow> rows;
    for (std::size_t s = 0; s < kl.size(); ++s) {
      reports::CellRow row;
      row.cell_id = fmt::format("c_{:016x}", s);
      row.source = "laplace", row.flow = fmt::format("flow{}", s), row.dim = 1, row.dtype = "float32", row.seed = 1;
      row.status = "ok", row.metric = "kl", row.value = kl[s], row.std_error = 1e-3, row.estimator = "mc", row.unit = "nat";
      rows.push_back(row);
      row.metric = "leak";
      rows.push_back(row);
    }
    std::filesystem::create_directories(folder.path() / name);
    reports::write_csv(folder.path() / name / "cells.csv", rows);
  };
  // Beyond, within and against the interval of 3 rows; and a KL that became infinite.
  const double infinity = std::numeric_limits<double>::infinity();
  cells("a", {0.5, 0.1, 0.2, 0.3});
  cells("b", {0.4, 0.102, 0.3, infinity});
  const Ran worse = run(folder, {"compare", "a", "b"});
  EXPECT_EQ(worse.code, 1) << worse.err;
  EXPECT_THAT(worse.out, HasSubstr("4 in both: 1 better in B, 2 worse, 1 not distinguishable (shown with --all)\n"));
  EXPECT_THAT(worse.out, HasSubstr("4 rows of other metrics are not compared\n"));
  EXPECT_THAT(worse.out, HasSubstr("inf"));
  cells("c", {0.4, 0.102});
  const Ran better = run(folder, {"compare", "a/cells.csv", "c/cells.csv", "--all"});
  EXPECT_EQ(better.code, 0) << better.err;
  EXPECT_THAT(better.out, HasSubstr("2 in both: 1 better in B, 0 worse, 1 not distinguishable\n2 only in A, 0 only in B\n"));
}

TEST(Commands, InterruptedSampleSaysSo) {
  const Folder folder;
  const Ran ran = shell(folder.path(), "flowgauge sample normal -n 1000000000 >/dev/null & p=$!; sleep 0.3; kill -INT $p; wait $p");
  EXPECT_EQ(ran.code, 75);
}

}  // namespace
}  // namespace flowgauge::cli_tests
