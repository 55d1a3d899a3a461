// SPDX-License-Identifier: MIT
#include <flowgauge/bench/kl.hpp>
#include <flowgauge/normal_rows.hpp>

#include "statistics.hpp"

#include <fmt/format.h>

#include <cmath>

namespace flowgauge::bench {
namespace {

/// −w·log w − (1 − w)·log(1 − w) for w = 1/(1 + r), written in log r so that both logarithms keep their digits.
double binary_entropy(double log_r) {
  const double w = 1 / (1 + std::exp(log_r));
  if (w == 0 || w == 1) return 0;
  return w * softplus(log_r) + (1 - w) * softplus(-log_r);
}

/// One side's sums. Each summand is a function of log r = log q − log p alone and lies in [0, 1]: r = ∞ where p is 0, r = 0 where q is.
struct Side {
  Moments own, js, hellinger2, tv;

  void add(const std::vector<double>& log_r, bool of_source) {
    std::vector<double> v(log_r.size());
    const auto each = [&](Moments& m, auto f) {
      for (std::size_t i = 0; i < v.size(); ++i) v[i] = f(log_r[i]);
      m.add(v);
    };
    each(own, [&](double l) { return sigmoid(of_source ? l : -l); });
    each(js, [](double l) { return Constants<double>::log_two() - binary_entropy(l); });
    each(hellinger2, [](double l) { return 1 - 2 * std::sqrt(sigmoid(l) * sigmoid(-l)); });
    each(tv, [](double l) { return std::abs(std::tanh(l / 2)); });
  }
};

/// a·first + b·second of two independent means.
Mean combine(const Moments& first, double a, const Moments& second, double b) {
  const double std_error = std::sqrt(a * a * first.variance_of_mean() + b * b * second.variance_of_mean());
  const Index rows = first.rows() + second.rows();
  return with_interval(a * first.value() + b * second.value(), std_error, std_error * std::sqrt(static_cast<double>(rows)), rows);
}

}  // namespace

bool can_be_sampled(const Flow<double>& flow) {
  for (const Layer<double>& layer : flow.layers()) {
    const Facts& facts = layer.info().facts;
    if (facts.inverse == InverseKind::none || std::isfinite(facts.codomain.low) || std::isfinite(facts.codomain.high)) return false;
  }
  return true;
}

std::optional<Overlap> estimate_overlap(const Flow<double>& flow, const Distribution& source, Index rows, std::uint64_t seed, Workspace& workspace) {
  if (flow.dim() != source.dim())
    throw ShapeError(fmt::format("the flow '{}' has dim {}, the source '{}' has dim {}", flow.text(), flow.dim(), source.text(), source.dim()));
  if (rows < 2) throw ConfigError(fmt::format("an estimate of the overlap needs at least 2 rows, got {}", rows));
  if (!can_be_sampled(flow)) return std::nullopt;
  constexpr double infinity = std::numeric_limits<double>::infinity(), not_a_number = std::numeric_limits<double>::quiet_NaN();
  const RandomStream of_source = evaluation_stream(source, seed), of_flow(seed, "flow-sample");
  Side p, q;
  Moments outside;
  Overlap result;
  for (Index first = 0; first < rows; first += chunk_rows) {
    const Index n = std::min(chunk_rows, rows - first);
    const auto size = static_cast<std::size_t>(n);
    Batch<double> x(n, source.dim()), z(n, source.dim());
    std::vector<double> log_p(size), log_q(size), log_det(size), log_r(size), out(size);
    source.sample(of_source, static_cast<std::uint64_t>(first), x);
    source.log_prob(x, log_p);
    flow.log_prob(x, log_q, workspace);
    for (std::size_t i = 0; i < size; ++i) log_r[i] = log_q[i] - log_p[i];
    p.add(log_r, true);

    normal_rows(of_flow, static_cast<std::uint64_t>(first), z);
    // Without an inverse that failed, what is not finite has overflowed.
    const bool all_found = flow.inverse(z, x, log_det, workspace).not_converged == 0;
    for (Index i = 0; i < n; ++i) {
      const auto at = static_cast<std::size_t>(i);
      bool finite = std::isfinite(log_det[at]), number = !std::isnan(log_det[at]);
      log_q[at] = -log_det[at];
      for (Index j = 0; j < z.dim(); ++j) {
        finite = finite && std::isfinite(x(i, j));
        number = number && !std::isnan(x(i, j));
        log_q[at] += normal_log_density(z(i, j));
      }
      out[at] = finite ? 0 : 1;
      if (finite) continue;
      ++(all_found || number ? result.overflow : result.not_inverted);
      for (Index j = 0; j < z.dim(); ++j) x(i, j) = 0;
    }
    source.log_prob(x, log_p);
    for (std::size_t i = 0; i < size; ++i) {
      const bool lost = out[i] == 1;
      log_r[i] = lost ? infinity : log_q[i] - log_p[i];
      out[i] = !lost && log_p[i] == -infinity ? 1 : 0;
    }
    q.add(log_r, false);
    outside.add(out);
  }
  result.leak = outside.mean();
  result.balance = combine(p.own, 1, q.own, -1);
  result.js = combine(p.js, 0.5, q.js, 0.5);
  result.hellinger2 = combine(p.hellinger2, 0.5, q.hellinger2, 0.5);
  result.tv = combine(p.tv, 0.5, q.tv, 0.5);
  if (result.not_inverted > 0)
    for (Mean* m : {&result.leak, &result.balance, &result.js, &result.hellinger2, &result.tv})
      *m = {not_a_number, not_a_number, not_a_number, not_a_number, not_a_number, m->rows};
  return result;
}

}  // namespace flowgauge::bench
