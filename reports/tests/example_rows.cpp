// SPDX-License-Identifier: MIT
#include "example_rows.hpp"

#include <cmath>
#include <string>

#include <fmt/format.h>

namespace flowgauge::reports::example {
namespace {

const std::vector<std::string> sources{"normal", "laplace", "student_t(nu=3)", "cauchy", "two_moons"};
const std::vector<std::string> flows{"softlog_seed", "rational_quadratic_spline", "affine", "masked_autoregressive"};

template <class Row>
Row keyed(std::size_t source, std::size_t flow, std::int64_t dim, std::int64_t seed) {
  Row row;
  row.run_id = "r_1";
  row.flowgauge_version = "0.1.0";
  row.git_rev = "abc1234-dirty";
  row.cell_id = fmt::format("c_{:014x}{:x}{:x}", 1000 * dim + seed, source, flow);
  row.source = sources[source];
  row.flow = flows[flow];
  row.flow_params = flow == 0 ? "3*(triangular(upper) triangular(lower) softlog) triangular(upper)" : "";
  row.dim = dim;
  row.dtype = "float";
  row.seed = seed;
  row.isa = "avx512";
  return row;
}

/// Falls from 2 towards a floor that depends on the pair.
double reached(std::size_t source, std::size_t flow, double progress) {
  const double floor = 0.002 * std::pow(3.1, static_cast<double>(source)) * (1 + 1.7 * static_cast<double>((flow * 7) % 4));
  return floor + 2 * std::exp(-progress);
}

void add_metric(std::vector<CellRow>& rows, CellRow row, const char* metric, double value, double error, const char* estimator,
                const char* unit = "nat") {
  row.metric = metric;
  row.value = value;
  row.std_error = error;
  row.ci_low = value - 1.96 * error;
  row.ci_high = value + 1.96 * error;
  row.estimator = estimator;
  row.unit = unit;
  rows.push_back(std::move(row));
}

}  // namespace

std::vector<CellRow> cells() {
  std::vector<CellRow> rows;
  for (const std::int64_t dim : {1, 2}) {
    for (std::size_t source = 0; source < sources.size(); ++source) {
      for (std::size_t flow = 0; flow < flows.size(); ++flow) {
        for (std::int64_t seed = 1; seed <= (dim == 2 ? 3 : 1); ++seed) {
          CellRow row = keyed<CellRow>(source, flow, dim, seed);
          row.n_train = 10000;
          row.n_eval = 100000;
          row.n_params = 12 + 400 * static_cast<std::int64_t>(flow * flow);
          row.steps_done = 2000;
          row.fit_time_s = 0.8 + static_cast<double>(flow) * 1.3;
          row.threads = 1;
          row.host = "box";
          row.started_at = "2026-11-24T08:00:00Z";
          row.finished_at = "2026-11-24T08:00:03Z";
          row.status = "ok";
          if ((source == 4 && flow == 3 && dim == 1) || (source == 2 && flow == 1 && seed == 2)) {
            row.status = source == 4 ? "diverged" : "timeout";
            row.status_detail = source == 4 ? "loss is not finite at step 117 (was <1e+12>)" : "stopped after 60 s";
            row.metric = "kl";
            row.estimator = "mc";
            row.unit = "nat";
            rows.push_back(row);
            continue;
          }
          if (source == 3 && flow != 0) {
            row.kl_status = flow == 2 ? "infinite_proved" : "infinite_suspected";
            add_metric(rows, row, "kl", HUGE_VAL, 0, "mc");
            continue;
          }
          const double kl = source == 0 && flow == 2 ? 0.00003 : reached(source, flow, 9) * (1 + 0.1 * static_cast<double>(seed));
          row.kl_status = source == 2 && flow == 2 ? "mc_infinite_variance" : "mc_ok";
          add_metric(rows, row, "kl", kl, 0.0008, "mc");
          add_metric(rows, row, "gap_closed", 1 - kl / 0.9, 0.001, "mc", "1");
          add_metric(rows, row, "floor_gaussian", 0.9, 0, "exact");
          row.kl_status = "exact_quadrature";
          if (dim == 1) add_metric(rows, row, "kl", kl + (flow == 1 ? 0.004 : 0.0005), 0, "quadrature");
        }
      }
    }
  }
  for (std::size_t flow = 0; flow < flows.size(); ++flow) {
    CellRow row = keyed<CellRow>(0, flow, 3, 1);
    row.source = "sunset.png";
    row.status = flow == 2 ? "error" : "ok";
    row.status_detail = flow == 2 ? "the linear map became singular" : "";
    if (flow == 2) {
      rows.push_back(row);
      continue;
    }
    add_metric(rows, row, "cross_entropy", -3.1 + 0.2 * static_cast<double>(flow), 0.004, "mc");
    add_metric(rows, row, "cross_entropy_held_out", -3.02 + 0.22 * static_cast<double>(flow), 0.009, "mc");
  }
  return rows;
}

std::vector<TraceRow> traces() {
  const std::vector<std::string> layers{"triangular(upper)", "triangular(lower)", "softlog",
                                        "triangular(upper)", "triangular(lower)", "softlog(base=2)"};
  std::vector<TraceRow> rows;
  for (std::size_t source = 0; source < 3; ++source) {
    for (std::size_t flow = 0; flow < 2; ++flow) {
      for (std::int64_t seed = 1; seed <= 3; ++seed) {
        TraceRow row = keyed<TraceRow>(source, flow, 2, seed);
        row.metric = "kl";
        row.estimator = "mc";
        row.unit = "nat";
        row.n_samples = 100000;
        row.ci_level = 0.95;
        double before = NAN;
        for (std::size_t i = 0; i <= layers.size(); ++i) {
          row.trace = "layer";
          row.index = static_cast<std::int64_t>(i);
          row.layer = i == 0 ? "" : layers[i - 1];
          row.value = reached(source, flow, static_cast<double>(i)) * (i == 3 ? 1.6 : 1) * (1 + 0.05 * static_cast<double>(seed));
          row.ci_low = *row.value * 0.9;
          row.ci_high = *row.value * 1.1;
          row.delta.reset();
          if (i > 0) row.delta = *row.value - before;
          before = *row.value;
          rows.push_back(row);
        }
        row.delta.reset();
        row.layer.clear();
        for (std::int64_t step = 0; step <= 2000; step += 5) {
          row.trace = "step";
          row.index = step;
          row.value = reached(source, flow, std::log1p(static_cast<double>(step))) * (1 + 0.1 * std::sin(static_cast<double>(step * seed)));
          if (source == 1 && flow == 1 && step == 0) row.value = HUGE_VAL;
          rows.push_back(row);
        }
      }
    }
  }
  return rows;
}

std::vector<VerdictRow> verdicts() {
  const std::vector<std::pair<std::string, std::string>> laws{{"L6", "log_det_matches_jacobian"},
                                                              {"L2", "inverse_undoes_forward"},
                                                              {"L12", "gradients_match_duals"},
                                                              {"A1", "base_volume_is_kept"},
                                                              {"L22", "scalars_agree"}};
  const std::vector<std::string> layers{"softlog", "softexp(base=2.7)", "triangular(upper)", "planar", "rational_quadratic_spline(bins=8)"};
  std::vector<VerdictRow> rows;
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    for (std::size_t law = 0; law < laws.size(); ++law) {
      VerdictRow row;
      row.layer = layers[layer];
      row.law = laws[law].second;
      row.law_id = laws[law].first;
      row.dim = 3;
      row.dtype = "double";
      row.seed = 1;
      row.verdict = "holds";
      row.cases = 1000;
      row.cases_unresolved = 3;
      row.cases_discarded = 20;
      row.worst_margin = 0.8 / static_cast<double>(1 + layer * layer + law * 7);
      if (layer == 3 && law == 1) {
        row.verdict = "not_applicable";
        row.reason = "no inverse declared";
        row.worst_margin.reset();
      } else if (layer == 1 && law == 0) {
        row.verdict = "fails";
        row.reason = "log_det is off by the logarithm of the base";
        row.worst_margin = 3.1e7;
        row.worst_error = 0.9932517730102834;
        row.tolerance = 3.2e-8;
        row.error_unit = "nat";
        row.worst_ulp = 4.5e15;
        row.counterexample = "softexp(base=2.7) θ=[] x=[0x1p-3, <script>alert(1)</script>]";
        row.reproduce = "flowgauge verify --only 'softexp(base=2.7)' --law L6 --case \"x=[0x1p-3]\"";
      } else if (layer == 2 && law == 2) {
        row.verdict = "unresolved";
        row.reason = "condition number above 1e12 in 40 % of the cases";
      } else if (layer == 4 && law == 4) {
        row.verdict = "error";
        row.reason = "child process ended with signal 11";
        row.worst_margin.reset();
      } else if (layer == 0 && law == 4) {
        row.verdict = "fails";
        row.worst_margin = NAN;
        row.reason = "float and double differ: NaN against 0.25";
        row.counterexample = "softlog θ=[0x1p+0] x=[0x1.8p+0]";
        row.reproduce = "flowgauge verify --only softlog --law L22 --seed 1";
      }
      rows.push_back(row);
    }
  }
  return rows;
}

std::vector<BenchRow> timings() {
  std::vector<BenchRow> rows;
  for (const char* layer : {"softlog", "triangular(upper)", "coupling(rational_quadratic_spline)"}) {
    for (const char* direction : {"forward", "inverse"}) {
      for (const std::int64_t dim : {2, 16, 64}) {
        for (const std::int64_t batch : {1, 100, 10000}) {
          for (std::int64_t repetition = 0; repetition < 5; ++repetition) {
            BenchRow row;
            row.layer = layer;
            row.direction = direction;
            row.dim = dim;
            row.batch = batch;
            row.dtype = "float";
            row.threads = 1;
            row.repetition = repetition;
            row.iterations = 100;
            const double cost = 0.7 * (layer[0] == 's' ? 1 : layer[0] == 't' ? 1.5 : 30) * (direction[0] == 'f' ? 1 : 2.2);
            const double noise = 1 + 0.04 * static_cast<double>(repetition * (dim == 16 ? 6 : 1));
            row.real_time_ns = noise * (200 + cost * static_cast<double>(dim * batch));
            row.samples_per_second = 1e9 * static_cast<double>(batch) / *row.real_time_ns;
            row.bytes_per_second = *row.samples_per_second * 8.0 * static_cast<double>(dim);
            rows.push_back(row);
          }
        }
      }
    }
  }
  return rows;
}

Provenance provenance() {
  Provenance provenance;
  provenance.command_line = "flowgauge run bench/grids/quick.toml --out out/quick";
  provenance.flowgauge_version = "0.1.0";
  provenance.git_rev = "abc1234-dirty";
  provenance.run_id = "r_1";
  provenance.started_at = "2026-11-24T08:00:00Z";
  provenance.finished_at = "2026-11-24T08:03:11Z";
  provenance.machine = "Example CPU, 2 cores, AVX-512, Linux 6.1";
  provenance.config_name = "quick.toml";
  provenance.config_text = "title = \"quick\"\n[sources]\nnames = [\"normal\", \"laplace\"]\n";
  provenance.config_sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  provenance.seeds = {{"all", "20261124"}};
  provenance.environment = {
      {"compiler", "g++ 12.2.0"}, {"flags", "-O3 -march=native"}, {"Eigen", "3.4.0"}, {"governor", "performance"}, {"load", "0.12"}};
  provenance.warnings = {"The load was 1.7 on 2 cores at the start: times are not to be trusted."};
  return provenance;
}

}  // namespace flowgauge::reports::example
