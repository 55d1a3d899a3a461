// SPDX-License-Identifier: MIT
#include <flowgauge/bench/store.hpp>

#include "closeness.hpp"

#include <flowgauge/bench/machine.hpp>
#include <flowgauge/reports/error.hpp>
#include <flowgauge/reports/page.hpp>

#include <fmt/format.h>

#include <system_error>

namespace flowgauge::bench {
namespace {

constexpr const char* hash_name = "grid_sha256";
const char* const cells_file = reports::Table<reports::CellRow>::file.data();
const char* const traces_file = reports::Table<reports::TraceRow>::file.data();
const char* const samples_file = reports::Table<reports::SampleRow>::file.data();
constexpr const char* package_file = "datapackage.json";

void make_folder(const std::filesystem::path& folder) {
  std::error_code code;
  std::filesystem::create_directories(folder / "models", code);
  if (code) throw DataError(fmt::format("{}: expected a folder to write into: {}", folder.string(), code.message()));
}

/// What the room below reports about files is what a caller of this room expects.
template <class F>
auto as_data_error(F f) {
  try {
    return f();
  } catch (const reports::ReportError& e) {
    throw DataError(e.what());
  }
}

/// Where the grid that made a folder and this one part, in words.
std::string difference(const std::string& before, const std::string& now) {
  if (before.empty()) return "its grid is unknown";
  std::istringstream old_lines(before), new_lines(now);
  for (int line = 1;; ++line) {
    std::string a, b;
    const bool more_old = static_cast<bool>(std::getline(old_lines, a)), more_new = static_cast<bool>(std::getline(new_lines, b));
    if (!more_old && !more_new) return "the grid's text is the same, but not the data or the models that it names";
    if (more_old != more_new || a != b)
      return fmt::format("line {} was '{}' and is '{}'", line, more_old ? a : "the end", more_new ? b : "the end");
  }
}

/// A cell is complete when its last row is there, or the one row that says why there are no others.
bool completes(const reports::CellRow& row) { return row.metric == "n_nonfinite" || row.status != "ok"; }

}  // namespace

std::string grid_hash_of(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / package_file)) return {};
  const reports::Provenance found = as_data_error([&] { return reports::read_provenance(folder / package_file); });
  for (const auto& [name, value] : found.environment)
    if (name == hash_name) return value;
  return {};
}

Store::Store(std::filesystem::path folder, const std::string& grid_hash, reports::Provenance provenance)
    : folder_(std::move(folder)), provenance_(std::move(provenance)) {
  const std::string found = grid_hash_of(folder_);
  const bool holds_cells = std::filesystem::exists(folder_ / cells_file) || std::filesystem::exists(folder_ / (std::string(cells_file) + ".partial"));
  if (holds_cells && found != grid_hash)
    throw DataConflict(fmt::format("{} holds the cells of another grid: {}; choose another folder or remove this one", folder_.string(),
                                   difference(found.empty() ? "" : as_data_error([&] {
                                     return reports::read_provenance(folder_ / package_file).config_text;
                                   }), provenance_.config_text)));
  make_folder(folder_);
  provenance_.environment.emplace_back(hash_name, grid_hash);
  as_data_error([&] {
    reports::write_datapackage(folder_, provenance_);
    cells_.emplace(folder_ / cells_file, reports::Start::resume);
    traces_.emplace(folder_ / traces_file, reports::Start::resume);
    samples_.emplace(folder_ / samples_file, reports::Start::resume);
  });
  for (const reports::CellRow& row : cells_->recovered())
    if (completes(row)) finished_.insert(row.cell_id);
}

void Store::add(const CellResult& result) {
  if (result.model) save_model(*result.model, (folder_ / "models" / (result.cell_id + ".json")).string());
  const std::lock_guard lock(mutex_);
  as_data_error([&] {
    traces_->append(result.traces);
    samples_->append(result.samples);
    cells_->append(result.cells);
  });
}

std::filesystem::path Store::close(const std::vector<std::string>& warnings, const reports::FigureOptions& figures) {
  return as_data_error([&] {
    traces_->finish();
    samples_->finish();
    cells_->finish();
    const auto cells = reports::read_csv<reports::CellRow>(folder_ / cells_file);
    const reports::Closeness closeness{paired_differences(cells, folder_ / "models"), densities(cells, folder_ / "models"),
                                       reports::read_csv<reports::SampleRow>(folder_ / samples_file)};
    reports::write_csv(folder_ / reports::Table<reports::DifferenceRow>::file, closeness.differences);
    reports::write_csv(folder_ / reports::Table<reports::DensityRow>::file, closeness.densities);
    provenance_.finished_at = utc_now();
    provenance_.warnings.insert(provenance_.warnings.end(), warnings.begin(), warnings.end());
    reports::write_datapackage(folder_, provenance_);
    const auto traces = reports::read_csv<reports::TraceRow>(folder_ / traces_file);
    if (cells.empty()) return std::filesystem::path();
    const std::filesystem::path page = folder_ / "report.html";
    reports::write_text(page, reports::comparison_page(cells, traces, provenance_, figures, closeness));
    return page;
  });
}

}  // namespace flowgauge::bench
