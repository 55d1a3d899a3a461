// SPDX-License-Identifier: MIT
#include <flowgauge/bench/kl.hpp>

#include "statistics.hpp"

#include <fmt/format.h>

#include <cmath>

namespace flowgauge::bench {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

void check(const Flow<double>& flow, const Distribution& source, Index rows) {
  if (flow.dim() != source.dim())
    throw ShapeError(fmt::format("the flow '{}' has dim {}, the source '{}' has dim {}", flow.text(), flow.dim(), source.text(), source.dim()));
  if (rows < 1) throw ConfigError(fmt::format("an estimate needs at least 1 row, got {}", rows));
}

Mean all(double value, Index rows) {
  return {value, not_a_number, not_a_number, not_a_number, not_a_number, rows};
}

/// Whether a row lies where the flow, or its empty prefix, has no density.
class Domain {
 public:
  explicit Domain(const Flow<double>& flow) {
    if (!flow.layers().empty()) domain_ = flow.layers().front().info().facts.domain;
  }
  bool holds(BatchIn<double> x, Index row) const {
    for (Index j = 0; j < x.dim; ++j)
      if (!(x(row, j) >= domain_.low && x(row, j) <= domain_.high)) return false;
    return true;
  }

 private:
  Interval domain_;
};

void count(NonFinite& causes, double log_p, double log_q, bool in_domain) {
  if (std::isfinite(log_p) && std::isfinite(log_q)) return;
  if (!in_domain || log_p == -infinity) ++causes.outside_support;
  else if (std::isnan(log_p) || std::isnan(log_q)) ++causes.not_a_number;
  else ++causes.overflow;
}

/// A mean over rows that are all finite, or what the others make of it.
Mean mean_or_cause(const Moments& moments, const NonFinite& causes) {
  if (causes.outside_support > 0) return all(infinity, moments.rows());
  if (causes.total() > 0) return all(not_a_number, moments.rows());
  return moments.mean();
}

/// Largest of two shapes; a shape that was not fitted says nothing.
double larger_shape(double a, double b) {
  if (std::isnan(a)) return b;
  if (std::isnan(b)) return a;
  return std::max(a, b);
}

KlStatus judge(const TailVerdict& tails, const NonFinite& causes, double shape) {
  if (tails.support_violation || causes.outside_support > 0) return KlStatus::support_violation;
  if (tails.kl == Finiteness::infinite) return KlStatus::infinite_proved;
  if (causes.total() > 0) return KlStatus::invalid;
  if (tails.kl == Finiteness::unknown && shape >= 1) return KlStatus::infinite_suspected;
  if (tails.variance == Finiteness::infinite) return KlStatus::mc_infinite_variance;
  if (shape >= 0.5) return KlStatus::mc_infinite_variance;  // also where the algebra says finite: it speaks of the limit, not of these rows
  return KlStatus::mc_ok;
}

std::string explain(KlStatus status, const TailVerdict& tails, const NonFinite& causes, double shape) {
  switch (status) {
    case KlStatus::mc_ok: return {};
    case KlStatus::invalid: return fmt::format("{} rows overflow, {} are not a number", causes.overflow, causes.not_a_number);
    case KlStatus::support_violation:
      return tails.support_violation ? tails.reason
                                     : fmt::format("{} rows of the source lie outside the support of the flow", causes.outside_support);
    case KlStatus::infinite_suspected: return fmt::format("{}; the largest energies have Pareto shape {:.2f}, at least 1", tails.reason, shape);
    case KlStatus::mc_infinite_variance:
      if (tails.variance == Finiteness::infinite) return tails.reason;
      return fmt::format("{}; the largest energies have Pareto shape {:.2f}, at least {}",
                         tails.variance == Finiteness::finite ? "the tails say that the variance is finite, the rows do not" : tails.reason, shape,
                         shape >= 1 ? "1" : "1/2");
    default: return tails.reason;
  }
}

/// What is summed for one prefix.
struct PrefixSums {
  Moments kl, delta;
  NonFinite causes;
  std::vector<double> ratio, change;  // of one chunk
};

void resize(std::vector<PrefixSums>& sums, Index rows) {
  for (PrefixSums& s : sums) {
    s.ratio.resize(static_cast<std::size_t>(rows));
    s.change.resize(static_cast<std::size_t>(rows));
  }
}

}  // namespace

std::string_view text_of(KlStatus status) {
  switch (status) {
    case KlStatus::exact_quadrature: return "exact_quadrature";
    case KlStatus::mc_ok: return "mc_ok";
    case KlStatus::mc_infinite_variance: return "mc_infinite_variance";
    case KlStatus::infinite_proved: return "infinite_proved";
    case KlStatus::infinite_suspected: return "infinite_suspected";
    case KlStatus::support_violation: return "support_violation";
    case KlStatus::invalid: return "invalid";
  }
  return "invalid";
}

RandomStream evaluation_stream(const Distribution& source, std::uint64_t seed) {
  return {seed, "source-sample", source.text()};
}

KlEstimate estimate_kl(const Flow<double>& flow, const Distribution& source, Index rows, std::uint64_t seed, Workspace& workspace) {
  check(flow, source, rows);
  const RandomStream stream = evaluation_stream(source, seed);
  const std::vector<TailVerdict> verdicts = judge_tails(source, flow);
  const Domain domain(flow);
  const Index prefixes = static_cast<Index>(flow.layers().size()) + 1, last = prefixes - 1;
  std::vector<PrefixSums> sums(static_cast<std::size_t>(prefixes));
  std::vector<double> energies, volumes;

  for (Index first = 0; first < rows; first += chunk_rows) {
    const Index n = std::min(chunk_rows, rows - first);
    const auto size = static_cast<std::size_t>(n);
    Batch<double> x(n, source.dim()), z(n, source.dim()), log_q(n, prefixes);
    std::vector<double> log_p(size), log_det(size);
    source.sample(stream, static_cast<std::uint64_t>(first), x);
    source.log_prob(x, log_p);
    flow.trace(x, log_q, workspace);
    flow.log_prob(x, log_q.column(last), workspace);  // the density itself, to the bit: at planted parameters its log-ratios are exactly 0
    flow.forward(x, z, log_det, workspace);
    resize(sums, n);
    for (Index i = 0; i < n; ++i) {
      const bool inside = domain.holds(x, i);
      double square = 0;
      for (Index j = 0; j < z.dim(); ++j) square += z(i, j) * z(i, j);
      if (std::isfinite(square)) energies.push_back(square / 2);
      if (std::isfinite(log_det[static_cast<std::size_t>(i)])) volumes.push_back(-log_det[static_cast<std::size_t>(i)]);
      for (Index k = 0; k < prefixes; ++k) {
        PrefixSums& s = sums[static_cast<std::size_t>(k)];
        count(s.causes, log_p[static_cast<std::size_t>(i)], log_q(i, k), inside || k == 0);
        s.ratio[static_cast<std::size_t>(i)] = log_p[static_cast<std::size_t>(i)] - log_q(i, k);
        if (k > 0) s.change[static_cast<std::size_t>(i)] = log_q(i, k - 1) - log_q(i, k);
      }
    }
    for (PrefixSums& s : sums) s.kl.add(s.ratio);
    for (std::size_t k = 1; k < sums.size(); ++k) sums[k].delta.add(sums[k].change);
  }

  KlEstimate result;
  result.khat_energy = pareto_shape(std::move(energies));
  result.khat_log_det = pareto_shape(std::move(volumes));
  for (std::size_t k = 0; k < sums.size(); ++k) {
    PrefixKl prefix;
    prefix.tails = verdicts[k];
    prefix.non_finite = sums[k].causes;
    const bool infinite = verdicts[k].support_violation || verdicts[k].kl == Finiteness::infinite;
    prefix.kl = infinite ? all(infinity, rows) : mean_or_cause(sums[k].kl, sums[k].causes);
    if (k > 0) {
      prefix.layer = flow.layers()[k - 1].info().text;
      const bool both = std::isfinite(prefix.kl.value) && std::isfinite(result.trace.back().kl.value);
      prefix.delta = both ? sums[k].delta.mean() : all(not_a_number, rows);
    }
    result.trace.push_back(std::move(prefix));
  }
  const PrefixKl& whole = result.trace.back();
  const double shape = larger_shape(result.khat_energy, result.khat_log_det);
  result.kl = whole.kl;
  result.non_finite = whole.non_finite;
  result.status = judge(whole.tails, whole.non_finite, shape);
  result.reason = explain(result.status, whole.tails, whole.non_finite, shape);
  return result;
}

Mean estimate_kl_quickly(const Flow<double>& flow, const Distribution& source, Index rows, std::uint64_t seed, Workspace& workspace) {
  check(flow, source, rows);
  const TailVerdict tails = judge_tails(source, flow).back();
  if (tails.support_violation || tails.kl == Finiteness::infinite) return all(infinity, rows);
  const RandomStream stream = evaluation_stream(source, seed);
  const Domain domain(flow);
  Moments moments;
  NonFinite causes;
  for (Index first = 0; first < rows; first += chunk_rows) {
    const Index n = std::min(chunk_rows, rows - first);
    const auto size = static_cast<std::size_t>(n);
    Batch<double> x(n, source.dim());
    std::vector<double> log_p(size), log_q(size), ratio(size);
    source.sample(stream, static_cast<std::uint64_t>(first), x);
    source.log_prob(x, log_p);
    flow.log_prob(x, log_q, workspace);
    for (std::size_t i = 0; i < size; ++i) {
      count(causes, log_p[i], log_q[i], domain.holds(x, static_cast<Index>(i)));
      ratio[i] = log_p[i] - log_q[i];
    }
    moments.add(ratio);
  }
  return mean_or_cause(moments, causes);
}

CrossEntropy cross_entropy(const Flow<double>& flow, BatchIn<double> rows, Workspace& workspace) {
  if (flow.dim() != rows.dim) throw ShapeError(fmt::format("the flow '{}' has dim {}, the rows have dim {}", flow.text(), flow.dim(), rows.dim));
  if (rows.rows < 1) throw ConfigError("a cross-entropy needs at least 1 row, got 0");
  const Domain domain(flow);
  Moments moments;
  CrossEntropy result;
  for (Index first = 0; first < rows.rows; first += chunk_rows) {
    const BatchIn<double> x = rows.slice(first, std::min(chunk_rows, rows.rows - first));
    std::vector<double> log_q(static_cast<std::size_t>(x.rows));
    flow.log_prob(x, log_q, workspace);
    for (std::size_t i = 0; i < log_q.size(); ++i) {
      count(result.non_finite, 0, log_q[i], domain.holds(x, static_cast<Index>(i)));
      log_q[i] = -log_q[i];
    }
    moments.add(log_q);
  }
  result.nats = mean_or_cause(moments, result.non_finite);
  return result;
}

Mean cross_entropy_difference(const Flow<double>& flow, BatchIn<double> rows, ColumnIn<double> other, Workspace& workspace) {
  if (static_cast<Index>(other.size()) != rows.rows)
    throw ShapeError(fmt::format("a paired difference expects one number for each of {} rows, got {}", rows.rows, other.size()));
  Moments moments;
  for (Index first = 0; first < rows.rows; first += chunk_rows) {
    const BatchIn<double> x = rows.slice(first, std::min(chunk_rows, rows.rows - first));
    std::vector<double> difference(static_cast<std::size_t>(x.rows));
    flow.log_prob(x, difference, workspace);
    for (std::size_t i = 0; i < difference.size(); ++i) difference[i] = -difference[i] - other[static_cast<std::size_t>(first) + i];
    moments.add(difference);
  }
  return moments.mean();
}

}  // namespace flowgauge::bench
