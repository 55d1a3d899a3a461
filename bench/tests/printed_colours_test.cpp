// SPDX-License-Identifier: MIT
// The 132 weights that the original colour notebook printed, against figures recomputed independently.
#include <flowgauge/bench/kl.hpp>
#include <flowgauge/distributions/dataset.hpp>
#include <flowgauge/model.hpp>

#include <array>
#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

namespace flowgauge::bench {
namespace {

Flow<double> printed_flow() { return to_flow<double>(load_model(FLOWGAUGE_SOURCE_DIR "/bench/grids/color_printed.json")); }

/// log q from forty lines of Python that read the printed numbers as they are: a^|x|, H_1 H_2 H_3 R x, no logarithm of a parameter.
TEST(PrintedColours, DensityOfThreeColours) {
  const Flow<double> flow = printed_flow();
  EXPECT_EQ(flow.theta().size(), 120u);  // 132 with the 12 below the diagonals
  Workspace workspace;
  const std::array<std::array<double, 3>, 3> colours{{{-0.324, -0.55, 0.668}, {0.034, -0.074, 0.644}, {-2.0, -1.5, -1.0}}};
  const std::array<double, 3> expected{0.7577859602973844, -0.34143050922218476, -5.557143084686439};
  for (std::size_t i = 0; i < 3; ++i) {
    Batch<double> x(1, 3);
    for (Index j = 0; j < 3; ++j) x(0, j) = colours[i][static_cast<std::size_t>(j)];
    EXPECT_NEAR(cross_entropy(flow, x, workspace).nats.value, -expected[i], 1e-12 * std::abs(expected[i]));
  }
}

TEST(PrintedColours, CrossEntropyOfTheNotebooksRows) {
  const std::string path = FLOWGAUGE_SHARED_DIR "/data/purple-forest.csv.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here: its 20 000 colours are not part of the project";
  const distributions::DataSet data = distributions::read_csv(path);
  ASSERT_EQ(data.rows.rows(), 20'000);
  Workspace workspace;
  const Flow<double> flow = printed_flow();
  const BatchIn<double> rows = data.rows;
  EXPECT_NEAR(cross_entropy(flow, rows.slice(1, 19'999), workspace).nats.value, 1.254398, 2e-6);  // the notebook took row 0 for a header
  EXPECT_NEAR(cross_entropy(flow, rows, workspace).nats.value, 1.254298, 2e-6);
  EXPECT_NEAR(cross_entropy(flow, rows.slice(19'001, 999), workspace).nats.value, 1.258477, 2e-6);  // printed there as 1.258
}

}  // namespace
}  // namespace flowgauge::bench
