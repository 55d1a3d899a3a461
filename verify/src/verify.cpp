// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/verify/law.hpp>
#include <flowgauge/verify/verify.hpp>

#include "estimator_cases.hpp"
#include "search.hpp"
#include "source_cases.hpp"
#include "workers.hpp"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>
#include <fnmatch.h>

namespace flowgauge::verify {
namespace {

constexpr std::string_view failures_header = "flowgauge failures 1";

bool matches(const std::string& glob, const std::string& name) { return fnmatch(glob.c_str(), name.c_str(), 0) == 0; }

std::vector<const Law*> laws_of(const std::string& glob) {
  std::vector<const Law*> laws;
  std::vector<std::string> names;
  for (const Law& law : all_laws()) {
    if (matches(glob, law.name) || matches(glob, law.id)) laws.push_back(&law);
    names.push_back(law.name);
    names.push_back(law.id);
  }
  if (laws.empty()) throw ConfigError(unknown_name("law", glob, names));
  return laws;
}

/// One thing to judge: a layer or a chain, a source or an estimator.
struct Unit {
  std::string subject;
  const Law* law = nullptr;
  std::optional<Family> family = {};
  const SourceFamily* source = nullptr;
  std::optional<Item> member = {};  ///< of the source's family: this one alone
  const Estimator* estimator = nullptr;
  std::optional<Case> replayed = {};
  std::vector<Case> first = {};
};

bool speaks_of(const Law& law, const Unit& unit) {
  if (unit.source) return law.about == About::source;
  if (unit.estimator) return law.about == About::estimator;
  return law.about == (unit.family->chain ? About::composition : About::layer);
}

const SourceFamily* source_named(const Subjects& all, const FlowSpec& spec) {
  if (spec.items.size() != 1) return nullptr;
  for (const SourceFamily& source : all.sources)
    if (source.name == spec.items.front().name) return &source;
  return nullptr;
}

/// The family of one spec; whoever knows its layers makes them.
Family family_of_spec(const std::vector<Family>& known, const FlowSpec& spec) {
  Family fixed{to_text(spec), "", {}, catalogue_workshop(), spec.items.size() > 1, spec};
  for (const Family& family : known)
    for (const Item& item : spec.items)
      if (item.name == family.name) {
        fixed.workshop = family.workshop;
        fixed.dims = family.dims, fixed.context = family.context, fixed.exec = family.exec;
      }
  return fixed;
}

/// Those whose name matches; else the one that the text describes.
std::vector<Unit> subjects_of(const Subjects& all, const std::string& only) {
  std::vector<Unit> chosen;
  std::vector<std::string> names;
  const auto look = [&](const std::string& name, Unit unit) {
    if (matches(only, name)) chosen.push_back(std::move(unit));
    names.push_back(name);
  };
  for (const Family& family : all.layers) look(family.name, {.subject = family.name, .family = family});
  for (const SourceFamily& source : all.sources) look(source.name, {.subject = source.name, .source = &source});
  for (const Estimator& estimator : all.estimators) look(estimator.name, {.subject = estimator.name, .estimator = &estimator});
  if (!chosen.empty()) return chosen;
  if (only.find_first_of("( \t") == std::string::npos) throw ConfigError(unknown_name(all.sources.empty() ? "layer" : "subject", only, names));
  const FlowSpec spec = unfolded(parse_flow(only));
  if (const SourceFamily* const source = source_named(all, spec)) {
    const Item member = parse_item(source->make(spec.items.front())->text());
    return {{.subject = to_text(member), .source = source, .member = member}};
  }
  Family fixed = family_of_spec(all.layers, spec);
  // Bad options are the caller's mistake, not the layer's. Some dim must do.
  for (int dim = 1;; ++dim) {
    try {
      Subject(fixed.workshop, spec, dim, 0);
      break;
    } catch (const std::invalid_argument&) {
      if (dim >= 4) throw;
    }
  }
  return {{.subject = fixed.name, .family = fixed}};
}

/// A deep law takes long, or says again from another side what others say: it is examined where it is wanted.
bool wanted(const Law& law, const VerifyOptions& options, const std::string& named = "") {
  const auto is = [&](const std::string& name) { return name == law.name || name == law.id; };
  return !law.deep || options.tier == Tier::deep || is(options.law) || is(named);
}

int cases_of(Tier tier) { return tier == Tier::quick ? 30 : tier == Tier::standard ? 200 : 10000; }

std::vector<Unit> drawn_units(const Subjects& all, const VerifyOptions& options) {
  std::vector<Unit> units;
  const std::vector<const Law*> laws = laws_of(options.law);
  for (const Unit& subject : subjects_of(all, options.only))
    for (const Law* law : laws)
      if (speaks_of(*law, subject) && wanted(*law, options)) {
        units.push_back(subject);
        units.back().law = law;
      }
  if (units.empty())
    throw ConfigError(
        fmt::format("no law of '{}' is about '{}': a law speaks of layers, of chains, of sources or of estimators", options.law, options.only));
  return units;
}

/// The subject of a case that is given.
Unit subject_of_case(const Subjects& all, const std::string& line, Case c, const std::vector<const Law*>& laws) {
  const auto any_about = [&](About about) { return std::any_of(laws.begin(), laws.end(), [&](const Law* law) { return law->about == about; }); };
  c.parameter_class = "replayed";
  c.row_classes.assign(c.rows.size(), "replayed");
  if (any_about(About::estimator))
    for (const Estimator& estimator : all.estimators)
      if (estimator.name == to_text(c.spec)) return {.subject = estimator.name, .estimator = &estimator, .replayed = c};
  if (any_about(About::source))
    if (const SourceFamily* const source = source_named(all, c.spec)) {
      const auto made = source->make(c.spec.items.front());
      if (made->dim() != c.dim) throw ConfigError(fmt::format("{} has dim {}, the case says {}", made->text(), made->dim(), c.dim));
      return {.subject = made->text(), .source = source, .replayed = c};
    }
  const Family family = family_of_spec(all.layers, c.spec);
  const Subject subject(family.workshop, c.spec, c.dim, c.context_size);
  if (subject.parameters() != static_cast<Index>(c.theta.size()))
    throw ConfigError(fmt::format("{} at dim {} has {} parameters, the case gives {}", subject.text(), c.dim, subject.parameters(), c.theta.size()));
  if (c.rows.empty()) throw ConfigError("the case has no row x: " + line);
  return {.subject = family.name, .family = family, .replayed = c};
}

std::vector<Unit> replayed_units(const Subjects& all, const VerifyOptions& options) {
  std::vector<Unit> units;
  for (const std::string& line : options.replay) {
    std::string named;
    const Case c = case_from_text(line, &named);
    const std::vector<const Law*> laws = laws_of(named.empty() ? options.law : named);
    const Unit subject = subject_of_case(all, line, c, laws);
    const bool chosen = !named.empty() || options.law != "*";  // a law asked for by name is asked of layers and chains alike
    for (const Law* law : laws) {
      const bool of_flows = law->about == About::layer || law->about == About::composition;
      if (!speaks_of(*law, subject) && !(chosen && subject.family && of_flows)) continue;
      if (!wanted(*law, options, named)) continue;
      if (!subject.family && law->wants.sample && c.batch == 0) throw ConfigError("the case has no batch, the number of draws: " + line);
      if (subject.source && !law->wants.sample && c.rows.empty()) throw ConfigError("the case has no row x: " + line);
      units.push_back(subject);
      units.back().law = law;
    }
  }
  if (units.empty()) throw ConfigError(fmt::format("no law of '{}' is about the cases", options.law));
  return units;
}

/// Whether `unit` could draw the case. Nothing is made here: what crashed in a worker would crash again, and this is no worker.
bool draws(const Unit& unit, const Case& c) {
  const std::string name = c.spec.items.size() == 1 ? c.spec.items.front().name : "flow";
  if (unit.source) return unit.source->name == name && (!unit.member || unit.subject == to_text(c.spec));
  if (unit.estimator) return unit.estimator->name == to_text(c.spec);
  return unit.family->fixed ? to_text(*unit.family->fixed) == to_text(c.spec) : unit.family->name == name;
}

/// What failed earlier goes to the units that would draw it. Returns how many cases found one.
int put_first(const std::vector<std::string>& lines, std::vector<Unit>& units) {
  int found = 0;
  for (const std::string& line : lines) {
    try {
      std::string law;
      Case c = case_from_text(line, &law);
      c.parameter_class = "replayed";
      c.row_classes.assign(c.rows.size(), "replayed");
      for (Unit& unit : units)
        if ((unit.law->name == law || unit.law->id == law) && draws(unit, c)) unit.first.push_back(c), ++found;
    } catch (const std::invalid_argument&) {  // of another version
    }
  }
  return found;
}

/// The column that names the subject.
void name_subject(const Unit& unit, reports::VerdictRow& row) {
  row.layer.clear();
  if (unit.source) row.source = unit.subject;
  else if (unit.estimator) row.estimator = unit.subject;
  else row.layer = row.flow = unit.subject;
}

Judged not_examined(const Unit& unit) {
  Judged judged;
  name_subject(unit, judged.row);
  judged.row.law = unit.law->name;
  judged.row.law_id = unit.law->id;
  judged.row.verdict = to_text(Verdict::unresolved);
  judged.row.reason = "interrupted before it was examined";
  return judged;
}

int rank(const std::string& verdict) { return verdict == "fails" || verdict == "error" ? 0 : 1; }

}  // namespace

std::string to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds: return "holds";
    case Verdict::fails: return "fails";
    case Verdict::unresolved: return "unresolved";
    case Verdict::not_applicable: return "not_applicable";
    case Verdict::error: return "error";
  }
  return "error";
}

int Coverage::count(const std::string& input_class, Outcome outcome) const {
  const auto of_class = seen.find(input_class);
  if (of_class == seen.end()) return 0;
  const auto found = of_class->second.find(outcome);
  return found == of_class->second.end() ? 0 : found->second;
}

Tier tier_from(const std::string& word) {
  std::vector<std::string> names;
  for (const Tier tier : {Tier::quick, Tier::standard, Tier::deep}) {
    names.push_back(to_text(tier));
    if (word == names.back()) return tier;
  }
  throw ConfigError(unknown_name("tier", word, names));
}

std::string to_text(Tier tier) { return tier == Tier::quick ? "quick" : tier == Tier::standard ? "standard" : "deep"; }

bool VerifyResult::passed() const {
  return std::all_of(rows.begin(), rows.end(), [](const reports::VerdictRow& r) { return r.verdict == "holds" || r.verdict == "not_applicable"; });
}

VerifyResult run(const Subjects& subjects, const VerifyOptions& options, const std::function<void(const Progress&)>& on_progress) {
  if (options.seed >= 0x80000000u) throw ConfigError(fmt::format("the seed is below 2147483648, got {}", options.seed));
  if (options.cases < 0) throw ConfigError(fmt::format("the number of cases is at least 0, got {}", options.cases));
  std::vector<Unit> units = options.replay.empty() ? drawn_units(subjects, options) : replayed_units(subjects, options);
  VerifyResult result;
  if (options.replay.empty()) result.first = put_first(options.first, units);
  const Search how{options.tier, options.seed, options.cases > 0 ? options.cases : cases_of(options.tier), options.case_seconds};
  SubjectStore store;
  SourceStore sources;
  const auto judge = [&](int u) {
    const Unit& unit = units[u];
    Examiner examiner = unit.source      ? examiner_of(*unit.source, *unit.law, how, sources, unit.member)
                        : unit.estimator ? examiner_of(*unit.estimator, *unit.law)
                                         : examiner_of(*unit.family, *unit.law, store);
    examiner.subject = unit.subject;
    return unit.replayed ? examine_case(examiner, *unit.law, how, *unit.replayed) : search(examiner, *unit.law, how, unit.first);
  };
  const auto died = [&](int u, const std::string& reason, const std::string& at) {
    Judged judged = not_examined(units[u]);
    judged.row.verdict = to_text(Verdict::error);
    judged.row.reason = reason;
    const std::string exec = units[u].family ? units[u].family->exec : units[u].source ? units[u].source->exec : "";
    judged.row.reproduce = reproduce_command(judged.row.law, units[u].subject, exec, how);
    std::string known = at;
    try {
      if (!at.empty()) judged.row.reproduce = reproduce_command(judged.row.law, case_from_text(at), exec);
    } catch (const std::exception&) {  // the process wrote over its note
      known.clear();
    }
    judged.row.counterexample = known;
    judged.failures.push_back({units[u].subject, judged.row.law, judged.row.law_id, Verdict::error, "While the law was examined " + reason + ".\n",
                               known, judged.row.reproduce});
    return judged;
  };
  std::vector<Judged> all(units.size());
  for (std::size_t u = 0; u < units.size(); ++u) all[u] = not_examined(units[u]);
  Progress progress{0, static_cast<int>(units.size()), "", "", Verdict::holds};
  work(progress.total, options.jobs, options.stop, judge, died, [&](int u, Judged judged) {
    ++progress.done;
    progress.subject = units[u].subject;
    progress.law = judged.row.law;
    for (const Verdict v : {Verdict::holds, Verdict::fails, Verdict::unresolved, Verdict::not_applicable, Verdict::error})
      if (judged.row.verdict == to_text(v)) progress.verdict = v;
    all[u] = std::move(judged);
    name_subject(units[u], all[u].row);
    if (on_progress) on_progress(progress);
  });
  std::stable_sort(all.begin(), all.end(), [](const Judged& a, const Judged& b) { return rank(a.row.verdict) < rank(b.row.verdict); });
  result.not_examined = progress.total - progress.done;
  for (Judged& judged : all) {
    judged.row.seed = static_cast<std::int64_t>(options.seed);
    result.rows.push_back(std::move(judged.row));
    for (Failure& f : judged.failures) result.failures.push_back(std::move(f));
  }
  return result;
}

VerifyResult run(const std::vector<Family>& families, const VerifyOptions& options, const std::function<void(const Progress&)>& on_progress) {
  return run(Subjects{families, {}, {}}, options, on_progress);
}

VerifyResult run(const VerifyOptions& options, const std::function<void(const Progress&)>& on_progress) {
  return run(all_subjects(), options, on_progress);
}

Subjects all_subjects() { return {all_families(), all_source_families(), {}}; }

void write_failures(const std::filesystem::path& file, const VerifyResult& result) {
  std::string text;
  for (const Failure& f : result.failures)
    if (!f.case_text.empty() && f.verdict != Verdict::unresolved) text += fmt::format("law={} | {}\n", f.law, f.case_text);
  if (text.empty()) {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    if (std::filesystem::exists(file)) throw DataError("cannot remove the old " + file.string());
    return;
  }
  std::ofstream out(file, std::ios::binary);
  out << failures_header << '\n' << text;
  out.flush();
  if (!out) throw DataError("cannot write " + file.string());
}

std::vector<std::string> read_failures(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string line;
  if (!in) throw DataError("cannot read " + file.string());
  if (!std::getline(in, line)) line.clear();
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (line != failures_header)
    throw DataError(fmt::format("{} begins with '{}'; this program reads files that begin with '{}'", file.string(), line, failures_header));
  std::vector<std::string> lines;
  while (std::getline(in, line))
    if (line.find_first_not_of(" \t\r") != std::string::npos) lines.push_back(line);
  return lines;
}

std::vector<LawInfo> list_laws() {
  std::vector<LawInfo> laws;
  for (const Law& law : all_laws()) laws.push_back({law.id, law.name, law.statement, law.violated_by, law.fooled_by});
  return laws;
}

}  // namespace flowgauge::verify
