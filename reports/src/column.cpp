// SPDX-License-Identifier: MIT
#include <flowgauge/reports/column.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include <flowgauge/reports/error.hpp>

#include "nearest.hpp"

namespace flowgauge::reports {
namespace {

template <class Value>
Value parse_whole(std::string_view text, std::string_view wanted) {
  Value value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code == std::errc::result_out_of_range) throw ReportError(fmt::format("expected {}, got '{}', which is out of range", wanted, text));
  if (code != std::errc{} || end != text.data() + text.size()) throw ReportError(fmt::format("expected {}, got '{}'", wanted, text));
  return value;
}

/// Words that common readers of CSV take for a missing or infinite number when they stand as a name.
bool reads_as_missing(std::string_view text) {
  for (const std::string_view word : {"NA", "nan", "NaN", "null", "NULL", "None", "inf", "-inf"}) {
    if (text == word) return true;
  }
  return false;
}

}  // namespace

std::string text_of(const std::string& value) {
  if (reads_as_missing(value)) {
    throw ReportError(fmt::format("'{}' cannot be a text: readers of CSV take it for a missing or infinite number", value));
  }
  return value;
}
std::string text_of(std::int64_t value) { return fmt::format("{}", value); }
std::string text_of(const Integer& value) { return value ? text_of(*value) : std::string{}; }
std::string text_of(const Number& value) {
  if (!value) return {};
  return std::isnan(*value) ? "nan" : fmt::format("{}", *value);  // fmt would keep the sign of a NaN
}

void parse_text(std::string_view text, std::string& value) { value = text; }
void parse_text(std::string_view text, std::int64_t& value) { value = parse_whole<std::int64_t>(text, "a whole number"); }
void parse_text(std::string_view text, Integer& value) {
  if (text.empty()) {
    value.reset();
  } else {
    value = parse_whole<std::int64_t>(text, "a whole number");
  }
}
void parse_text(std::string_view text, Number& value) {
  if (text.empty()) {
    value.reset();
  } else {
    value = parse_whole<double>(text, "a number");
  }
}

void require_choice(std::string_view text, std::string_view choices) {
  if (text.empty() || choices.empty()) return;
  std::vector<std::string_view> allowed;
  for (std::string_view rest = choices; !rest.empty();) {
    const std::size_t end = std::min(rest.find('|'), rest.size());
    allowed.push_back(rest.substr(0, end));
    if (allowed.back() == text) return;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  throw ReportError(fmt::format("expected one of {}, got '{}'; nearest: '{}'", choices, text, nearest_name(text, allowed)));
}

}  // namespace flowgauge::reports
