// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "command.hpp"

#include <flowgauge/catalogue.hpp>
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/verify/verify.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace flowgauge::cli {
namespace {

using Json = nlohmann::ordered_json;

/// A line of the list.
struct Entry {
  std::string name, kind, summary;
  Json more = Json::object();
};
/// layers, sources or laws.
struct Shelf {
  std::string name;
  std::vector<Entry> entries;
};

Json to_json(const std::vector<OptionInfo>& options) {
  Json all = Json::array();
  for (const OptionInfo& o : options) {
    Json one{{"name", o.name}, {"default", o.default_text}};
    if (!o.choices.empty()) one["choices"] = o.choices;
    else if (o.kind != OptionInfo::Kind::item && o.kind != OptionInfo::Kind::flow) one["low"] = o.low, one["high"] = o.high;
    all.push_back(std::move(one));
  }
  return all;
}

std::string kind_word(MemberKind kind) {
  switch (kind) {
    case MemberKind::transformer: return "transformer";
    case MemberKind::layer: return "layer";
    case MemberKind::driver: return "driver";
    case MemberKind::block: return "block";
  }
  return {};
}

Shelf layers() {
  Shelf shelf{"layers", {}};
  for (const MemberInfo& m : list_members())
    shelf.entries.push_back({m.name, kind_word(m.kind), m.summary, {{"options", to_json(m.options)}, {"specimens", m.specimens}}});
  return shelf;
}
Shelf sources() {
  Shelf shelf{"sources", {}};
  for (const distributions::SourceInfo& s : distributions::list_sources())
    shelf.entries.push_back({s.name, fmt::format("d = {}", s.dim), s.summary, {{"options", to_json(s.options)}, {"dim", s.dim}}});
  return shelf;
}
Shelf laws() {
  Shelf shelf{"laws", {}};
  for (const verify::LawInfo& l : verify::list_laws()) shelf.entries.push_back({l.name, l.id, l.statement, {{"id", l.id}}});
  return shelf;
}

std::string as_text(const std::vector<Shelf>& shelves) {
  std::string text;
  for (const Shelf& shelf : shelves) {
    std::vector<std::vector<std::string>> rows;
    for (const Entry& e : shelf.entries) rows.push_back({"  " + e.name, e.kind, e.summary});
    text += fmt::format("{}{} ({})\n{}", text.empty() ? "" : "\n", shelf.name, rows.size(), text_table(rows, "<<<"));
  }
  return text;
}
std::string as_json(const std::vector<Shelf>& shelves) {
  Json all = Json::object();
  for (const Shelf& shelf : shelves) {
    all[shelf.name] = Json::array();
    for (const Entry& e : shelf.entries) {
      Json one{{"name", e.name}, {"kind", e.kind}, {"summary", e.summary}};
      one.update(e.more);
      all[shelf.name].push_back(std::move(one));
    }
  }
  return all.dump(2) + "\n";
}

struct Options {
  std::string what, only;
  bool json = false;
};

int list(const Options& o, const Console& console) {
  std::vector<Shelf> shelves{layers(), sources(), laws()};
  if (!o.what.empty()) std::erase_if(shelves, [&](const Shelf& s) { return s.name != o.what; });
  if (shelves.empty()) throw ConfigError(unknown_name("shelf", o.what, std::vector<std::string>{"layers", "sources", "laws"}));
  if (!o.only.empty()) {
    for (Shelf& s : shelves) std::erase_if(s.entries, [&](const Entry& e) { return !matches(o.only, e.name); });
    std::erase_if(shelves, [](const Shelf& s) { return s.entries.empty(); });
    if (shelves.empty()) throw ConfigError(fmt::format("nothing matches --only '{}'", o.only));
  }
  console.print(o.json ? as_json(shelves) : as_text(shelves));
  return 0;
}

}  // namespace

Command list_command() {
  return {"list", "Names the layers, sources and laws there are.", "flowgauge list\nflowgauge list sources --json", [](CLI::App& app) -> Action {
            const auto o = std::make_shared<Options>();
            text_option(app, "what", o->what, "SHELF", "layers, sources or laws; all of them without it");
            only_option(app, o->only, "names");
            flag_option(app, "--json", o->json, "as JSON");
            return [o](const Console& console) { return list(*o, console); };
          }};
}

}  // namespace flowgauge::cli
