// SPDX-License-Identifier: MIT
#include "process.hpp"

#include <flowgauge/reports/csv.hpp>

#include <fstream>
#include <gmock/gmock.h>

namespace flowgauge::cli_tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(VerifyCommand, ExaminesSourcesAndTheEstimator) {
  const Folder folder;
  const auto rows = [&](const std::string& only, const std::string& law) {
    const Ran ran = run(folder, {"verify", "--only", only, "--law", law, "--out", "out"});
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    return reports::read_csv<reports::VerdictRow>(folder.path() / "out/verdicts.csv");
  };
  const auto of_source = rows("laplace(scale=2)", "D*");
  EXPECT_GT(of_source.size(), 10u);
  for (const auto& row : of_source) EXPECT_EQ(row.source, "laplace(scale=2)");
  const auto of_estimator = rows("kl", "K1");
  ASSERT_EQ(of_estimator.size(), 1u);
  EXPECT_EQ(of_estimator.front().estimator, "kl");
  const Ran replayed = run(folder, {"verify", "--law", "D7", "--case", "laplace(scale=2) | dim=1 | batch=1000 | seed=5", "--out", "out"});
  EXPECT_EQ(replayed.code, 0) << replayed.out << replayed.err;
}

TEST(VerifyCommand, ExaminesFirstWhatFailedBefore) {
  const Folder folder;
  const auto ran = [&](const std::string& text, std::vector<std::string> more) {
    std::filesystem::create_directories(folder.path() / "out/verify-20260101T000000Z");
    std::ofstream(folder.path() / "out/verify-20260101T000000Z/failures.txt") << text;
    std::vector<std::string> words = {"verify", "--only", "softlog", "--law", "L6"};
    words.insert(words.end(), more.begin(), more.end());
    const Ran one = run(folder, words);
    EXPECT_EQ(one.code, 0) << one.out << one.err;
    return one.err;
  };
  const std::string line = "law=L6 | softlog | dim=1 | x=0.5\n";
  EXPECT_THAT(ran("flowgauge failures 1\n" + line, {"--out", "out/verify-20260101T000000Z"}), HasSubstr("1 case that failed before"));
  EXPECT_THAT(ran("flowgauge failures 1\n" + line, {"--out", "other"}), Not(HasSubstr("failed before")));
  EXPECT_THAT(ran("flowgauge failures 9\n" + line, {}), HasSubstr("flowgauge failures 1"));
  std::filesystem::remove_all(folder.path() / "out");
  EXPECT_THAT(ran("flowgauge failures 1\n" + line, {}), HasSubstr("out/verify-20260101T000000Z/failures.txt"));
}

TEST(VerifyCommand, AnEmptyTextIsNoOption) {
  const Folder folder;
  const Ran ran = run(folder, {"verify", "--case", "", "--out", "out"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("--case expects LINE; got an empty text"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "out"));
}

}  // namespace
}  // namespace flowgauge::cli_tests
