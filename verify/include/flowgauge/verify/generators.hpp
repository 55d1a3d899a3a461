// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/case.hpp>
#include <flowgauge/verify/law.hpp>
#include <flowgauge/verify/subject.hpp>

#include <rapidcheck.h>

/// The generators of the laws, for properties of one's own.
///   rc::check("my property", [] { const Case c = *cases_of(family_of<acme::Spiral>("spiral"), {.largest_dim = 4}); … });
namespace flowgauge::verify {

/// One case of the family: options, parameters by role (ordinary, wide, degenerate, initial, low, high), rows (ordinary, stress, knot, tail, edge),
/// as `wants` says. The same seed gives the same case. ConfigError when no drawn options make a subject.
Case case_of(const Family&, const Wants&, std::uint32_t seed);

inline rc::Gen<Case> cases_of(const Family& family, const Wants& wants) {
  // Shrinking a seed means nothing: what is smaller is for the laws' own shrinker to say.
  return rc::gen::noShrink(rc::gen::map(rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint32_t>()),
                                        [=](std::uint32_t seed) { return case_of(family, wants, seed & 0x7fffffffu); }));
}

inline std::ostream& operator<<(std::ostream& out, const Case& c) { return out << to_text(c); }
inline void showValue(const Case& c, std::ostream& out) { out << to_text(c); }

}  // namespace flowgauge::verify
