// SPDX-License-Identifier: MIT
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace flowgauge::cli_tests {

/// A fenced block of a document: ```language file=PATH, or ```console exit=1 where its commands end with another code than 0.
struct Block {
  std::string language, file, text;
  int line = 0;  ///< of the opening fence
  int exit = 0;
};

/// The blocks of a Markdown file, in order.
std::vector<Block> blocks_of(const std::filesystem::path& document);

/// What a `console` block shows: lines after "$ ", each with the output that stands below it.
struct Shown {
  std::string command;
  std::vector<std::string> output;
};
std::vector<Shown> commands_of(const Block&);

}  // namespace flowgauge::cli_tests
