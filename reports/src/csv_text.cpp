// SPDX-License-Identifier: MIT
#include "csv_text.hpp"

#include <utility>

#include <fmt/format.h>

#include <flowgauge/reports/error.hpp>

namespace flowgauge::reports {

std::string csv_field(std::string_view value) {
  if (value.find_first_of(",\"\n\r") == std::string_view::npos) return std::string{value};
  std::string quoted = "\"";
  for (const char letter : value) {
    if (letter == '"') quoted += '"';
    quoted += letter;
  }
  return quoted += '"';
}

std::vector<CsvRecord> csv_records(std::string_view text, std::string_view name) {
  std::vector<CsvRecord> records;
  std::size_t line = 1, at = 0;
  while (at < text.size()) {
    CsvRecord record{line, {}};
    for (bool more = true; more;) {
      std::string field;
      if (text[at] == '"') {
        const std::size_t opened = line;
        for (++at;; ++at) {
          if (at >= text.size()) throw ReportError(fmt::format("{}:{}: a quoted field is not closed", name, opened));
          if (text[at] == '"') {
            if (at + 1 < text.size() && text[at + 1] == '"') {
              ++at;
            } else {
              ++at;
              break;
            }
          }
          if (text[at] == '\n') ++line;
          field += text[at];
        }
      } else {
        while (at < text.size() && text[at] != ',' && text[at] != '\n' && text[at] != '\r') field += text[at++];
      }
      record.fields.push_back(std::move(field));
      if (at < text.size() && text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') ++at;
      if (at >= text.size() || text[at] == '\n') {
        more = false;
        ++at;
        ++line;
      } else if (text[at] == ',') {
        ++at;
        if (at >= text.size()) {
          record.fields.emplace_back();
          more = false;
        }
      } else {
        throw ReportError(fmt::format("{}:{}: expected a comma or the end of the line, got '{}'", name, line, text[at]));
      }
    }
    records.push_back(std::move(record));
  }
  return records;
}

std::string_view whole_records(std::string_view text) {
  std::size_t end = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') quoted = !quoted;
    if (text[at] == '\n' && !quoted) end = at + 1;
  }
  return text.substr(0, end);
}

}  // namespace flowgauge::reports
