// SPDX-License-Identifier: MIT
#include <flowgauge/reports/csv.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <random>

#include "example_rows.hpp"

namespace flowgauge::reports {
namespace {

namespace fs = std::filesystem;

/// A fresh folder for each test, removed at the end.
class CsvFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("flowgauge-csv-" + std::to_string(std::random_device{}()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

template <class Row>
std::string message_of(const std::string& text) {
  try {
    parse_csv<Row>(text, "some.csv");
  } catch (const ReportError& error) {
    return error.what();
  }
  return "no error";
}

/// Every member of a row filled: texts with all that needs quotes, numbers that are hard to print.
template <class Row>
std::vector<Row> awkward_rows() {
  const std::vector<std::string> texts{"plain", "a,b", "say \"hi\"", "two\nlines", "\r\nstart", "tail\"", " spaces ", "θ → ∞", ""};
  const std::vector<std::string> numbers{"0.1", "0.30000000000000004", "-0", "5e-324", "1.7976931348623157e+308", "inf", "-inf", "nan", ""};
  const std::vector<std::string> integers{"0", "-1", "2147483647", "9007199254740991", ""};
  std::vector<Row> rows(texts.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const Column<Row>& column : Table<Row>::columns) {
      if (!column.choices.empty()) {
        column.from_text(rows[i], i % 2 == 0 ? column.choices.substr(0, column.choices.find('|')) : "");
      } else if (column.type == ColumnType::number) {
        column.from_text(rows[i], numbers[i % numbers.size()]);
      } else if (column.type == ColumnType::integer && column.name != "schema") {
        column.from_text(rows[i], integers[i % integers.size()]);
      } else if (column.type != ColumnType::integer) {
        column.from_text(rows[i], texts[i]);
      }
    }
  }
  return rows;
}

template <class Row>
class CsvOf : public testing::Test {};
using Rows = testing::Types<CellRow, TraceRow, VerdictRow, BenchRow>;
TYPED_TEST_SUITE(CsvOf, Rows);

TYPED_TEST(CsvOf, RoundTripKeepsEveryFieldOfEveryColumn) {
  const std::vector<TypeParam> rows = awkward_rows<TypeParam>();
  const std::string text = csv_header<TypeParam>() + csv_lines(rows);
  const std::vector<TypeParam> back = parse_csv<TypeParam>(text, "text");
  ASSERT_EQ(back.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const Column<TypeParam>& column : Table<TypeParam>::columns) {
      EXPECT_EQ(column.to_text(back[i]), column.to_text(rows[i])) << column.name << " of row " << i;
    }
  }
  EXPECT_EQ(csv_header<TypeParam>() + csv_lines(back), text);
}

TYPED_TEST(CsvOf, HeaderIsTheColumnsInOrderAndNamesAreUnique) {
  std::string expected;
  std::vector<std::string_view> names;
  for (const Column<TypeParam>& column : Table<TypeParam>::columns) {
    expected += (expected.empty() ? "" : ",") + std::string{column.name};
    names.push_back(column.name);
  }
  EXPECT_EQ(csv_header<TypeParam>(), expected + "\n");
  EXPECT_EQ(expected.rfind("schema,run_id,flowgauge_version,git_rev,cell_id,source,source_params,flow,flow_params,dim,dtype,seed,isa,", 0), 0U);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

TYPED_TEST(CsvOf, EveryMemberHasItsOwnColumn) {
  // Setting one column must not change the text of another: two columns over one member would.
  for (const Column<TypeParam>& column : Table<TypeParam>::columns) {
    if (column.name == "schema") continue;
    TypeParam row;
    column.from_text(row, !column.choices.empty() ? column.choices.substr(0, column.choices.find('|')) : "7");
    for (const Column<TypeParam>& other : Table<TypeParam>::columns) {
      if (other.name == "schema") continue;
      EXPECT_EQ(other.to_text(row).empty(), other.name != column.name) << column.name << " and " << other.name;
    }
  }
}

TEST(Csv, VolatileColumnsAreTheNineOfTheRules) {
  std::vector<std::string_view> names;
  for (const auto& column : Table<CellRow>::columns) {
    if (column.role == ColumnRole::volatile_) names.push_back(column.name);
  }
  for (const auto& column : Table<TraceRow>::columns) {
    if (column.role == ColumnRole::volatile_ && column.name != "run_id") names.push_back(column.name);
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string_view>{"eval_time_s", "finished_at", "fit_time_s", "host", "peak_rss_mib", "run_id", "started_at",
                                                  "threads", "wall_time_s"}));
}

TEST(Csv, DoublesReadBackToTheSameBits) {
  std::mt19937_64 engine(7);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t bits = engine();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isnan(value)) continue;
    Number back;
    parse_text(text_of(Number{value}), back);
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(std::memcmp(&*back, &value, sizeof value), 0) << text_of(Number{value});
  }
}

TEST(Csv, NonFiniteAndMissingAreWrittenAsTheRulesSay) {
  EXPECT_EQ(text_of(Number{HUGE_VAL}), "inf");
  EXPECT_EQ(text_of(Number{-HUGE_VAL}), "-inf");
  EXPECT_EQ(text_of(Number{std::numeric_limits<double>::quiet_NaN()}), "nan");
  EXPECT_EQ(text_of(Number{-std::numeric_limits<double>::quiet_NaN()}), "nan");
  EXPECT_EQ(text_of(Number{}), "");
  EXPECT_EQ(text_of(Number{0.1 + 0.2}), "0.30000000000000004");
}

TEST(Csv, ErrorsNamePlaceAndNearestWord) {
  EXPECT_EQ(message_of<CellRow>("cell_id,sead\nc_1,2\n"), "some.csv:1: no column 'sead' in cells.csv; nearest: 'seed'");
  EXPECT_EQ(message_of<CellRow>("cell_id,dim\nc_1,two\n"), "some.csv:2: column 'dim': expected a whole number, got 'two'");
  EXPECT_EQ(message_of<CellRow>("cell_id,value\n\"c\n1\",1\nc_2,1e3x\n"), "some.csv:4: column 'value': expected a number, got '1e3x'");
  EXPECT_EQ(message_of<CellRow>("cell_id,dim\nc_1\n"), "some.csv:2: expected 2 fields, got 1");
  EXPECT_EQ(message_of<CellRow>("cell_id,cell_id\n"), "some.csv:1: column 'cell_id' comes twice");
  EXPECT_EQ(message_of<CellRow>("status\ndivergd\n"),
            "some.csv:2: column 'status': expected one of ok|diverged|timeout|error|skipped|unsupported, got 'divergd'; nearest: 'diverged'");
  EXPECT_EQ(message_of<CellRow>("cell_id\n\"c_1\n"), "some.csv:2: a quoted field is not closed");
  EXPECT_EQ(message_of<CellRow>("cell_id\n\"c_1\"x\n"), "some.csv:2: expected a comma or the end of the line, got 'x'");
  EXPECT_EQ(message_of<CellRow>(""), "some.csv:1: expected the header of cells.csv, got an empty file");
}

TEST(Csv, ColumnsAreFoundByNameInAnyOrderAndMayBeMissing) {
  const auto rows = parse_csv<CellRow>("value,cell_id\r\ninf,c_1\r\n,c_2", "text");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].cell_id, "c_1");
  EXPECT_TRUE(std::isinf(*rows[0].value));
  EXPECT_FALSE(rows[1].value.has_value());
  EXPECT_FALSE(rows[1].dim.has_value());
}

TEST(Csv, RefusesToWriteWhatReadersWouldMisread) {
  CellRow row;
  row.status = "dvrged";
  EXPECT_THROW(csv_lines<CellRow>({row}), ReportError);
  row.status = "ok";
  row.source = "nan";
  EXPECT_THROW(csv_lines<CellRow>({row}), ReportError);
  row.source = "normal";
  EXPECT_NO_THROW(csv_lines<CellRow>({row}));
}

TEST(Csv, SortsNumbersAsNumbers) {
  std::vector<TraceRow> rows(3);
  rows[0].index = 10;
  rows[1].index = 9;
  sort_by_key(rows);
  EXPECT_FALSE(rows[0].index.has_value());
  EXPECT_EQ(rows[1].index, 9);
  EXPECT_EQ(rows[2].index, 10);
}

TEST(Csv, FirstDifferenceIgnoresVolatileColumnsOnly) {
  std::vector<CellRow> left = example::cells(), right = left;
  for (CellRow& row : right) {
    row.host = "other";
    row.fit_time_s = 99;
    row.threads = 2;
    row.run_id = "r_2";
    row.started_at = "2027-01-01T00:00:00Z";
  }
  const auto text = [](const std::vector<CellRow>& rows) { return csv_header<CellRow>() + csv_lines(rows); };
  EXPECT_NE(text(left), text(right));
  EXPECT_EQ(first_difference<CellRow>(text(left), text(right)), std::nullopt);
  right[3].value = *right[3].value * (1 + 1e-15);
  const auto difference = first_difference<CellRow>(text(left), text(right));
  ASSERT_TRUE(difference.has_value());
  EXPECT_EQ(difference->rfind("row 4, column 'value': '", 0), 0U) << *difference;
  right = left;
  right.pop_back();
  EXPECT_TRUE(first_difference<CellRow>(text(left), text(right)).has_value());
  EXPECT_TRUE(first_difference<CellRow>(text(left), "").has_value());
}

TEST_F(CsvFile, WriteIsSortedAtomicAndReadsBack) {
  std::vector<VerdictRow> rows = example::verdicts();
  std::reverse(rows.begin(), rows.end());
  const fs::path path = folder_ / "new" / "verdicts.csv";
  write_csv(path, rows);
  sort_by_key(rows);
  EXPECT_EQ(csv_lines(read_csv<VerdictRow>(path)), csv_lines(rows));
  EXPECT_EQ(read_text(path).find('\r'), std::string::npos);
  EXPECT_FALSE(fs::exists(folder_ / "new" / "verdicts.csv.partial"));
}

TEST_F(CsvFile, UnwritablePlacesAreNamedWithTheReason) {
  write_text(folder_ / "file", "not a folder");
  try {
    write_csv<CellRow>(folder_ / "file" / "cells.csv", {});
    FAIL() << "wrote below a file";
  } catch (const ReportError& error) {
    EXPECT_NE(std::string{error.what()}.find((folder_ / "file").string()), std::string::npos) << error.what();
    EXPECT_NE(std::string{error.what()}.find("Not a directory"), std::string::npos) << error.what();
  }
  EXPECT_THROW(read_csv<CellRow>(folder_ / "absent.csv"), ReportError);
  EXPECT_THROW(read_csv<CellRow>(folder_), ReportError);
}

TEST_F(CsvFile, FullDiskIsNamedWithTheReason) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "this system has no /dev/full";
  fs::create_symlink("/dev/full", folder_ / "cells.csv.partial");
  try {
    write_csv(folder_ / "cells.csv", example::cells());
    FAIL() << "wrote to a full disk";
  } catch (const ReportError& error) {
    EXPECT_NE(std::string{error.what()}.find("No space left on device"), std::string::npos) << error.what();
    EXPECT_NE(std::string{error.what()}.find("cells.csv"), std::string::npos) << error.what();
  }
  EXPECT_FALSE(fs::exists(folder_ / "cells.csv"));
}

TEST_F(CsvFile, AppenderGivesTheSameFileAsOneWrite) {
  const std::vector<CellRow> rows = example::cells();
  {
    CsvAppender<CellRow> appender(folder_ / "a.csv", Start::fresh);
    EXPECT_TRUE(appender.recovered().empty());
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) appender.append({*row});
    EXPECT_FALSE(fs::exists(folder_ / "a.csv"));
    EXPECT_TRUE(fs::exists(folder_ / "a.csv.partial"));
    appender.finish();
    EXPECT_THROW(appender.append({}), ReportError);
  }
  write_csv(folder_ / "b.csv", rows);
  EXPECT_EQ(read_text(folder_ / "a.csv"), read_text(folder_ / "b.csv"));
  EXPECT_FALSE(fs::exists(folder_ / "a.csv.partial"));
}

TEST_F(CsvFile, AppenderResumesAfterAKillInMidLineAndLaterRowsWin) {
  std::vector<CellRow> rows = example::cells();
  sort_by_key(rows);
  const std::vector<CellRow> first(rows.begin(), rows.begin() + 5), rest(rows.begin() + 4, rows.end());
  {
    CsvAppender<CellRow> killed(folder_ / "a.csv", Start::fresh);
    std::vector<CellRow> outdated = first;
    outdated[4].value = 1e9;
    killed.append(outdated);
  }
  std::string torn = read_text(folder_ / "a.csv.partial");
  torn += "1,r_1,\"deadb";
  write_text(folder_ / "a.csv.partial", torn);
  {
    CsvAppender<CellRow> resumed(folder_ / "a.csv", Start::resume);
    EXPECT_EQ(resumed.recovered().size(), 5U);
    resumed.append(rest);
    resumed.finish();
  }
  write_csv(folder_ / "b.csv", rows);
  EXPECT_EQ(read_text(folder_ / "a.csv"), read_text(folder_ / "b.csv"));
  CsvAppender<CellRow> again(folder_ / "a.csv", Start::resume);
  EXPECT_EQ(again.recovered().size(), rows.size());
}

}  // namespace
}  // namespace flowgauge::reports
