// SPDX-License-Identifier: MIT
#include <flowgauge/reports/datapackage.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <random>

#include <flowgauge/reports/csv.hpp>

#include "example_rows.hpp"

namespace flowgauge::reports {
namespace {

using Json = nlohmann::json;

template <class Row>
void expect_schema_of(const Json& package) {
  for (const Json& resource : package.at("resources")) {
    if (resource.at("path") != Table<Row>::file) continue;
    const Json& schema = resource.at("schema");
    ASSERT_EQ(schema.at("fields").size(), Table<Row>::columns.size());
    EXPECT_EQ(schema.at("missingValues"), Json::array({""}));
    Json keys = Json::array();
    for (std::size_t i = 0; i < Table<Row>::columns.size(); ++i) {
      const Column<Row>& column = Table<Row>::columns[i];
      const Json& field = schema.at("fields").at(i);
      EXPECT_EQ(field.at("name"), column.name);
      EXPECT_EQ(field.at("description"), column.meaning);
      EXPECT_FALSE(column.meaning.empty()) << column.name;
      const std::string type = field.at("type");
      EXPECT_TRUE(type == "string" || type == "integer" || type == "number" || type == "datetime") << type;
      EXPECT_EQ(field.contains("unit"), !column.unit.empty()) << column.name;
      EXPECT_EQ(field.contains("constraints"), !column.choices.empty()) << column.name;
      if (column.role == ColumnRole::key) keys.push_back(column.name);
    }
    EXPECT_EQ(schema.at("primaryKey"), keys);
    return;
  }
  FAIL() << "no resource for " << Table<Row>::file;
}

TEST(Datapackage, HasEveryColumnOfEveryTable) {
  const Json package = Json::parse(
      datapackage_text(example::provenance(), {"cells.csv", "kl_trace.csv", "kl_differences.csv", "densities.csv", "verdicts.csv", "bench.csv"}));
  expect_schema_of<CellRow>(package);
  expect_schema_of<TraceRow>(package);
  expect_schema_of<DifferenceRow>(package);
  expect_schema_of<DensityRow>(package);
  expect_schema_of<VerdictRow>(package);
  expect_schema_of<BenchRow>(package);
  EXPECT_EQ(package.at("resources").at(0).at("schema").at("fields").at(16).at("constraints").at("enum"),
            Json::array({"ok", "diverged", "timeout", "error", "skipped", "unsupported"}));
}

TEST(Datapackage, UnknownTableIsNamed) {
  try {
    datapackage_text({}, {"cell.csv"});
    FAIL();
  } catch (const ReportError& error) {
    EXPECT_STREQ(error.what(), "no table is called 'cell.csv'; nearest: 'cells.csv'");
  }
}

TEST(Datapackage, ProvenanceReadsBackAndOnlyPresentTablesAreListed) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("flowgauge-package-" + std::to_string(std::random_device{}()));
  write_csv(folder / "bench.csv", example::timings());
  Provenance wanted = example::provenance();
  wanted.environment.emplace_back("odd", "quotes \" and \\ and\nlines");
  write_datapackage(folder, wanted);
  const Provenance back = read_provenance(folder / "datapackage.json");
  EXPECT_EQ(datapackage_text(back, {"bench.csv"}), read_text(folder / "datapackage.json"));
  EXPECT_EQ(back.environment, wanted.environment);
  EXPECT_EQ(back.warnings, wanted.warnings);
  EXPECT_EQ(back.config_text, wanted.config_text);
  EXPECT_EQ(Json::parse(read_text(folder / "datapackage.json")).at("resources").size(), 1U);
  write_text(folder / "datapackage.json", "{ not json");
  EXPECT_THROW(read_provenance(folder / "datapackage.json"), ReportError);
  std::filesystem::remove_all(folder);
}

TEST(Datapackage, TextThatIsNotUtf8StillGivesJson) {
  Provenance provenance;
  provenance.machine = "caf\xe9";
  EXPECT_TRUE(Json::accept(datapackage_text(provenance, {})));
}

}  // namespace
}  // namespace flowgauge::reports
