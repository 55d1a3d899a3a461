// SPDX-License-Identifier: MIT
// What README.md and docs/adding.md show is taken out, compiled, and run.
#include "../process.hpp"
#include "blocks.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace flowgauge::cli_tests {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const fs::path source = FLOWGAUGE_SOURCE_DIR, build = FLOWGAUGE_BUILD_DIR;

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  if (fs::exists(file) && read(file) == text) return;  // its time stamp stays: nothing is compiled twice
  std::ofstream(file, std::ios::binary) << text;
}

/// Runs a line and fails the test with its output when it does not end well.
std::string must(const fs::path& folder, const std::string& line) {
  const Ran ran = shell(folder, line);
  EXPECT_EQ(ran.code, 0) << line << "\n" << ran.out.substr(0, 20'000) << ran.err.substr(0, 20'000);
  return ran.out;
}

/// Copies what changed; removes what is no longer there.
void mirror(const fs::path& from, const fs::path& to) {
  fs::create_directories(to);
  for (const auto& entry : fs::directory_iterator(from)) {
    if (entry.is_directory()) mirror(entry.path(), to / entry.path().filename());
    else write(to / entry.path().filename(), read(entry.path()));
  }
  for (const auto& entry : fs::directory_iterator(to))
    if (!fs::exists(from / entry.path().filename())) fs::remove_all(entry.path());
}

std::string stem(const Block& block) { return fs::path(block.file).stem().string(); }
bool on_shelf(const Block& block, const std::string& shelf) { return block.file.find(shelf) != std::string::npos; }
bool is_layer(const Block& block) { return on_shelf(block, "flowgauge/layers/") || on_shelf(block, "flowgauge/transformers/"); }

/// The blocks of docs/adding.md that are files.
std::vector<Block> members() {
  std::vector<Block> all = blocks_of(source / "docs/adding.md");
  std::erase_if(all, [](const Block& b) { return b.file.empty(); });
  return all;
}

std::string cmake_options(const std::string& type = " -D CMAKE_BUILD_TYPE='" FLOWGAUGE_BUILD_TYPE "'") {
  return " -G '" FLOWGAUGE_GENERATOR "' -D CMAKE_CXX_COMPILER='" FLOWGAUGE_COMPILER "'" + type +
         " -D FLOWGAUGE_ARCHITECTURE='" FLOWGAUGE_ARCHITECTURE "' ";
}

/// Everything a member promises without another edit: it is listed, shown, verified, timed, and stands in a grid.
void expect_everywhere(const fs::path& folder, const std::string& program, const std::vector<Block>& blocks) {
  const nlohmann::json list = nlohmann::json::parse(must(folder, program + " list --json"), nullptr, false);
  ASSERT_FALSE(list.is_discarded());
  std::string sources = "\"normal\"", flows;
  for (const Block& block : blocks) {
    const std::string name = stem(block), shelf = is_layer(block) ? "layers" : on_shelf(block, "/laws/") ? "laws" : "sources";
    bool listed = false;
    for (const auto& entry : list[shelf]) listed = listed || entry["name"] == name;
    EXPECT_TRUE(listed) << name << " is not among the " << shelf;
    must(folder, program + " show " + name);
    if (shelf == "sources") sources += ", \"" + name + "\"";
    if (shelf == "laws") {
      EXPECT_THAT(must(folder, program + " verify --only affine --law " + name + " --out verified"), HasSubstr("1 hold, 0 fail"));
    }
    if (shelf != "layers") continue;
    EXPECT_THAT(must(folder, program + " verify --only " + name + " --out verified"), HasSubstr(" 0 fail, 0 unresolved,"));
    EXPECT_THAT(
        must(folder, program + " bench --only '" + name + "*' --dim 2 --batch 1000 --dtype float32 --seconds 0.001 --repetitions 1 --out timed"),
        HasSubstr(name));
    flows += name + " = \"triangular " + name + " triangular\"\n";
    if (on_shelf(block, "transformers/")) flows += "coupled_" + name + " = \"coupling(" + name + ", hidden=[8]) triangular\"\n";
  }
  write(folder / "grid.toml", "name = \"members\"\nseeds = [1]\nsources = [" + sources + "]\n\n[flows]\n" + flows +
                                  "\n[fit]\nsteps = 20\nbatch = 100\n\n[evaluate]\nn_eval = 500\nn_trace = 50\ntrace_points = 2\n");
  fs::remove_all(folder / "grid");
  must(folder, program + " run grid.toml --strict --out grid");
  const std::string cells = read(folder / "grid/cells.csv");
  for (const Block& block : blocks) EXPECT_TRUE(on_shelf(block, "/laws/") || cells.find(stem(block)) != std::string::npos) << stem(block);
}

TEST(Documents, NewWritesTheExampleOfTheReadme) {
  std::string in_readme, in_adding;
  for (const Block& b : blocks_of(source / "README.md"))
    if (b.file == "bend.hpp") in_readme = b.text;
  for (const Block& b : members())
    if (stem(b) == "bend") in_adding = b.text;
  const Folder folder;
  ASSERT_EQ(run(folder, {"new", "layer", "bend"}).code, 0);
  EXPECT_EQ(in_readme, read(folder / "bend.hpp"));
  EXPECT_EQ(in_adding, in_readme);
  EXPECT_LE(std::count(in_readme.begin(), in_readme.end(), '\n'), 30);
}

/// Runs the commands of a console block: each ends as it should, and every line of output shown begins with a word that is printed.
void run_console(const fs::path& folder, const std::string& document, const Block& block, const std::string& before = {}) {
  for (const Shown& shown : commands_of(block)) {
    std::string line = shown.command;
    for (const std::string path : {"bench/grids/", "verify/adapters/"})
      if (const std::size_t at = line.find(path); at != std::string::npos) line.replace(at, path.size(), (source / path).string());
    const Ran ran = shell(folder, before + line);
    EXPECT_EQ(ran.code, block.exit) << document << ":" << block.line << ": " << line << "\n" << ran.out << ran.err;
    for (const std::string& expected : shown.output) {
      std::string word;
      std::istringstream(expected) >> word;
      if (word == "case:" || word == "again:") word = expected;  // what a reader copies is there to the letter
      EXPECT_THAT(ran.out + ran.err, HasSubstr(word)) << document << ":" << block.line << ": " << line;
    }
  }
}

/// A python3 that has this module, or nothing.
std::string python_with(const fs::path& folder, const std::string& module) {
  for (const char* const candidate : {"python3", "/usr/bin/python3"})
    if (shell(folder, std::string(candidate) + " -c 'import " + module + "'").code == 0) return candidate;
  std::cout << "python3-" << module << " is not installed: some Python of the documents is not run\n";
  return {};
}

/// Every command of the README ends well, and every line of output shown there begins with a word that is printed. Its Python is run where pandas is.
TEST(Documents, CommandsOfTheReadme) {
  const Folder folder;
  const std::string python = python_with(folder.path(), "pandas");
  for (const Block& block : blocks_of(source / "README.md")) {
    if (block.language == "toml") folder.write(block.file, block.text);
    if (block.language == "python" && !python.empty()) {
      const Ran ran = shell(folder.path(), python + " " + folder.write(block.file, block.text));
      EXPECT_EQ(ran.code, 0) << ran.err;
      EXPECT_THAT(ran.out, HasSubstr("laplace"));
    }
    if (block.language == "console") run_console(folder.path(), "README.md", block);
  }
}

/// docs/verifying.md: its Python layers are written and examined, and the cases shown are those found.
TEST(Documents, LayersOfOtherLanguages) {
  const Folder folder;
  const std::string python = python_with(folder.path(), "numpy");
  if (python.empty()) GTEST_SKIP() << "python3-numpy is not installed";
  const bool torch = !python_with(folder.path(), "torch").empty();
  // `python3` is the one that has NumPy.
  must(folder.path(), "mkdir bin && printf '#!/bin/sh\\nexec " + python + " \"$@\"\\n' > bin/python3 && chmod +x bin/python3");
  const std::string before = "export PATH=\"$PWD/bin:$PATH\"; ";
  int examined = 0;
  for (const Block& block : blocks_of(source / "docs/verifying.md")) {
    if (block.language == "python") folder.write(block.file, block.text);
    if (block.language != "console" || block.text.find("$ my_") != std::string::npos) continue;  // see MembersInAProjectOutside
    if (!torch && block.text.find("torch") != std::string::npos) continue;
    run_console(folder.path(), "docs/verifying.md", block, before);
    ++examined;
  }
  EXPECT_GE(examined, 3);
}

/// Files of the README exist.
TEST(Documents, FilesToRead) {
  std::istringstream lines(read(source / "README.md"));
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.size() < 4 || !std::isdigit(static_cast<unsigned char>(line[0])) || line.find(". `") == std::string::npos) continue;
    const std::size_t start = line.find('`') + 1;
    const std::string file = line.substr(start, line.find('`', start) - start);
    EXPECT_TRUE(fs::exists(source / file)) << file;
    ++count;
  }
  EXPECT_EQ(count, 10);
}

TEST(Documents, MembersInACopyOfTheTree) {
  const fs::path copy = build / "documents/copy";
  for (const char* const room : {"lib", "distributions", "reports", "verify", "bench", "cli", "cmake", "docs"}) mirror(source / room, copy / room);
  write(copy / "CMakeLists.txt", read(source / "CMakeLists.txt"));
  const std::vector<Block> all = members();
  std::vector<Block> inside;
  for (const Block& block : all)
    if (!on_shelf(block, "outside/")) write(copy / block.file, block.text), inside.push_back(block);
  ASSERT_EQ(inside.size(), 6u);

  // ccache then sees the same command lines as in the build of this tree.
  const fs::path relative = build.lexically_relative(source);
  const fs::path built = copy / (relative.empty() || *relative.begin() == ".." ? fs::path("build/native") : relative);
  const std::string cache = "export CCACHE_BASEDIR='" + copy.string() + "' CCACHE_NOHASHDIR=1; ";
  const std::string options = cmake_options(" -D CMAKE_BUILD_TYPE=Debug -D CMAKE_CXX_FLAGS_DEBUG=-O1 ");  // compiled in three quarters of the time
  must(copy, cache + FLOWGAUGE_CMAKE " -S . -B '" + built.string() + "' -D FLOWGAUGE_TESTS=OFF" + options);
  must(copy, cache + FLOWGAUGE_CMAKE " --build '" + built.string() + "' --target flowgauge -j " FLOWGAUGE_CORES);
  if (HasFailure()) return;
  expect_everywhere(copy, (built / "cli/flowgauge").string(), inside);
}

TEST(Documents, MembersInAProjectOutside) {
  const fs::path outside = build / "documents/outside", prefix = outside / "prefix";
  fs::remove_all(outside);
  for (const char* const room : {"lib", "distributions", "reports", "verify", "bench", "cli"})
    must(build, FLOWGAUGE_CMAKE " --install '" + build.string() + "' --prefix '" + prefix.string() + "' --component " + room);
  std::vector<Block> taken;
  std::string lists;
  for (const Block& block : members()) {
    if (block.language == "cmake") lists = block.text;
  }
  for (const Block& block : members())
    if (is_layer(block) && lists.find(stem(block) + ".hpp") != std::string::npos)
      write(outside / (stem(block) + ".hpp"), block.text), taken.push_back(block);
  ASSERT_EQ(taken.size(), 2u);
  write(outside / "CMakeLists.txt", lists);
  must(outside, FLOWGAUGE_CMAKE " -S . -B build -D CMAKE_PREFIX_PATH='" + prefix.string() + "'" + cmake_options());
  must(outside, FLOWGAUGE_CMAKE " --build build -j " FLOWGAUGE_CORES);
  if (HasFailure()) return;
  expect_everywhere(outside, (outside / "build/acme_suite").string(), taken);

  // docs/verifying.md: a wrong layer in C++, and what is said of it.
  const fs::path wrong = outside / "wrong";
  for (const Block& block : blocks_of(source / "docs/verifying.md"))
    if (block.language == "cpp" || block.language == "cmake") write(wrong / block.file, block.text);
  must(wrong, FLOWGAUGE_CMAKE " -S . -B build -D CMAKE_PREFIX_PATH='" + prefix.string() + "'" + cmake_options());
  must(wrong, FLOWGAUGE_CMAKE " --build build -j " FLOWGAUGE_CORES);
  for (const Block& block : blocks_of(source / "docs/verifying.md"))
    if (block.language == "console" && block.text.find("$ my_") != std::string::npos)
      run_console(wrong, "docs/verifying.md", block, "export PATH=\"$PWD/build:$PATH\"; ");
}

}  // namespace
}  // namespace flowgauge::cli_tests
