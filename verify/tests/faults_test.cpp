// SPDX-License-Identifier: MIT
// Layers that do not answer: what they cost, and what is said of them.
#include "defects/planted.hpp"

#include <flowgauge/error.hpp>
#include <flowgauge/verify/case.hpp>
#include <flowgauge/verify/guarded.hpp>
#include <flowgauge/verify/plain_layer.hpp>
#include <flowgauge/verify/verify.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace flowgauge::verify {
namespace {

using testing::HasSubstr;

VerifyOptions options_for(const std::string& law) {
  VerifyOptions options;
  options.law = law;
  options.seed = 5;
  return options;
}

TEST(Faults, ALayerThatCrashesHangsOrTakesAllMemoryCostsItsOwnVerdictsAlone) {
  Family greedy = defects::family_for("bad_planar");
  std::get<Workshop::Make<double>>(greedy.workshop.make) = [](const Item&, int, int) -> Layer<double> {
    static std::vector<std::vector<double>> kept;
    while (true) kept.emplace_back(1'000'000, 1.0);
  };
  const std::vector<std::pair<Family, std::string>> bad = {{defects::family_for("bad_affine(crashes)"), "died of signal 11"},
                                                           {defects::family_for("bad_affine(hangs)"), "did not come to an end in time"},
                                                           {greedy, "not enough memory"}};
  for (const auto& [family, words] : bad) {
    VerifyOptions options = options_for("L1");
    options.jobs = 2;
    options.case_seconds = 1;
    const VerifyResult result = run({family, defects::family_for("bad_scale"), defects::family_for("bad_arsinh")}, options);
    ASSERT_EQ(result.rows.size(), 3u);
    EXPECT_EQ(result.rows[0].verdict, "error");
    EXPECT_THAT(result.rows[0].reason, HasSubstr(words));
    EXPECT_EQ(result.rows[1].verdict, "holds") << result.rows[1].reason;
    EXPECT_EQ(result.rows[2].verdict, "holds") << "the same worker goes on: " << result.rows[2].reason;
    if (family.name != "bad_affine") continue;
    // Which case it was at.
    EXPECT_THAT(result.failures.at(0).reproduce, HasSubstr("--case 'bad_affine("));
    EXPECT_EQ(case_from_text(result.failures.at(0).case_text).spec.items.front().name, "bad_affine");
  }
}

TEST(Faults, ALayerThatWritesWhereItMayNotIsAnErrorWithAName) {
  const VerifyResult result = run({defects::family_for("bad_permutation(out_of_bounds)")}, options_for("L1"));
  ASSERT_EQ(result.rows.size(), 1u);
  EXPECT_EQ(result.rows[0].verdict, "error");
  EXPECT_EQ(result.rows[0].reason.rfind("out_of_bounds", 0), 0u) << result.rows[0].reason;
}

TEST(Faults, AReplayedCaseThatHangsIsEndedLikeADrawnOne) {
  VerifyOptions options = options_for("*");
  options.jobs = 2;
  options.case_seconds = 1;
  options.replay = {"law=L1 | bad_affine(hangs) | dim=1 | theta=0,0 | x=0.5"};
  const VerifyResult result = run({defects::family_for("bad_affine(hangs)")}, options);
  ASSERT_EQ(result.rows.size(), 1u);
  EXPECT_EQ(result.rows[0].verdict, "error");
  EXPECT_THAT(result.rows[0].reason, HasSubstr("did not come to an end in time"));
  EXPECT_THAT(result.failures.at(0).case_text, HasSubstr("bad_affine(hangs) | dim=1"));
  EXPECT_THAT(result.failures.at(0).reproduce, HasSubstr("--case 'bad_affine(hangs) | dim=1"));
}

TEST(Faults, ARowBeyondABatchIsOutOfBounds) {
  // In a batch without gaps nothing shows: the layer puts right what it wrote over.
  const VerifyResult result = run({defects::family_for("bad_permutation(past_a_column)")}, options_for("L1*"));
  for (const reports::VerdictRow& row : result.rows) {
    const bool sees = row.law_id == "L18";
    EXPECT_EQ(row.verdict == "error", sees) << row.law_id << ": " << row.verdict << ", " << row.reason;
    EXPECT_EQ(row.reason.rfind("out_of_bounds", 0) == 0, sees) << row.reason;
  }
}

/// The identity that writes the number before or after its output.
PlainLayer careless(std::ptrdiff_t where) {
  return {.name = "careless", .dim = 2, .forward = [=](std::span<const double> x, std::span<double> y, double& log_det) {
            std::copy(x.begin(), x.end(), y.begin());
            y.data()[where] = 0;
            log_det = 0;
          }};
}

TEST(Faults, APlainFunctionMayWriteItsOutputAlone) {
  for (const std::ptrdiff_t where : {-1, 2}) {
    const VerifyResult result = run({family_of(careless(where))}, options_for("L1"));
    ASSERT_EQ(result.rows.size(), 1u);
    EXPECT_EQ(result.rows[0].verdict, "error");
    EXPECT_EQ(result.rows[0].reason.rfind("out_of_bounds", 0), 0u) << result.rows[0].reason;
  }
}

TEST(Guarded, SeesEveryNumberBesideItsColumns) {
  for (const Index beside : {-1, 3, 10, 14}) {
    Guarded<double> memory(3, 2);
    memory.fill(1);
    EXPECT_NO_THROW(memory.check());
    memory.out().data[beside] = 0;
    EXPECT_THROW(memory.check(), std::runtime_error) << beside;
  }
}

}  // namespace
}  // namespace flowgauge::verify
