// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/verify/case.hpp>

#include <charconv>
#include <cmath>
#include <string>

#include <fmt/format.h>

namespace flowgauge::verify {
namespace {

std::string trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t' || s.front() == '\r')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\r')) s.remove_suffix(1);
  return std::string(s);
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(at);
    parts.push_back(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

double number_from(const std::string& text, const std::string& field) {
  std::string_view digits = text;
  const bool negative = !digits.empty() && digits.front() == '-';
  if (negative) digits.remove_prefix(1);
  const bool hexadecimal = digits.substr(0, 2) == "0x";
  if (hexadecimal) digits.remove_prefix(2);
  double value = 0;
  const auto result =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? std::chars_format::hex : std::chars_format::general);
  if (digits.empty() || result.ec != std::errc() || result.ptr != digits.data() + digits.size())
    throw ConfigError(fmt::format("the case's {} expects numbers such as 0.5 or 0x1.8p-4, got '{}'", field, text));
  return negative ? -value : value;
}

Numbers numbers_from(const std::string& text, const std::string& field) {
  Numbers numbers;
  if (!text.empty())
    for (const std::string& part : split(text, ',')) numbers.push_back(number_from(part, field));
  return numbers;
}

std::vector<Numbers> rows_from(const std::string& text, const std::string& field, int width) {
  std::vector<Numbers> rows;
  for (const std::string& part : split(text, ';')) {
    rows.push_back(numbers_from(part, field));
    if (static_cast<int>(rows.back().size()) != width)
      throw ConfigError(fmt::format("the case's {} expects {} numbers a row, got {}", field, width, rows.back().size()));
  }
  return rows;
}

template <class T>
T whole_from(const std::string& text, const std::string& field, double low, double high) {
  const double value = number_from(text, field);
  if (!(value >= low && value <= high) || value != std::floor(value))
    throw ConfigError(fmt::format("the case's {} expects a whole number from {} to {}, got '{}'", field, low, high, text));
  return static_cast<T>(value);
}

std::string joined(const Numbers& numbers) {
  std::string text;
  for (const double v : numbers) text += (text.empty() ? "" : ",") + exact_text(v);
  return text;
}

std::string joined(const std::vector<Numbers>& rows) {
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) text += (i == 0 ? "" : "; ") + joined(rows[i]);
  return text;
}

}  // namespace

std::string exact_text(double value) {
  const std::string decimal = number_text(value);
  if (decimal.size() <= 9 || !std::isfinite(value)) return decimal;
  char buffer[40];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, std::abs(value), std::chars_format::hex);
  const std::string hexadecimal = (std::signbit(value) ? "-0x" : "0x") + std::string(buffer, result.ptr);
  return hexadecimal.size() < decimal.size() + 4 ? hexadecimal : decimal;
}

std::string to_text(const Case& c) {
  std::string text = to_text(c.spec) + fmt::format(" | dim={}", c.dim);
  if (c.context_size > 0) text += fmt::format(" | context={}", c.context_size);
  if (c.batch > 0) text += fmt::format(" | batch={}", c.batch);
  if (c.seed > 0) text += fmt::format(" | seed={}", c.seed);
  if (!c.theta.empty()) text += " | theta=" + joined(c.theta);
  if (!c.rows.empty()) text += " | x=" + joined(c.rows);
  if (!c.contexts.empty()) text += " | given=" + joined(c.contexts);
  return text;
}

Case case_from_text(std::string_view line, std::string* law) {
  Case c;
  std::string rows, contexts;
  bool spec_seen = false;
  for (const std::string& field : split(line, '|')) {
    const std::size_t equals = field.find('=');
    const std::string key = field.substr(0, equals),
                      value = equals == std::string::npos ? std::string() : trimmed(std::string_view(field).substr(equals + 1));
    if (key == "law" && !spec_seen) {
      if (law) *law = value;
    } else if (!spec_seen) {
      if (field.empty()) break;
      c.spec = parse_flow(field);
      spec_seen = true;
    } else if (key == "dim") c.dim = whole_from<int>(value, key, 1, 100000);
    else if (key == "context") c.context_size = whole_from<int>(value, key, 0, 100000);
    else if (key == "batch") c.batch = whole_from<int>(value, key, 0, 10000000);
    else if (key == "seed") c.seed = whole_from<std::uint32_t>(value, key, 0, 2147483647);
    else if (key == "theta") c.theta = numbers_from(value, key);
    else if (key == "x") rows = value;
    else if (key == "given") contexts = value;
    else throw ConfigError(fmt::format("a case has the fields dim, context, batch, seed, theta, x, given after its spec, got '{}'", field));
  }
  if (!spec_seen) throw ConfigError("a case is a line such as 'softlog | dim=1 | x=0.5'; this one is empty");
  if (!rows.empty()) c.rows = rows_from(rows, "x", c.dim);
  if (!contexts.empty()) c.contexts = rows_from(contexts, "given", c.context_size);
  if (c.context_size > 0 && c.contexts.size() != c.rows.size())
    throw ConfigError(fmt::format("the case gives {} rows of x and {} of its context (given)", c.rows.size(), c.contexts.size()));
  return c;
}

}  // namespace flowgauge::verify
