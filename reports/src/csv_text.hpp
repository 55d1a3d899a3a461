// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Text ↔ fields, without knowing any table.
namespace flowgauge::reports {

struct CsvRecord {
  std::size_t line = 0;  // of its first character, from 1
  std::vector<std::string> fields;
};

/// A field, quoted where it must be.
std::string csv_field(std::string_view value);

/// All records. CR LF is taken for LF. ReportError (name:line) for an open quote or text after a closing one.
std::vector<CsvRecord> csv_records(std::string_view text, std::string_view name);

/// The text up to the end of its last whole record: what remains of a file whose writer was killed in mid-line.
std::string_view whole_records(std::string_view text);

}  // namespace flowgauge::reports
