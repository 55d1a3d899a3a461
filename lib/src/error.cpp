// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace flowgauge {
namespace {

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (Damerau 1964, each letter edited at most once).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> d((a.size() + 1) * width);
  for (std::size_t i = 0; i <= a.size(); ++i) d[i * width] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = d[(i - 1) * width + j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      std::size_t best = std::min({d[(i - 1) * width + j] + 1, d[i * width + j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = std::min(best, d[(i - 2) * width + j - 2] + 1);
      d[i * width + j] = best;
    }
  }
  return d.back();
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 2) + 1;
  std::string best;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) best_distance = distance, best = candidate;
  }
  return best;
}

std::string unknown_name(std::string_view kind, std::string_view word, std::span<const std::string> candidates) {
  if (candidates.empty()) return fmt::format("unknown {} '{}'; there is none to choose from", kind, word);
  const std::string near = nearest(word, candidates);
  const std::string hint = near.empty() ? std::string() : fmt::format(" did you mean '{}'?", near);
  return fmt::format("unknown {} '{}';{} {} is one of: {}", kind, word, hint, kind, fmt::join(candidates, ", "));
}

}  // namespace flowgauge
