// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <flowgauge/reports/column.hpp>

/// The tables of a run. Each row struct is followed by the one array of its columns; the CSV header, the schema in
/// datapackage.json and the tables of the pages are made from that array, so a column is added in one place: here.
namespace flowgauge::reports {

/// What every table repeats in every row, so that a lone file explains itself.
struct RowKeys {
  std::int64_t schema = 1;
  std::string run_id, flowgauge_version, git_rev;
  std::string cell_id;
  std::string source, source_params, flow, flow_params;
  Integer dim;
  std::string dtype;
  Integer seed;
  std::string isa;
};

template <class Row>
inline constexpr std::array shared_columns{
    column<Row, &Row::schema>("schema", "1", "version of this table; raised when a column is removed, renamed or changes its meaning"),
    column<Row, &Row::run_id>("run_id", "", "the run that wrote the row", ColumnRole::volatile_),
    column<Row, &Row::flowgauge_version>("flowgauge_version", "", "version of the program"),
    column<Row, &Row::git_rev>("git_rev", "", "revision of its sources, with -dirty where they were changed"),
    column<Row, &Row::cell_id>("cell_id", "", "c_ and 16 hex digits: hash of everything that changes the numbers", ColumnRole::key),
    column<Row, &Row::source>("source", "", "the distribution or data set that is modelled", ColumnRole::key),
    column<Row, &Row::source_params>("source_params", "", "its parameters"),
    column<Row, &Row::flow>("flow", "", "the flow, as the grid or the command names it", ColumnRole::key),
    column<Row, &Row::flow_params>("flow_params", "", "its options"),
    column<Row, &Row::dim>("dim", "1", "number of coordinates", ColumnRole::key),
    column<Row, &Row::dtype>("dtype", "", "number type of the fit (or of the layer under test): float or double", ColumnRole::key),
    column<Row, &Row::seed>("seed", "1", "31-bit seed of all random numbers", ColumnRole::key),
    column<Row, &Row::isa>("isa", "", "instruction set of the packs"),
};

inline constexpr std::string_view estimator_choices = "exact|quadrature|mc";
inline constexpr std::string_view kl_status_choices =
    "exact_quadrature|mc_ok|mc_infinite_variance|infinite_proved|infinite_suspected|support_violation|invalid";

/// cells.csv: one row for each cell and metric. A cell that did not succeed has at least one row, with an empty value.
///
/// Metrics: kl, kl_reverse, nll, cross_entropy, cross_entropy_held_out, entropy_source, leak, balance, js, tv, hellinger2,
/// khat_energy, khat_log_det, floor_gaussian, gap_closed, n_nonfinite, n_not_inverted, n_overflow.
struct CellRow : RowKeys {
  Integer n_train, n_eval, n_params;
  std::string status, status_detail;
  Integer steps_done;
  Number fit_time_s, eval_time_s, peak_rss_mib;
  Integer threads;
  std::string host, started_at, finished_at;
  std::string metric;
  Number value, std_error, ci_low, ci_high;
  std::string estimator, unit, kl_status;
};

inline constexpr auto cell_columns = detail::join(
    shared_columns<CellRow>,
    std::array{
        column<CellRow, &CellRow::n_train>("n_train", "1", "rows the flow was fitted to"),
        column<CellRow, &CellRow::n_eval>("n_eval", "1", "fresh rows the metric was estimated from"),
        column<CellRow, &CellRow::n_params>("n_params", "1", "parameters of the flow"),
        column<CellRow, &CellRow::status>("status", "", "how the cell ended", ColumnRole::plain, "ok|diverged|timeout|error|skipped|unsupported"),
        column<CellRow, &CellRow::status_detail>("status_detail", "", "the reason, where the cell did not end well or the metric has no value"),
        column<CellRow, &CellRow::steps_done>("steps_done", "1", "steps of the fit"),
        column<CellRow, &CellRow::fit_time_s>("fit_time_s", "s", "wall time of the fit", ColumnRole::volatile_),
        column<CellRow, &CellRow::eval_time_s>("eval_time_s", "s", "wall time of the evaluation", ColumnRole::volatile_),
        column<CellRow, &CellRow::peak_rss_mib>("peak_rss_mib", "MiB", "largest resident memory of the process so far", ColumnRole::volatile_),
        column<CellRow, &CellRow::threads>("threads", "1", "threads of the run", ColumnRole::volatile_),
        column<CellRow, &CellRow::host>("host", "", "machine", ColumnRole::volatile_),
        column<CellRow, &CellRow::started_at>("started_at", "UTC", "start of the cell", ColumnRole::volatile_),
        column<CellRow, &CellRow::finished_at>("finished_at", "UTC", "end of the cell", ColumnRole::volatile_),
        column<CellRow, &CellRow::metric>("metric", "", "what was measured", ColumnRole::key),
        column<CellRow, &CellRow::value>("value", "see unit", "the estimate; empty where there is none"),
        column<CellRow, &CellRow::std_error>("std_error", "see unit", "its standard error; by quadrature a bound of its error; 0 when exact"),
        column<CellRow, &CellRow::ci_low>("ci_low", "see unit", "lower end of the 95 % interval"),
        column<CellRow, &CellRow::ci_high>("ci_high", "see unit", "upper end of the 95 % interval"),
        column<CellRow, &CellRow::estimator>("estimator", "", "how it was obtained", ColumnRole::key, estimator_choices),
        column<CellRow, &CellRow::unit>("unit", "", "unit of value, std_error, ci_low and ci_high: nat, s or 1"),
        column<CellRow, &CellRow::kl_status>("kl_status", "", "what the KL value may be taken for", ColumnRole::plain, kl_status_choices),
    });

/// kl_trace.csv: KL after every layer of a flow (trace = layer) or after steps of a fit (trace = step).
struct TraceRow : RowKeys {
  std::string trace;
  Integer index;
  std::string layer;
  Number wall_time_s;
  std::string metric, estimator;
  Number value, std_error, ci_low, ci_high, ci_level;
  Integer n_samples;
  std::string unit;
  Number delta;
};

inline constexpr auto trace_columns = detail::join(
    shared_columns<TraceRow>,
    std::array{
        column<TraceRow, &TraceRow::trace>("trace", "", "layer: along the layers of the flow; step: along the fit", ColumnRole::key, "layer|step"),
        column<TraceRow, &TraceRow::index>("index", "1", "number of layers or of steps so far", ColumnRole::key),
        column<TraceRow, &TraceRow::layer>("layer", "", "last layer of the prefix; empty at index 0 and in step traces"),
        column<TraceRow, &TraceRow::wall_time_s>("wall_time_s", "s", "wall time since the start of the fit", ColumnRole::volatile_),
        column<TraceRow, &TraceRow::metric>("metric", "", "what was measured, as in cells.csv", ColumnRole::key),
        column<TraceRow, &TraceRow::estimator>("estimator", "", "how it was obtained", ColumnRole::key, estimator_choices),
        column<TraceRow, &TraceRow::value>("value", "see unit", "the estimate; empty where there is none"),
        column<TraceRow, &TraceRow::std_error>("std_error", "see unit", "its standard error; by quadrature a bound of its error; 0 when exact"),
        column<TraceRow, &TraceRow::ci_low>("ci_low", "see unit", "lower end of the interval"),
        column<TraceRow, &TraceRow::ci_high>("ci_high", "see unit", "upper end of the interval"),
        column<TraceRow, &TraceRow::ci_level>("ci_level", "1", "level of the interval, 0.95 as a rule"),
        column<TraceRow, &TraceRow::n_samples>("n_samples", "1", "rows the estimate rests on"),
        column<TraceRow, &TraceRow::unit>("unit", "", "unit of value, std_error, ci_low, ci_high and delta"),
        column<TraceRow, &TraceRow::delta>("delta", "see unit",
                                           "change by this layer: difference of successive prefixes on the same rows; negative is good"),
    });

/// kl_differences.csv: which of two flows is nearer to a source. Both are asked about the same rows, so that what the rows have in common
/// cancels and the error is that of the difference. One row for each pair whose KLs are both finite; flow is the one that comes first by name.
struct DifferenceRow : RowKeys {
  std::string other_cell_id, other_flow, other_flow_params;
  Integer n_eval;
  Number value, std_error, ci_low, ci_high;
  std::string unit, conclusion;
};

inline constexpr auto difference_columns = detail::join(
    shared_columns<DifferenceRow>,
    std::array{
        column<DifferenceRow, &DifferenceRow::other_cell_id>("other_cell_id", "", "the cell that this one is compared with", ColumnRole::key),
        column<DifferenceRow, &DifferenceRow::other_flow>("other_flow", "", "its flow"),
        column<DifferenceRow, &DifferenceRow::other_flow_params>("other_flow_params", "", "the options of that flow"),
        column<DifferenceRow, &DifferenceRow::n_eval>("n_eval", "1", "rows that both flows were asked about"),
        column<DifferenceRow, &DifferenceRow::value>("value", "see unit", "KL of flow less KL of other_flow: negative where flow is nearer"),
        column<DifferenceRow, &DifferenceRow::std_error>("std_error", "see unit", "standard error of the paired difference"),
        column<DifferenceRow, &DifferenceRow::ci_low>("ci_low", "see unit", "lower end of its 95 % interval"),
        column<DifferenceRow, &DifferenceRow::ci_high>("ci_high", "see unit", "upper end of its 95 % interval"),
        column<DifferenceRow, &DifferenceRow::unit>("unit", "", "unit of value, std_error, ci_low and ci_high"),
        column<DifferenceRow, &DifferenceRow::conclusion>(
            "conclusion", "",
            "of flow: KL lower or higher; not_distinguishable where the interval holds 0; doubtful where a log-ratio has no variance",
            ColumnRole::plain, "lower|higher|not_distinguishable|doubtful"),
    });

/// densities.csv: the density of a source and of a fitted flow on a regular grid of points, for pictures. The rows of one cell are many, so
/// that they name the cell and leave its options to cells.csv.
struct DensityRow {
  std::int64_t schema = 1;
  std::string cell_id, source, flow;
  Integer dim, seed, index;
  Number x, y, log_p, log_q;
};

inline constexpr std::array density_columns{
    column<DensityRow, &DensityRow::schema>("schema", "1", "version of this table; raised when a column is removed, renamed or changes its meaning"),
    column<DensityRow, &DensityRow::cell_id>("cell_id", "", "the cell, as in cells.csv", ColumnRole::key),
    column<DensityRow, &DensityRow::source>("source", "", "the distribution that is modelled"),
    column<DensityRow, &DensityRow::flow>("flow", "", "the flow, as the grid names it"),
    column<DensityRow, &DensityRow::dim>("dim", "1", "number of coordinates: 1 or 2"),
    column<DensityRow, &DensityRow::seed>("seed", "1", "seed of the cell"),
    column<DensityRow, &DensityRow::index>("index", "1", "number of the point: x runs first, then y", ColumnRole::key),
    column<DensityRow, &DensityRow::x>("x", "1", "first coordinate"),
    column<DensityRow, &DensityRow::y>("y", "1", "second coordinate; empty at dim 1"),
    column<DensityRow, &DensityRow::log_p>("log_p", "nat", "log density of the source, to 1e-6; -inf outside its support"),
    column<DensityRow, &DensityRow::log_q>("log_q", "nat", "log density of the flow, to 1e-6"),
};

/// samples.csv: held-out rows of a data set beside samples of the flow that was fitted to it, for pictures.
struct SampleRow {
  std::int64_t schema = 1;
  std::string cell_id, source, flow;
  Integer dim, seed;
  std::string of, kind;
  Integer index;
  Number x1, x2, x3;
};

inline constexpr std::array sample_columns{
    column<SampleRow, &SampleRow::schema>("schema", "1", "version of this table; raised when a column is removed, renamed or changes its meaning"),
    column<SampleRow, &SampleRow::cell_id>("cell_id", "", "the cell, as in cells.csv", ColumnRole::key),
    column<SampleRow, &SampleRow::source>("source", "", "the data set"),
    column<SampleRow, &SampleRow::flow>("flow", "", "the flow, as the grid names it"),
    column<SampleRow, &SampleRow::dim>("dim", "1", "number of coordinates"),
    column<SampleRow, &SampleRow::seed>("seed", "1", "seed of the cell"),
    column<SampleRow, &SampleRow::of>("of", "", "data: a held-out row; flow: a sample", ColumnRole::key, "data|flow"),
    column<SampleRow, &SampleRow::kind>("kind", "", "numbers, or colours: red, green and blue as standard normal quantiles", ColumnRole::plain,
                                        "numbers|colours"),
    column<SampleRow, &SampleRow::index>("index", "1", "number of the row", ColumnRole::key),
    column<SampleRow, &SampleRow::x1>("x1", "1", "first coordinate, to six digits"),
    column<SampleRow, &SampleRow::x2>("x2", "1", "second coordinate; empty at dim 1"),
    column<SampleRow, &SampleRow::x3>("x3", "1", "third coordinate; empty below dim 3"),
};

/// verdicts.csv: one row for each law and subject. The subject stands in layer, flow or source.
struct VerdictRow : RowKeys {
  std::string layer, estimator, law, law_id, verdict, reason;
  Integer cases, cases_unresolved, cases_discarded;
  Number worst_margin, worst_error, tolerance;
  std::string error_unit;
  Number worst_ulp, digits_lost;
  std::string counterexample, reproduce;
  Number wall_time_s;
};
/// The layer, the flow, the source or the estimator that the row is about; empty when it names none.
inline const std::string& subject_of(const VerdictRow& row) {
  return !row.layer.empty() ? row.layer : !row.flow.empty() ? row.flow : !row.source.empty() ? row.source : row.estimator;
}

inline constexpr auto verdict_columns = detail::join(
    shared_columns<VerdictRow>,
    std::array{
        column<VerdictRow, &VerdictRow::layer>("layer", "", "the layer or flow under test; empty where a source or an estimator is", ColumnRole::key),
        column<VerdictRow, &VerdictRow::estimator>("estimator", "", "the estimator under test", ColumnRole::key),
        column<VerdictRow, &VerdictRow::law>("law", "", "name of the law", ColumnRole::key),
        column<VerdictRow, &VerdictRow::law_id>("law_id", "", "its short name: A1, L6, C2, …"),
        column<VerdictRow, &VerdictRow::verdict>("verdict", "", "what the cases say together", ColumnRole::plain,
                                                 "holds|fails|unresolved|not_applicable|error"),
        column<VerdictRow, &VerdictRow::reason>("reason", "", "why unresolved, not_applicable or error; in words what broke where it fails"),
        column<VerdictRow, &VerdictRow::cases>("cases", "1", "cases examined"),
        column<VerdictRow, &VerdictRow::cases_unresolved>("cases_unresolved", "1", "cases that neither agree nor disagree"),
        column<VerdictRow, &VerdictRow::cases_discarded>("cases_discarded", "1", "drawn cases that were outside the domain"),
        column<VerdictRow, &VerdictRow::worst_margin>("worst_margin", "1", "largest observed ÷ allowed error; at most 1 the law holds"),
        column<VerdictRow, &VerdictRow::worst_error>("worst_error", "see error_unit", "observed error of that case"),
        column<VerdictRow, &VerdictRow::tolerance>("tolerance", "see error_unit", "allowed error of that case"),
        column<VerdictRow, &VerdictRow::error_unit>("error_unit", "", "unit of worst_error and tolerance"),
        column<VerdictRow, &VerdictRow::worst_ulp>("worst_ulp", "ulp", "worst_error in units in the last place"),
        column<VerdictRow, &VerdictRow::digits_lost>("digits_lost", "1", "decimal digits lost in the worst case"),
        column<VerdictRow, &VerdictRow::counterexample>("counterexample", "", "shrunk case that breaks the law"),
        column<VerdictRow, &VerdictRow::reproduce>("reproduce", "", "command that brings the case back"),
        column<VerdictRow, &VerdictRow::wall_time_s>("wall_time_s", "s", "time spent", ColumnRole::volatile_),
    });

/// bench.csv: one row for each repetition of a timing. Aggregates are computed by who reads it, never stored.
struct BenchRow : RowKeys {
  std::string layer, direction;
  Integer batch, threads, repetition, iterations;
  Number real_time_ns, cpu_time_ns, samples_per_second, bytes_per_second, flops_per_sample;
};

inline constexpr auto bench_columns =
    detail::join(shared_columns<BenchRow>,
                 std::array{
                     column<BenchRow, &BenchRow::layer>("layer", "", "the layer that was timed", ColumnRole::key),
                     column<BenchRow, &BenchRow::direction>("direction", "", "forward, inverse, backward or another timed call", ColumnRole::key),
                     column<BenchRow, &BenchRow::batch>("batch", "1", "samples in one call", ColumnRole::key),
                     column<BenchRow, &BenchRow::threads>("threads", "1", "threads in one call", ColumnRole::key),
                     column<BenchRow, &BenchRow::repetition>("repetition", "1", "number of the repetition, from 0", ColumnRole::key),
                     column<BenchRow, &BenchRow::iterations>("iterations", "1", "calls in the repetition"),
                     column<BenchRow, &BenchRow::real_time_ns>("real_time_ns", "ns", "wall time of one call"),
                     column<BenchRow, &BenchRow::cpu_time_ns>("cpu_time_ns", "ns", "processor time of one call"),
                     column<BenchRow, &BenchRow::samples_per_second>("samples_per_second", "1/s", "samples through the layer"),
                     column<BenchRow, &BenchRow::bytes_per_second>("bytes_per_second", "B/s", "bytes read and written"),
                     column<BenchRow, &BenchRow::flops_per_sample>(
                         "flops_per_sample", "1", "floating-point operations in matrix products for one sample; empty where a layer has none"),
                 });

/// Where a kind of row lives and which columns it has.
template <class Row>
struct Table;

template <>
struct Table<CellRow> {
  static constexpr std::string_view file = "cells.csv", title = "One row for each cell and metric";
  static constexpr std::span<const Column<CellRow>> columns = cell_columns;
};
template <>
struct Table<TraceRow> {
  static constexpr std::string_view file = "kl_trace.csv", title = "KL after every layer or step";
  static constexpr std::span<const Column<TraceRow>> columns = trace_columns;
};
template <>
struct Table<DifferenceRow> {
  static constexpr std::string_view file = "kl_differences.csv", title = "KL of one flow less that of another, on the same rows";
  static constexpr std::span<const Column<DifferenceRow>> columns = difference_columns;
};
template <>
struct Table<DensityRow> {
  static constexpr std::string_view file = "densities.csv", title = "Densities of sources and flows on a grid of points";
  static constexpr std::span<const Column<DensityRow>> columns = density_columns;
};
template <>
struct Table<SampleRow> {
  static constexpr std::string_view file = "samples.csv", title = "Rows of data sets beside samples of flows";
  static constexpr std::span<const Column<SampleRow>> columns = sample_columns;
};
template <>
struct Table<VerdictRow> {
  static constexpr std::string_view file = "verdicts.csv", title = "One row for each law and subject";
  static constexpr std::span<const Column<VerdictRow>> columns = verdict_columns;
};
template <>
struct Table<BenchRow> {
  static constexpr std::string_view file = "bench.csv", title = "One row for each repetition of a timing";
  static constexpr std::span<const Column<BenchRow>> columns = bench_columns;
};

}  // namespace flowgauge::reports
