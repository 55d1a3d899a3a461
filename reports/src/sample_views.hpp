// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "comparison.hpp"
#include "page_parts.hpp"

namespace flowgauge::reports {

/// One flow on one data set: the pictures of its colours, where it has some, and the panels of its scatter matrix.
struct SampleView {
  std::string title, swatches;  // swatches are HTML
  std::vector<Panel> panels;
};

/// Of every flow on every data set the cell with the lowest seed. Rows of cells that are not in the comparison are left out.
std::vector<SampleView> sample_views(const Comparison& comparison, const std::vector<SampleRow>& rows);
/// `drawn`, from `first` on, are the panels of all views in their order.
std::string samples_html(const std::vector<SampleView>& views, const std::vector<std::string>& drawn, std::size_t first);

}  // namespace flowgauge::reports
