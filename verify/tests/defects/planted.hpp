// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/source_subject.hpp>
#include <flowgauge/verify/subject.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace flowgauge::verify::defects {

/// One wrong layer, source or estimator, and what its failure must say to somebody who has never seen it.
struct Planted {
  std::string spec;                ///< names the layer and its defect
  std::vector<std::string> killers;///< ids of laws that must fail, each of them
  std::string words;               ///< in the message of one of these
  int dim = 3;                     ///< shrinking gets at least this far: more where it takes many coordinates to see the defect
};
inline std::ostream& operator<<(std::ostream& out, const Planted& p) { return out << p.spec; }
const std::vector<Planted>& planted();
/// Wrong sources, by the name of their defect, and wrong estimators (bad_estimator.hpp).
const std::vector<Planted>& planted_sources();
const std::vector<Planted>& planted_estimators();
/// bad_source with this defect.
SourceFamily source_family_for(const std::string& defect);
/// A mutant that no law kills, and why.
struct Survivor {
  std::string spec, reason;
};
inline std::ostream& operator<<(std::ostream& out, const Survivor& s) { return out << s.spec; }
std::vector<Survivor> survivors();
/// The layers without a defect.
std::vector<std::string> twins();
/// The family of one spec; its layer's name chooses the struct.
Family family_for(const std::string& spec);

}  // namespace flowgauge::verify::defects
