// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/reports/rows.hpp>

#include <map>
#include <string>
#include <vector>

namespace flowgauge::verify {

/// What one case says.
enum class Outcome { agree, disagree, unresolved, not_applicable };

/// What the cases say together.
enum class Verdict { holds, fails, unresolved, not_applicable, error };
std::string to_text(Verdict);

/// One broken law, for people.
struct Failure {
  std::string subject, law, law_id;
  Verdict verdict = Verdict::fails;
  std::string message;    ///< several lines: the law in words, what was expected and observed, what the residual looks like
  std::string case_text;  ///< the shrunk case as a replay line; empty when the verdict is not about one case
  std::string reproduce;  ///< a command
};

/// How often an input class met an outcome; what a failed run has found until then counts too.
struct Coverage {
  std::map<std::string, std::map<Outcome, int>> seen;
  void add(const std::string& input_class, Outcome outcome) { ++seen[input_class][outcome]; }
  int count(const std::string& input_class, Outcome outcome) const;
};

/// The verdict on one subject by one law.
struct Judged {
  reports::VerdictRow row;
  std::vector<Failure> failures;  ///< none or one
  int first_killing_case = 0;     ///< 1 is the first; 0: none
  Coverage coverage;
};

}  // namespace flowgauge::verify
