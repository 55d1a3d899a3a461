// SPDX-License-Identifier: MIT
#include "defects/planted.hpp"
#include "exam_seeds.hpp"

#include <flowgauge/verify/case.hpp>
#include <flowgauge/verify/law.hpp>
#include <flowgauge/verify/verify.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <map>
#include <set>

/// Does the verifier bite? Every planted defect must be killed at the quick tier with each of several seeds, and every healthy twin must pass. One
/// seed here; all twenty, and the kill matrix as DIR/kills.csv and DIR/kills.md, by
///   FLOWGAUGE_EXAM_SEEDS=20 FLOWGAUGE_EXAM_OUT=DIR flowgauge_verify_tests --gtest_filter='*Exam*'
namespace flowgauge::verify {
namespace {

using defects::family_for;
using defects::Planted;
using defects::planted;

int seeds() { return exam_seeds(1); }

/// Every law of the quick tier, and the deep ones with as many cases.
VerifyResult examined(const Family& family, int seed) {
  VerifyOptions options;
  options.seed = static_cast<std::uint64_t>(seed);
  VerifyResult result = run({family}, options);
  for (const Law& law : all_laws()) {
    if (!law.deep || law.about != (family.chain ? About::composition : About::layer)) continue;
    options.law = law.id;
    const VerifyResult more = run({family}, options);
    result.rows.insert(result.rows.end(), more.rows.begin(), more.rows.end());
    result.failures.insert(result.failures.end(), more.failures.begin(), more.failures.end());
  }
  return result;
}

/// Defect by law, as the tests fill it; written when all are done.
class KillMatrix : public testing::Environment {
 public:
  struct Line {
    std::map<std::string, int> kills;
    std::int64_t latest = 0;  ///< number of the first killing case, the largest over the seeds
    int dim = 0;              ///< of the largest shrunk counterexample
  };
  std::map<std::string, Line> lines;

  void TearDown() override {
    const char* const folder = std::getenv("FLOWGAUGE_EXAM_OUT");
    if (!folder || lines.empty()) return;
    std::filesystem::create_directories(folder);
    std::ofstream csv(std::filesystem::path(folder) / "kills.csv"), md(std::filesystem::path(folder) / "kills.md");
    csv << "defect,law_id,kills,seeds,latest_case,largest_dim\n";
    md << "| defect | killed by (of " << seeds() << " seeds) | latest case | dims |\n|---|---|---|---|\n";
    for (const auto& [defect, line] : lines) {
      md << "| " << defect << " |";
      for (const auto& [id, count] : line.kills) {
        csv << '"' << defect << "\"," << id << ',' << count << ',' << seeds() << ',' << line.latest << ',' << line.dim << '\n';
        md << ' ' << id;
        if (count < seeds()) md << " (" << count << ')';
      }
      md << " | " << line.latest << " | " << line.dim << " |\n";
    }
    if (!csv.flush() || !md.flush()) ADD_FAILURE() << "cannot write the kill matrix to " << folder;
  }
};
KillMatrix* const matrix = static_cast<KillMatrix*>(testing::AddGlobalTestEnvironment(new KillMatrix));

/// Readable names for gtest: letters, digits and _.
std::string name_of(const std::string& spec) {
  std::string name;
  for (const char c : spec) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

class Exam : public testing::TestWithParam<Planted> {};

TEST_P(Exam, TheDefectIsKilledAndExplained) {
  const Planted& defect = GetParam();
  const Family family = family_for(defect.spec);
  std::map<std::string, int> kills;
  std::int64_t slowest = 0;
  int largest = 0;
  for (int seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const VerifyResult result = examined(family, seed);
    EXPECT_FALSE(result.passed());
    std::set<std::string> killers;
    std::string messages;
    for (const Failure& failure : result.failures) {
      if (failure.verdict != Verdict::fails) continue;
      killers.insert(failure.law_id);
      messages += failure.message;
      EXPECT_NE(failure.message.find("The law: "), std::string::npos) << failure.message;
      EXPECT_EQ(failure.reproduce.rfind("flowgauge verify --only ", 0), 0u) << failure.reproduce;
      if (failure.case_text.empty()) continue;  // said of the run as a whole

      // Small enough for a person.
      const Case small = case_from_text(failure.case_text);
      largest = std::max(largest, small.dim);
      EXPECT_LE(small.dim, defect.dim) << failure.law_id << " " << failure.case_text;
      EXPECT_LE(small.rows.size(), 2u) << failure.law_id << " " << failure.case_text;

      // The same line breaks the same law again.
      VerifyOptions replay;
      replay.law = failure.law;
      replay.replay = {failure.case_text};
      const VerifyResult again = run({family}, replay);
      ASSERT_EQ(again.rows.size(), 1u);
      EXPECT_EQ(again.rows.front().verdict, "fails") << failure.law_id << " " << failure.case_text;
    }
    for (const std::string& id : killers) ++kills[id];
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    for (const reports::VerdictRow& row : result.rows)
      if (row.verdict == "fails") first = std::min(first, row.cases.value_or(0));
    slowest = std::max(slowest, first);
    for (const std::string& id : defect.killers) EXPECT_TRUE(killers.contains(id)) << id << " does not see " << defect.spec;
    EXPECT_NE(messages.find(defect.words), std::string::npos) << "no message says '" << defect.words << "':\n" << messages;
  }
  // Its line of the kill matrix.
  std::cout << "kills " << defect.spec << ":";
  for (const auto& [id, count] : kills) std::cout << " " << id << " " << count << "/" << seeds();
  std::cout << ", by case " << slowest << " at the latest\n";
  matrix->lines[defect.spec] = {kills, slowest, largest};
}

INSTANTIATE_TEST_SUITE_P(Defects, Exam, testing::ValuesIn(planted()), [](const auto& info) { return name_of(info.param.spec); });

class Twin : public testing::TestWithParam<std::string> {};

TEST_P(Twin, PassesEveryLaw) {
  const Family family = family_for(GetParam());
  for (int seed = 1; seed <= seeds(); ++seed) {
    const VerifyResult result = examined(family, seed);
    EXPECT_TRUE(result.passed());
    for (const Failure& failure : result.failures)
      ADD_FAILURE() << "seed " << seed << ", " << failure.law_id << "\n" << failure.message << failure.case_text;
    for (const reports::VerdictRow& row : result.rows)
      if (row.worst_margin) {
        EXPECT_LE(*row.worst_margin, 0.5) << "seed " << seed << ", " << row.law_id << ": a healthy layer comes too near";
      }
  }
}

INSTANTIATE_TEST_SUITE_P(HealthyExam, Twin, testing::ValuesIn(defects::twins()), [](const auto& info) { return name_of(info.param); });

class Survival : public testing::TestWithParam<defects::Survivor> {};

/// What is listed as surviving does: else it is a kill, and belongs to the others.
TEST_P(Survival, IsWhatItIsSaidToBe) {
  EXPECT_FALSE(GetParam().reason.empty());
  const VerifyResult result = examined(family_for(GetParam().spec), 1);
  for (const Failure& failure : result.failures) ADD_FAILURE() << failure.law_id << " kills it\n" << failure.message << failure.case_text;
}

INSTANTIATE_TEST_SUITE_P(ExamSurvivors, Survival, testing::ValuesIn(defects::survivors()), [](const auto& info) { return name_of(info.param.spec); });

/// No law is idle: each kills something that is planted here.
TEST(ExamOfTheLaws, EachLawHasADefectThatItMustKill) {
  std::map<std::string, int> kills;
  for (const auto* const all : {&planted(), &defects::planted_sources(), &defects::planted_estimators()})
    for (const Planted& defect : *all)
      for (const std::string& id : defect.killers) ++kills[id];
  for (const LawInfo& law : list_laws()) {
    EXPECT_GT(kills[law.id], 0) << law.id << " " << law.name << " kills nothing planted";
    EXPECT_FALSE(law.violated_by.empty()) << law.id;
    EXPECT_FALSE(law.fooled_by.empty()) << law.id;
    EXPECT_FALSE(law.statement.empty()) << law.id;
  }
}

}  // namespace
}  // namespace flowgauge::verify
