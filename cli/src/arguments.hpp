// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The parser. Its header alone costs seconds to compile, so the commands see these functions only.
namespace CLI {
class App;
}

/// Options that say in one sentence what they expected and what came (ConfigError), instead of CLI11's own words. `names` is "-n,--rows" for an
/// option, "grid" for a word without a dash.
namespace flowgauge::cli {

/// The published seed of every command.
inline constexpr std::uint64_t default_seed = 1;

enum class Need { optional, required };

/// Text as it comes; `type` is what stands for it in the help.
void text_option(CLI::App&, const std::string& names, std::string& value, const std::string& type, const std::string& meaning,
                 Need = Need::optional);
/// Any number of words.
void texts_option(CLI::App&, const std::string& names, std::vector<std::string>& values, const std::string& type, const std::string& meaning);
void flag_option(CLI::App&, const std::string& names, bool& value, const std::string& meaning);
/// A whole number from low to high. `shown`: what the help calls the default, where that is not the value.
void whole_option(CLI::App&, const std::string& names, std::int64_t& value, std::int64_t low, std::int64_t high, const std::string& meaning,
                  std::optional<std::string> shown = {});
/// A number from low to high.
void real_option(CLI::App&, const std::string& names, double& value, double low, double high, const std::string& meaning,
                 std::optional<std::string> shown = {});
/// One of some words; the nearest one is named when it is none of them.
void word_option(CLI::App&, const std::string& names, std::string& value, std::vector<std::string> words, const std::string& meaning);
/// Whole numbers from low to high with commas between: 2,16,64.
void whole_list_option(CLI::App&, const std::string& names, std::vector<std::int64_t>& values, std::int64_t low, std::int64_t high,
                       const std::string& meaning);

void seed_option(CLI::App&, std::int64_t& seed);
/// --colours dequantised|raw
void colours_option(CLI::App&, std::string& colours);
void jobs_option(CLI::App&, std::int64_t& jobs);
void only_option(CLI::App&, std::string& pattern, const std::string& what);
/// --out DIR; empty until OutputFolder names the default.
void out_option(CLI::App&, std::string& folder, const std::string& what);

/// The folder to write to: `given`, or a new out/<what>-<UTC>. Made if missing; DataError when it cannot be made or written to, before any work is
/// done. Folders that were made for nothing, because the command then threw, are taken away again. ConfigError when another command's tables are
/// there: each folder has one report.html and one datapackage.json.
class OutputFolder {
 public:
  /// `own_table`: the file of this command, such as "cells.csv".
  OutputFolder(const std::string& given, std::string_view what, std::string_view own_table);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  void remove_empty() const;
  std::filesystem::path path_;
  std::vector<std::filesystem::path> made_;  ///< deepest first
};

}  // namespace flowgauge::cli
