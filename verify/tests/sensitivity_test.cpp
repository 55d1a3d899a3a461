// SPDX-License-Identifier: MIT
#include "defects/planted.hpp"

#include <flowgauge/verify/verify.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <charconv>
#include <cstdlib>
#include <iostream>

/// How small an error a law sees in 100 cases. Two seeds here; the table of docs/exam.md by
///   FLOWGAUGE_EXAM_SEEDS=20 flowgauge_verify_tests --gtest_filter='*Sensitivity*'
namespace flowgauge::verify {
namespace {

int seeds() {
  const char* const text = std::getenv("FLOWGAUGE_EXAM_SEEDS");
  int count = 2;
  if (text) std::from_chars(text, text + std::string_view(text).size(), count);
  return count;
}

struct Error {
  std::string name, spec, law;  ///< {} in the spec: the error
  double promised;              ///< the largest that may go unseen
};
std::ostream& operator<<(std::ostream& out, const Error& e) { return out << e.name; }

class Sensitivity : public testing::TestWithParam<Error> {
 protected:
  /// Whether the law fails with every seed.
  static bool seen(const Error& e, double error) {
    const Family family = defects::family_for(fmt::format(fmt::runtime(e.spec), error));
    for (int seed = 1; seed <= seeds(); ++seed) {
      VerifyOptions options;
      options.seed = static_cast<std::uint64_t>(seed);
      options.law = e.law;
      options.cases = 100;
      if (run({family}, options).passed()) return false;
    }
    return true;
  }
};

TEST_P(Sensitivity, ReachesWhatIsPromised) {
  const Error& e = GetParam();
  EXPECT_FALSE(seen(e, 0)) << "the healthy layer is accused";
  double smallest = 0;
  for (int digits = 6; digits <= 60; digits += 2) {
    const double error = std::pow(10.0, -digits);
    if (!seen(e, error)) break;
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
