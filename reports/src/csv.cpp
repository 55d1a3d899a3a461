// SPDX-License-Identifier: MIT
#include <flowgauge/reports/csv.hpp>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

#include "csv_text.hpp"
#include "file.hpp"
#include "nearest.hpp"

namespace flowgauge::reports {
namespace {

std::filesystem::path with_suffix(std::filesystem::path path, const char* suffix) { return path += suffix; }

void write_through(const std::filesystem::path& passing, const std::filesystem::path& path, std::string_view text) {
  const int descriptor = file::open_for_writing(passing, file::Mode::truncate);
  try {
    file::write_all(descriptor, text, passing);
  } catch (...) {  // a full disk
    ::close(descriptor);
    std::error_code code;
    std::filesystem::remove(passing, code);
    throw;
  }
  file::sync_and_close(descriptor, passing);
  file::rename(passing, path);
}

template <class Row>
int compare_keys(const Row& left, const Row& right) {
  for (const Column<Row>& column : Table<Row>::columns) {
    if (column.role != ColumnRole::key) continue;
    if (const int order = column.compare(left, right); order != 0) return order;
  }
  return 0;
}

template <class Row>
std::vector<const Column<Row>*> columns_by_name(const CsvRecord& header, std::string_view name) {
  std::vector<std::string_view> names;
  for (const Column<Row>& column : Table<Row>::columns) names.push_back(column.name);
  std::vector<const Column<Row>*> columns;
  for (const std::string& field : header.fields) {
    const auto found = std::find(names.begin(), names.end(), field);
    if (found == names.end()) {
      throw ReportError(
          fmt::format("{}:{}: no column '{}' in {}; nearest: '{}'", name, header.line, field, Table<Row>::file, nearest_name(field, names)));
    }
    const Column<Row>* const column = &Table<Row>::columns[static_cast<std::size_t>(found - names.begin())];
    if (std::find(columns.begin(), columns.end(), column) != columns.end()) {
      throw ReportError(fmt::format("{}:{}: column '{}' comes twice", name, header.line, field));
    }
    columns.push_back(column);
  }
  return columns;
}

/// Sorted rows in which of several with one key only the last is left.
template <class Row>
std::vector<Row> last_of_each_key(std::vector<Row> rows) {
  sort_by_key(rows);
  std::vector<Row> kept;
  for (Row& row : rows) {
    if (!kept.empty() && compare_keys(kept.back(), row) == 0) {
      kept.back() = std::move(row);
    } else {
      kept.push_back(std::move(row));
    }
  }
  return kept;
}

}  // namespace

template <class Row>
std::string csv_header() {
  std::string line;
  for (const Column<Row>& column : Table<Row>::columns) {
    if (!line.empty()) line += ',';
    line += column.name;
  }
  return line += '\n';
}

template <class Row>
std::string csv_lines(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) {
    bool first = true;
    for (const Column<Row>& column : Table<Row>::columns) {
      if (!first) text += ',';
      first = false;
      try {
        const std::string value = column.to_text(row);
        require_choice(value, column.choices);
        text += csv_field(value);
      } catch (const ReportError& error) {
        throw ReportError(fmt::format("{}, column '{}': {}", Table<Row>::file, column.name, error.what()));
      }
    }
    text += '\n';
  }
  return text;
}

template <class Row>
std::vector<Row> parse_csv(std::string_view text, std::string_view name) {
  const std::vector<CsvRecord> records = csv_records(text, name);
  if (records.empty()) throw ReportError(fmt::format("{}:1: expected the header of {}, got an empty file", name, Table<Row>::file));
  const auto columns = columns_by_name<Row>(records.front(), name);
  std::vector<Row> rows(records.size() - 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const CsvRecord& record = records[i + 1];
    if (record.fields.size() != columns.size()) {
      throw ReportError(fmt::format("{}:{}: expected {} fields, got {}", name, record.line, columns.size(), record.fields.size()));
    }
    for (std::size_t j = 0; j < columns.size(); ++j) {
      try {
        require_choice(record.fields[j], columns[j]->choices);
        columns[j]->from_text(rows[i], record.fields[j]);
      } catch (const ReportError& error) {
        throw ReportError(fmt::format("{}:{}: column '{}': {}", name, record.line, columns[j]->name, error.what()));
      }
    }
  }
  return rows;
}

std::string read_text(const std::filesystem::path& path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) throw ReportError(fmt::format("cannot read {}: it is a folder", path.string()));
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream.is_open() || stream.bad()) {
    throw ReportError(fmt::format("cannot read {}: {}", path.string(), std::generic_category().message(errno)));
  }
  return text;
}

template <class Row>
std::vector<Row> read_csv(const std::filesystem::path& path) {
  return parse_csv<Row>(read_text(path), path.string());
}

template <class Row>
void sort_by_key(std::vector<Row>& rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const Row& left, const Row& right) { return compare_keys(left, right) < 0; });
}

void write_text(const std::filesystem::path& path, std::string_view text) { write_through(with_suffix(path, ".partial"), path, text); }

template <class Row>
void write_csv(const std::filesystem::path& path, std::vector<Row> rows) {
  sort_by_key(rows);
  write_text(path, csv_header<Row>() + csv_lines(rows));
}

template <class Row>
std::optional<std::string> first_difference(std::string_view left, std::string_view right) {
  const std::vector<CsvRecord> left_records = csv_records(left, "left"), right_records = csv_records(right, "right");
  if (left_records.empty() || right_records.empty()) {
    if (left_records.empty() && right_records.empty()) return std::nullopt;
    return left_records.empty() ? "the left text is empty" : "the right text is empty";
  }
  if (left_records.front().fields != right_records.front().fields) return "the headers differ";
  const auto columns = columns_by_name<Row>(left_records.front(), "left");
  for (std::size_t i = 1; i < std::min(left_records.size(), right_records.size()); ++i) {
    const auto& left_fields = left_records[i].fields;
    const auto& right_fields = right_records[i].fields;
    if (left_fields.size() != columns.size() || right_fields.size() != columns.size()) {
      return fmt::format("row {}: {} and {} fields, expected {}", i, left_fields.size(), right_fields.size(), columns.size());
    }
    for (std::size_t j = 0; j < columns.size(); ++j) {
      if (columns[j]->role == ColumnRole::volatile_ || left_fields[j] == right_fields[j]) continue;
      return fmt::format("row {}, column '{}': '{}' and '{}'", i, columns[j]->name, left_fields[j], right_fields[j]);
    }
  }
  if (left_records.size() != right_records.size()) {
    return fmt::format("{} and {} rows", left_records.size() - 1, right_records.size() - 1);
  }
  return std::nullopt;
}

template <class Row>
CsvAppender<Row>::CsvAppender(const std::filesystem::path& path, Start start) : path_(path), partial_(with_suffix(path, ".partial")) {
  if (start == Start::resume) {
    if (std::filesystem::exists(path_)) recovered_ = read_csv<Row>(path_);
    if (std::filesystem::exists(partial_)) {
      const std::string text = read_text(partial_);
      if (const std::string_view whole = whole_records(text); !whole.empty()) {
        for (Row& row : parse_csv<Row>(whole, partial_.string())) recovered_.push_back(std::move(row));
      }
    }
    recovered_ = last_of_each_key(std::move(recovered_));
  }
  // The recovered rows are in the new partial file before the old one is gone.
  write_through(with_suffix(path_, ".new.partial"), partial_, csv_header<Row>() + csv_lines(recovered_));
  file_ = file::open_for_writing(partial_, file::Mode::append);
}

template <class Row>
CsvAppender<Row>::~CsvAppender() {
  if (file_ >= 0) ::close(file_);
}

template <class Row>
void CsvAppender<Row>::append(const std::vector<Row>& rows) {
  if (file_ < 0) throw ReportError(fmt::format("{} is finished: no rows can be added", path_.string()));
  file::write_all(file_, csv_lines(rows), partial_);
}

template <class Row>
void CsvAppender<Row>::finish() {
  if (file_ < 0) return;
  file::sync_and_close(std::exchange(file_, -1), partial_);
  const std::vector<Row> rows = last_of_each_key(read_csv<Row>(partial_));
  write_through(with_suffix(path_, ".new.partial"), path_, csv_header<Row>() + csv_lines(rows));
  std::error_code code;
  std::filesystem::remove(partial_, code);  // left behind it only repeats what is now in the file
}

#define FLOWGAUGE_REPORTS_CSV_OF(Row) \
  template std::string csv_header<Row>(); \
  template std::string csv_lines(const std::vector<Row>&); \
  template std::vector<Row> parse_csv(std::string_view, std::string_view); \
  template std::vector<Row> read_csv(const std::filesystem::path&); \
  template void sort_by_key(std::vector<Row>&); \
  template void write_csv(const std::filesystem::path&, std::vector<Row>); \
  template std::optional<std::string> first_difference<Row>(std::string_view, std::string_view); \
  template class CsvAppender<Row>;

FLOWGAUGE_REPORTS_CSV_OF(CellRow)
FLOWGAUGE_REPORTS_CSV_OF(TraceRow)
FLOWGAUGE_REPORTS_CSV_OF(DifferenceRow)
FLOWGAUGE_REPORTS_CSV_OF(DensityRow)
FLOWGAUGE_REPORTS_CSV_OF(SampleRow)
FLOWGAUGE_REPORTS_CSV_OF(VerdictRow)
FLOWGAUGE_REPORTS_CSV_OF(BenchRow)

#undef FLOWGAUGE_REPORTS_CSV_OF

}  // namespace flowgauge::reports
