// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace flowgauge::cli {

enum class Tone { plain, good, bad, doubtful };

/// Where words go: data to stdout, everything else to stderr. Colours only on a terminal and without NO_COLOR.
struct Console {
  std::string command_line;  ///< as typed, for provenance and replay
  bool quiet = false, verbose = false;

  /// Text for stdout, as it is.
  void print(std::string_view text) const;
  /// A line on stderr, unless -q.
  void note(std::string_view line) const;
  /// A line on stderr with -v.
  void detail(std::string_view line) const;
  /// The text in a colour where stdout shows colours.
  std::string paint(std::string_view text, Tone) const;
};

/// On a terminal one line that is written over at most ten times a second; elsewhere a line a minute. Nothing with -q.
class Progress {
 public:
  explicit Progress(const Console&);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void update(std::string_view line);

 private:
  using Clock = std::chrono::steady_clock;
  bool quiet_, terminal_;
  bool shown_ = false;
  Clock::time_point next_;
};

/// Columns of text, each as wide as its widest entry (in code points), two blanks apart, without blanks at line ends. `alignment` has one sign a
/// column:
/// '>' sets it right, anything else left.
std::string text_table(const std::vector<std::vector<std::string>>& rows, std::string_view alignment);

/// Whether `name` matches a shell pattern with * ? [ ].
bool matches(std::string_view pattern, std::string_view name);

/// Now in UTC as 20261124T081431Z.
std::string utc_stamp();

}  // namespace flowgauge::cli
