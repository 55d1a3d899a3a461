// SPDX-License-Identifier: MIT
#include "command.hpp"
#include "revision.hpp"

#include <flowgauge/bench/store.hpp>
#include <flowgauge/error.hpp>
#include <flowgauge/program.hpp>
#include <flowgauge/reports/error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace flowgauge {
namespace cli {
namespace {

/// The table of commands.
std::vector<Command> commands() {
  return {list_command(),   show_command(),   sample_command(), eval_command(),  fit_command(), palette_command(), run_command(),
          report_command(), compare_command(), verify_command(), bench_command(), new_command()};
}

std::string overview(const std::vector<Command>& all) {
  std::vector<std::vector<std::string>> rows;
  for (const Command& c : all) rows.push_back({"  " + std::string(c.name), std::string(c.summary)});
  return fmt::format(
      "flowgauge verifies and measures normalizing flows.\n\n"
      "  flowgauge verify --only softlog      does the layer keep every law?\n"
      "  flowgauge run grid.toml              how near does every flow come to every source?\n\n"
      "{}\nflowgauge COMMAND --help shows the options of one.\n",
      text_table(rows, "<<"));
}

std::string indented(std::string_view lines) {
  std::string text;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    text += fmt::format("  {}\n", lines.substr(at, end - at));
    at = end + 1;
  }
  return text;
}

std::string typed(int argc, const char* const* argv) {
  std::string text = "flowgauge";
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const bool plain = !word.empty() && word.find_first_of(" \t\n'\"\\$&|;<>()*?[]{}#~!`") == std::string_view::npos;
    text += ' ';
    if (plain) {
      text += word;
      continue;
    }
    text += '\'';
    for (const char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
    text += '\'';
  }
  return text;
}

/// An option or word that nobody asked for.
[[noreturn]] void refuse(const CLI::App& app, const std::string& word) {
  if (word.size() < 2 || word[0] != '-') throw ConfigError(fmt::format("the argument '{}' is one too many", word));
  std::vector<std::string> names;
  for (const CLI::Option* o : app.get_options()) {
    for (const std::string& name : o->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : o->get_snames()) names.push_back("-" + name);
  }
  throw ConfigError(unknown_name("option", word.substr(0, word.find('=')), names));
}

int run(const Command& command, int argc, const char* const* argv, Console& console) {
  CLI::App app(fmt::format("{}\n\nExamples:\n{}", command.summary, indented(command.examples)), fmt::format("flowgauge {}", command.name));
  app.allow_extras();
  const auto quiet = app.add_flag("-q,--quiet", console.quiet, "only data and errors");
  app.add_flag("-v,--verbose", console.verbose, "more words on stderr")->excludes(quiet);
  const Action action = command.prepare(app);
  try {
    app.parse(argc - 1, argv + 1);
  } catch (const CLI::CallForHelp&) {
    console.print(app.help());
    return 0;
  } catch (const CLI::ParseError& e) {
    for (const CLI::Option* o : app.get_options())
      if (o->count() > 1 && o->get_items_expected_max() == 1)
        throw ConfigError(fmt::format("{} is given {} times; give it once", o->get_name(), o->count()));
    throw ConfigError(e.what());
  }
  const std::vector<std::string> left = app.remaining();
  if (!left.empty()) refuse(app, left.front());
  return action(console);
}

int failed(std::string_view command, std::string_view sentence, int code) {
  std::fflush(stdout);
  fmt::print(stderr, "flowgauge{}{}: {}\n", command.empty() ? "" : " ", command, sentence);
  return code;
}

/// Everything that may be thrown, as a sentence and an exit code.
template <class Work>
int guarded(std::string_view command, Work work) {
  try {
    const int code = work();
    if (std::fflush(stdout) != 0 || std::ferror(stdout)) return failed(command, fmt::format("cannot write to stdout: {}", std::strerror(errno)), 2);
    return code;
  } catch (const bench::DataConflict& e) {
    return failed(command, e.what(), 3);
  } catch (const std::bad_alloc&) {
    return failed(command, "not enough memory", 2);
  } catch (const std::exception& e) {
    return failed(command, e.what(), 2);
  }
}

}  // namespace
}  // namespace cli

int program(int argc, const char* const* argv) {
  const std::vector<cli::Command> all = cli::commands();
  const std::string_view word = argc < 2 ? std::string_view() : std::string_view(argv[1]);
  cli::Console console{.command_line = cli::typed(argc, argv)};
  if (word.empty()) {
    fmt::print(stderr, "{}", cli::overview(all));
    return 2;
  }
  if (word == "--help" || word == "-h" || word == "help") return cli::guarded({}, [&] { return console.print(cli::overview(all)), 0; });
  if (word == "--version") return cli::guarded({}, [&] { return console.print(fmt::format("flowgauge {}\n", cli::version)), 0; });
  const auto found = std::find_if(all.begin(), all.end(), [&](const cli::Command& c) { return c.name == word; });
  if (found == all.end()) {
    std::vector<std::string> names;
    for (const cli::Command& c : all) names.emplace_back(c.name);
    return cli::failed({}, unknown_name("command", word, names), 2);
  }
  return cli::guarded(word, [&] { return cli::run(*found, argc, argv, console); });
}

}  // namespace flowgauge
