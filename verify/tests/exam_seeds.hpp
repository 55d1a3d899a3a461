// SPDX-License-Identifier: MIT
#pragma once
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace flowgauge::verify {

/// FLOWGAUGE_EXAM_SEEDS, or as many as a run of all tests has time for.
inline int exam_seeds(int otherwise) {
  const char* const text = std::getenv("FLOWGAUGE_EXAM_SEEDS");
  int count = otherwise;
  if (text) std::from_chars(text, text + std::string_view(text).size(), count);
  return count;
}

}  // namespace flowgauge::verify
