// SPDX-License-Identifier: MIT
#include "comparison_tables.hpp"

#include <cmath>

#include <fmt/format.h>

#include "html.hpp"
#include "page_parts.hpp"
#include "words.hpp"

namespace flowgauge::reports {
namespace {

using html::Align;

std::string z_verdict(double z) {
  if (!std::isfinite(z)) return html::text("td", "doubt", "– no error to compare with");
  return std::abs(z) <= 3 ? html::text("td", "good", "✓ within 3") : html::text("td", "doubt", "⚠ beyond 3");
}

std::string keys_of(const Cell& cell) {
  return html::text("th", "", cell.source) + html::text("td", "", cell.flow) +
         html::number_cell(static_cast<double>(cell.dim), fmt::format("{}", cell.dim)) +
         html::number_cell(static_cast<double>(cell.any().seed.value_or(0)), text_of(cell.any().seed));
}

std::string key_headings() {
  return html::heading("source", Align::left) + html::heading("flow", Align::left) + html::heading("dim", Align::right) +
         html::heading("seed", Align::right);
}

}  // namespace

std::string estimator_check(const Comparison& comparison) {
  std::string rows;
  for (const Cell& cell : comparison.cells) {
    const CellRow* sampled = cell.with("kl", "mc");
    for (const std::string_view estimator : {"exact", "quadrature"}) {
      const CellRow* known = cell.with("kl", estimator);
      if (sampled == nullptr || known == nullptr) continue;
      const double difference = *sampled->value - *known->value;
      const double error = std::hypot(sampled->std_error.value_or(0), known->std_error.value_or(0));
      const double z = difference / error;
      rows += "<tr>" + keys_of(cell) + html::number_cell(*sampled->value, html::number(*sampled->value)) +
              html::number_cell(error, html::number(error)) + html::number_cell(*known->value, html::number(*known->value)) +
              html::text("td", "", plain_words(estimator)) + html::number_cell(z, std::isfinite(z) ? html::number(z) : "–") + z_verdict(z) +
              "</tr>\n";
    }
  }
  if (rows.empty()) return {};
  const std::string head = key_headings() + html::heading("Monte Carlo / nat", Align::right) + html::heading("± / nat", Align::right) +
                           html::heading("known / nat", Align::right) + html::heading("by", Align::left) + html::heading("z", Align::right) +
                           html::heading("verdict", Align::left);
  return table("sortable", head, rows);
}

std::string balance_check(const Comparison& comparison) {
  std::string rows;
  for (const Cell& cell : comparison.cells) {
    const CellRow* balance = cell.with("balance", "mc");
    if (balance == nullptr) continue;
    const double z = *balance->value / balance->std_error.value_or(NAN);
    rows += "<tr>" + keys_of(cell) + html::number_cell(*balance->value, html::number(*balance->value)) +
            html::number_cell(balance->std_error.value_or(NAN), balance->std_error ? html::number(*balance->std_error) : "–") +
            html::number_cell(z, std::isfinite(z) ? html::number(z) : "–") + z_verdict(z) + "</tr>\n";
  }
  if (rows.empty()) return {};
  return table("sortable",
               key_headings() + html::heading("imbalance", Align::right) + html::heading("±", Align::right) + html::heading("z", Align::right) +
                   html::heading("verdict", Align::left),
               rows);
}

}  // namespace flowgauge::reports
