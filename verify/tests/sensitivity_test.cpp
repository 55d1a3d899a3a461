// SPDX-License-Identifier: MIT
#include "defects/planted.hpp"
#include "exam_seeds.hpp"

#include <flowgauge/verify/verify.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>

/// How small an error a law sees in 100 cases. Two seeds here; the table of docs/exam.md by
///   FLOWGAUGE_EXAM_SEEDS=20 flowgauge_verify_tests --gtest_filter='*Sensitivity*'
namespace flowgauge::verify {
namespace {

int seeds() { return exam_seeds(2); }

struct Error {
  std::string name, spec, law;  ///< {} in the spec: the error
  double promised;              ///< the largest that may go unseen
};
std::ostream& operator<<(std::ostream& out, const Error& e) { return out << e.name; }

class Sensitivity : public testing::TestWithParam<Error> {
 protected:
  /// With how many seeds the law fails.
  static int seen(const Error& e, double error) {
    const Family family = defects::family_for(fmt::format(fmt::runtime(e.spec), error));
    int fails = 0;
    for (int seed = 1; seed <= seeds(); ++seed) {
      VerifyOptions options;
      options.seed = static_cast<std::uint64_t>(seed);
      options.law = e.law;
      options.cases = 100;
      const VerifyResult result = run({family}, options);
      fails += std::any_of(result.rows.begin(), result.rows.end(), [](const reports::VerdictRow& row) { return row.verdict == "fails"; });
    }
    return fails;
  }
};

TEST_P(Sensitivity, ReachesWhatIsPromised) {
  const Error& e = GetParam();
  EXPECT_EQ(seen(e, 0), 0) << "the healthy layer is accused";
  double smallest = 0;
  for (int digits = 6; digits <= 60; digits += 2) {
    const double error = std::pow(10.0, -digits);
    if (seen(e, error) < seeds()) break;
    smallest = error;
  }
  std::cout << fmt::format("{}: {:.0e} is seen by {} with {} of {} seeds, 100 cases each\n", e.name, smallest, e.law, seeds(), seeds());
  EXPECT_GT(smallest, 0);
  EXPECT_LE(smallest, e.promised);
}

INSTANTIATE_TEST_SUITE_P(Errors, Sensitivity,
                         testing::Values(Error{"log_det_plus", "slightly_off(error={})", "L6", 1e-12},
                                         Error{"log_det_times", "slightly_off(of=log_det_times, error={})", "L6", 1e-12},
                                         Error{"jacobian_entry", "off_planar(error={})", "L6", 1e-12},
                                         Error{"gradient_entry", "slightly_off(of=gradient, error={})", "L12", 1e-12}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace flowgauge::verify
