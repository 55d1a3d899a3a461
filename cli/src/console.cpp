// SPDX-License-Identifier: MIT
#include "console.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

namespace flowgauge::cli {
namespace {

bool wants_colour(int file) {
  const char* const no_colour = std::getenv("NO_COLOR");
  return isatty(file) && !(no_colour && *no_colour);
}

/// Code points: every byte but the continuations of UTF-8.
std::size_t width(std::string_view text) {
  std::size_t n = 0;
  for (const char c : text) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return n;
}

constexpr std::string_view clear_line = "\r\x1b[K";

}  // namespace

void Console::print(std::string_view text) const { std::fwrite(text.data(), 1, text.size(), stdout); }
void Console::note(std::string_view line) const {
  if (!quiet) fmt::print(stderr, "{}\n", line);
}
void Console::detail(std::string_view line) const {
  if (verbose) fmt::print(stderr, "{}\n", line);
}
std::string Console::paint(std::string_view text, Tone tone) const {
  if (tone == Tone::plain || !wants_colour(STDOUT_FILENO)) return std::string(text);
  const int colour = tone == Tone::good ? 32 : tone == Tone::bad ? 31 : 33;
  return fmt::format("\x1b[{}m{}\x1b[0m", colour, text);
}

Progress::Progress(const Console& console)
    : quiet_(console.quiet),
      terminal_(isatty(STDERR_FILENO)),
      next_(Clock::now() + (terminal_ ? std::chrono::milliseconds(200) : std::chrono::minutes(1))) {}
Progress::~Progress() {
  if (shown_ && terminal_) fmt::print(stderr, "{}", clear_line);
}
void Progress::update(std::string_view line) {
  const Clock::time_point now = Clock::now();
  if (quiet_ || now < next_) return;
  if (terminal_) fmt::print(stderr, "{}{}", clear_line, line);
  else fmt::print(stderr, "{}\n", line);
  shown_ = true;
  next_ = now + (terminal_ ? std::chrono::milliseconds(100) : std::chrono::minutes(1));
}

std::string text_table(const std::vector<std::vector<std::string>>& rows, std::string_view alignment) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t j = 0; j < row.size(); ++j) widths[j] = std::max(widths[j], width(row[j]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t j = 0; j < row.size(); ++j) {
      const std::string blanks(widths[j] - width(row[j]), ' ');
      const bool right = j < alignment.size() && alignment[j] == '>';
      line += (j ? "  " : "") + (right ? blanks + row[j] : row[j] + blanks);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

bool matches(std::string_view pattern, std::string_view name) { return fnmatch(std::string(pattern).c_str(), std::string(name).c_str(), 0) == 0; }

std::string utc_stamp() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                     parts.tm_sec);
}

}  // namespace flowgauge::cli
