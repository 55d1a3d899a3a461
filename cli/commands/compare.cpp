// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "command.hpp"
#include "differences.hpp"

#include <flowgauge/error.hpp>
#include <flowgauge/reports/csv.hpp>

#include <filesystem>

#include <fmt/format.h>

namespace flowgauge::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string a, b;
  bool all = false;
};

/// The table of this kind that `path` is or holds; nothing where it is another's.
template <class Row>
std::optional<std::vector<Row>> table(const std::string& path) {
  fs::path file = path;
  if (fs::is_directory(file)) file /= reports::Table<Row>::file;
  if (file.filename() != fs::path(path).filename() && !fs::exists(file)) return std::nullopt;
  const std::string text = reports::read_text(file);
  const std::string own = reports::csv_header<Row>(), given = text.substr(0, text.find('\n') + 1);
  if (given != own && file.filename() != reports::Table<Row>::file) return std::nullopt;
  return reports::parse_csv<Row>(text, file.string());
}

template <class Row>
std::optional<Differences> differences(const Options& o) {
  const auto a = table<Row>(o.a), b = table<Row>(o.b);
  if (!a || !b) return std::nullopt;
  return compare(*a, *b);
}

std::string words(Change change) {
  return change == Change::same ? "" : change == Change::better ? "better" : "worse";
}

int print(const Differences& d, const Options& o, const Console& console) {
  std::vector<std::vector<std::string>> lines{{"", "A", "B", "B − A", ""}};
  std::size_t better = 0, worse = 0;
  for (const Difference& row : d.rows) {
    better += row.change == Change::better;
    worse += row.change == Change::worse;
    const Tone tone = row.change == Change::worse ? Tone::bad : row.change == Change::better ? Tone::good : Tone::plain;
    if (o.all || row.change != Change::same) lines.push_back({row.what, row.a, row.b, row.difference, console.paint(words(row.change), tone)});
  }
  std::string text;
  if (lines.size() > 1) text = text_table(lines, "<>>><") + "\n";
  const std::size_t same = d.rows.size() - better - worse;
  text += fmt::format("{} in both: {} better in B, {} worse, {} not distinguishable{}\n", d.rows.size(), better, worse, same,
                      same > 0 && !o.all ? " (shown with --all)" : "");
  if (d.only_a + d.only_b > 0) text += fmt::format("{} only in A, {} only in B\n", d.only_a, d.only_b);
  if (d.hidden > 0) text += fmt::format("{} rows of other metrics are not compared\n", d.hidden);
  console.print(text + d.rule + "\n");
  return worse > 0 ? 1 : 0;
}

int compare_tables(const Options& o, const Console& console) {
  for (const std::string& path : {o.a, o.b})
    if (!fs::exists(path)) throw DataError(fmt::format("{}: expected a table or the folder of a run, got nothing there", path));
  std::optional<Differences> found = differences<reports::CellRow>(o);
  if (!found) found = differences<reports::BenchRow>(o);
  if (!found) found = differences<reports::VerdictRow>(o);
  if (!found)
    throw DataError(fmt::format("{} and {} hold no table of the same kind; kinds are cells.csv, bench.csv and verdicts.csv", o.a, o.b));
  if (found->rows.empty()) throw DataError(fmt::format("{} and {} have nothing in common: {} only in the first, {} only in the second", o.a, o.b,
                                                       found->only_a, found->only_b));
  return print(*found, o, console);
}

}  // namespace

Command compare_command() {
  return {"compare", "Says what is better and what is worse in B than in A: cells, timings or verdicts of two runs.",
          "flowgauge compare out/before out/after\nflowgauge compare before/bench.csv after/bench.csv --all", [](CLI::App& app) -> Action {
            const auto o = std::make_shared<Options>();
            text_option(app, "A", o->a, "A", "cells.csv, bench.csv, verdicts.csv, or the folder of a run", Need::required);
            text_option(app, "B", o->b, "B", "the same of another run; exit 1 where something is worse there", Need::required);
            flag_option(app, "--all", o->all, "also what is not distinguishable");
            return [o](const Console& console) { return compare_tables(*o, console); };
          }};
}

}  // namespace flowgauge::cli
