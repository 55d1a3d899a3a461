// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/case.hpp>
#include <flowgauge/verify/law.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace flowgauge::verify {

/// Cases of one kind, and the first of them of which nothing is known.
struct Kind {
  int cases = 0, unresolved = 0;
  std::string reason;
  std::optional<Case> unclear;

  void add(const Case& c, const Examined& e) {
    ++cases;
    if (e.outcome() != Outcome::unresolved) return;
    ++unresolved;
    if (unclear) return;
    unclear = c;
    for (const Finding& f : e.findings)
      if (f.outcome == Outcome::unresolved) reason = f.reason;
  }
  std::string text(const char* name) const { return fmt::format("{} of {} {} cases: {}", unresolved, cases, name, reason); }
  /// Above the cap by more than one standard deviation of chance.
  bool beyond(double cap) const {
    return unresolved > std::max(1.0, cap * cases + std::sqrt(cap * (1 - cap) * cases)) || (cases > 0 && unresolved == cases);
  }
};

/// What the cases of one law and subject have said so far.
struct Tally {
  int cases = 0, agree = 0, unresolved = 0, not_applicable = 0;
  Kind plain, stressed, oracles_differ;
  std::string reason_not_applicable;
  std::vector<std::vector<double>> counted;
  std::optional<Finding> worst;

  void add(const Case& c, const Examined& e) {
    ++cases;
    const bool ordinary = std::all_of(c.row_classes.begin(), c.row_classes.end(), [](const std::string& r) { return r == "ordinary"; }) &&
                          (c.parameter_class == "ordinary" || c.parameter_class == "initial");
    const Outcome outcome = e.outcome();
    agree += outcome == Outcome::agree;
    unresolved += outcome == Outcome::unresolved;
    not_applicable += outcome == Outcome::not_applicable;
    (ordinary ? plain : stressed).add(c, e);
    for (const Finding& f : e.findings) {
      if (f.outcome == Outcome::unresolved && f.reason == "oracles_differ") oracles_differ.add(c, e), oracles_differ.reason = f.reason;
      if (f.outcome == Outcome::not_applicable) reason_not_applicable = f.reason;
    }
    if (!e.counted.empty()) counted.push_back(e.counted);
    const Finding* here = e.worst();
    if (here && (here->outcome == Outcome::agree || here->outcome == Outcome::disagree) && (!worst || here->margin() > worst->margin()))
      worst = *here;
  }
};

}  // namespace flowgauge::verify
