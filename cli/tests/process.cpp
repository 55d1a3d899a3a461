// SPDX-License-Identifier: MIT
#include "process.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <sys/wait.h>
#include <unistd.h>

namespace flowgauge::cli_tests {
namespace {

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

}  // namespace

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "flowgauge-cli-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder: " + name);
  path_ = name;
}
Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}
std::string Folder::write(const std::string& name, const std::string& text) const {
  std::ofstream(path_ / name, std::ios::binary) << text;
  return (path_ / name).string();
}
std::vector<std::string> Folder::content() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

Ran shell(const std::filesystem::path& folder, const std::string& line) {
  const Folder outputs;
  const std::string program_folder = std::filesystem::path(FLOWGAUGE_PROGRAM).parent_path().string();
  const std::string command = "cd " + quoted(folder.string()) + " && export PATH=" + quoted(program_folder) + ":\"$PATH\" && { " + line + "\n} >" +
                              quoted(outputs / "out") + " 2>" + quoted(outputs / "err") + " </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read(outputs / "out"), read(outputs / "err")};
}

Ran run(const Folder& folder, const std::vector<std::string>& arguments) {
  std::string line = quoted(FLOWGAUGE_PROGRAM);
  for (const std::string& a : arguments) line += " " + quoted(a);
  return shell(folder.path(), line);
}

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace flowgauge::cli_tests
