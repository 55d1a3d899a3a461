// SPDX-License-Identifier: MIT
#pragma once
#include "console.hpp"

#include <flowgauge/reports/datapackage.hpp>

#include <cstdint>
#include <string>

namespace flowgauge::cli {

/// What a command knows when it begins: its words, program, machine, the time, and what its seed is for.
reports::Provenance provenance_of(const Console&, const std::string& title, const std::string& seed_of, std::int64_t seed);

}  // namespace flowgauge::cli
