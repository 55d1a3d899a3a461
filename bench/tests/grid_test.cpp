// SPDX-License-Identifier: MIT
#include <flowgauge/bench/grid.hpp>

#include <flowgauge/error.hpp>
#include <flowgauge/model.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace flowgauge::bench {
namespace {

constexpr const char* small = R"toml(sources = ["normal", "laplace(scale=2)"]
seeds = [1, 2]
[flows]
affine = "triangular"
bent = "triangular softlog triangular"
[fit]
steps = 10
)toml";

Grid grid_of(const std::string& text) { return parse_grid(text, "some/grid.toml"); }

/// The sentence of the ConfigError that this text raises.
std::string refusal(const std::string& text) {
  try {
    grid_of(text);
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "no refusal";
}

TEST(Grid, MultipliesSourcesFlowsAndSeeds) {
  const Grid grid = grid_of(small);
  EXPECT_EQ(grid.name, "grid");
  ASSERT_EQ(grid.cells.size(), 8u);
  const GridCell& c = grid.cells.back();
  EXPECT_EQ(c.source, "laplace(scale=2)");
  EXPECT_EQ(c.flow_name, "bent");
  EXPECT_EQ(c.flow, "triangular softlog triangular");
  EXPECT_EQ(c.dim, 1);
  EXPECT_EQ(c.seed, 2u);
  EXPECT_EQ(c.dtype, "float32");
  EXPECT_EQ(c.fit.options.steps, 10);
  EXPECT_EQ(c.id.substr(0, 2), "c_");
  EXPECT_EQ(c.id.size(), 18u);
}

TEST(Grid, ModelFileIsEvaluatedAsItIs) {
  const auto folder = std::filesystem::temp_directory_path() / "flowgauge_grid_models";
  std::filesystem::create_directories(folder);
  Flow<double> flow = make_flow<double>("triangular softlog", 1);
  flow.randomise(3, 1);
  const auto save = [&] { save_model(to_model(flow), (folder / "kept.json").string()); };
  const auto grid_with = [&](const std::string& source) {
    return parse_grid(fmt::format("sources = [\"{}\"]\nseeds = [1]\n[flows]\nkept = \"kept.json\"\n", source), folder / "grid.toml");
  };
  save();
  const GridCell cell = grid_with("laplace").cells.at(0);
  EXPECT_EQ(cell.flow, "triangular softlog");
  EXPECT_EQ(cell.dtype, "float64");
  EXPECT_EQ(cell.model, folder / "kept.json");
  flow.theta()[0] += 1;
  save();
  EXPECT_NE(grid_with("laplace").cells.at(0).id, cell.id);
  try {
    grid_with("seed_mvn");
    FAIL() << "a model of dim 1 was taken for a source of dim 2";
  } catch (const ConfigError& e) {
    EXPECT_NE(std::string(e.what()).find("grid.toml:4: the model kept.json has dim 1, but seed_mvn has dim 2"), std::string::npos) << e.what();
  }
  std::filesystem::remove_all(folder);
  EXPECT_THROW(grid_with("laplace"), DataError);
}

TEST(Grid, HashSeesNumbersAndNotLayout) {
  const Grid grid = grid_of(small);
  EXPECT_EQ(grid.hash.size(), 64u);
  EXPECT_EQ(grid_of(std::string("# a remark\n\n") + small).hash, grid.hash);
  EXPECT_EQ(grid_of("sources = [\"normal(mean=0)\", \"laplace(scale=2.0)\"]\nseeds=[1,2]\nflows = {affine = \"triangular(upper)\", bent = "
                    "\"triangular  softlog triangular\"}\nfit = {steps = 10}").hash, grid.hash);
  std::string other = small;
  other.replace(other.find("steps = 10"), 10, "steps = 11");
  EXPECT_NE(grid_of(other).hash, grid.hash);
  EXPECT_NE(grid_of(other).cells[0].id, grid.cells[0].id);
}

TEST(Grid, NameOfAFlowDoesNotChangeItsCell) {
  std::string other = small;
  other.replace(other.find("bent"), 4, "soft");
  EXPECT_EQ(grid_of(other).cells[2].id, grid_of(small).cells[2].id);
  EXPECT_NE(grid_of(other).hash, grid_of(small).hash);  // but the rows have another name
}

TEST(Grid, EpochsBecomeSteps) {
  const Grid grid =
      grid_of("sources=[\"exponential\"]\nseeds=[1]\nflows=[\"triangular\"]\n[fit]\nn_train=2500\nepochs=200\nbatch=1000\norder=\"in_order\"");
  EXPECT_EQ(grid.cells[0].fit.options.steps, 600);  // batches of 1000, 1000, 500
  EXPECT_EQ(grid.cells[0].fit.options.order, Order::in_order);
  EXPECT_EQ(grid.cells[0].fit.training, Training::fixed);
  EXPECT_EQ(grid.cells[0].flow_name, "triangular");
}

TEST(Grid, BlocksInheritAndOverride) {
  const Grid grid = grid_of(std::string(small) + R"(
[[cells]]
flows = ["affine"]
seeds = [7]
[[cells]]
sources = ["cauchy"]
dtype = "float64"
fit = {steps = 20, learning_rate = 0.5}
evaluate = {n_eval = 99}
)");
  ASSERT_EQ(grid.cells.size(), 2u + 4u);
  EXPECT_EQ(grid.cells[0].seed, 7u);
  EXPECT_EQ(grid.cells[0].fit.options.steps, 10);
  EXPECT_EQ(grid.cells[2].source, "cauchy");
  EXPECT_EQ(grid.cells[2].dtype, "float64");
  EXPECT_EQ(grid.cells[2].fit.options.steps, 20);
  EXPECT_EQ(grid.cells[2].fit.options.learning_rate, 0.5);
  EXPECT_EQ(grid.cells[2].evaluation.n_eval, 99);
  EXPECT_EQ(grid.cells[0].evaluation.n_eval, 100'000);
}

TEST(Grid, DataSetsAreFoundBesideTheGridAndHashed) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "flowgauge_grid_test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "rows.csv") << "1,2\n3,4\n5,6\n7,8\n9,10\n";
  const std::string text = "data = [\"rows.csv\"]\nseeds = [1]\nflows = [\"triangular\"]\n[evaluate]\nheld_out = 0.4\n";
  const Grid grid = parse_grid(text, folder / "g.toml");
  ASSERT_EQ(grid.cells.size(), 1u);
  EXPECT_EQ(grid.cells[0].source, "rows.csv");
  EXPECT_EQ(grid.cells[0].dim, 2);
  EXPECT_EQ(grid.cells[0].fit.n_train, 3);
  std::ofstream(folder / "rows.csv") << "1,2\n3,4\n5,6\n7,8\n9,11\n";
  EXPECT_NE(parse_grid(text, folder / "g.toml").hash, grid.hash);
  std::filesystem::remove_all(folder);
}

TEST(Grid, QuickGridReads) {
  const Grid grid = read_grid(std::filesystem::path(FLOWGAUGE_SOURCE_DIR) / "bench/grids/quick.toml");
  EXPECT_EQ(grid.name, "quick");
  EXPECT_EQ(grid.cells.size(), 31u);
}

// The sentences, as people read them.
TEST(GridErrors, UnknownKeys) {
  EXPECT_EQ(
      refusal("sources = [\"normal\"]\nseed = [1]\n"),
      "some/grid.toml:2: unknown key 'seed'; did you mean 'seeds'? key is one of: name, flows, sources, data, seeds, dtype, "
      "colours, fit, evaluate, cells");
  EXPECT_EQ(refusal(std::string(small) + "lerning_rate = 1\n"),
            "some/grid.toml:8: unknown key of fit 'lerning_rate'; did you mean 'learning_rate'? key of fit is one of: steps, epochs, batch, "
            "learning_rate, schedule, "
            "betas, epsilon, weight_decay, clip_norm, order, n_train");
}
TEST(GridErrors, WrongTypesAndRanges) {
  EXPECT_EQ(refusal(std::string(small) + "batch = \"many\"\n"),
            "some/grid.toml:8: batch must be an integer from 1 to 1000000000, got the text \"many\"");
  EXPECT_EQ(refusal(std::string(small) + "n_train = -5\n"),
            "some/grid.toml:8: n_train must be \"fresh\" or an integer from 1 on, got the integer -5");
  EXPECT_EQ(refusal(std::string(small) + "betas = [0.9, 1]\n"), "some/grid.toml:8: betas must be a number from 0 and below 1, got the integer 1");
  EXPECT_EQ(refusal(std::string(small) + "learning_rate = 0\n"), "some/grid.toml:8: learning_rate must be a number above 0, got the integer 0");
  EXPECT_EQ(refusal("sources = \"normal\"\n"), "some/grid.toml:1: sources must be a list of one or more texts, got the text \"normal\"");
  EXPECT_EQ(refusal("seeds = [1, 4294967296]\n"),
            "some/grid.toml:1: seeds must be a list of integers from 0 to 2147483647, got the integer 4294967296 in it");
  EXPECT_EQ(refusal("dtype = \"float64 \"\n"),
            "some/grid.toml:1: unknown dtype 'float64 '; did you mean 'float64'? dtype is one of: float32, float64");
}
TEST(GridErrors, NamesThatDoNotExist) {
  EXPECT_EQ(refusal("sources = [\"normal\",\n \"laplase\"]\nseeds=[1]\nflows=[\"triangular\"]\n").substr(0, 57),
            "some/grid.toml:2: unknown source 'laplase'; did you mean ");
  EXPECT_EQ(refusal("sources = [\"normal\"]\nseeds=[1]\n[flows]\na = \"trangular\"\n").substr(0, 57),
            "some/grid.toml:4: unknown layer 'trangular'; did you mean");
  EXPECT_EQ(refusal(std::string(small) + "[[cells]]\nflows = [\"afine\"]\n"),
            "some/grid.toml:9: unknown flow of this grid 'afine'; did you mean 'affine'? flow of this grid is one of: affine, bent");
}
TEST(GridErrors, WhatIsMissing) {
  EXPECT_EQ(refusal("sources = [\"normal\"]\nflows = [\"triangular\"]\n"), "some/grid.toml:1: no seeds: expected seeds = [1]");
  EXPECT_EQ(refusal("sources = [\"normal\"]\nseeds = [1]\n"),
            "some/grid.toml:1: no flows: expected a table [flows] with lines such as affine = \"triangular\"");
  EXPECT_EQ(refusal("seeds = [1]\nflows = [\"triangular\"]\n"),
            "some/grid.toml:1: no sources and no data: expected sources = [\"normal\"] or data = [\"rows.csv\"]");
}
TEST(GridErrors, Twice) {
  EXPECT_EQ(refusal("sources = [\"normal\", \"normal(mean=0)\"]\nseeds = [1]\nflows = [\"triangular\"]\n"),
            "some/grid.toml:1: this cell comes twice: normal with triangular and seed 1");
  EXPECT_EQ(refusal("sources = [\"normal\"]\nseeds = [1]\n[flows]\na = \"triangular\"\nb = \"triangular(upper)\"\n"),
            "some/grid.toml:1: this cell comes twice: normal with b and seed 1 (the flows a and b are the same)");
  EXPECT_EQ(refusal(std::string(small) + "epochs = 3\n"), "some/grid.toml:8: give either steps or epochs, not both");
}
TEST(GridErrors, EpochsOfFreshRows) {
  EXPECT_EQ(refusal("sources = [\"normal\"]\nseeds = [1]\nflows = [\"triangular\"]\nfit = {epochs = 3}\n"),
            "some/grid.toml:4: epochs count a fixed training set: give n_train an integer, or steps instead of epochs");
}
TEST(GridErrors, NotToml) { EXPECT_EQ(refusal("seeds = [1\nsources = 3\n").substr(0, 39), "some/grid.toml:2: this is not TOML: Err"); }
TEST(GridErrors, NoFile) { EXPECT_THROW(read_grid("no/such/grid.toml"), DataError); }

}  // namespace
}  // namespace flowgauge::bench
