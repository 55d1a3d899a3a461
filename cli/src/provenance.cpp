// SPDX-License-Identifier: MIT
#include "provenance.hpp"

#include "revision.hpp"

#include <flowgauge/bench/machine.hpp>

namespace flowgauge::cli {

reports::Provenance provenance_of(const Console& console, const std::string& title, const std::string& seed_of, std::int64_t seed) {
  reports::Provenance provenance;
  provenance.title = title;
  provenance.command_line = console.command_line;
  provenance.flowgauge_version = version;
  provenance.git_rev = revision;
  provenance.seeds = {{seed_of, std::to_string(seed)}};
  provenance.started_at = bench::utc_now();
  bench::describe_machine(provenance);
  return provenance;
}

}  // namespace flowgauge::cli
