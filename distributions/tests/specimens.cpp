// SPDX-License-Identifier: MIT
#include "specimens.hpp"

#include <flowgauge/error.hpp>
#include <flowgauge/random.hpp>

#include <algorithm>
#include <cmath>

namespace flowgauge::distributions {
namespace {

constexpr int draws_per_source = 4, most_attempts = 100;

/// Positive ranges are drawn by their logarithm, others about 0; either way half of the numbers lie within e² of 1.
double drawn_real(const OptionInfo& option, double z) {
  return std::clamp(option.low > 0 ? std::exp(3 * z) : 5 * z * z * z, option.low, option.high);
}

Item drawn(const SourceInfo& info, const RandomStream& stream, std::uint64_t row) {
  Item item{info.name, {}};
  std::uint32_t draw = 0;
  for (const OptionInfo& option : info.options) {
    if (option.kind == OptionInfo::Kind::real) item.arguments.push_back({option.name, {drawn_real(option, stream.normal(row, draw++))}});
  }
  return item;
}

}  // namespace

std::vector<std::string> specimen_texts() {
  std::vector<std::string> texts;
  for (const SourceInfo& info : list_sources()) {
    texts.push_back(info.default_text);
    const bool drawable = std::any_of(info.options.begin(), info.options.end(), [](const OptionInfo& o) { return o.kind == OptionInfo::Kind::real; });
    const RandomStream stream(1, "specimens", info.name);
    int found = 0;
    for (int i = 0; i < most_attempts && drawable && found < draws_per_source; ++i) {
      try {
        texts.push_back(make_source(drawn(info, stream, static_cast<std::uint64_t>(i)))->text());
        ++found;
      } catch (const ConfigError&) {  // options that exclude each other, such as low ≥ high
      }
    }
    if (drawable && found < draws_per_source) throw ConfigError(info.name + " refuses nearly all options within their ranges");
  }
  return texts;
}

std::vector<std::string> univariate_texts() {
  std::vector<std::string> texts;
  for (const std::string& text : specimen_texts()) {
    if (dynamic_cast<const Univariate*>(make_source(text).get())) texts.push_back(text);
  }
  return texts;
}

}  // namespace flowgauge::distributions
