// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <flowgauge/reports/error.hpp>
#include <flowgauge/reports/rows.hpp>

/// CSV as in RFC 4180: comma, `"` doubled, LF, UTF-8, one header row, no comments. Independent of the locale.
/// `Row` is one of CellRow, TraceRow, DifferenceRow, DensityRow, SampleRow, VerdictRow, BenchRow.
namespace flowgauge::reports {

/// The header line, with its LF.
template <class Row>
std::string csv_header();

/// The lines of these rows, without the header. Throws ReportError where a text is not among the choices of its column.
template <class Row>
std::string csv_lines(const std::vector<Row>& rows);

/// Rows from a whole CSV text. Columns are found by name, so their order is free and a missing column leaves the member
/// as it was made; an unknown name is an error with the nearest known one. `name` stands in front of the line in errors.
template <class Row>
std::vector<Row> parse_csv(std::string_view text, std::string_view name);

/// Rows of a file; ReportError when it cannot be read.
template <class Row>
std::vector<Row> read_csv(const std::filesystem::path& path);

/// Sorts by the key columns, in their order (numbers as numbers), so that equal runs give equal files.
template <class Row>
void sort_by_key(std::vector<Row>& rows);

/// Sorts a copy, writes `path`.partial, and renames it to `path`: a reader sees the old file or the whole new one.
/// Throws ReportError with the path and the system's reason: folder not writable, disk full.
template <class Row>
void write_csv(const std::filesystem::path& path, std::vector<Row> rows);

/// The same for any text (pages, JSON). Makes the folder when it is missing.
void write_text(const std::filesystem::path& path, std::string_view text);

/// A whole file as text; ReportError when it cannot be read.
std::string read_text(const std::filesystem::path& path);

/// Where two CSV texts of this kind first differ outside the volatile columns, as a sentence; nothing when they do not.
/// Lines are compared in their order.
template <class Row>
std::optional<std::string> first_difference(std::string_view left, std::string_view right);

enum class Start { fresh, resume };

/// A table that grows during a long run: rows go to `path`.partial, each batch in one write of whole lines; `finish` puts
/// them, sorted by key, in `path`. With Start::resume the rows of an earlier `path` and `path`.partial are kept (a torn last
/// line is cut off) and can be seen in `recovered`. When a key comes twice, the later row wins.
/// Not finished, the object leaves the partial file behind: that is what the next run resumes from.
template <class Row>
class CsvAppender {
 public:
  CsvAppender(const std::filesystem::path& path, Start start);
  CsvAppender(const CsvAppender&) = delete;
  CsvAppender& operator=(const CsvAppender&) = delete;
  ~CsvAppender();

  void append(const std::vector<Row>& rows);
  void finish();

  const std::vector<Row>& recovered() const { return recovered_; }

 private:
  std::filesystem::path path_, partial_;
  std::vector<Row> recovered_;
  int file_ = -1;
};

}  // namespace flowgauge::reports
