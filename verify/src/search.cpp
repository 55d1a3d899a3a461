// SPDX-License-Identifier: MIT
#include "search.hpp"

#include "shrink.hpp"
#include "tally.hpp"
#include "workers.hpp"

#include <flowgauge/error.hpp>
#include <flowgauge/random.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <rapidcheck.h>
#include <rapidcheck/detail/TestListenerAdapter.h>

namespace flowgauge::verify {
namespace {

std::string what_of(const std::exception& error) {
  return dynamic_cast<const std::bad_alloc*>(&error) ? std::string(no_memory) : error.what();
}

/// What `law` says of a trial; of a layer that is known by its values alone, if that is enough.
Examined examined(const Law& law, const Trial& trial) {
  if (!trial.subject().by_values() || law.by_values) return law.examine(trial);
  if (law.examine_values) return law.examine_values(trial);
  return Examined::not_applicable("wants the formula at other numbers than double; of this layer only values are known");
}

/// Errors in ulp of the expected value, where the unit has any; 0 has none.
std::optional<double> in_ulp(const Finding& f) {
  if ((f.unit != "nat" && f.unit != "value") || !std::isfinite(f.expected_value) || f.expected_value == 0 || !std::isfinite(f.observed)) return {};
  const double size = std::max(std::abs(f.expected_value), 0x1p-1022);
  return f.observed / (std::nextafter(size, std::numeric_limits<double>::infinity()) - size);
}

std::string message_of(const Law& law, const Case& c, const Examined& e, bool by_values) {
  std::string text = "The law: " + law.statement + ".\n";
  if (by_values) text += "Of this layer only values are known: finite differences and measured noise stand in for 50 digits.\n";
  if (const Finding* f = e.worst()) {
    text += "Where: " + f->what;
    if (!c.rows.empty()) text += fmt::format(", row {} of {}", f->row, c.rows.size());
    if (f->row >= 0 && f->row < static_cast<Index>(c.rows.size())) {
      text += ", x =";
      for (std::size_t j = 0; j < c.rows[f->row].size() && j < 8; ++j) text += (j ? ", " : " ") + exact_text(c.rows[f->row][j]);
    }
    text += fmt::format(", dim {}.\n", c.dim);
    text += fmt::format("Expected {:.17g}, observed {:.17g}.\n", f->expected_value, f->observed_value);
    text += fmt::format("Error {:.3g} {}", f->observed, f->unit);
    if (const auto ulp = in_ulp(*f); ulp && *ulp < 1e12) text += fmt::format(" ({:.3g} ulp)", *ulp);  // beyond, no digit is right
    text += fmt::format(", allowed {:.3g} {}.\n", f->allowed, f->unit);
  }
  if (!e.words.empty()) text += "What it looks like: " + e.words + ".\n";
  if (!law.advice.empty()) text += "Usually: " + law.advice + ".\n";
  return text;
}

class Searcher {
 public:
  Searcher(const Examiner& examiner, const Law& law, const Search& how) : examiner_(examiner), law_(law), how_(how) {
    judged_.row.layer = examiner.subject;
    judged_.row.law = law.name;
    judged_.row.law_id = law.id;
  }

  /// Whether the search goes on.
  bool take(const Case& c) {
    try {
      announce(c);
      const Examined e = examiner_.examine(c);
      tally_.add(c, e);
      const Outcome outcome = e.outcome();
      std::set<std::string> classes(c.row_classes.begin(), c.row_classes.end());
      classes.insert("parameters " + c.parameter_class);
      for (const std::string& name : classes) judged_.coverage.add(name, outcome);
      if (outcome != Outcome::disagree) return true;
    } catch (const SubjectFault& fault) {
      ++tally_.cases;
      error_ = fault.what();
      fault_ = fault;
    } catch (const std::exception& error) {
      ++tally_.cases;
      error_ = what_of(error);
    } catch (...) {
      ++tally_.cases;
      error_ = "something that is not a std::exception was thrown";
    }
    failing_ = c;
    judged_.first_killing_case = tally_.cases;
    return false;
  }
  /// The same for a case of another run: of a layer that has changed it may be none any more.
  bool take_known(const Case& c) {
    try {
      announce(c);
      examiner_.examine(c);
    } catch (const std::invalid_argument&) {
      return true;
    } catch (...) {
    }
    return take(c);
  }
  void stop(const std::string& error) { error_ = error; }

  Judged judge(bool shrink) {
    if (failing_ && error_) failed_with_error(shrink);
    else if (failing_) failed(shrink);
    else if (error_) without_case(Verdict::error, *error_);
    else concluded(shrink);
    reports::VerdictRow& row = judged_.row;
    row.cases = tally_.cases;
    row.cases_unresolved = tally_.unresolved;
    row.cases_discarded = 0;
    if (tally_.worst) {
      row.worst_margin = tally_.worst->margin();
      row.worst_error = tally_.worst->observed;
      row.tolerance = tally_.worst->allowed;
      row.error_unit = tally_.worst->unit;
      if (const auto ulp = in_ulp(*tally_.worst)) {
        row.worst_ulp = *ulp;
        row.digits_lost = std::log10(std::max(1.0, *ulp));
      }
    }
    return std::move(judged_);
  }

 private:
  void announce(const Case& c) const {
    const bool layer = (law_.about == About::layer || law_.about == About::composition) && examiner_.exec.empty();
    about_to_examine([&] { return to_text(c); }, layer ? how_.case_seconds : 0);
  }
  void set(Verdict verdict, const std::string& reason) {
    judged_.row.verdict = to_text(verdict);
    judged_.row.reason = reason;
  }
  void add_failure(Verdict verdict, const std::string& message, const Case* c) {
    Failure f;
    f.subject = examiner_.subject;
    f.law = law_.name;
    f.law_id = law_.id;
    f.verdict = verdict;
    f.message = message;
    if (c) {
      f.case_text = to_text(*c);
      f.reproduce = reproduce_command(law_.name, *c, examiner_.exec);
      judged_.row.counterexample = f.case_text;
    } else {
      f.reproduce = reproduce_command(law_.name, examiner_.subject, examiner_.exec, how_);
    }
    judged_.row.reproduce = f.reproduce;
    judged_.failures.push_back(std::move(f));
  }
  void without_case(Verdict verdict, const std::string& reason) {
    set(verdict, reason);
    add_failure(verdict, "The law: " + law_.statement + ".\n" + reason + ".\n" + (law_.advice.empty() ? "" : "Usually: " + law_.advice + ".\n"),
                nullptr);
  }
  /// Neither right nor wrong: with the simplest case of which nothing is known for the same reason.
  void unresolved(const Kind& kind, const std::string& reason, bool shrink) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    const auto still = [&](const Case& c) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      try {
        announce(c);
        const Examined e = examiner_.examine(c);
        const auto same = [&](const Finding& f) { return f.outcome == Outcome::unresolved && f.reason == kind.reason; };
        return e.outcome() == Outcome::unresolved && std::any_of(e.findings.begin(), e.findings.end(), same);
      } catch (...) {
        return false;
      }
    };
    const Case small = shrink ? examiner_.shrink(*kind.unclear, still, 200) : *kind.unclear;
    set(Verdict::unresolved, reason);
    add_failure(Verdict::unresolved, "The law: " + law_.statement + ".\nNot resolved: " + reason + ".\n", &small);
  }
  void failed(bool shrink) {
    const auto still = [&](const Case& c) {
      try {
        announce(c);
        return examiner_.examine(c).outcome() == Outcome::disagree;
      } catch (...) {
        return false;
      }
    };
    const Case small = shrink ? examiner_.shrink(*failing_, still, 600) : *failing_;
    announce(small);
    const Examined e = examiner_.examine(small);
    if (const Finding* f = e.worst()) tally_.worst = *f;
    const Finding* f = e.worst();
    set(Verdict::fails, !e.words.empty() ? e.words
                        : f              ? fmt::format("{}: expected {:.6g}, observed {:.6g}", f->what, f->expected_value, f->observed_value)
                                         : "");
    add_failure(Verdict::fails, message_of(law_, small, e, !examiner_.exec.empty() && law_.examine_values), &small);
  }
  void failed_with_error(bool shrink) {
    // A child that hangs, or that is slow to start again, must not hold up the run.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    const auto still = [&](const Case& c) {
      if (fault_ && std::chrono::steady_clock::now() > deadline) return false;
      try {
        announce(c);
        examiner_.examine(c);
      } catch (const SubjectFault& fault) {
        if (!fault_ || fault.kind != fault_->kind) return false;
        fault_ = fault;
        return true;
      } catch (const std::exception& error) {
        return what_of(error) == *error_;
      } catch (...) {
        return true;
      }
      return false;
    };
    // Where memory has leaked every case fails: nothing is learnt from smaller ones.
    const Case small = shrink && *error_ != no_memory ? examiner_.shrink(*failing_, still, 200) : *failing_;
    if (!fault_) {
      set(Verdict::error, *error_);
      add_failure(Verdict::error, "While the law was examined (" + law_.statement + ") this was thrown:\n" + *error_ + "\n", &small);
      return;
    }
    set(Verdict::error, fault_->what());
    std::string message = "While the law was examined (" + law_.statement + ") the layer's process failed:\n" + fault_->what() + "\n";
    if (!fault_->said.empty()) message += "Its stderr ends with:\n" + fault_->said + (fault_->said.back() == '\n' ? "" : "\n");
    add_failure(Verdict::error, message, &small);
  }
  void concluded(bool shrink) {
    if (tally_.cases == 0) return without_case(Verdict::error, "no case was examined");
    if (tally_.not_applicable == tally_.cases) return set(Verdict::not_applicable, tally_.reason_not_applicable);
    if (law_.conclude)
      if (const auto wrong = law_.conclude(tally_.counted)) return without_case(Verdict::fails, *wrong);
    const Kind &plain = tally_.plain, &stressed = tally_.stressed;
    if (tally_.oracles_differ.unclear) return unresolved(tally_.oracles_differ, tally_.oracles_differ.reason, shrink);
    if (plain.beyond(0.02)) return unresolved(plain, plain.text("ordinary"), shrink);
    if (stressed.beyond(0.25)) return unresolved(stressed, stressed.text("stress"), shrink);
    set(Verdict::holds, "");
  }

  const Examiner& examiner_;
  const Law& law_;
  const Search& how_;
  Judged judged_;
  Tally tally_;
  std::optional<Case> failing_;
  std::optional<std::string> error_;
  std::optional<SubjectFault> fault_;
};

/// One slice of RapidCheck's engine: it draws the seeds, `take` says whether to go on. Returns how many cases were taken.
template <class Take>
int slice(std::uint64_t seed, int cases, const Take& take) {
  rc::detail::TestParams params;
  params.seed = seed;
  params.maxSuccess = cases;
  params.disableShrinking = true;  // ours knows what a case is
  rc::detail::TestListenerAdapter silent;
  int taken = 0;
  const auto property = [&] {
    const auto number = *rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint32_t>());
    ++taken;
    if (!take(number & 0x7fffffffu)) RC_FAIL("disagrees");
  };
  // With no map of failures to replay it would read, and print, a configuration of its own.
  const rc::detail::TestMetadata about{"slice", "slice"};
  const auto result = rc::detail::checkProperty(rc::detail::toProperty(property), about, params, silent, {});
  rc::detail::SuccessResult success;
  if (result.match(success) && success.numSuccess == 0) throw std::logic_error("the engine called an empty run a success");
  return taken;
}

}  // namespace

std::string quoted_for_a_shell(const std::string& text) {
  std::string q = "'";
  for (const char ch : text) q += ch == '\'' ? std::string("'\\''") : std::string(1, ch);
  return q + "'";
}

namespace {
std::string one_law(const std::string& law, const std::string& subject, const std::string& exec) {
  return fmt::format("flowgauge verify {} --law {}", exec.empty() ? "--only " + quoted_for_a_shell(subject) : exec, law);
}
}  // namespace

std::string reproduce_command(const std::string& law, const Case& c, const std::string& exec) {
  return one_law(law, to_text(c.spec), exec) + " --case " + quoted_for_a_shell(to_text(c));
}
std::string reproduce_command(const std::string& law, const std::string& subject, const std::string& exec, const Search& how) {
  return fmt::format("{} --tier {} --cases {} --seed {}", one_law(law, subject, exec), to_text(how.tier), how.cases, how.seed);
}

Examiner examiner_of(const Family& family, const Law& law, SubjectStore& store) {
  return {family.name,
          [&](const Draw& draw) {
            store.tidy();
            return draw_case(family, law, draw, store);
          },
          [&](const Case& c) { return examined(law, Trial(store.get(family.workshop, c.spec, c.dim, c.context_size), c)); },
          [&](const Case& c, const std::function<bool(const Case&)>& still, int budget) {
            const bool in_float = family.workshop.arithmetic.unit > 0x1p-53;
            const bool outputs = law.wants.outputs && !family.workshop.arithmetic.image;
            const auto inside = [&](const Case& one) {
              const Facts& facts = store.get(family.workshop, one.spec, one.dim, one.context_size).facts();
              const Interval range = outputs ? facts.codomain : facts.domain;
              return std::all_of(one.rows.begin(), one.rows.end(), [&](const Numbers& row) {
                return std::all_of(row.begin(), row.end(), [&](double v) {
                  return v > range.low && v < range.high && (!in_float || static_cast<float>(v) == v);
                });
              });
            };
            const bool keep_inside = inside(c);
            return shrunk(c, family.workshop, store, [&](const Case& one) { return (!keep_inside || inside(one)) && still(one); }, budget);
          },
          0,
          family.exec};
}

Judged search(const Examiner& examiner, const Law& law, const Search& how, const std::vector<Case>& first) {
  Searcher searcher(examiner, law, how);
  const int cases = examiner.cases > 0 ? examiner.cases : how.cases;
  constexpr int slice_size = 25;
  int done = 0;
  bool on = true;
  for (std::size_t i = 0; on && i < first.size(); ++i) on = searcher.take_known(first[i]);
  try {
    for (int k = 0; on && done < cases; ++k) {
      const std::uint64_t seed = hash_text(fmt::format("{} {} {} {}", how.seed, law.id, examiner.subject, k));
      const int taken = slice(seed, std::min(slice_size, cases - done), [&](std::uint32_t number) {
        if (!on) return false;  // the engine runs what failed once more
        try {
          on = searcher.take(examiner.draw({number, done, how.tier}));
        } catch (const std::exception& error) {
          searcher.stop(what_of(error));
          on = false;
        }
        ++done;
        return on;
      });
      if (taken == 0) throw std::logic_error("the engine examined nothing");
    }
  } catch (const std::logic_error& error) {
    searcher.stop(error.what());
  }
  return searcher.judge(true);
}

Judged examine_case(const Examiner& examiner, const Law& law, const Search& how, const Case& c) {
  Searcher searcher(examiner, law, how);
  searcher.take(c);
  return searcher.judge(false);
}

}  // namespace flowgauge::verify
