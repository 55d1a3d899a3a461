// SPDX-License-Identifier: MIT
// What a verdict brings along, by laws that are made for it.
#include "defects/planted.hpp"
#include "search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace flowgauge::verify {
namespace {

using testing::HasSubstr;

Law law_that(std::function<Examined(const Trial&)> examine) {
  Law law;
  law.id = "T1", law.name = "made_for_a_test", law.statement = "made for a test";
  law.examine = std::move(examine);
  law.by_values = true;
  return law;
}
Judged searched(const Law& law) {
  SubjectStore store;
  return search(examiner_of(defects::family_for("bad_scale"), law, store), law, {Tier::quick, 7, 30});
}

TEST(Search, WhatIsUnresolvedComesWithTheSimplestCaseOfItsReason) {
  const Law law = law_that([](const Trial& trial) {
    Examined e;
    for (Index i = 0; i < trial.rows(); ++i) {
      e.compare(i, "y", 0, 0, 0, 1);
      if (std::abs(trial.row(i)[0]) > 3) e.unresolved(i, "oracles_differ");
      if (std::abs(trial.row(i)[0]) < 1) e.unresolved(i, "ill_conditioned");
    }
    return e;
  });
  const Judged judged = searched(law);
  EXPECT_EQ(judged.row.verdict, "unresolved");
  EXPECT_EQ(judged.row.reason, "oracles_differ");
  ASSERT_EQ(judged.failures.size(), 1u);
  const Case c = case_from_text(judged.failures.front().case_text);
  ASSERT_EQ(c.rows.size(), 1u);
  EXPECT_EQ(c.dim, 1);
  EXPECT_EQ(std::abs(c.rows[0][0]), 4) << "the shortest number beyond 3";
  EXPECT_THAT(judged.failures.front().reproduce, HasSubstr("--law made_for_a_test --case 'bad_scale"));
}

TEST(Search, WhereNoSingleCaseIsToBlameTheCommandDrawsThemAgain) {
  Law law = law_that([](const Trial&) {
    Examined e;
    e.compare(0, "y", 0, 0, 0, 1);
    return e;
  });
  law.conclude = [](const std::vector<std::vector<double>>&) { return std::optional<std::string>("all of them together are wrong"); };
  const Judged judged = searched(law);
  EXPECT_EQ(judged.row.verdict, "fails");
  EXPECT_EQ(judged.row.reproduce, "flowgauge verify --only 'bad_scale' --law made_for_a_test --tier quick --cases 30 --seed 7");
}

}  // namespace
}  // namespace flowgauge::verify
