// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "comparison.hpp"
#include "page_parts.hpp"

namespace flowgauge::reports {

/// Panels of one kind of trace, and a sentence on those that were cut to keep the page light (empty when none).
struct TracePanels {
  std::vector<Panel> panels;
  std::string hidden;
};

/// Of every cell and metric the rows of its best estimator only: exact before quadrature before Monte Carlo.
std::vector<TraceRow> best_estimates(const std::vector<TraceRow>& traces);

/// One panel for each source, flow and dim: the metric after every layer.
TracePanels layer_panels(const Comparison& comparison, const std::vector<TraceRow>& traces, const Labels& labels);

/// One panel for each source and dim: the metric along the fit, a line for each flow.
TracePanels step_panels(const Comparison& comparison, const std::vector<TraceRow>& traces, const Labels& labels);

}  // namespace flowgauge::reports
