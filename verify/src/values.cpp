// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <fmt/format.h>

namespace flowgauge::verify {
namespace {

Way opposite(Way way) { return way == Way::forward ? Way::inverse : Way::forward; }
Interval domain_of(const Trial& trial, Way way) {
  return way == Way::forward ? trial.subject().facts().domain : trial.subject().facts().codomain;
}
bool all_finite(const Value& v) {
  return std::isfinite(v.log_det) && std::all_of(v.value.begin(), v.value.end(), [](double y) { return std::isfinite(y); });
}

bool saturates(const Trial& trial, Way way, std::span<const double> y) { return saturates(trial, way, y, trial.subject().arithmetic().unit); }

constexpr int table_size = 7;
/// 12 bits beyond what the problem itself loses, as where 50 digits are at hand: a log_det that is summed in float is wrong, and no noise.
constexpr double bits_to_lose = 0x1p12;
/// √((k!)²/(2k)!): what k-th differences of pure noise are divided by, k = 5, 6.
constexpr std::array table_factor{0.062994, 0.032898};

/// The noise that a table of equally spaced values shows.
double table_noise(std::array<double, table_size> values) {
  double worst = 0;
  for (int k = 1; k < table_size; ++k) {
    double sum = 0;
    for (int i = 0; i + k < table_size; ++i) values[i] = values[i + 1] - values[i], sum += values[i] * values[i];
    if (k >= 5) worst = std::max(worst, table_factor[k - 5] * std::sqrt(sum / (table_size - k)));
    if (std::isnan(sum)) return sum;
  }
  return worst;
}

/// The same algorithm twice: once to see which points it asks for, once with what they have.
template <class Algorithm>
auto in_one_call(const Trial& trial, Way way, std::span<const double> context, const Algorithm& algorithm) {
  std::vector<Numbers> points;
  algorithm(VectorMap<double>([&](std::span<const double> x, std::span<double> y) {
    points.emplace_back(x.begin(), x.end());
    std::copy(x.begin(), x.end(), y.begin());
  }));
  const std::vector<Value> values = values_at(trial, way, points, context);
  std::size_t next = 0;
  return algorithm(VectorMap<double>([&](std::span<const double>, std::span<double> y) {
    const Numbers& v = values[next++].value;
    std::copy(v.begin(), v.end(), y.begin());
  }));
}

/// What differences along a coordinate see as noise beside u·|f|: the measured one, as a magnitude.
std::vector<double> magnitudes(const Trial& trial, const Noise& noise) {
  std::vector<double> all;
  for (const Rounded& v : noise.value) all.push_back(v.measured / (8 * trial.subject().arithmetic().unit));
  return all;
}

}  // namespace

bool saturates(const Trial& trial, Way way, std::span<const double> y, double unit) {
  const Interval range = domain_of(trial, opposite(way));
  const double half = std::sqrt(unit);
  for (const double end : {range.low, range.high})
    for (const double v : y)
      if (std::isfinite(end) && std::abs(v - end) < half * std::max(1.0, std::abs(end))) return true;
  return false;
}

std::vector<Value> values_at(const Trial& trial, Way way, const std::vector<Numbers>& points, std::span<const double> context) {
  const auto n = static_cast<Index>(points.size());
  const Index d = trial.subject().dim();
  Batch<double> x(n, d), y(n, d), given(context.empty() ? 0 : n, static_cast<Index>(context.size()));
  std::vector<double> log_det(n);
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < d; ++j) x(i, j) = points[i][j];
    for (Index j = 0; j < given.dim(); ++j) given(i, j) = context[j];
  }
  trial.call(way, x.in(), given.in(), y.out(), log_det);
  std::vector<Value> values(n);
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < d; ++j) values[i].value.push_back(y(i, j));
    values[i].log_det = log_det[i];
  }
  return values;
}

bool within_reach(const Trial& trial, Way way, std::span<const double> x) {
  return within_reach(trial, way, x, trial.subject().arithmetic().unit > unit_roundoff ? orders_in_float : orders_in_double);
}

bool within_reach(const Trial& trial, Way way, std::span<const double> x, double orders) {
  const Interval domain = domain_of(trial, way);
  return std::all_of(x.begin(), x.end(), [&](double v) {
    const double room = std::min(v - domain.low, domain.high - v);
    return std::abs(v) <= orders && (v == 0 || std::abs(v) >= 1 / orders) && room >= 1 / orders;
  });
}

Numbers start_of(const Trial& trial, Way way, Index row) {
  const std::span<const double> x = trial.row(row);
  if (way == Way::inverse && trial.subject().arithmetic().image) return trial.call(Way::forward, x, trial.context(row)).value;
  return {x.begin(), x.end()};
}

std::optional<Batch<double>> inputs_of(const Trial& trial, Way way, const Batch<double>& x, const Batch<double>& context) {
  if (way == Way::forward) return x;
  Batch<double> y(x.rows(), x.dim());
  std::vector<double> log_det(x.rows());
  trial.call(Way::forward, x.in(), context.in(), y.out(), log_det);
  for (Index j = 0; j < y.dim(); ++j) {
    const std::span<const double> column = y.column(j);
    if (!std::all_of(column.begin(), column.end(), [](double v) { return std::isfinite(v); }) || saturates(trial, Way::forward, column)) return {};
  }
  return y;
}

Noise noise_at(const Trial& trial, Way way, std::span<const double> x, std::span<const double> context) {
  const double unit = trial.subject().arithmetic().unit;
  const bool in_float = unit > unit_roundoff;
  const std::array<double, 2> spacings = in_float ? std::array{0x1p-5, 0x1p-9} : std::array{0x1p-14, 0x1p-22};
  const Interval domain = domain_of(trial, way);
  const RandomStream stream(trial.sample().seed, "noise");
  std::vector<Numbers> points;
  for (const double spacing : spacings)
    for (int k = 0; k < table_size; ++k) {
      Numbers point(x.begin(), x.end());
      for (std::size_t j = 0; j < point.size(); ++j) {
        // A table must not leave the domain, nor change its spacing within it.
        const double room = std::min(x[j] - domain.low, domain.high - x[j]);
        const double step = std::min(spacing * std::max(1.0, std::abs(x[j])), room / (2 * table_size)) * (0.5 + 0.5 * stream.uniform(0, j));
        point[j] += (k - table_size / 2) * step;
        if (in_float) point[j] = static_cast<float>(point[j]);
      }
      points.push_back(std::move(point));
    }
  const std::vector<Value> values = values_at(trial, way, points, context);
  const auto measured = [&](const auto& pick, double least) {
    Rounded result;
    const double size = std::max(least, std::abs(pick(values[table_size / 2])));
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t s = 0; s < spacings.size(); ++s) {
      std::array<double, table_size> table{};
      double change = 0;
      for (int k = 0; k < table_size; ++k) {
        table[k] = pick(values[s * table_size + k]);
        if (k > 0) change = std::max(change, std::abs(table[k] - table[k - 1]));
      }
      const double here = table_noise(table);
      if (!std::isfinite(here)) return Rounded{unknown, unknown, unknown};
      result.measured = std::max(result.measured, 8 * (here + unit * size));
      result.most = std::max(result.most, bits_to_lose * unit * (size + change / spacings[s]));
    }
    result.allowed = std::min(result.measured, result.most);
    return result;
  };
  Noise noise;
  for (std::size_t j = 0; j < x.size(); ++j) noise.value.push_back(measured([j](const Value& v) { return v.value[j]; }, 0));
  noise.log_det = measured([](const Value& v) { return v.log_det; }, 1);
  return noise;
}

double of_one_at_least(double noise, double unit) { return noise < 8 * unit ? 8 * unit : noise; }

void compare_in_batches(Examined& result, const Trial& trial, Index row, const std::string& what, double expected, double got, const Rounded& noise) {
  if (expected == got || (std::isnan(expected) && std::isnan(got))) return;
  const Arithmetic& arithmetic = trial.subject().arithmetic();
  const double allowed = arithmetic.ulps ? *arithmetic.ulps * 2 * arithmetic.unit * std::abs(expected) : noise.most;
  if (!std::isfinite(allowed) && std::isfinite(expected) && std::isfinite(got)) return;
  result.compare(row, what, expected, got, std::abs(got - expected), std::isfinite(allowed) ? allowed : 0, "value");
}

LogDetByDifferences<double> log_det_by_values(const Trial& trial, Way way, std::span<const double> x, std::span<const double> context,
                                              const Noise& noise) {
  const std::vector<double> internal = magnitudes(trial, noise);
  const DifferenceFacts facts{domain_of(trial, way), internal, trial.subject().arithmetic().unit};
  return in_one_call(trial, way, context, [&](const VectorMap<double>& f) { return log_det_by_differences<double>(f, x, facts); });
}

void compare_log_det_by_values(Examined& result, const Trial& trial, Way way, Index row, std::span<const double> x, const std::string& what) {
  const std::span<const double> context = trial.context(row);
  if (!within_reach(trial, way, x)) return;
  const Value here = trial.call(way, x, context);
  if (!all_finite(here) || saturates(trial, way, here.value)) return;
  const Noise noise = noise_at(trial, way, x, context);
  if (!std::isfinite(noise.log_det.allowed)) return;  // an end of the domain, or of all doubles, lies within the table
  const LogDetByDifferences<double> truth = log_det_by_values(trial, way, x, context, noise);
  const auto compare = [&](const BoundedLogDet<double>& estimate) {
    result.compare(row, what, estimate.log_abs, here.log_det, std::abs(here.log_det - estimate.log_abs), estimate.tolerance + noise.log_det.allowed);
  };
  switch (truth.unresolved) {
    case Unresolved::no: return compare(truth.estimate);
    case Unresolved::not_finite: return;
    case Unresolved::ill_conditioned: return result.unresolved(row, "ill_conditioned");
    case Unresolved::domain_edge: return;
    case Unresolved::kink: break;
  }
  if (x.size() > 1 || !truth.below.resolved() || !truth.above.resolved()) return result.unresolved(row, "kink");
  compare(std::abs(here.log_det - truth.below.log_abs) < std::abs(here.log_det - truth.above.log_abs) ? truth.below : truth.above);
}

void round_trip_by_values(Examined& result, const Trial& trial, Way there, Index row) {
  const Numbers x = start_of(trial, there, row);
  const std::span<const double> context = trial.context(row);
  const char* const name = there == Way::forward ? "x" : "y";
  const bool inside = std::all_of(x.begin(), x.end(), [&](double v) {
    const Interval domain = domain_of(trial, there);
    return std::isfinite(v) && v > domain.low && v < domain.high;
  });
  if (!inside) return;  // an end of the range, or an image that has no double
  const Value y = trial.call(there, x, context);
  for (std::size_t k = 0; k < x.size(); ++k)
    if (const double v = y.value[k]; std::isnan(v))
      result.compare(row, fmt::format("{}[{}]", there == Way::forward ? "y" : "x", k), 0, v, v, 0, "value");
  if (!all_finite(y) || saturates(trial, there, y.value) || !within_reach(trial, there, x) || !within_reach(trial, opposite(there), y.value)) return;
  const Value back = trial.call(opposite(there), y.value, context);
  const Noise out = noise_at(trial, there, x, context), home = noise_at(trial, opposite(there), y.value, context);

  const auto d = static_cast<Index>(x.size());
  const double unit = trial.subject().arithmetic().unit, wider = unit > unit_roundoff ? steps_of_float : 1;
  const std::vector<double> internal = magnitudes(trial, out);
  const DifferenceFacts facts{domain_of(trial, there), internal, unit};
  // It only scales a tolerance: the widest step will do that knows it to a factor of 2.
  Eigen::MatrixXd jacobian(d, d);
  bool known = false, finite = false;
  for (const double step : {9e-3, 9e-3 / 8, 9e-3 / 64}) {
    const Differences<double> slopes = in_one_call(trial, there, context, [&](const VectorMap<double>& f) {
      return differences<double>(f, x, static_cast<int>(d), wider * step, facts);
    });
    for (Index i = 0; i < d; ++i)
      for (Index k = 0; k < d; ++k) jacobian(i, k) = slopes.central.value[i * d + k];
    if (!jacobian.allFinite()) continue;
    finite = true;
    known = bounded_log_det<double>(slopes.central.value, slopes.central.bound, static_cast<int>(d)).resolved();
    if (known) break;
  }
  if (!finite) return;  // an end of the domain, or of all doubles, lies within every step
  if (!known) return result.unresolved(row, "ill_conditioned");
  const Eigen::MatrixXd inverse = jacobian.partialPivLu().inverse().cwiseAbs();
  const Eigen::VectorXd absolute_x = Eigen::Map<const Eigen::VectorXd>(x.data(), d).cwiseAbs(),
                        absolute_y = Eigen::Map<const Eigen::VectorXd>(y.value.data(), d).cwiseAbs();
  Eigen::VectorXd allowed_out(d);
  for (Index k = 0; k < d; ++k) allowed_out[k] = out.value[k].allowed;
  Eigen::VectorXd allowed = 8 * unit * (inverse * (2 * absolute_y + jacobian.cwiseAbs() * absolute_x) + absolute_x) +
                            inverse * allowed_out;
  for (Index k = 0; k < d; ++k) {
    if (std::isfinite(home.value[k].allowed)) allowed[k] += home.value[k].allowed;  // an inverse that is not finite is to be accused, not its noise
    if (!(allowed[k] < 0.5 * std::max(1.0, absolute_x[k]))) return result.unresolved(row, "ill_conditioned");
  }
  for (Index k = 0; k < d; ++k) {
    const double error = std::abs(back.value[k] - x[k]);
    result.compare(row, fmt::format("{}[{}] after there and back", name, k), x[k], back.value[k], error, allowed[k], "value");
  }
}

Slope slope_by_values(const std::function<double(double)>& phi, double unit, double summands) {
  // Rounding inside φ may be more than its summands show: a table of φ(t) tells.
  for (const double spacing : unit > unit_roundoff ? std::array{0x1p-5, 0x1p-9} : std::array{0x1p-14, 0x1p-22}) {
    std::array<double, table_size> table{};
    double change = 0;
    for (int k = 0; k < table_size; ++k) {
      table[k] = phi((k - table_size / 2) * spacing);
      if (k > 0) change = std::max(change, std::abs(table[k] - table[k - 1]));
    }
    const double noise = std::min(table_noise(table), bits_to_lose * unit * (summands + change / spacing));
    if (std::isfinite(noise)) summands = std::max(summands, noise / unit);
  }
  const std::array internal{summands};
  const DifferenceFacts facts{{}, internal, std::max(unit, unit_roundoff)};
  const double wider = unit > unit_roundoff ? steps_of_float : 1;
  const double origin = 0;
  const VectorMap<double> f = [&](std::span<const double> t, std::span<double> v) { v[0] = phi(t[0]); };
  Slope best;
  std::optional<Differences<double>> wide;
  // Down to far narrower steps than for a Jacobian: a weight moves its output by as much as the point is large.
  for (const double step : {9e-3, 9e-3 / 8, 9e-3 / 64, 9e-3 / 512, 9e-3 / 4096, 9e-3 / 32768}) {
    const Differences<double> now = differences<double>(f, std::span(&origin, 1), 1, wider * step, facts);
    // A step counts if its centre is no kink and the next narrower one confirms it.
    if (wide && !wide->kink) {
      // Where both orders are still wrong alike, the narrower step tells how wrong.
      const double v = wide->central.value[0], apart = std::abs(v - now.central.value[0]), bound = wide->central.bound[0] + apart;
      const bool confirmed = apart <= wide->central.bound[0] + now.central.bound[0];
      if (confirmed && (!best.resolved || bound < best.bound)) best = {v, bound, true};
    }
    wide = now;
  }
  return best;
}

}  // namespace flowgauge::verify
