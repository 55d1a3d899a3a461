// SPDX-License-Identifier: MIT
#pragma once
#include "generators.hpp"

#include <flowgauge/verify/verdict.hpp>

namespace flowgauge::verify {

/// How often `law` is asked about `family`, and with which seed.
struct Search {
  Tier tier = Tier::quick;
  std::uint64_t seed = 0;
  int cases = 30;
};

/// Draws cases until one breaks the law, shrinks that one, and judges. Whatever the subject throws becomes the verdict `error`.
Judged search(const Family&, const Law&, const Search&, SubjectStore&);
/// The same for one case that is given.
Judged examine_case(const Family&, const Law&, const Case&, SubjectStore&);

/// `flowgauge verify --only … --law … --case '…'`, quoted for a shell.
std::string reproduce_command(const std::string& law, const Case&);

}  // namespace flowgauge::verify
