// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <flowgauge/reports/datapackage.hpp>
#include <flowgauge/reports/figure.hpp>

/// What the three pages share. All results are HTML.
namespace flowgauge::reports {

/// Title, the verdict in one sentence (plain text), date, versions, machine, command, links, warnings.
std::string masthead(const Provenance& provenance, std::string_view default_title, std::string_view verdict, const std::vector<std::string>& files);

/// Everything in the provenance, folded, and the command that made the page's numbers.
std::string provenance_section(const Provenance& provenance);

/// Of one panel: the figure, its heading, and a sentence on sample size and band.
struct Panel {
  Figure figure;
  std::string title, caption;
};

/// Draws all panels of a page in one go; what stands in the page for each, in their order.
std::vector<std::string> panels_html(const std::vector<Panel>& panels, const FigureOptions& options);

/// <h2>, a sentence on how to read what follows, and the content; nothing when there is no content.
std::string section(std::string_view title, std::string_view how_to_read, std::string_view content);

/// A table in a box that scrolls sideways.
std::string table(std::string_view kind, std::string_view head_cells, std::string_view body_rows);

}  // namespace flowgauge::reports
