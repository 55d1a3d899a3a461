// SPDX-License-Identifier: MIT
#include <flowgauge/reports/page.hpp>

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "html.hpp"
#include "page_parts.hpp"
#include "statistics.hpp"
#include "words.hpp"

namespace flowgauge::reports {
namespace {

using html::Align;

constexpr std::size_t most_panels = 40;

struct TimingKey {
  std::string layer, direction, dtype;
  std::int64_t dim, batch, threads;
  auto operator<=>(const TimingKey&) const = default;
};

/// The repetitions of one timing.
struct Timing {
  std::vector<double> ns_per_coordinate, samples_per_second, bytes_per_second, flops_per_second;
  std::size_t not_finite = 0;
};

/// The machine's multiply-adds on registers, a yardstick and no layer.
constexpr std::string_view yardstick = "fma_peak";

std::string layer_of(const BenchRow& row) { return !row.layer.empty() ? row.layer : row.flow; }

std::map<TimingKey, Timing> gather(const std::vector<BenchRow>& rows) {
  std::map<TimingKey, Timing> timings;
  for (const BenchRow& row : rows) {
    if (layer_of(row) == yardstick) continue;
    Timing& timing = timings[{layer_of(row), row.direction, row.dtype, row.dim.value_or(0), row.batch.value_or(0), row.threads.value_or(1)}];
    const double coordinates = static_cast<double>(row.batch.value_or(0)) * static_cast<double>(row.dim.value_or(0));
    const double time = row.real_time_ns.value_or(NAN) / coordinates;
    if (std::isfinite(time)) {
      timing.ns_per_coordinate.push_back(time);
    } else {
      ++timing.not_finite;
    }
    if (row.samples_per_second) timing.samples_per_second.push_back(*row.samples_per_second);
    if (row.flops_per_sample && row.samples_per_second) timing.flops_per_second.push_back(*row.flops_per_sample * *row.samples_per_second);
    if (row.bytes_per_second) timing.bytes_per_second.push_back(*row.bytes_per_second);
  }
  return timings;
}

/// Operations a second of the yardstick, by dtype.
std::map<std::string, double> peaks_of(const std::vector<BenchRow>& rows) {
  std::map<std::string, std::vector<double>> repetitions;
  for (const BenchRow& row : rows) {
    if (layer_of(row) == yardstick && row.flops_per_sample && row.samples_per_second)
      repetitions[row.dtype].push_back(*row.flops_per_sample * *row.samples_per_second);
  }
  std::map<std::string, double> peaks;
  for (const auto& [dtype, values] : repetitions) peaks[dtype] = median(values);
  return peaks;
}

std::string verdict_of(const std::map<TimingKey, Timing>& timings) {
  if (timings.empty()) return "There is no timing in these files.";
  std::set<std::string> layers;
  double fastest = HUGE_VAL, slowest = 0;
  std::string fast, slow;
  for (const auto& [key, timing] : timings) {
    layers.insert(key.layer);
    if (key.direction != "forward" || timing.ns_per_coordinate.empty()) continue;
    const double time = median(timing.ns_per_coordinate);
    if (time < fastest) std::tie(fastest, fast) = std::tuple(time, key.layer);
    if (time > slowest) std::tie(slowest, slow) = std::tuple(time, key.layer);
  }
  std::string text = fmt::format("{} of {}.", html::counted(timings.size(), "timing", "timings"), html::counted(layers.size(), "layer", "layers"));
  if (fast.empty()) return text;
  return text + fmt::format(" Forward takes from {} ns a coordinate ({}) to {} ns ({}).", html::number(fastest), fast, html::number(slowest), slow);
}

std::string environment_box(const Provenance& provenance) {
  std::string terms;
  const auto add = [&terms](std::string_view name, std::string_view value) {
    if (!value.empty()) terms += html::text("dt", "", name) + html::text("dd", "", value);
  };
  add("machine", provenance.machine);
  for (const auto& [name, value] : provenance.environment) add(name, value);
  if (terms.empty())
    terms = html::text("dt", "", "unknown") + html::text("dd", "", "The run did not say where it was made: do not compare its numbers.");
  return html::element("div", "box", html::element("dl", "", terms)) + "\n";
}

std::string engineering(double value, std::string_view unit) {
  if (!std::isfinite(value)) return "–";
  for (const auto& [factor, prefix] : {std::pair{1e9, "G"}, std::pair{1e6, "M"}, std::pair{1e3, "k"}}) {
    if (value >= factor) return fmt::format("{:.3g} {}{}", value / factor, prefix, unit);
  }
  return fmt::format("{:.3g} {}", value, unit);
}

/// A layer without matrix products has no share: what bounds it is not the multiply-adds.
std::string share_cell(const Timing& timing, const std::map<std::string, double>& peaks, const std::string& dtype) {
  const auto peak = peaks.find(dtype);
  const double share = peak == peaks.end() ? NAN : median(timing.flops_per_second) / peak->second;
  return html::number_cell(share, std::isfinite(share) ? fmt::format("{:.0f} %", 100 * share) : "–");
}

std::string peaks_text(const std::map<std::string, double>& peaks) {
  std::string items;
  for (const auto& [dtype, peak] : peaks)
    items += html::text("li", "", fmt::format("100 % of the peak, {}: {}", plain_words(dtype), engineering(peak, "FLOP/s")));
  return items.empty() ? items : html::element("ul", "facts", items) + "\n";
}

std::string timing_table(const std::map<TimingKey, Timing>& timings, const std::map<std::string, double>& peaks) {
  std::string body;
  for (const auto& [key, timing] : timings) {
    const auto whole = [](std::int64_t value) { return html::number_cell(static_cast<double>(value), html::count(static_cast<double>(value))); };
    const bool any = !timing.ns_per_coordinate.empty();
    const double middle = median(timing.ns_per_coordinate);
    const double least = quantile(timing.ns_per_coordinate, 0), most = quantile(timing.ns_per_coordinate, 1);
    const double samples = median(timing.samples_per_second), bytes = median(timing.bytes_per_second);
    const bool noisy = any && most > 1.5 * least;
    std::string repetitions = html::count(static_cast<double>(timing.ns_per_coordinate.size()));
    if (timing.not_finite > 0) repetitions += fmt::format(" (+ {} without a time)", timing.not_finite);
    body += "<tr>" + html::text("th", "", key.layer) + html::text("td", "", key.direction) + whole(key.dim) + whole(key.batch) +
            html::text("td", "", key.dtype) + whole(key.threads) + html::number_cell(middle, any ? html::number(middle) : "✗ none") +
            html::number_cell(least, any ? html::number(least) + " – " + html::number(most) + (noisy ? " ⚠" : "") : "–", noisy ? "doubt" : "") +
            html::number_cell(samples, engineering(samples, "/s")) + html::number_cell(bytes, engineering(bytes, "B/s")) +
            share_cell(timing, peaks, key.dtype) + html::number_cell(static_cast<double>(timing.ns_per_coordinate.size()), repetitions) + "</tr>\n";
  }
  if (body.empty()) return {};
  const std::string head = html::heading("layer", Align::left) + html::heading("direction", Align::left) + html::heading("dim", Align::right) +
                           html::heading("batch", Align::right) + html::heading("dtype", Align::left) + html::heading("threads", Align::right) +
                           html::heading("ns a coordinate", Align::right) + html::heading("min – max", Align::right) +
                           html::heading("samples", Align::right) + html::heading("bytes", Align::right) +
                           html::heading("of peak", Align::right, "of the multiply-adds that one thread does on registers alone") +
                           html::heading("repetitions", Align::right);
  return table("sortable", head, body);
}

/// What a curve runs over: its own axis, and the other one that is fixed within a panel.
struct Along {
  std::string name, label, fixed_name;
  std::function<std::int64_t(const TimingKey&)> run, fixed;
};

/// Panels for each direction, dtype, number of threads and fixed value where some layer has at least three values; 8 layers a panel.
std::vector<Panel> curves(const std::map<TimingKey, Timing>& timings, const Along& along) {
  using PanelKey = std::tuple<std::string, std::string, std::int64_t, std::int64_t>;  // direction, dtype, threads, fixed
  std::map<PanelKey, std::map<std::string, Series>> lines;
  for (const auto& [key, timing] : timings) {
    if (timing.ns_per_coordinate.empty()) continue;
    Series& series = lines[{key.direction, key.dtype, key.threads, along.fixed(key)}][key.layer];
    series.name = key.layer;
    series.x.push_back(static_cast<double>(along.run(key)));
    series.y.push_back(median(timing.ns_per_coordinate));
    series.low.push_back(quantile(timing.ns_per_coordinate, 0));
    series.high.push_back(quantile(timing.ns_per_coordinate, 1));
  }
  std::vector<Panel> panels;
  for (const auto& [key, by_layer] : lines) {
    const auto& [direction, dtype, threads, fixed] = key;
    std::vector<Series> all;
    for (const auto& [layer, series] : by_layer) {
      if (series.x.size() >= 3) all.push_back(series);
    }
    for (std::size_t first = 0; first < all.size(); first += series_colours.size()) {
      const std::size_t end = std::min(first + series_colours.size(), all.size());
      Panel panel;
      panel.title =
          fmt::format("{}, {}, {} {}{}", direction, dtype, along.fixed_name, fixed, threads == 1 ? "" : fmt::format(", {} threads", threads));
      panel.figure.name = fmt::format("{}_{:03}", along.name, panels.size() + 1);
      panel.figure.x = {along.label, Scale::logarithmic, {}};
      panel.figure.y = {"ns a coordinate", Scale::logarithmic, {}};
      panel.figure.series.assign(all.begin() + static_cast<std::ptrdiff_t>(first), all.begin() + static_cast<std::ptrdiff_t>(end));
      panel.caption = "Median over repetitions; band: fastest to slowest.";
      panels.push_back(std::move(panel));
    }
  }
  return panels;
}

}  // namespace

std::string throughput_page(const std::vector<BenchRow>& rows, const Provenance& provenance, const FigureOptions& options) {
  const std::map<TimingKey, Timing> timings = gather(rows);
  const std::map<std::string, double> peaks = peaks_of(rows);
  const Along batch{"batch", "batch / samples", "dim", [](const TimingKey& key) { return key.batch; }, [](const TimingKey& key) { return key.dim; }};
  const Along dim{"dim", "dim", "batch", [](const TimingKey& key) { return key.dim; }, [](const TimingKey& key) { return key.batch; }};
  std::vector<Panel> panels = curves(timings, batch);
  const std::vector<Panel> dim_panels = curves(timings, dim);
  panels.insert(panels.end(), dim_panels.begin(), dim_panels.end());
  const std::size_t all_panels = panels.size();
  if (panels.size() > most_panels) panels.resize(most_panels);
  std::string figures;
  for (const std::string& figure : panels_html(panels, options)) figures += figure;

  std::string page = masthead(provenance, "Throughput", verdict_of(timings), {"bench.csv"});
  page += environment_box(provenance);
  page += section(
      "Timings",
      "Wall time for one call divided by batch × dim: the median over repetitions, and the fastest and slowest of them. ⚠ marks timings whose "
      "slowest repetition took more than one and a half times the fastest: the machine was busy, measure again. Of peak: the matrix products of a "
      "coupling against multiply-adds on registers alone. Click a heading to sort.",
      peaks_text(peaks) + timing_table(timings, peaks));
  if (!figures.empty()) {
    figures = html::element("div", "panels", "\n" + figures);
    if (all_panels > panels.size()) {
      figures += html::text("p", "hidden-rows", fmt::format("{} of {} panels are shown; all numbers are in bench.csv.", panels.size(), all_panels));
    }
  }
  page += section("Against batch and dim",
                  "Nanoseconds a coordinate, both axes logarithmic: flat means that the cost grows in proportion; the lower, the better.", figures);
  page += provenance_section(provenance);
  return html::document(provenance.title.empty() ? "Throughput" : provenance.title, page);
}

}  // namespace flowgauge::reports
