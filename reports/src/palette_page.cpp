// SPDX-License-Identifier: MIT
#include <flowgauge/reports/page.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "html.hpp"
#include "page_parts.hpp"
#include "png.hpp"

namespace flowgauge::reports {
namespace {

using Colours = std::vector<std::array<double, 3>>;
constexpr std::array<std::string_view, 3> channels{"red", "green", "blue"};
constexpr std::size_t bins = 32, bin_width = 256 / bins;

std::string swatches(std::string_view title, std::string_view png) {
  const std::string image = fmt::format("<img alt=\"{} colours\" src=\"{}\"/>", html::escape(title), data_address(png));
  return html::element("figure", "", html::text("h4", "", title) + image);
}

Series histogram(std::string_view name, const Colours& colours, std::size_t channel) {
  Series series{std::string(name), std::vector<double>(bins), std::vector<double>(bins), {}, {}};
  for (std::size_t b = 0; b < bins; ++b) series.x[b] = static_cast<double>(bin_width * b) + bin_width / 2.0;
  for (const auto& colour : colours) {
    const auto bin = static_cast<std::size_t>(std::clamp(colour[channel], 0.0, 255.0)) / bin_width;
    series.y[bin] += 100 / static_cast<double>(colours.size());
  }
  return series;
}

Series cloud(std::string_view name, const Colours& colours, std::size_t across, std::size_t up) {
  Series series{std::string(name), {}, {}, {}, {}};
  for (const auto& colour : colours) {
    series.x.push_back(colour[across]);
    series.y.push_back(colour[up]);
  }
  return series;
}

/// Three by three: counts on the diagonal, the source above it, the flow below it.
std::vector<Panel> matrix(const Palette& palette) {
  std::vector<Panel> panels;
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t column = 0; column < 3; ++column) {
      Panel panel;
      panel.figure.name = fmt::format("colours_{}_{}", row + 1, column + 1);
      panel.figure.width = panel.figure.height = 320;
      panel.figure.x.label = std::string(channels[column]) + " / 0 to 255";
      if (row == column) {
        panel.title = channels[row];
        panel.figure.y.label = fmt::format("share / % in {} levels", bin_width);
        panel.figure.series = {histogram("source", palette.source, row), histogram("flow", palette.generated, row)};
      } else {
        const bool above = column > row;
        panel.title = fmt::format("{}: {} against {}", above ? "source" : "flow", channels[row], channels[column]);
        panel.figure.mark = Mark::points;
        panel.figure.y.label = std::string(channels[row]) + " / 0 to 255";
        panel.figure.series = {above ? cloud("source", palette.source, column, row) : cloud("flow", palette.generated, column, row)};
      }
      panels.push_back(std::move(panel));
    }
  return panels;
}

std::string losses(const Palette& palette) {
  std::string rows;
  for (const auto& [quantity, fitted, held_out] : palette.losses)
    rows += html::element("tr", "",
                          html::text("td", "", quantity) + html::text("td", "number", fitted) + html::text("td", "number", held_out)) +
            "\n";
  const std::string head = html::text("th", "", "") + html::text("th", "number", "fitted rows") + html::text("th", "number", "held-out rows");
  return table("numbers", head, rows);
}

}  // namespace

std::string palette_page(const Palette& palette, const Provenance& provenance, const FigureOptions& options) {
  std::string page = masthead(provenance, "Colours", palette.verdict, {});
  page += section("Colours",
                  "As many pixels of the source, drawn at random, as samples of the flow; either set is sorted by brightness from left to right and "
                  "by hue from top to bottom. A flow that has learned the colours makes the same picture.",
                  html::element("div", "swatches", swatches("source", palette.source_png) + swatches("generated", palette.generated_png)));
  page += section("Loss",
                  "Nats a pixel (three channels) where the fit computes, bits a channel in bytes: 8 is a uniform picture. ± standard error. "
                  "Lower is better; of the held-out rows the flow has seen none.",
                  losses(palette));
  std::string figures;
  for (const std::string& figure : panels_html(matrix(palette), options)) figures += figure;
  page += section("Scatter matrix",
                  fmt::format("Channels against each other: {} of the source above the diagonal, {} of the flow below it, which should look like its "
                              "mirror image; the shares of both on the diagonal.",
                              html::counted(palette.source.size(), "pixel", "pixels"), html::counted(palette.generated.size(), "sample", "samples")),
                  html::element("div", "triptych", "\n" + figures));
  page += provenance_section(provenance);
  return html::document(provenance.title.empty() ? "Colours" : provenance.title, page);
}

}  // namespace flowgauge::reports
