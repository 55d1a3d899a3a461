// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/law.hpp>
#include <flowgauge/verify/verify.hpp>

#include <map>

/// Cases as data, drawn from one 31-bit seed each. Number k of a row or of θ depends on that seed and on k alone, so a smaller case is a prefix of a
/// larger one.
namespace flowgauge::verify {

/// Subjects made already: their 50-digit flows are dear.
class SubjectStore {
 public:
  /// Lives until tidy().
  const Subject& get(const Workshop&, const FlowSpec&, int dim, int context);
  /// Forgets all when there are many. Called between cases, where nobody holds one.
  void tidy() {
    if (kept_.size() > 256) kept_.clear();
  }

 private:
  std::map<std::string, std::unique_ptr<Subject>> kept_;
};

/// Where a case comes from.
struct Draw {
  std::uint32_t seed = 0;  ///< of its numbers, < 2³¹
  int number = 0;          ///< of the case within the run of a law: classes and dims take turns by it
  Tier tier = Tier::quick;
};

/// One case for this law. ConfigError when no drawn options make a subject, with the last reason.
Case draw_case(const Family&, const Law&, const Draw&, SubjectStore&);

/// θ by class ("ordinary", "wide", "degenerate", "initial", "no direction", "low", "high": every factor at this end of its range).
Numbers draw_theta(const Subject&, const std::string& parameter_class, std::uint32_t seed);

/// The value with its mantissa cut to `bits` bits, to nearest.
double with_bits(double value, int bits);

}  // namespace flowgauge::verify
