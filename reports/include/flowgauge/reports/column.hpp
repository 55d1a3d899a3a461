// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace flowgauge::reports {

/// An integer that may be missing (an empty field). User seeds have 31 bits, so that every tool reads them exactly.
using Integer = std::optional<std::int64_t>;

/// A number that may be missing (an empty field). Not finite is a value too: `inf`, `-inf`, `nan`.
using Number = std::optional<double>;

enum class ColumnType { text, integer, number, time };

/// What a column is for: `key` columns identify and sort a row; `volatile_` ones may differ between two runs of the same cell.
enum class ColumnRole { plain, key, volatile_ };

/// One column of a table of `Row`: everything the CSV header, the schema, the pages and the documents say about it.
template <class Row>
struct Column {
  std::string_view name;
  std::string_view unit;  // "1" when dimensionless, "" when it has none (text), or the name of the column that holds it
  std::string_view meaning;
  ColumnRole role;
  std::string_view choices;  // "ok|diverged|…": the only texts allowed beside the empty one; "" when free
  ColumnType type;
  std::string (*to_text)(const Row&);
  void (*from_text)(Row&, std::string_view);  // throws ReportError
  int (*compare)(const Row&, const Row&);     // negative, 0, positive; numbers as numbers, missing first
};

/// The text of a value in a CSV field: doubles in the shortest form that reads back to the same bits; missing is "".
std::string text_of(const std::string& value);
std::string text_of(const Integer& value);
std::string text_of(const Number& value);
std::string text_of(std::int64_t value);

/// The reverse. The whole text must be a number of the wanted kind, else ReportError.
void parse_text(std::string_view text, std::string& value);
void parse_text(std::string_view text, Integer& value);
void parse_text(std::string_view text, Number& value);
void parse_text(std::string_view text, std::int64_t& value);

/// Throws ReportError unless `text` is empty or one of the `choices` ("a|b|c").
void require_choice(std::string_view text, std::string_view choices);

namespace detail {

template <class Value>
constexpr ColumnType type_of = ColumnType::number;
template <>
inline constexpr ColumnType type_of<std::string> = ColumnType::text;
template <>
inline constexpr ColumnType type_of<Integer> = ColumnType::integer;
template <>
inline constexpr ColumnType type_of<std::int64_t> = ColumnType::integer;

template <class Value>
int compare_values(const Value& left, const Value& right) {
  return left < right ? -1 : right < left ? 1 : 0;
}

template <class T, std::size_t... Sizes>
constexpr auto join(const std::array<T, Sizes>&... parts) {
  constexpr std::size_t total = (Sizes + ...);
  std::array<T, total> all{};
  std::size_t at = 0;
  const auto copy = [&](const auto& part) {
    for (const T& item : part) all[at++] = item;
  };
  (copy(parts), ...);
  return all;
}

}  // namespace detail

/// The column of one member of a row; its type and its two translations follow from the member's type.
template <class Row, auto member>
constexpr Column<Row> column(std::string_view name, std::string_view unit, std::string_view meaning, ColumnRole role = ColumnRole::plain,
                             std::string_view choices = {}) {
  using Value = std::remove_cvref_t<decltype(std::declval<Row>().*member)>;
  return {name,
          unit,
          meaning,
          role,
          choices,
          unit == "UTC" ? ColumnType::time : detail::type_of<Value>,
          [](const Row& row) { return text_of(row.*member); },
          [](Row& row, std::string_view text) { parse_text(text, row.*member); },
          [](const Row& left, const Row& right) { return detail::compare_values(left.*member, right.*member); }};
}

}  // namespace flowgauge::reports
