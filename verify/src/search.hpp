// SPDX-License-Identifier: MIT
#pragma once
#include "generators.hpp"

#include <flowgauge/verify/verdict.hpp>

namespace flowgauge::verify {

/// A subject of any kind, as the search sees it.
struct Examiner {
  std::string subject;
  std::function<Case(const Draw&)> draw;
  std::function<Examined(const Case&)> examine;
  /// The simplest case that steps reach while `still` holds, asked at most `budget` times.
  std::function<Case(const Case&, const std::function<bool(const Case&)>& still, int budget)> shrink;
  int cases = 0;  ///< as many as there are to draw; 0: as many as the tier says
  std::string exec = {};  ///< `--exec '…'` of its command line, instead of --only
};
Examiner examiner_of(const Family&, const Law&, SubjectStore&);

/// How often `law` is asked about `family`, and with which seed.
struct Search {
  Tier tier = Tier::quick;
  std::uint64_t seed = 0;
  int cases = 30;
  int case_seconds = 0;
};

/// Takes the cases of `first`, then draws others until one breaks the law, shrinks that one, and judges. Whatever the subject throws becomes the
/// verdict `error`.
Judged search(const Examiner&, const Law&, const Search&, const std::vector<Case>& first = {});
/// The same for one case that is given; it may take as long as a drawn one.
Judged examine_case(const Examiner&, const Law&, const Search&, const Case&);

/// The text as one word of a shell.
std::string quoted_for_a_shell(const std::string& text);
/// `flowgauge verify --only … --law … --case '…'`, quoted for a shell; `exec` stands in for --only where the subject has a command.
std::string reproduce_command(const std::string& law, const Case&, const std::string& exec = {});
/// The same for all cases that a search draws of a subject.
std::string reproduce_command(const std::string& law, const std::string& subject, const std::string& exec, const Search&);

}  // namespace flowgauge::verify
