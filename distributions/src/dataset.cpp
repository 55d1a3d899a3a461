// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/dataset.hpp>
#include <flowgauge/error.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <numeric>

#include <fmt/format.h>
#include <zlib.h>

namespace flowgauge::distributions {
namespace {

std::string read_text(const std::string& path) {
  const std::filesystem::file_status status = std::filesystem::status(path);
  if (status.type() == std::filesystem::file_type::not_found) throw DataError(fmt::format("{}: expected a CSV file, got no such file", path));
  if (std::filesystem::is_directory(status)) throw DataError(fmt::format("{}: expected a CSV file, got a folder", path));
  errno = 0;
  gzFile file = gzopen(path.c_str(), "rb");
  if (!file) throw DataError(fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
  std::string text;
  constexpr std::size_t piece = 1 << 18;
  int got = 0;
  do {
    const std::size_t used = text.size();
    text.resize(used + piece);
    got = gzread(file, text.data() + used, piece);
    text.resize(used + static_cast<std::size_t>(std::max(got, 0)));
  } while (got == static_cast<int>(piece));
  int error = Z_OK;
  const char* const sentence = gzerror(file, &error);
  const std::string why = error == Z_ERRNO ? std::strerror(errno) : sentence;
  // The end of the file in the middle of the compressed stream shows here or only when the file is closed.
  const int closed = gzclose(file);
  if (error == Z_BUF_ERROR || (error == Z_OK && closed == Z_BUF_ERROR)) {
    throw DataError(fmt::format("{}: expected a whole gzip file, got one that was cut off", path));
  }
  if (error != Z_OK) throw DataError(fmt::format("{}: cannot be read: {}", path, why));
  return text;
}

}  // namespace

DataSet read_csv(const std::string& path) { return parse_csv(read_text(path), path); }

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
    DataSet part{Batch<double>(static_cast<Index>(places.size()), data.rows.dim()), data.columns, data.path, data.hash};
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
