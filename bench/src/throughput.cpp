// SPDX-License-Identifier: MIT
#include <flowgauge/bench/throughput.hpp>

#include "throughput_case.hpp"

#include <flowgauge/bench/machine.hpp>
#include <flowgauge/drivers/coupling.hpp>
#include <flowgauge/error.hpp>

#include <fmt/format.h>

#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace flowgauge::bench {
namespace {

constexpr const char* peak_name = "fma_peak";

/// Keeps what Google Benchmark measured, repetition by repetition, and prints nothing.
class Keeper final : public benchmark::BenchmarkReporter {
 public:
  std::vector<Run> runs;
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& reported) override {
    for (const Run& r : reported)
      if (r.run_type == Run::RT_Iteration) runs.push_back(r);
  }
};

void require(bool ok, const std::string& sentence) {
  if (!ok) throw ConfigError(sentence);
}
void check_words(const char* kind, const std::vector<std::string>& words, const std::vector<std::string>& known) {
  require(!words.empty(), fmt::format("no {} to measure", kind));
  for (const std::string& word : words) require(std::find(known.begin(), known.end(), word) != known.end(), unknown_name(kind, word, known));
}
void check(const ThroughputOptions& o) {
  check_words("direction", o.directions, {"forward", "inverse", "train"});
  check_words("dtype", o.dtypes, {"float32", "float64"});
  for (const int dim : o.dims) require(dim >= 1, fmt::format("dim must be 1 or more, got {}", dim));
  for (const std::int64_t batch : o.batches) require(batch >= 1, fmt::format("batch must be 1 or more, got {}", batch));
  require(o.seconds > 0 && o.seconds <= 3600, fmt::format("seconds must be above 0 and at most 3600, got {}", o.seconds));
  require(o.repetitions >= 1, fmt::format("repetitions must be 1 or more, got {}", o.repetitions));
}

/// Canonical texts of what is asked for, each once.
std::vector<std::string> layers_of(const ThroughputOptions& o) {
  std::vector<std::string> wanted = o.layers;
  if (wanted.empty()) {
    std::vector<std::string> couplings;
    for (const MemberInfo& m : list_members()) {
      if (m.kind == MemberKind::driver) continue;
      wanted.insert(wanted.end(), m.specimens.begin(), m.specimens.end());
      if (m.kind != MemberKind::transformer) continue;
      const Facts facts = make_transformer<double>(Item{m.name, {}}).info->facts;  // a coupling takes no other
      if (facts.domain.low == facts.codomain.low && facts.domain.high == facts.codomain.high) couplings.push_back("coupling(" + m.name + ")");
    }
    wanted.insert(wanted.end(), couplings.begin(), couplings.end());
  }
  std::vector<std::string> layers;
  for (const std::string& spec : wanted) {
    const std::string text = to_text(canonical(parse_item(spec)));
    if (fnmatch(o.only.c_str(), text.c_str(), 0) == 0 && std::find(layers.begin(), layers.end(), text) == layers.end()) layers.push_back(text);
  }
  require(!layers.empty(), fmt::format("no layer fits '{}'", o.only));
  return layers;
}

std::vector<ThroughputCase> cases_of(const ThroughputOptions& o) {
  std::vector<ThroughputCase> cases;
  for (const std::string& dtype : o.dtypes) cases.push_back({peak_name, "forward", dtype, 1, fma_peak_batch(dtype), o.seed});
  for (const std::string& layer : layers_of(o))
    for (const int dim : o.dims) {
      const Flow<double> flow = make_flow<double>(std::string_view(layer), dim);
      const bool invertible = std::none_of(flow.layers().begin(), flow.layers().end(),
                                           [](const Layer<double>& l) { return l.info().facts.inverse == InverseKind::none; });
      for (const std::int64_t batch : o.batches)
        for (const std::string& dtype : o.dtypes)
          for (const std::string& direction : o.directions)
            if (direction != "inverse" || invertible) cases.push_back({layer, direction, dtype, dim, batch, o.seed});
    }
  return cases;
}

std::vector<benchmark::BenchmarkReporter::Run> measure(const ThroughputCase& c, const ThroughputOptions& o) {
  benchmark::ClearRegisteredBenchmarks();
  const auto run = [&c](benchmark::State& state) {
    if (c.layer == peak_name) time_fma_peak(c, state);
    else time_layer(c, state);
  };
  const std::string name = fmt::format("layer:{}/direction:{}/dim:{}/batch:{}/dtype:{}", c.layer, c.direction, c.dim, c.batch, c.dtype);
  benchmark::RegisterBenchmark(name.c_str(), run)->MinTime(o.seconds)->Repetitions(o.repetitions)->UseRealTime();
  Keeper keeper;
  benchmark::RunSpecifiedBenchmarks(&keeper);
  benchmark::ClearRegisteredBenchmarks();
  return keeper.runs;
}

reports::BenchRow row_of(const ThroughputCase& c, const ThroughputOptions& o, const std::string& run_id,
                         const benchmark::BenchmarkReporter::Run& run) {
  reports::BenchRow row;
  row.run_id = run_id;
  row.flowgauge_version = o.flowgauge_version;
  row.git_rev = o.git_rev;
  row.cell_id =
      fmt::format("c_{:016x}", hash_text(fmt::format("throughput {} {} {} {} {} {}", c.layer, c.direction, c.dim, c.batch, c.dtype, c.seed)));
  row.dim = c.dim;
  row.dtype = c.dtype;
  row.seed = static_cast<std::int64_t>(c.seed);
  row.isa = instruction_set();
  row.layer = c.layer;
  row.direction = c.direction;
  row.batch = c.batch;
  row.threads = 1;
  row.repetition = run.repetition_index;
  row.iterations = run.iterations;
  const double calls = static_cast<double>(run.iterations), seconds = run.real_accumulated_time / calls;
  row.real_time_ns = 1e9 * seconds;
  row.cpu_time_ns = 1e9 * run.cpu_accumulated_time / calls;
  row.samples_per_second = static_cast<double>(c.batch) / seconds;
  // A layer reads x and writes y and log_det; a training step reads x alone.
  const double size = c.dtype == "float32" ? 4 : 8, numbers = c.direction == "train" ? c.dim : 2 * c.dim + 1;
  if (c.layer != peak_name) row.bytes_per_second = size * numbers * *row.samples_per_second;
  const double flops = c.layer == peak_name ? 2 : flops_per_row(c.layer, c.direction, c.dim);
  if (flops > 0) row.flops_per_sample = flops;
  return row;
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  const std::size_t n = v.size();
  return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/// Median, least and most wall time of a call in ns.
struct Times {
  std::vector<double> ns;
  double middle() const { return median(ns); }
  double least() const { return *std::min_element(ns.begin(), ns.end()); }
  double most() const { return *std::max_element(ns.begin(), ns.end()); }
};

std::string share_of_peak(double flops_per_second, const std::map<std::string, double>& peaks, const std::string& dtype) {
  const auto peak = peaks.find(dtype);
  if (flops_per_second == 0 || peak == peaks.end()) return "";
  return fmt::format("{:.0f} %", 100 * flops_per_second / peak->second);
}

}  // namespace

double flops_per_row(const std::string& layer, const std::string& direction, int dim) {
  const Item item = parse_item(layer);
  if (item.name != "coupling" || dim < 2) return 0;
  const CouplingOptions o = read_options<CouplingOptions>(item);
  double products = 0, width = o.kept(dim);
  for (const int hidden : o.hidden) {
    products += width * hidden;
    width = hidden;
  }
  products += width * static_cast<double>(dim - o.kept(dim)) * static_cast<double>(make_transformer<double>(o.transformer).info->parameters);
  return 2 * products * (direction == "train" ? 3 : 1);
}

std::vector<reports::BenchRow> measure_throughput(const ThroughputOptions& o) {
  check(o);
  const std::vector<ThroughputCase> cases = cases_of(o);
  const std::string run_id = "r_" + utc_now();
  std::vector<reports::BenchRow> rows;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (o.stop && *o.stop) break;
    const ThroughputCase& c = cases[i];
    Times times;
    for (const auto& run : measure(c, o)) {
      rows.push_back(row_of(c, o, run_id, run));
      times.ns.push_back(*rows.back().real_time_ns);
    }
    if (o.progress && !times.ns.empty())
      o.progress(fmt::format("{}/{}  {} {} dim {} batch {} {}: {:.4g} ns a coordinate", i + 1, cases.size(), c.layer, c.direction, c.dim, c.batch,
                             c.dtype, times.middle() / (static_cast<double>(c.batch) * c.dim)));
  }
  return rows;
}

std::string throughput_table(const std::vector<reports::BenchRow>& rows) {
  using Key = std::tuple<std::string, std::string, std::int64_t, std::int64_t, std::string>;
  std::vector<Key> order;
  std::map<Key, Times> times;
  for (const reports::BenchRow& r : rows) {
    const Key key{r.layer, r.direction, r.dim.value_or(1), r.batch.value_or(1), r.dtype};
    if (times[key].ns.empty()) order.push_back(key);
    times[key].ns.push_back(r.real_time_ns.value_or(0));
  }
  std::map<std::string, double> peaks;  // dtype → floating-point operations a second
  std::size_t width = 5;
  for (const Key& key : order) {
    const auto& [layer, direction, dim, batch, dtype] = key;
    width = std::max(width, layer.size());
    if (layer == peak_name) peaks[dtype] = 2e9 * static_cast<double>(batch) / times[key].middle();
  }
  std::string text = fmt::format("{:<{}}  {:<9}  {:>4}  {:>8}  {:<7}  {:>12}  {:>19}  {:>11}  {:>7}\n", "layer", width, "direction", "dim", "batch",
                                 "dtype", "ns/coordinate", "least - most", "samples/s", "of peak");
  for (const Key& key : order) {
    const auto& [layer, direction, dim, batch, dtype] = key;
    if (layer == peak_name) continue;
    const Times& t = times[key];
    const double coordinates = static_cast<double>(batch) * static_cast<double>(dim), per_second = 1e9 * static_cast<double>(batch) / t.middle();
    text += fmt::format("{:<{}}  {:<9}  {:>4}  {:>8}  {:<7}  {:>13.4g}  {:>19}  {:>11.4g}  {:>7}\n", layer, width, direction, dim, batch, dtype,
                        t.middle() / coordinates, fmt::format("{:.3g} - {:.3g}", t.least() / coordinates, t.most() / coordinates), per_second,
                        share_of_peak(per_second * flops_per_row(layer, direction, static_cast<int>(dim)), peaks, dtype));
  }
  for (const auto& [dtype, peak] : peaks)
    text += fmt::format("multiply-adds on registers alone, {}: {:.1f} GFLOP/s = 100 % of the peak\n", dtype, peak / 1e9);
  return text;
}

}  // namespace flowgauge::bench
