// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/verify/law.hpp>
#include <flowgauge/verify/verify.hpp>

#include "search.hpp"
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

/// Those whose name matches; else the one that the spec describes.
std::vector<Family> families_of(const std::vector<Family>& all, const std::string& only) {
  std::vector<Family> chosen;
  std::vector<std::string> names;
  for (const Family& family : all) {
    if (matches(only, family.name)) chosen.push_back(family);
    names.push_back(family.name);
  }
  if (!chosen.empty()) return chosen;
  if (only.find_first_of("( \t") == std::string::npos) throw ConfigError(unknown_name("layer", only, names));
  FlowSpec spec = unfolded(parse_flow(only));
  Family fixed{only, "", {}, catalogue_workshop(), spec.items.size() > 1, {}};
  for (const Family& family : all)
    for (const Item& item : spec.items)
      if (item.name == family.name) fixed.workshop = family.workshop;
  fixed.name = to_text(spec);
  fixed.fixed = spec;
  // Bad options are the caller's mistake, not the layer's. Some dim must do.
  for (int dim = 1;; ++dim) {
    try {
      Subject(fixed.workshop, spec, dim, 0);
      break;
    } catch (const std::invalid_argument&) {
      if (dim >= 4) throw;
    }
  }
  return {fixed};
}

int cases_of(Tier tier) { return tier == Tier::quick ? 30 : tier == Tier::standard ? 200 : 10000; }

/// One thing to judge.
struct Unit {
  Family family;
  const Law* law = nullptr;
  std::optional<Case> replayed;
};

std::vector<Unit> drawn_units(const std::vector<Family>& all, const VerifyOptions& options) {
  std::vector<Unit> units;
  const std::vector<const Law*> laws = laws_of(options.law);
  for (const Family& family : families_of(all, options.only))
    for (const Law* law : laws)
      if ((law->about == About::composition) == family.chain) units.push_back({family, law, {}});
  if (units.empty())
    throw ConfigError(fmt::format("no law of '{}' is about '{}': some speak of one layer, the others of chains", options.law, options.only));
  return units;
}

std::vector<Unit> replayed_units(const std::vector<Family>& all, const VerifyOptions& options) {
  std::vector<Unit> units;
  for (const std::string& line : options.replay) {
    std::string named;
    Case c = case_from_text(line, &named);
    Family family{to_text(c.spec), "", {}, catalogue_workshop(), c.spec.items.size() > 1, c.spec};
    for (const Family& known : all)
      for (const Item& item : c.spec.items)
        if (item.name == known.name) family.workshop = known.workshop;
    const Subject subject(family.workshop, c.spec, c.dim, c.context_size);
    if (subject.parameters() != static_cast<Index>(c.theta.size()))
      throw ConfigError(
          fmt::format("{} at dim {} has {} parameters, the case gives {}", subject.text(), c.dim, subject.parameters(), c.theta.size()));
    if (c.rows.empty()) throw ConfigError("the case has no row x: " + line);
    c.parameter_class = "replayed";
    c.row_classes.assign(c.rows.size(), "replayed");
    const bool chosen = !named.empty() || options.law != "*";  // a law asked for by name is asked, whatever it is about
    for (const Law* law : laws_of(named.empty() ? options.law : named))
      if (chosen || (law->about == About::composition) == family.chain) units.push_back({family, law, c});
  }
  return units;
}

Judged not_examined(const Unit& unit) {
  Judged judged;
  judged.row.layer = unit.family.name;
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
  static const std::vector<std::string> names{"quick", "standard", "deep"};
  for (std::size_t i = 0; i < names.size(); ++i)
    if (word == names[i]) return static_cast<Tier>(i);
  throw ConfigError(unknown_name("tier", word, names));
}

bool VerifyResult::passed() const {
  return std::all_of(rows.begin(), rows.end(), [](const reports::VerdictRow& r) { return r.verdict == "holds" || r.verdict == "not_applicable"; });
}

VerifyResult run(const std::vector<Family>& families, const VerifyOptions& options, const std::function<void(const Progress&)>& on_progress) {
  if (options.seed >= 0x80000000u) throw ConfigError(fmt::format("the seed is below 2147483648, got {}", options.seed));
  if (options.cases < 0) throw ConfigError(fmt::format("the number of cases is at least 0, got {}", options.cases));
  const std::vector<Unit> units = options.replay.empty() ? drawn_units(families, options) : replayed_units(families, options);
  const Search how{options.tier, options.seed, options.cases > 0 ? options.cases : cases_of(options.tier)};
  SubjectStore store;
  const auto judge = [&](int u) {
    const Unit& unit = units[u];
    return unit.replayed ? examine_case(unit.family, *unit.law, *unit.replayed, store) : search(unit.family, *unit.law, how, store);
  };
  const auto died = [&](int u, const std::string& reason) {
    Judged judged = not_examined(units[u]);
    judged.row.verdict = to_text(Verdict::error);
    judged.row.reason = reason;
    judged.row.reproduce = fmt::format("flowgauge verify --only '{}' --law {}", judged.row.layer, judged.row.law);
    judged.failures.push_back({judged.row.layer, judged.row.law, judged.row.law_id, Verdict::error, "While the law was examined " + reason + ".\n",
                               "", judged.row.reproduce});
    return judged;
  };
  std::vector<Judged> all(units.size());
  for (std::size_t u = 0; u < units.size(); ++u) all[u] = not_examined(units[u]);
  Progress progress{0, static_cast<int>(units.size()), "", "", Verdict::holds};
  work(progress.total, options.jobs, options.stop, judge, died, [&](int u, Judged judged) {
    ++progress.done;
    progress.subject = judged.row.layer;
    progress.law = judged.row.law;
    for (const Verdict v : {Verdict::holds, Verdict::fails, Verdict::unresolved, Verdict::not_applicable, Verdict::error})
      if (judged.row.verdict == to_text(v)) progress.verdict = v;
    all[u] = std::move(judged);
    if (on_progress) on_progress(progress);
  });
  std::stable_sort(all.begin(), all.end(), [](const Judged& a, const Judged& b) { return rank(a.row.verdict) < rank(b.row.verdict); });
  VerifyResult result;
  result.not_examined = progress.total - progress.done;
  for (Judged& judged : all) {
    judged.row.flow = judged.row.layer;
    judged.row.seed = static_cast<std::int64_t>(options.seed);
    result.rows.push_back(std::move(judged.row));
    for (Failure& f : judged.failures) result.failures.push_back(std::move(f));
  }
  return result;
}

VerifyResult run(const VerifyOptions& options, const std::function<void(const Progress&)>& on_progress) {
  return run(all_families(), options, on_progress);
}

void write_failures(const std::filesystem::path& file, const VerifyResult& result) {
  std::string text;
  for (const Failure& f : result.failures)
    if (!f.case_text.empty()) text += fmt::format("law={} | {}\n", f.law, f.case_text);
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
