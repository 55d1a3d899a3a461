// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <filesystem>

#include <flowgauge/reports/csv.hpp>
#include <flowgauge/reports/page.hpp>

#include "example_rows.hpp"

/// Writes each page, with its tables, into flowgauge_gallery/ of the folder for temporary files: for looking at.
namespace flowgauge::reports {

TEST(Gallery, PagesAndTablesAreWritten) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "flowgauge_gallery";
  Provenance provenance = example::provenance();
  write_csv(folder / "cells.csv", example::cells());
  write_csv(folder / "kl_trace.csv", example::traces());
  write_csv(folder / "verdicts.csv", example::verdicts());
  write_csv(folder / "bench.csv", example::timings());
  write_datapackage(folder, provenance);
  const FigureOptions figures{folder / "figures"};
  write_text(folder / "comparison.html", comparison_page(example::cells(), example::traces(), provenance, figures));
  write_text(folder / "verification.html",
             verification_page(
                 example::verdicts(), provenance,
                 {"A formula that is wrong and consistent with itself: forward, inverse and log_det agree with each other, and with no paper."},
                 {{"log_det_matches_jacobian", "log_det = log|det J|, with J by duals in 50 digits."}}));
  write_text(folder / "throughput.html", throughput_page(example::timings(), provenance, figures));
  for (const char* page : {"comparison.html", "verification.html", "throughput.html"}) {
    EXPECT_GT(std::filesystem::file_size(folder / page), 10000U) << page;
  }
}

}  // namespace flowgauge::reports
