// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/reports/datapackage.hpp>

#include <string>

namespace flowgauge::bench {

/// "avx512", "avx2", "sse2": what the packs of this build use.
std::string instruction_set();
std::string host_name();
/// ISO 8601 in UTC: 2026-11-24T08:00:03Z.
std::string utc_now();
/// Fills in machine, environment and warnings; leaves the rest alone.
void describe_machine(reports::Provenance&);

}  // namespace flowgauge::bench
