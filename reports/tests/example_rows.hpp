// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <flowgauge/reports/datapackage.hpp>
#include <flowgauge/reports/rows.hpp>

/// Rows written by hand, with every kind of trouble that a page has to show. The numbers mean nothing.
namespace flowgauge::reports::example {

std::vector<CellRow> cells();
std::vector<TraceRow> traces();
std::vector<VerdictRow> verdicts();
std::vector<BenchRow> timings();
Provenance provenance();

}  // namespace flowgauge::reports::example
