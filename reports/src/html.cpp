// SPDX-License-Identifier: MIT
#include "html.hpp"

#include <cmath>

#include <fmt/format.h>

#include "style.hpp"

namespace flowgauge::reports::html {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

/// Length of the UTF-8 character at the front; 0 when it is none.
std::size_t character_length(std::string_view rest) {
  const auto byte = [rest](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length == 0 || length > rest.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  return length;
}

std::string class_attribute(std::string_view kind) { return kind.empty() ? std::string{} : fmt::format(" class=\"{}\"", escape(kind)); }

}  // namespace

std::string escape(std::string_view text) {
  std::string safe;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text.substr(at));
    const char letter = text[at];
    const bool control = static_cast<unsigned char>(letter) < 32 && letter != '\n' && letter != '\t';
    if (length == 0 || control || letter == 127) {
      safe += replacement;
    } else if (letter == '&') {
      safe += "&amp;";
    } else if (letter == '<') {
      safe += "&lt;";
    } else if (letter == '>') {
      safe += "&gt;";
    } else if (letter == '"') {
      safe += "&quot;";
    } else if (letter == '\'') {
      safe += "&#39;";
    } else {
      safe += text.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  return safe;
}

std::string breakable(std::string_view name) {
  std::string safe;
  for (const char letter : escape(name)) {
    safe += letter;
    if (letter == '_') safe += "<wbr>";
  }
  return safe;
}

std::string element(std::string_view name, std::string_view kind, std::string_view content) {
  return fmt::format("<{0}{1}>{2}</{0}>", name, class_attribute(kind), content);
}

std::string text(std::string_view name, std::string_view kind, std::string_view plain) { return element(name, kind, escape(plain)); }

std::string number_cell(double sort, std::string_view shown, std::string_view kind) {
  const std::string key = std::isnan(sort) ? "NaN" : std::isinf(sort) ? (sort > 0 ? "Infinity" : "-Infinity") : fmt::format("{}", sort);
  return fmt::format("<td class=\"number{}{}\" data-value=\"{}\">{}</td>", kind.empty() ? "" : " ", escape(kind), key, escape(shown));
}

std::string heading(std::string_view plain, Align align, std::string_view hint) {
  return fmt::format("<th scope=\"col\"{}{}>{}</th>", align == Align::right ? " class=\"number\"" : "",
                     hint.empty() ? std::string{} : fmt::format(" title=\"{}\"", escape(hint)), breakable(plain));
}

std::string folded(std::string_view summary, std::string_view content) {
  return fmt::format("<details><summary>{}</summary>{}</details>\n", escape(summary), content);
}

std::string link(std::string_view file) { return fmt::format("<a href=\"{0}\">{0}</a>", escape(file)); }

std::string number(double value) {
  if (std::isnan(value)) return "not a number";
  if (std::isinf(value)) return value > 0 ? "∞" : "−∞";
  const double size = std::abs(value);
  std::string shown = fmt::format("{:.3g}", size);
  if (size >= 1000 && size < 1e5) shown = fmt::format("{:.0f}", size);
  return value < 0 ? "−" + shown : shown;
}

std::string percent(double share) {
  if (!std::isfinite(share)) return number(share);
  const std::string shown = fmt::format("{:.1f}", std::abs(100 * share));
  return (share < 0 && shown != "0.0" ? "−" : "") + shown + " %";
}

std::string count(double value) {
  if (!std::isfinite(value)) return number(value);
  const std::string digits = fmt::format("{:.0f}", std::abs(value));
  std::string shown = value < 0 ? "−" : "";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && digits.size() > 4 && (digits.size() - i) % 3 == 0) shown += "\xe2\x80\xaf";  // narrow no-break space
    shown += digits[i];
  }
  return shown;
}

std::string counted(std::size_t amount, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count(static_cast<double>(amount)), amount == 1 ? one : many);
}

std::string document(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<style>{}</style>\n</head>\n<body>\n<main>\n{}</main>\n<script>{}</script>\n</body>\n</html>\n",
      escape(title), style_sheet, body, sorting_script);
}

}  // namespace flowgauge::reports::html
