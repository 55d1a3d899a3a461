// SPDX-License-Identifier: MIT
#include "palette.hpp"

#include "description.hpp"
#include "rows.hpp"

#include <flowgauge/bench/kl.hpp>
#include <flowgauge/distributions/gaussian.hpp>
#include <flowgauge/distributions/picture.hpp>
#include <flowgauge/real.hpp>
#include <flowgauge/reports/swatches.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace flowgauge::cli {
namespace {

using distributions::DataSet;

bool is_channel(double x) { return x >= 0 && x <= 255 && x == std::floor(x); }

}  // namespace

DataSet read_colours(const std::string& path, std::string_view colours, std::string_view space) {
  DataSet data = read_rows(path, colours);
  if (data.rows.dim() != 3) throw DataError(fmt::format("{}: expected three columns, red, green and blue; got {}", path, data.rows.dim()));
  if (data.picture) return data;
  std::vector<std::uint8_t> bytes;
  bool channels = true;
  for (Index i = 0; i < data.rows.rows(); ++i)
    for (Index j = 0; j < 3; ++j) {
      const double x = data.rows(i, j);
      if (!is_channel(x) && space == "byte")
        throw DataError(fmt::format("{}: expected channels, whole numbers from 0 to 255; got {} in row {}", path, x, i + 1));
      channels = channels && is_channel(x);
      if (channels) bytes.push_back(static_cast<std::uint8_t>(x));
    }
  if (space == "normal" || !channels) return data;
  data.rows = distributions::colour_numbers(bytes, colours == "raw" ? distributions::Colours::raw : distributions::Colours::dequantised, data.hash);
  return data;
}

std::vector<std::array<double, 3>> bytes_of(BatchIn<double> x) {
  std::vector<std::array<double, 3>> all;
  for (Index i = 0; i < x.rows; ++i) all.push_back({256 * normal_cdf(x(i, 0)), 256 * normal_cdf(x(i, 1)), 256 * normal_cdf(x(i, 2))});
  return all;
}

std::string swatches_png(const Batch<double>& rows) {
  constexpr int square = 10;
  const std::vector<reports::Colour> colours = reports::arranged(bytes_of(rows));
  const int side = static_cast<int>(std::sqrt(static_cast<double>(colours.size()))), wide = side * square;
  distributions::Picture picture{wide, wide, {}};
  for (int y = 0; y < wide; ++y)
    for (int x = 0; x < wide; ++x)
      for (const double c : colours[static_cast<std::size_t>(y / square * side + x / square)])
        picture.rgb.push_back(static_cast<std::uint8_t>(std::min(c, 255.0)));
  return distributions::png_bytes(picture);
}

std::vector<std::array<std::string, 3>> colour_losses(const Model& model, const DataSet& fitted, const DataSet* held_out) {
  const Flow<double> flow = to_flow<double>(model);
  Workspace workspace;
  std::vector<std::array<std::string, 3>> losses{
      {"flow, nats a pixel", "", ""}, {"Gaussian, nats a pixel", "", ""}, {"flow, bits a channel", "", ""}};
  const auto add = [&](std::size_t column, const DataSet& part) {
    const bench::CrossEntropy loss = bench::cross_entropy(flow, part.rows, workspace);
    losses[0][column] = nats_text(loss.nats.value, loss.nats.std_error);
    if (loss.non_finite.total() > 0) losses[0][column] += fmt::format(" ({} rows are not finite)", loss.non_finite.total());
    double correction = 0;
    for (Index j = 0; j < 3; ++j)
      for (Index i = 0; i < part.rows.rows(); ++i) correction += distributions::byte_correction(part.rows(i, j));
    const double bytes = loss.nats.value + correction / static_cast<double>(part.rows.rows());
    losses[2][column] = fmt::format("{:.3f}", bytes / (3 * std::numbers::ln2));
    try {
      const Estimate gaussian = distributions::gaussian_cross_entropy(fitted.rows, part.rows);
      losses[1][column] = nats_text(gaussian.value, gaussian.std_error);
    } catch (const DataError&) {
      losses[1][column] = "none: the colours lie in a plane";
    }
  };
  add(1, fitted);
  if (held_out) add(2, *held_out);
  return losses;
}

}  // namespace flowgauge::cli
