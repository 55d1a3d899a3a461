// SPDX-License-Identifier: MIT
#include "defects/bad_estimator.hpp"
#include "defects/planted.hpp"

#include <flowgauge/verify/law.hpp>
#include <flowgauge/verify/verify.hpp>

#include <gmock/gmock.h>

#include <set>

// Do the laws about sources and estimators bite? Every planted defect is killed by the laws named, at the quick tier, and the healthy twins pass.
namespace flowgauge::verify {
namespace {

using defects::Planted;
using testing::HasSubstr;

VerifyResult examined(const Subjects& subjects, int seed, const std::string& law = "*") {
  VerifyOptions options;
  options.seed = static_cast<std::uint64_t>(seed);
  options.law = law;
  return run(subjects, options);
}

constexpr int exam_seeds[] = {1, 2};

void expect_killed(const Planted& defect, const Subjects& subjects) {
  for (const int seed : exam_seeds) {
    SCOPED_TRACE(defect.spec + ", seed " + std::to_string(seed));
    std::set<std::string> killers;
    std::string messages;
    for (const std::string& id : defect.killers) {
      const VerifyResult result = examined(subjects, seed, id);
      for (const Failure& failure : result.failures) {
        if (failure.verdict != Verdict::fails) continue;
        killers.insert(failure.law_id);
        messages += failure.message;
        // The line that it prints breaks the same law again.
        VerifyOptions replay;
        replay.law = failure.law;
        replay.replay = {failure.case_text};
        const VerifyResult again = run(subjects, replay);
        ASSERT_EQ(again.rows.size(), 1u);
        EXPECT_EQ(again.rows.front().verdict, "fails") << failure.law_id << " " << failure.case_text;
      }
    }
    for (const std::string& id : defect.killers) EXPECT_TRUE(killers.contains(id)) << id << " does not see it";
    EXPECT_THAT(messages, HasSubstr(defect.words));
  }
}

class SourceExam : public testing::TestWithParam<Planted> {};
TEST_P(SourceExam, TheDefectIsKilledAndExplained) { expect_killed(GetParam(), {{}, {defects::source_family_for(GetParam().spec)}, {}}); }
INSTANTIATE_TEST_SUITE_P(Defects, SourceExam, testing::ValuesIn(defects::planted_sources()), [](const auto& info) { return info.param.spec; });

class EstimatorExam : public testing::TestWithParam<Planted> {};
TEST_P(EstimatorExam, TheDefectIsKilledAndExplained) { expect_killed(GetParam(), {{}, {}, {defects::bad_estimator(GetParam().spec)}}); }
INSTANTIATE_TEST_SUITE_P(Defects, EstimatorExam, testing::ValuesIn(defects::planted_estimators()), [](const auto& info) { return info.param.spec; });

void expect_healthy(const Subjects& subjects) {
  for (const int seed : exam_seeds) {
    const VerifyResult result = examined(subjects, seed);
    EXPECT_TRUE(result.passed());
    for (const Failure& failure : result.failures)
      ADD_FAILURE() << "seed " << seed << ", " << failure.subject << ", " << failure.law_id << "\n" << failure.message << failure.case_text;
  }
}

TEST(HealthyExam, TheTwinsObeyEveryLaw) {
  expect_healthy({{}, {defects::source_family_for("none"), defects::source_family_for("pair")}, {}});
  expect_healthy({{}, {}, {defects::bad_estimator("none")}});
}

/// The shelf itself: every source, every law.
TEST(SourcesOfTheShelf, ObeyEveryLaw) {
  const VerifyResult result = examined({{}, all_source_families(), {}}, 1);
  EXPECT_TRUE(result.passed());
  for (const Failure& failure : result.failures)
    ADD_FAILURE() << failure.subject << ", " << failure.law_id << "\n" << failure.message << failure.case_text;
  std::set<std::string> judged, expected;
  for (const reports::VerdictRow& row : result.rows) {
    EXPECT_TRUE(row.layer.empty());
    judged.insert(row.source);
  }
  for (const SourceFamily& family : all_source_families()) expected.insert(family.name);
  EXPECT_EQ(judged, expected);
}

TEST(SourcesOfTheShelf, OneMemberIsExaminedByItsText) {
  VerifyOptions options;
  options.only = "laplace(scale=2)";
  options.law = "D2";
  const VerifyResult result = run(options);
  ASSERT_EQ(result.rows.size(), 1u);
  EXPECT_EQ(result.rows.front().source, "laplace(scale=2)");
  EXPECT_EQ(result.rows.front().verdict, "holds");
}

}  // namespace
}  // namespace flowgauge::verify
