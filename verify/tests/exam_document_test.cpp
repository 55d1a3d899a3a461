// SPDX-License-Identifier: MIT
// docs/exam.md says how the exam went. No exam is sat here: what the page counts and names is what is planted, and what its matrix holds.
#include "defects/planted.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace flowgauge::verify {
namespace {

using Names = std::set<std::string>;

std::string text_of(const std::string& file) {
  std::ifstream in(std::string(FLOWGAUGE_SOURCE_DIR) + "/docs/" + file);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_FALSE(text.str().empty()) << file;
  return text.str();
}

const std::string& page() {
  static const std::string text = text_of("exam.md");
  return text;
}

/// From this heading to the next.
std::string section(const std::string& heading) {
  const std::size_t at = page().find("\n## " + heading + "\n");
  EXPECT_NE(at, std::string::npos) << heading;
  return at == std::string::npos ? "" : page().substr(at, page().find("\n## ", at + 1) - at);
}

/// Every match of the first group.
std::vector<std::string> all_of(const std::string& text, const std::string& pattern) {
  std::vector<std::string> found;
  const std::regex expression(pattern);
  for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it) found.push_back((*it)[1]);
  return found;
}

/// The numbers of one sentence, in order.
std::vector<std::size_t> numbers(const std::string& pattern) {
  std::smatch match;
  EXPECT_TRUE(std::regex_search(page(), match, std::regex(pattern))) << "the page no longer says: " << pattern;
  std::vector<std::size_t> found;
  for (std::size_t k = 1; k < match.size(); ++k) found.push_back(std::stoul(match[k]));
  return found;
}

/// First cells of a table's lines.
Names first_cells(const std::string& text, const std::string& cell) {
  const std::vector<std::string> found = all_of(text, "\n\\| (" + cell + ")(?:, W\\d+)* \\|");
  return {found.begin(), found.end()};
}

Names planted_names() {
  Names names;
  for (const defects::Planted& p : defects::planted()) names.insert(p.spec);
  return names;
}

/// Law by defect, and the last of the first killing cases.
struct Kills {
  std::map<std::string, Names> laws;
  std::size_t latest = 0, seeds = 0;
};
Kills kills() {
  Kills k;
  std::istringstream lines(text_of("measurements/kills.csv"));
  const std::regex expression("\"([^\"]+)\",(\\w+),\\d+,(\\d+),(\\d+),\\d+");
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::smatch match;
    if (!std::regex_match(line, match, expression)) ADD_FAILURE() << line;
    else k.laws[match[1]].insert(match[2]), k.seeds = std::stoul(match[3]), k.latest = std::max<std::size_t>(k.latest, std::stoul(match[4]));
  }
  return k;
}

TEST(DocumentOfKills, CountsWhatIsPlanted) {
  const std::size_t all = defects::planted().size(), survive = defects::survivors().size();
  EXPECT_EQ(planted_names().size(), all) << "planted twice";
  EXPECT_EQ(numbers("(\\d+) wrong layers and chains are planted"), std::vector{all});
  EXPECT_EQ(numbers("(\\d+) of their\\s+healthy twins"), std::vector{defects::twins().size()});
  EXPECT_EQ(numbers("(\\d+) planted layers killed of (\\d+); the (\\d+) that surviv"), (std::vector{all, all + survive, survive}));
  EXPECT_EQ(numbers("the same (\\d+) wrong layers and chains"), std::vector{all});
  for (const std::string& of : all_of(section("Against the habits of the field"), "\\| \\d+ of (\\d+) \\| \\d+ of"))
    EXPECT_EQ(std::stoul(of), all);
}

TEST(DocumentOfKills, TheReadmeHasTheSameScore) {
  std::ifstream in(FLOWGAUGE_SOURCE_DIR "/README.md");
  std::stringstream readme;
  readme << in.rdbuf();
  const std::size_t all = defects::planted().size();
  const std::string score = std::to_string(all) + " of " + std::to_string(all + defects::survivors().size()) + " planted mistakes";
  EXPECT_NE(readme.str().find(score), std::string::npos) << score;
}

TEST(DocumentOfKills, NamesTheSurvivors) {
  Names survivors;
  for (const defects::Survivor& s : defects::survivors()) survivors.insert(s.spec);
  EXPECT_EQ(first_cells(section("Survivors"), "bad_[^|]*\\)"), survivors);
}

TEST(DocumentOfKills, HoldsTheMatrixOfWhatIsPlanted) {
  const Kills k = kills();
  Names in_file;
  for (const auto& [defect, laws] : k.laws) in_file.insert(defect);
  EXPECT_EQ(in_file, planted_names());
  EXPECT_EQ(first_cells(section("Kill matrix"), "bad_[^|]*[a-z)]|in_double[^|]*\\)"), planted_names());
  const auto alone = static_cast<std::size_t>(std::count_if(k.laws.begin(), k.laws.end(), [](const auto& line) { return line.second.size() == 1; }));
  EXPECT_EQ(numbers("number (\\d+) of 30 at the latest, over (\\d+) seeds\\. (\\d+) are killed by one law alone"),
            (std::vector{k.latest, k.seeds, alone}));
  for (const defects::Planted& p : defects::planted())
    for (const std::string& id : p.killers) EXPECT_TRUE(k.laws.at(p.spec).contains(id)) << p.spec << " must be killed by " << id;
}

TEST(DocumentOfKills, SaysOfEveryMutantWhatBecameOfIt) {
  const std::vector<std::string> killed = all_of(section("Kill matrix"), "(W\\d{3})");
  const Names ids(killed.begin(), killed.end());
  const std::vector<std::size_t> said = numbers("The list of (\\d+) mutants[^.]*\\. (\\d+) are planted and killed");
  EXPECT_EQ(said.at(1), ids.size());
  std::vector<std::string> rest;
  for (const std::string& cell : all_of(section("Defects of real libraries"), "\n\\| (W[W\\d ]+) \\|"))
    for (const std::string& id : all_of(cell, "(W\\d{3})")) rest.push_back(id);
  EXPECT_EQ(said.at(0), ids.size() + rest.size());
  for (const std::string& id : rest) EXPECT_FALSE(ids.contains(id)) << id << " is killed";
}

}  // namespace
}  // namespace flowgauge::verify
