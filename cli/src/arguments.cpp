// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "console.hpp"

#include <flowgauge/error.hpp>
#include <flowgauge/spec.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <fstream>
#include <system_error>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace flowgauge::cli {
namespace {

/// "--rows" of "-n,--rows": what a sentence calls the option.
std::string long_name(const std::string& names) {
  const std::size_t start = names.find("--");
  return names.substr(start, names.find(',', start) - start);
}

template <class T>
T read_number(const std::string& names, const std::string& text, T low, T high, std::string_view kind, std::string_view low_text,
              std::string_view high_text) {
  T x{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  if (error != std::errc() || end != text.data() + text.size() || !(x >= low && x <= high))
    throw ConfigError(fmt::format("{} expects {} from {} to {}; got '{}'", long_name(names), kind, low_text, high_text, text));
  return x;
}
std::int64_t read_whole(const std::string& names, const std::string& text, std::int64_t low, std::int64_t high) {
  return read_number(names, text, low, high, "a whole number", std::to_string(low), std::to_string(high));
}

CLI::Option* read_option(CLI::App& app, const std::string& names, std::function<void(const std::string&)> read, const std::string& type,
                         const std::string& meaning) {
  return app.add_option_function<std::string>(names, read, meaning)->type_name(type);
}

}  // namespace

void text_option(CLI::App& app, const std::string& names, std::string& value, const std::string& type, const std::string& meaning, Need need) {
  const auto read = [=, &value](const std::string& text) {
    if (text.empty()) throw ConfigError(fmt::format("{} expects {}; got an empty text", names.rfind('-', 0) == 0 ? long_name(names) : names, type));
    value = text;
  };
  read_option(app, names, read, type, meaning)->required(need == Need::required);
}
void texts_option(CLI::App& app, const std::string& names, std::vector<std::string>& values, const std::string& type, const std::string& meaning) {
  app.add_option(names, values, meaning)->type_name(type);
}
void flag_option(CLI::App& app, const std::string& names, bool& value, const std::string& meaning) { app.add_flag(names, value, meaning); }
void whole_option(CLI::App& app, const std::string& names, std::int64_t& value, std::int64_t low, std::int64_t high, const std::string& meaning,
                  std::optional<std::string> shown) {
  const auto read = [=, &value](const std::string& text) { value = read_whole(names, text, low, high); };
  read_option(app, names, read, "N", meaning)->default_str(shown.value_or(std::to_string(value)));
}
void real_option(CLI::App& app, const std::string& names, double& value, double low, double high, const std::string& meaning,
                 std::optional<std::string> shown) {
  const auto read = [=, &value](const std::string& text) {
    value = read_number(names, text, low, high, "a number", number_text(low), number_text(high));
  };
  read_option(app, names, read, "X", meaning)->default_str(shown.value_or(number_text(value)));
}
void word_option(CLI::App& app, const std::string& names, std::string& value, std::vector<std::string> words, const std::string& meaning) {
  const std::string type = fmt::format("{}", fmt::join(words, "|"));
  const auto read = [&value, names, words = std::move(words)](const std::string& text) {
    if (std::find(words.begin(), words.end(), text) == words.end()) throw ConfigError(unknown_name("value of " + long_name(names), text, words));
    value = text;
  };
  read_option(app, names, read, type, meaning)->default_str(value);
}
void whole_list_option(CLI::App& app, const std::string& names, std::vector<std::int64_t>& values, std::int64_t low, std::int64_t high,
                       const std::string& meaning) {
  const auto read = [=, &values](const std::string& text) {
    values.clear();
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(',', at), text.size());
      values.push_back(read_whole(names, text.substr(at, end - at), low, high));
      at = end + 1;
    }
  };
  read_option(app, names, read, "N,N,…", meaning)->default_str(fmt::format("{}", fmt::join(values, ",")));
}

void seed_option(CLI::App& app, std::int64_t& seed) { whole_option(app, "--seed", seed, 0, 2147483647, "seed of all random numbers"); }
void colours_option(CLI::App& app, std::string& colours) {
  word_option(app, "--colours", colours, {"dequantised", "raw"}, "of a picture: channel c as Φ⁻¹((c + u)/256), u uniform or ½");
}
void jobs_option(CLI::App& app, std::int64_t& jobs) {
  jobs = std::max(1u, std::thread::hardware_concurrency());
  whole_option(app, "-j,--jobs", jobs, 1, 4096, "threads; the results are the same for any number", "all");
}
void only_option(CLI::App& app, std::string& pattern, const std::string& what) {
  text_option(app, "--only", pattern, "GLOB", what + " that match this pattern (* and ?)");
}
void out_option(CLI::App& app, std::string& folder, const std::string& what) {
  text_option(app, "--out", folder, "DIR", fmt::format("folder to write to [out/{}-UTC]", what));
}

OutputFolder::OutputFolder(const std::string& given, std::string_view what, std::string_view own_table) : path_(given) {
  namespace fs = std::filesystem;
  if (given.empty()) {
    const std::string base = fmt::format("out/{}-{}", what, utc_stamp());
    path_ = base;
    for (int i = 2; fs::exists(path_); ++i) path_ = fmt::format("{}-{}", base, i);
  }
  std::error_code error;
  for (const std::string_view table : {"cells.csv", "verdicts.csv", "bench.csv", "model.json"})
    if (table != own_table && fs::exists(path_ / table, error))
      throw ConfigError(fmt::format("{} holds the {} of another command; choose another folder", path_.string(), table));
  error.clear();
  for (fs::path at = path_; !at.empty() && !fs::exists(at, error); at = at.parent_path()) made_.push_back(at);
  error.clear();
  fs::create_directories(path_, error);
  if (!error && !fs::is_directory(path_)) error = std::make_error_code(std::errc::not_a_directory);
  if (!error) {
    const fs::path probe = path_ / ".flowgauge-probe";
    errno = 0;
    if (!std::ofstream(probe)) error = std::error_code(errno, std::generic_category());
    std::error_code ignored;
    fs::remove(probe, ignored);
  }
  if (!error) return;
  remove_empty();
  throw DataError(fmt::format("{}: cannot write into this folder: {}", path_.string(), error.message()));
}
OutputFolder::~OutputFolder() { remove_empty(); }
void OutputFolder::remove_empty() const {
  std::error_code stays;  // a folder that holds something is not removed
  for (const std::filesystem::path& folder : made_) std::filesystem::remove(folder, stays);
}

}  // namespace flowgauge::cli
