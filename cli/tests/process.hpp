// SPDX-License-Identifier: MIT
#pragma once
#include <filesystem>
#include <string>
#include <vector>

/// The built program, run as a user runs it.
namespace flowgauge::cli_tests {

struct Ran {
  int code = 0;  ///< exit code, or 128 + signal
  std::string out, err;
};

/// A folder of its own for one test, removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& text) const;
  /// Names of everything in it, sorted.
  std::vector<std::string> content() const;

 private:
  std::filesystem::path path_;
};

/// flowgauge ARGUMENTS… in `folder`.
Ran run(const Folder& folder, const std::vector<std::string>& arguments);
/// A line of the shell in `folder`, with the program on the PATH.
Ran shell(const std::filesystem::path& folder, const std::string& line);

std::string read(const std::filesystem::path& file);

}  // namespace flowgauge::cli_tests
