// SPDX-License-Identifier: MIT
#include "blocks.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace flowgauge::cli_tests {

std::vector<Block> blocks_of(const std::filesystem::path& document) {
  std::ifstream in(document);
  if (!in) throw std::runtime_error("cannot read " + document.string());
  std::vector<Block> blocks;
  bool inside = false;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (!line.starts_with("```")) {
      if (inside) blocks.back().text += line + '\n';
      continue;
    }
    inside = !inside;
    if (!inside) continue;
    std::istringstream words(line.substr(3));
    Block block;
    block.line = number;
    words >> block.language;
    for (std::string word; words >> word;)
      if (word.starts_with("file=")) block.file = word.substr(5);
      else if (word.starts_with("exit=")) block.exit = std::stoi(word.substr(5));
    blocks.push_back(block);
  }
  if (inside) throw std::runtime_error(document.string() + ": a block is not closed");
  return blocks;
}

std::vector<Shown> commands_of(const Block& block) {
  std::vector<Shown> all;
  std::istringstream lines(block.text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("$ ")) all.push_back({line.substr(2), {}});
    else if (all.empty()) throw std::runtime_error("a console block begins with a command: " + line);
    else if (!line.empty()) all.back().output.push_back(line);
  }
  return all;
}

}  // namespace flowgauge::cli_tests
