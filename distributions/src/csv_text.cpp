// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/dataset.hpp>
#include <flowgauge/error.hpp>

#include "file_text.hpp"

#include <charconv>
#include <cmath>
#include <memory>
#include <system_error>

#include <fmt/format.h>

namespace flowgauge::distributions {
namespace {

struct Field {
  std::string_view text;
  std::size_t start = 0;  ///< place in the whole text
};

struct Number {
  double value = 0;
  enum class Kind { finite, not_finite, beyond_double, not_a_number } kind = Kind::not_a_number;
};

Number read_number(std::string_view text) {
  // from_chars takes no plus sign.
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  Number number;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number.value);
  if (stop != end || error == std::errc::invalid_argument) return number;
  number.kind = Number::Kind::finite;
  if (error == std::errc::result_out_of_range) number.kind = Number::Kind::beyond_double;
  if (!std::isfinite(number.value)) number.kind = Number::Kind::not_finite;
  return number;
}

/// Cuts text into rows of fields.
class Reader {
 public:
  Reader(std::string_view text, const std::string& path) : text_(text), path_(path) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;  // the mark that some spreadsheets put first
  }

  bool at_end() const { return at_ >= text_.size(); }

  /// The next row. A quoted field is copied only where it holds a quote.
  void row(std::vector<Field>& fields) {
    fields.clear();
    row_start_ = at_;
    do fields.push_back(field());
    while (take(','));
    if (at_end()) return;
    if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
    if (text_[at_] != '\n') fail(at_, "a comma or the end of the line after a quoted field", got_at(at_));
    ++at_;
  }
  std::size_t row_start() const { return row_start_; }

  /// Whether nothing but empty lines is left.
  bool only_blank_lines_left() const { return text_.find_first_not_of("\r\n", at_) == std::string_view::npos; }

  [[noreturn]] void fail(std::size_t where, std::string_view expected, std::string_view got) const {
    std::size_t line = 1, line_start = 0;
    for (std::size_t i = 0; i < where; ++i) {
      if (text_[i] == '\n') ++line, line_start = i + 1;
    }
    throw DataError(fmt::format("{}:{}:{}: expected {}, got {}", path_, line, where - line_start + 1, expected, got));
  }
  std::size_t line_of(std::size_t where) const {
    std::size_t line = 1;
    for (std::size_t i = 0; i < where; ++i) line += text_[i] == '\n';
    return line;
  }
  static std::string quoted(std::string_view text) {
    constexpr std::size_t most = 40;
    return text.empty() ? "nothing" : text.size() <= most ? fmt::format("'{}'", text) : fmt::format("'{}…'", text.substr(0, most));
  }

 private:
  Field field() {
    skip_blanks();
    const std::size_t start = at_;
    if (take('"')) return quoted_field(start);
    while (!at_end() && text_[at_] != ',' && text_[at_] != '\n') ++at_;
    std::size_t end = at_;
    // A carriage return belongs to the line end, elsewhere to the field.
    if (end > start && !at_end() && text_[at_] == '\n' && text_[end - 1] == '\r') --end, --at_;
    while (end > start && is_blank(text_[end - 1])) --end;
    return {text_.substr(start, end - start), start};
  }

  Field quoted_field(std::size_t start) {
    std::string unquoted;
    bool has_quote = false;
    for (;;) {
      const std::size_t quote = text_.find('"', at_);
      if (quote == std::string_view::npos) fail(start, "a closing quote", "the end of the file");
      unquoted += text_.substr(at_, quote - at_);
      at_ = quote + 1;
      if (!take('"')) break;
      unquoted += '"';
      has_quote = true;
    }
    const std::size_t end = at_ - 1;
    skip_blanks();
    if (!at_end() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') {
      fail(at_, "a comma or the end of the line after a quoted field", got_at(at_));
    }
    if (!has_quote) return {text_.substr(start + 1, end - start - 1), start};
    kept_.push_back(std::make_unique<std::string>(std::move(unquoted)));
    return {*kept_.back(), start};
  }

  std::string got_at(std::size_t where) const { return quoted(text_.substr(where, 1)); }
  static bool is_blank(char c) { return c == ' ' || c == '\t'; }
  void skip_blanks() {
    while (!at_end() && is_blank(text_[at_])) ++at_;
  }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string_view text_;
  const std::string& path_;
  std::size_t at_ = 0, row_start_ = 0;
  std::vector<std::unique_ptr<std::string>> kept_;
};

bool is_header(const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    if (!field.text.empty() && read_number(field.text).kind == Number::Kind::not_a_number) return true;
  }
  return false;
}

/// What files that are nearly a CSV have in a field.
std::string_view hint(std::string_view text) {
  if (text.substr(0, 1) == "#") return "; lines of comment are not read";
  for (const char* const separator : {";", "\t", " "}) {
    const std::size_t at = text.find(separator);
    if (at != std::string_view::npos && read_number(text.substr(0, at)).kind == Number::Kind::finite) return "; the separator of fields is a comma";
  }
  return "";
}

double finite_number(const Reader& reader, const Field& field, const std::string& column) {
  const Number number = read_number(field.text);
  switch (number.kind) {
    case Number::Kind::finite: return number.value;
    case Number::Kind::not_finite: reader.fail(field.start, fmt::format("a finite number in column {}", column), Reader::quoted(field.text));
    case Number::Kind::beyond_double:
      reader.fail(field.start, fmt::format("a number within the range of a double in column {}", column), Reader::quoted(field.text));
    case Number::Kind::not_a_number:
      reader.fail(field.start, fmt::format("a number in column {}", column), Reader::quoted(field.text) + std::string(hint(field.text)));
  }
  return 0;
}

}  // namespace

DataSet parse_csv(std::string_view text, const std::string& path) {
  Reader reader(text, path);
  if (reader.only_blank_lines_left()) throw DataError(fmt::format("{}: expected rows of numbers, got an empty file", path));
  DataSet data;
  data.path = path;
  data.hash = content_hash(text);

  std::vector<Field> fields;
  std::vector<double> numbers;  // row by row
  reader.row(fields);
  const bool header = is_header(fields);
  const std::size_t dim = fields.size();
  const std::size_t first_line = reader.line_of(reader.row_start());
  for (std::size_t j = 0; j < dim; ++j) data.columns.push_back(header ? std::string(fields[j].text) : fmt::format("x{}", j + 1));
  if (header && reader.only_blank_lines_left()) throw DataError(fmt::format("{}: expected rows of numbers below the header, got none", path));
  if (header) reader.row(fields);
  for (;;) {
    if (fields.size() != dim) {
      const std::string got = fields.size() == 1 && fields[0].text.empty() ? "an empty line" : std::to_string(fields.size());
      reader.fail(reader.row_start(), fmt::format("{} fields as in line {}", dim, first_line), got);
    }
    for (std::size_t j = 0; j < dim; ++j) numbers.push_back(finite_number(reader, fields[j], data.columns[j]));
    if (reader.only_blank_lines_left()) break;
    reader.row(fields);
  }

  data.rows = Batch<double>(static_cast<Index>(numbers.size() / dim), static_cast<Index>(dim));
  for (Index i = 0; i < data.rows.rows(); ++i) {
    for (Index j = 0; j < data.rows.dim(); ++j) data.rows(i, j) = numbers[static_cast<std::size_t>(i) * dim + static_cast<std::size_t>(j)];
  }
  return data;
}

}  // namespace flowgauge::distributions
