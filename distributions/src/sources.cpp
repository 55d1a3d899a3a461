// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/adapt.hpp>
#include <flowgauge/distributions/sources.hpp>

#include "shelf.hpp"

#include <fmt/format.h>

namespace flowgauge::distributions {
namespace {

const std::vector<SourceEntry>& known_sources() {
  static const std::vector<SourceEntry> all = shelf::entries();
  return all;
}

}  // namespace

std::unique_ptr<Distribution> make_source(const Item& item) {
  std::vector<std::string> names;
  for (const SourceEntry& entry : known_sources()) {
    if (entry.info.name == item.name) return entry.make(item);
    names.push_back(entry.info.name);
  }
  throw ConfigError(unknown_name("source", item.name, names));
}

std::unique_ptr<Distribution> make_source(std::string_view text) { return make_source(parse_item(text)); }

std::vector<SourceInfo> list_sources() {
  std::vector<SourceInfo> all;
  for (const SourceEntry& entry : known_sources()) all.push_back(entry.info);
  return all;
}

void check_log_prob_shapes(const Distribution& source, BatchIn<double> x, ColumnOut<double> log_p) {
  if (x.dim != source.dim()) throw ShapeError(fmt::format("log_prob of {} expects rows of {} numbers, got {}", source.text(), source.dim(), x.dim));
  if (static_cast<Index>(log_p.size()) != x.rows) {
    throw ShapeError(fmt::format("log_prob of {} expects room for {} numbers, one a row, got {}", source.text(), x.rows, log_p.size()));
  }
}

void check_sample_shape(const Distribution& source, BatchOut<double> x) {
  if (x.dim != source.dim()) throw ShapeError(fmt::format("sample of {} expects rows of {} numbers, got {}", source.text(), source.dim(), x.dim));
}

}  // namespace flowgauge::distributions
