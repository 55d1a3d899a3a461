// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/dataset.hpp>
#include <flowgauge/model.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

/// What `flowgauge palette` makes of colours; rows are n × 3, Φ⁻¹ of channels.
namespace flowgauge::cli {

/// A picture, or a CSV of three columns whose numbers are channels from 0 to 255 (space "byte") or Φ⁻¹ of them ("normal"); "auto" looks.
/// DataError: another number of columns; a number that is no channel.
distributions::DataSet read_colours(const std::string& path, std::string_view colours, std::string_view space);

/// 256·Φ(x), not rounded.
std::vector<std::array<double, 3>> bytes_of(BatchIn<double>);

/// The bytes of a PNG of squares, one a row, side² rows: columns by brightness, each sorted by hue.
std::string swatches_png(const Batch<double>&);

/// Name, on fitted rows, on held-out rows: the flow's and the Gaussian's cross-entropy in nats a pixel, and the flow's in bits a channel.
std::vector<std::array<std::string, 3>> colour_losses(const Model&, const distributions::DataSet& fitted, const distributions::DataSet* held_out);

}  // namespace flowgauge::cli
