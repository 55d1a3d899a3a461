// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/dataset.hpp>
#include <flowgauge/error.hpp>

#include "file_text.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace flowgauge::distributions {
DataSet read_csv(const std::string& path) { return parse_csv(file_text(path), path); }

Split split(const DataSet& data, double held_out_fraction, const RandomStream& stream) {
  if (!(held_out_fraction > 0 && held_out_fraction < 1)) {
    throw ConfigError(fmt::format("the held-out fraction is a number between 0 and 1, got {}", held_out_fraction));
  }
  const Index n = data.rows.rows();
  const Index held_out = static_cast<Index>(std::floor(held_out_fraction * static_cast<double>(n) + 0.5));
  if (held_out < 1 || held_out >= n) {
    throw DataError(fmt::format("{}: holding out {} of {} rows leaves {} and {}; expected at least one row in either part", data.path,
                                held_out_fraction, n, n - held_out, held_out));
  }
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  std::vector<std::uint64_t> key;
  for (const Index i : order) key.push_back(stream.bits(static_cast<std::uint64_t>(i), 0));
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return key[static_cast<std::size_t>(a)] < key[static_cast<std::size_t>(b)]; });

  Split parts;
  parts.held_out_rows.assign(order.begin(), order.begin() + held_out);
  parts.train_rows.assign(order.begin() + held_out, order.end());
  const auto take = [&](std::vector<Index>& places) {
    std::sort(places.begin(), places.end());
    DataSet part{Batch<double>(static_cast<Index>(places.size()), data.rows.dim()), data.columns, data.path, data.hash, data.picture};
    for (Index j = 0; j < data.rows.dim(); ++j) {
      for (Index i = 0; i < part.rows.rows(); ++i) part.rows(i, j) = data.rows(places[static_cast<std::size_t>(i)], j);
    }
    return part;
  };
  parts.train = take(parts.train_rows);
  parts.held_out = take(parts.held_out_rows);
  return parts;
}

}  // namespace flowgauge::distributions
