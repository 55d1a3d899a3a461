// SPDX-License-Identifier: MIT
#include "comparison_tables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "colour_scale.hpp"
#include "html.hpp"
#include "page_parts.hpp"
#include "statistics.hpp"
#include "words.hpp"

namespace flowgauge::reports {
namespace {

std::string failures_of(const Summary& summary) {
  std::set<std::string> words;
  for (const Cell* cell : summary.failed) words.insert(cell->any().status.empty() ? "no status" : cell->any().status);
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return list;
}

std::string details_of(const Summary& summary) {
  std::set<std::string> details;
  for (const Cell* cell : summary.failed) {
    if (!cell->any().status_detail.empty()) details.insert(cell->any().status_detail);
  }
  std::string list;
  for (const std::string& detail : details) list += (list.empty() ? "" : "; ") + detail;
  return list;
}

/// The kl_status of the cells, where it says more than that all is well.
std::string warning_of(const Summary& summary) {
  std::set<std::string> words;
  for (const CellRow* row : summary.measured) {
    if (!row->kl_status.empty() && row->kl_status != "exact_quadrature" && row->kl_status != "mc_ok") words.insert(plain_words(row->kl_status));
  }
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return list;
}

/// Why a KL is infinite, as the estimator said it; its kl_status where it said nothing.
std::string reason_of(const Summary& summary, const std::string& kl_status) {
  for (const CellRow* row : summary.measured)
    if (is_infinite(*row) && !row->status_detail.empty()) {
      const std::string& detail = row->status_detail;  // "inf (W(1) source, linear tails)"
      return detail.starts_with("inf (") && detail.ends_with(")") ? detail.substr(5, detail.size() - 6) : detail;
    }
  return kl_status.empty() ? "infinite value" : kl_status;
}

/// Beside a value that is known exactly or by quadrature, what Monte Carlo says.
std::string second_opinion(const Summary& summary) {
  if (summary.measured.size() != 1 || summary.measured.front()->estimator == "mc") return {};
  for (const Cell* cell : summary.cells) {
    const CellRow* sampled = cell->with("kl", "mc");
    if (sampled == nullptr) continue;
    return "Monte Carlo " + html::number(*sampled->value) + (sampled->std_error ? " ± " + html::number(*sampled->std_error) : "");
  }
  return {};
}

/// Behind the value: the standard error of one cell, the range of several.
std::string spread_of(const Summary& summary) {
  if (summary.measured.size() == 1) {
    const CellRow& row = *summary.measured.front();
    if (!row.std_error) return {};
    return *row.std_error == 0 || row.estimator == "quadrature" ? "by " + plain_words(row.estimator) : "± " + html::number(*row.std_error);
  }
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const CellRow* row : summary.measured) {
    const double value = is_infinite(*row) ? HUGE_VAL : *row->value;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  return fmt::format("{} … {}, {} seeds", html::number(low), html::number(high), summary.measured.size());
}

std::string interval_text(const Summary& summary) {
  std::string text;
  for (const CellRow* row : summary.measured) {
    const Interval interval = interval_of(*row);
    text += fmt::format("{}seed {}: {} {}, 95 % interval {} to {}, {}", text.empty() ? "" : "\n", text_of(row->seed), html::number(*row->value),
                        row->unit, html::number(interval.low), html::number(interval.high), plain_words(row->estimator));
  }
  return text;
}

std::string cell_html(const Comparison& comparison, const EntryKey& key, const ColourScale& scale) {
  const Summary summary = comparison.summary(key, "kl");
  if (summary.cells.empty()) return "<td class=\"none\">–<small>not run</small></td>";
  if (summary.measured.empty()) {
    const std::string word = summary.failed.empty() ? "no KL" : failures_of(summary);
    return fmt::format("<td class=\"none\" title=\"{}\"><b>✗ {}</b><small>{}</small></td>", html::escape(details_of(summary)), html::escape(word),
                       html::escape(details_of(summary)));
  }
  std::string content, kind, style;
  const std::string warning = warning_of(summary);
  const bool undefined =
      std::any_of(summary.measured.begin(), summary.measured.end(), [](const CellRow* row) { return !is_infinite(*row) && std::isnan(*row->value); });
  if (undefined) {
    content = html::element("b", "", "✗ NaN") + html::text("small", "", warning.empty() ? "not a number" : warning);
  } else if (!std::isfinite(summary.median)) {
    content = html::element("b", "", summary.median > 0 ? "∞" : "−∞") + html::text("small", "", reason_of(summary, warning));
  } else {
    const bool zero = summary.holds_zero();
    kind = zero ? "coloured zero" : "coloured";
    style = scale.style(summary.median);
    content = html::text("b", "", html::number(summary.median)) + html::text("small", "", spread_of(summary));
    if (const std::string sampled = second_opinion(summary); !sampled.empty()) content += html::text("small", "", sampled);
    if (zero) content += "<small>interval holds 0</small>";
    if (!warning.empty()) content += html::text("small", "", "⚠ " + warning);
  }
  const Summary closed = comparison.summary(key, "gap_closed");
  if (std::isfinite(closed.median)) content += html::text("small", "", "gap closed " + html::percent(closed.median));
  if (!summary.failed.empty()) {
    content += html::text("small", "", fmt::format("✗ {} of {} seeds: {}", summary.failed.size(), summary.cells.size(), failures_of(summary)));
  }
  return fmt::format("<td class=\"{}\" style=\"{}\" title=\"{}\">{}</td>", kind, style, html::escape(interval_text(summary)), content);
}

std::string head_of(const std::vector<std::string>& flows) {
  std::string head = "<td></td>";
  for (const std::string& flow : flows) head += html::heading(flow, html::Align::left);
  return head;
}

/// The flows that were run at this dim on one of these sources, best first.
std::vector<std::string> flows_at(const Comparison& comparison, std::int64_t dim, const std::vector<std::string>& sources) {
  std::vector<std::string> flows;
  for (const std::string& flow : comparison.flows) {
    const bool run = std::any_of(sources.begin(), sources.end(), [&](const std::string& source) {
      return comparison.entries.count({source, flow, dim}) != 0;
    });
    if (run) flows.push_back(flow);
  }
  return flows;
}

ColourScale scale_of(const Comparison& comparison) {
  double lowest = std::numeric_limits<double>::infinity(), highest = 0;
  for (const auto& [dim, sources] : comparison.sources) {
    for (const auto& [key, cells] : comparison.entries) {
      const double value = key.dim == dim ? comparison.summary(key, "kl").median : 0;
      if (!std::isfinite(value) || value <= 0) continue;
      lowest = std::min(lowest, value);
      highest = std::max(highest, value);
    }
  }
  return highest > 0 ? ColourScale(lowest, highest) : ColourScale(1, 1);
}

std::string entropy_text(const Summary& summary) {
  if (summary.measured.empty()) return "–";
  const std::string spread = spread_of(summary);
  return html::number(summary.median) + (spread.empty() ? "" : " " + spread);
}

std::string data_set_cell(const Comparison& comparison, const EntryKey& key, double lowest) {
  const Summary training = comparison.summary(key, "cross_entropy"), held_out = comparison.summary(key, "cross_entropy_held_out");
  if (training.cells.empty()) return "<td class=\"none\">–<small>not run</small></td>";
  if (training.measured.empty() && held_out.measured.empty()) {
    return fmt::format("<td class=\"none\"><b>✗ {}</b><small>{}</small></td>",
                       html::escape(training.failed.empty() ? "no value" : failures_of(training)), html::escape(details_of(training)));
  }
  const Summary& first = held_out.measured.empty() ? training : held_out;
  const bool best = first.median <= lowest;
  std::string content = html::text("b", "", html::number(first.median)) + html::text("small", "", spread_of(first));
  content += html::text("small", "", held_out.measured.empty() ? "training rows; none held out" : "held out");
  if (!held_out.measured.empty()) content += html::text("small", "", "training " + entropy_text(training));
  if (best) content += "<small class=\"good\">★ lowest of its row</small>";
  return fmt::format("<td{}>{}</td>", best ? " class=\"best\"" : "", content);
}

}  // namespace

std::string heat_maps(const Comparison& comparison) {
  const ColourScale scale = scale_of(comparison);
  std::string all;
  for (const auto& [dim, sources] : comparison.sources) {
    const std::vector<std::string> flows = flows_at(comparison, dim, sources);
    std::string rows;
    for (const std::string& source : sources) {
      rows += "<tr>" + html::element("th", "", html::breakable(source));
      for (const std::string& flow : flows) rows += cell_html(comparison, {source, flow, dim}, scale);
      rows += "</tr>\n";
    }
    all += html::text("h3", "", fmt::format("dim {}", dim)) + "\n" + table("heat", head_of(flows), rows);
  }
  return all.empty() ? all : scale.html("nat") + all;
}

std::string data_set_tables(const Comparison& comparison) {
  std::string all;
  for (const auto& [dim, sources] : comparison.data_sets) {
    const std::vector<std::string> flows = flows_at(comparison, dim, sources);
    std::string rows;
    for (const std::string& source : sources) {
      double lowest = std::numeric_limits<double>::infinity();
      for (const std::string& flow : flows) {
        const Summary held_out = comparison.summary({source, flow, dim}, "cross_entropy_held_out");
        const double value = held_out.measured.empty() ? comparison.summary({source, flow, dim}, "cross_entropy").median : held_out.median;
        if (value < lowest) lowest = value;
      }
      rows += "<tr>" + html::element("th", "", html::breakable(source));
      for (const std::string& flow : flows) rows += data_set_cell(comparison, {source, flow, dim}, lowest);
      rows += "</tr>\n";
    }
    all += html::text("h3", "", fmt::format("dim {}", dim)) + "\n" + table("heat", head_of(flows), rows);
  }
  return all;
}

}  // namespace flowgauge::reports
