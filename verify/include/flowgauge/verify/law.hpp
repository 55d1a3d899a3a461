// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/subject.hpp>
#include <flowgauge/verify/verdict.hpp>

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace flowgauge::verify {

class SourceTrial;
class EstimatorTrial;

/// One comparison in one row.
struct Finding {
  Outcome outcome = Outcome::agree;
  std::string reason;                  ///< unresolved, not_applicable
  double observed = 0, allowed = 0;    ///< error and its bound, in `unit`
  std::string unit = "nat";
  double expected_value = std::numeric_limits<double>::quiet_NaN(), observed_value = std::numeric_limits<double>::quiet_NaN();
  std::string what;                    ///< "log_det", "y[1]", "the gradient of slopes[3]"
  Index row = 0;

  /// observed/allowed; 0/0 is 0. A NaN where a number is due is ∞.
  double margin() const;
};

/// What a law says of a case. A case that has any disagreement disagrees.
struct Examined {
  std::vector<Finding> findings;
  std::string words;                   ///< what the residuals of a disagreement look like, in plain words
  std::vector<double> counted;         ///< what `conclude` adds up

  Outcome outcome() const;
  /// The disagreement with the largest margin, else the finding with the largest margin; nullptr without findings.
  const Finding* worst() const;

  /// agree or disagree by |observed_value − expected_value| ≤ allowed; a value that is not a number disagrees. A finite error that has no finite
  /// bound is unresolved: "twin_not_finite".
  Finding& compare(Index row, std::string what, double expected, double observed, double error, double allowed, std::string unit = "nat");
  void unresolved(Index row, std::string reason);
  static Examined not_applicable(std::string reason);
};

/// What a law multiplies outputs by, and its directions: small multiples of 1/8, none of them 0.
double drawn_weight(const RandomStream&, std::uint64_t row, std::uint32_t draw);

/// Which points a law wants.
struct Wants {
  bool outputs = false;      ///< points of the codomain, for the inverse
  bool knots = false;        ///< all points at knots
  bool stress = true;        ///< extreme points and parameters too
  bool batches = false;      ///< a batch size from the awkward list
  bool initial = false;      ///< initial parameters only
  int largest_dim = 33;
  std::vector<int> dims = {}; ///< these in turn, instead of the tier's
  int rows = 3;              ///< at most
  bool ordinary_only = false;///< ordinary points and parameters only
  bool one_end = false;      ///< turns for every factor at the same end of its range, at 33 coordinates: their product is out of range
  bool sample = false;       ///< of a source or an estimator: one case a specimen, as many draws as the tier gives instead of rows
};

/// What a law is about: one layer, flows of several, a distribution, or something that estimates a KL.
enum class About { layer, composition, source, estimator };
std::string to_text(About);

/// A property that every subject must obey. Pure: the same case gives the same answer, to the bit.
struct Law {
  std::string id;          ///< L6
  std::string statement;   ///< in words
  std::string advice;      ///< what a failure usually means
  Wants wants = {};
  bool deep = false;       ///< examined at the deep tier only, and wherever it is asked for by its own name or id
  // One of these, by what the law is about.
  std::function<Examined(const Trial&)> examine = {};
  std::function<Examined(const SourceTrial&)> examine_source = {};
  std::function<Examined(const EstimatorTrial&)> examine_estimator = {};
  /// The same of a layer that exists in double only: by values (values.hpp). Absent, and `examine` wants more than values: not applicable.
  std::function<Examined(const Trial&)> examine_values = {};
  bool by_values = false;  ///< `examine` itself asks for nothing but public calls in double
  /// Over a run: what is wrong with what the cases counted together, nothing if all is well.
  std::function<std::optional<std::string>(const std::vector<std::vector<double>>&)> conclude = {};
  std::string violated_by; ///< the smallest wrong layer; the exam proves it
  std::string fooled_by;   ///< what it cannot see
  // From the file's place.
  std::string name = {};
  About about = About::layer;
};

/// Every law, by id.
const std::vector<Law>& all_laws();
void sort_by_id(std::vector<Law>&);

}  // namespace flowgauge::verify
