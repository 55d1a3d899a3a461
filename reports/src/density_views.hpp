// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "comparison.hpp"
#include "page_parts.hpp"

/// Densities of sources and of the flows fitted to them, side by side.
namespace flowgauge::reports {

/// Of every source at dim 1 two panels: p and every q, and log p − log q. The seven best flows at most.
std::vector<Panel> density_curves(const Comparison& comparison, const std::vector<DensityRow>& rows);

/// Of every source at dim 2 a table: p, q and log p − log q of each flow as pictures. All densities of one source share a scale, all log-ratios of
/// the page share another. Needs no gnuplot.
std::string density_pictures(const Comparison& comparison, const std::vector<DensityRow>& rows);

/// The rows of one flow on one source.
struct DensityTable {
  std::string flow;
  std::vector<const DensityRow*> rows;  // by index
};
/// By source as it is shown, flows best first. Rows of cells that are not in the comparison are left out.
std::map<std::string, std::vector<DensityTable>> densities_at(const Comparison& comparison, const std::vector<DensityRow>& rows, std::int64_t dim);

}  // namespace flowgauge::reports
