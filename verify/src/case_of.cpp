// SPDX-License-Identifier: MIT
#include <flowgauge/verify/generators.hpp>

#include "generators.hpp"

namespace flowgauge::verify {

Case case_of(const Family& family, const Wants& wants, std::uint32_t seed) {
  SubjectStore store;
  Law law;
  law.wants = wants;
  return draw_case(family, law, {seed, static_cast<int>(seed % 1000), Tier::standard}, store);
}

}  // namespace flowgauge::verify
