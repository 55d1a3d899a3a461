// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string>
#include <vector>

#include <flowgauge/reports/datapackage.hpp>
#include <flowgauge/reports/figure.hpp>
#include <flowgauge/reports/rows.hpp>

/// Self-contained HTML pages: no network, complete with scripts off, light and dark, A4 in print. Every text is escaped.
/// Links go to the tables and datapackage.json of the same folder.
namespace flowgauge::reports {

/// What a run knows beyond its cells and traces; either may be empty.
struct Closeness {
  std::vector<DifferenceRow> differences;
  std::vector<DensityRow> densities;
  std::vector<SampleRow> samples{};
};

/// How near every flow came to every source, and what each layer contributed.
std::string comparison_page(const std::vector<CellRow>& cells, const std::vector<TraceRow>& traces, const Provenance& provenance,
                            const FigureOptions& options = {}, const Closeness& closeness = {});

/// Which laws hold for which layer. `cannot_see`: sentences on what no law of this program would find.
/// `statements`: the words of a law by its name, shown on the cards of those that fail.
std::string verification_page(const std::vector<VerdictRow>& verdicts, const Provenance& provenance, const std::vector<std::string>& cannot_see = {},
                              const std::vector<std::pair<std::string, std::string>>& statements = {});

/// How fast every layer is. The environment comes first.
std::string throughput_page(const std::vector<BenchRow>& timings, const Provenance& provenance, const FigureOptions& options = {});

/// What a fit to colours has to show. The rows of `source` and `generated` are red, green, blue in 0 … 255.
struct Palette {
  std::string verdict;                                   ///< the page's sentence
  std::string source_png, generated_png;                 ///< the bytes of files, of the same shape
  std::vector<std::array<double, 3>> source, generated;  ///< points of the scatter matrix
  std::vector<std::array<std::string, 3>> losses;        ///< quantity, on fitted rows, on held-out rows
};

/// Colours of a data set beside those of the flow that was fitted to it.
std::string palette_page(const Palette& palette, const Provenance& provenance, const FigureOptions& options = {});

}  // namespace flowgauge::reports
