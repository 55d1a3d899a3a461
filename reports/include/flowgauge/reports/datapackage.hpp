// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <flowgauge/reports/error.hpp>

namespace flowgauge::reports {

/// Where the numbers of a run come from. The room only stores and prints it; whoever runs fills it in.
/// Missing parts stay empty and are not printed.
struct Provenance {
  std::string title;              // of the page: "KL comparison: quick"
  std::string command_line;       // as typed
  std::string flowgauge_version;  // "0.1.0"
  std::string git_rev;            // with -dirty
  std::string run_id;
  std::string started_at, finished_at;  // ISO 8601, UTC, with Z
  std::string machine;                  // one line: CPU, cores, instruction set, kernel
  std::string config_name, config_text, config_sha256;
  std::vector<std::pair<std::string, std::string>> seeds;        // purpose → seed
  std::vector<std::pair<std::string, std::string>> environment;  // compiler, flags, library versions, isa, cpu model, governor, load, …
  std::vector<std::string> warnings;                             // sentences on what makes the numbers doubtful
};

/// The text of datapackage.json (Frictionless Data Package with Table Schema) for the named files (cells.csv, kl_trace.csv,
/// kl_differences.csv, densities.csv, samples.csv, verdicts.csv, bench.csv; another name is a ReportError) and this provenance. Same input, same
/// bytes.
std::string datapackage_text(const Provenance& provenance, const std::vector<std::string>& files);

/// Writes `folder`/datapackage.json for those of these files that are there.
void write_datapackage(const std::filesystem::path& folder, const Provenance& provenance);

/// The provenance back from a datapackage.json, so that a page can be made again from the files of a run.
Provenance read_provenance(const std::filesystem::path& path);

}  // namespace flowgauge::reports
