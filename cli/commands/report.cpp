// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "command.hpp"
#include "verdicts.hpp"

#include <flowgauge/error.hpp>
#include <flowgauge/reports/csv.hpp>
#include <flowgauge/reports/datapackage.hpp>
#include <flowgauge/reports/page.hpp>

#include <filesystem>

#include <fmt/format.h>

namespace flowgauge::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string folder, html;
};

/// A page that the tables of a folder give.
struct Page {
  std::string stem;  ///< of its file where a folder has several
  std::string html;
};

template <class Row>
fs::path file_of(const fs::path& folder) {
  return folder / reports::Table<Row>::file;
}
template <class Row>
std::vector<Row> rows_of(const fs::path& folder) {
  return fs::exists(file_of<Row>(folder)) ? reports::read_csv<Row>(file_of<Row>(folder)) : std::vector<Row>();
}

std::vector<Page> pages_of(const fs::path& folder) {
  const fs::path package = folder / "datapackage.json";
  const reports::Provenance provenance = fs::exists(package) ? reports::read_provenance(package) : reports::Provenance();
  std::vector<Page> pages;
  if (fs::exists(file_of<reports::CellRow>(folder)))
    pages.push_back({"comparison", reports::comparison_page(rows_of<reports::CellRow>(folder), rows_of<reports::TraceRow>(folder), provenance, {},
                                                            {rows_of<reports::DifferenceRow>(folder), rows_of<reports::DensityRow>(folder),
                                                             rows_of<reports::SampleRow>(folder)})});
  if (fs::exists(file_of<reports::VerdictRow>(folder)))
    pages.push_back({"verification", verdict_page(rows_of<reports::VerdictRow>(folder), provenance)});
  if (fs::exists(file_of<reports::BenchRow>(folder)))
    pages.push_back({"throughput", reports::throughput_page(rows_of<reports::BenchRow>(folder), provenance)});
  return pages;
}

int report(const Options& o, const Console& console) {
  const fs::path folder = o.folder;
  if (!fs::is_directory(folder))
    throw DataError(fmt::format("{}: expected the folder of a run, got {}", o.folder, fs::exists(folder) ? "a file" : "nothing there"));
  const std::vector<Page> pages = pages_of(folder);
  if (pages.empty()) throw DataError(fmt::format("{}: expected cells.csv, verdicts.csv or bench.csv in this folder; found none of them", o.folder));
  if (pages.size() > 1 && !o.html.empty())
    throw ConfigError(fmt::format("{}: holds tables of {} kinds, which make as many pages; leave --html out", o.folder, pages.size()));
  for (const Page& page : pages) {
    const fs::path file = !o.html.empty() ? fs::path(o.html) : folder / (pages.size() == 1 ? "report.html" : page.stem + ".html");
    reports::write_text(file, page.html);
    console.print(file.string() + "\n");
  }
  return 0;
}

}  // namespace

Command report_command() {
  return {"report", "Makes the page of a run again from its tables.", "flowgauge report out/quick\nflowgauge report out/quick --html quick.html",
          [](CLI::App& app) -> Action {
            const auto o = std::make_shared<Options>();
            text_option(app, "folder", o->folder, "DIR", "the folder of a run", Need::required);
            text_option(app, "--html", o->html, "FILE", "file to write [DIR/report.html]");
            return [o](const Console& console) { return report(*o, console); };
          }};
}

}  // namespace flowgauge::cli
