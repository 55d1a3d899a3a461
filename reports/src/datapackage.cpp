// SPDX-License-Identifier: MIT
#include <flowgauge/reports/datapackage.hpp>

#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <flowgauge/reports/csv.hpp>

#include "nearest.hpp"

namespace flowgauge::reports {
namespace {

using Json = nlohmann::ordered_json;
using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string_view type_name(ColumnType type) {
  switch (type) {
    case ColumnType::text: return "string";
    case ColumnType::integer: return "integer";
    case ColumnType::number: return "number";
    case ColumnType::time: return "datetime";
  }
  return "any";
}

Json split(std::string_view choices) {
  Json all = Json::array();
  while (!choices.empty()) {
    const std::size_t end = std::min(choices.find('|'), choices.size());
    all.push_back(choices.substr(0, end));
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return all;
}

template <class Row>
Json resource() {
  Json fields = Json::array(), keys = Json::array();
  for (const Column<Row>& column : Table<Row>::columns) {
    Json field{{"name", column.name}, {"type", type_name(column.type)}, {"description", column.meaning}};
    if (!column.unit.empty()) field["unit"] = column.unit;
    if (!column.choices.empty()) field["constraints"] = {{"enum", split(column.choices)}};
    field["volatile"] = column.role == ColumnRole::volatile_;
    fields.push_back(std::move(field));
    if (column.role == ColumnRole::key) keys.push_back(column.name);
  }
  const std::string_view file = Table<Row>::file;
  return {{"name", file.substr(0, file.find('.'))},
          {"path", file},
          {"title", Table<Row>::title},
          {"profile", "tabular-data-resource"},
          {"format", "csv"},
          {"mediatype", "text/csv"},
          {"encoding", "utf-8"},
          {"dialect", {{"delimiter", ","}, {"quoteChar", "\""}, {"doubleQuote", true}, {"lineTerminator", "\n"}, {"header", true}}},
          {"schema", {{"fields", std::move(fields)}, {"primaryKey", std::move(keys)}, {"missingValues", {""}}}}};
}

constexpr std::string_view table_files[] = {Table<CellRow>::file,    Table<TraceRow>::file,   Table<DifferenceRow>::file,
                                            Table<DensityRow>::file, Table<SampleRow>::file,  Table<VerdictRow>::file,
                                            Table<BenchRow>::file};

Json resource_of(std::string_view file) {
  if (file == Table<CellRow>::file) return resource<CellRow>();
  if (file == Table<TraceRow>::file) return resource<TraceRow>();
  if (file == Table<DifferenceRow>::file) return resource<DifferenceRow>();
  if (file == Table<DensityRow>::file) return resource<DensityRow>();
  if (file == Table<SampleRow>::file) return resource<SampleRow>();
  if (file == Table<VerdictRow>::file) return resource<VerdictRow>();
  if (file == Table<BenchRow>::file) return resource<BenchRow>();
  throw ReportError(
      fmt::format("no table is called '{}'; nearest: '{}'", file, nearest_name(file, {std::begin(table_files), std::end(table_files)})));
}

/// The texts of a provenance with their names in the file, in the order in which they are written.
template <class P>
auto named_texts(P& provenance) {
  using Text = decltype(&provenance.title);
  return std::vector<std::pair<const char*, Text>>{{"title", &provenance.title},
                                                   {"command_line", &provenance.command_line},
                                                   {"flowgauge_version", &provenance.flowgauge_version},
                                                   {"git_rev", &provenance.git_rev},
                                                   {"run_id", &provenance.run_id},
                                                   {"started_at", &provenance.started_at},
                                                   {"finished_at", &provenance.finished_at},
                                                   {"machine", &provenance.machine},
                                                   {"config_name", &provenance.config_name},
                                                   {"config_text", &provenance.config_text},
                                                   {"config_sha256", &provenance.config_sha256}};
}

/// An array of pairs, because a name may come twice and the order is meant.
Json pairs_json(const Pairs& pairs) {
  Json all = Json::array();
  for (const auto& [name, value] : pairs) all.push_back({{"name", name}, {"value", value}});
  return all;
}

Pairs pairs_from(const Json& all) {
  Pairs pairs;
  for (const Json& item : all) pairs.emplace_back(item.at("name").get<std::string>(), item.at("value").get<std::string>());
  return pairs;
}

}  // namespace

std::string datapackage_text(const Provenance& provenance, const std::vector<std::string>& files) {
  Json run = Json::object();
  for (const auto& [name, text] : named_texts(provenance)) run[name] = *text;
  run["seeds"] = pairs_json(provenance.seeds);
  run["environment"] = pairs_json(provenance.environment);
  run["warnings"] = provenance.warnings;

  Json package{{"profile", "tabular-data-package"}, {"name", "flowgauge-run"}};
  if (!provenance.title.empty()) package["title"] = provenance.title;
  if (!provenance.finished_at.empty()) package["created"] = provenance.finished_at;
  package["resources"] = Json::array();
  for (const std::string& file : files) package["resources"].push_back(resource_of(file));
  package["provenance"] = std::move(run);
  // Texts of the outside world (host names, command lines) need not be UTF-8; a page must still come out.
  return package.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void write_datapackage(const std::filesystem::path& folder, const Provenance& provenance) {
  std::vector<std::string> files;
  for (const std::string_view file : table_files) {
    if (std::filesystem::exists(folder / file)) files.emplace_back(file);
  }
  write_text(folder / "datapackage.json", datapackage_text(provenance, files));
}

Provenance read_provenance(const std::filesystem::path& path) {
  const std::string text = read_text(path);
  try {
    const Json run = Json::parse(text).at("provenance");
    Provenance provenance;
    for (const auto& [name, target] : named_texts(provenance)) *target = run.value(name, std::string{});
    provenance.seeds = pairs_from(run.value("seeds", Json::array()));
    provenance.environment = pairs_from(run.value("environment", Json::array()));
    provenance.warnings = run.value("warnings", std::vector<std::string>{});
    return provenance;
  } catch (const Json::exception& error) {
    throw ReportError(fmt::format("{}: expected a datapackage.json written by flowgauge: {}", path.string(), error.what()));
  }
}

}  // namespace flowgauge::reports
