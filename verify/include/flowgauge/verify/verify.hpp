// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/estimator.hpp>
#include <flowgauge/verify/source_subject.hpp>
#include <flowgauge/verify/subject.hpp>
#include <flowgauge/verify/verdict.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace flowgauge::verify {

/// How many cases a law sees of a subject, and how many draws a law about a sample.
enum class Tier {
  quick,     ///< 30; 10⁴
  standard,  ///< 200; 4·10⁴
  deep       ///< 10⁴; 6.4·10⁵
};
/// "quick", "standard", "deep"; ConfigError with the nearest name.
Tier tier_from(const std::string& word);
std::string to_text(Tier);

struct VerifyOptions {
  /// Which subjects: a glob over their names (layers, "flow", which is random chains, sources, estimators), or one flow or source as text, whose
  /// options are then kept as written.
  std::string only = "*";
  /// Which laws: a glob over names and ids.
  std::string law = "*";
  Tier tier = Tier::quick;
  std::uint64_t seed = 0;  ///< of the whole run, < 2³¹; there is no other randomness
  int cases = 0;           ///< of a law and a subject; 0: as many as the tier says
  int case_seconds = 60;   ///< one case of a layer may take; 0: no limit. Kept by worker processes only
  int jobs = 1;            ///< worker processes; the result has the same bits for any number
  /// Cases as text (case.hpp), examined instead of drawn ones. `law` picks the laws of those that name none.
  std::vector<std::string> replay = {};
  /// Cases as text that broke a law earlier, each with its `law=`: examined before the drawn ones of that law and subject. One whose law or subject
  /// is not part of the run, or that is no case any more, is left out.
  std::vector<std::string> first = {};
  /// Set to true, perhaps by a signal handler, it ends the run: what was not examined by then is unresolved, and its reason says so.
  const std::atomic<bool>* stop = nullptr;
};

/// After each law and subject.
struct Progress {
  int done = 0, total = 0;
  std::string subject, law;
  Verdict verdict = Verdict::holds;
};

struct VerifyResult {
  /// One row for each law and subject: failures and errors first, then by subject and law. run_id, version, git_rev, isa and wall time of the run are
  /// the caller's.
  std::vector<reports::VerdictRow> rows;
  std::vector<Failure> failures;
  int first = 0;         ///< cases of `VerifyOptions::first` that were examined
  int not_examined = 0;  ///< rows that `stop` came before
  /// No law fails, none threw, none is unresolved beyond its cap: exit code 0, else 1.
  bool passed() const;
};

/// What laws are about.
struct Subjects {
  std::vector<Family> layers;
  std::vector<SourceFamily> sources;
  std::vector<Estimator> estimators;  ///< of other rooms
};
/// Every layer and every source; no estimator.
Subjects all_subjects();

/// Examines every law on every subject asked for. ConfigError: nothing has the name asked for (with the nearest one), a case that does not parse.
VerifyResult run(const VerifyOptions&, const std::function<void(const Progress&)>& on_progress = {});
/// The same for subjects made by hand, such as the struct of somebody's test.
VerifyResult run(const Subjects&, const VerifyOptions&, const std::function<void(const Progress&)>& on_progress = {});
VerifyResult run(const std::vector<Family>&, const VerifyOptions&, const std::function<void(const Progress&)>& on_progress = {});

/// failures.txt: the lines that --replay reads. An empty result removes an old file. DataError when it cannot be written.
void write_failures(const std::filesystem::path& file, const VerifyResult&);
/// DataError: no such file, or a version that this program does not know.
std::vector<std::string> read_failures(const std::filesystem::path& file);

/// What `list laws` shows.
struct LawInfo {
  std::string id, name, statement, violated_by, fooled_by;
};
std::vector<LawInfo> list_laws();

}  // namespace flowgauge::verify
