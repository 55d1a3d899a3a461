// SPDX-License-Identifier: MIT
#include <flowgauge/bench/quadrature.hpp>

#include "gauss_legendre.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace flowgauge::bench {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double longest_panel = 1.4, growth = 2.2, shortest_panel = 1e-10;
const double median = Constants<double>::log_two();  // t there

enum class Side { low, high };

double mass_beyond(const Univariate& source, Side side, double x) { return side == Side::low ? source.cdf(x) : source.upper_cdf(x); }
double point_at(const Univariate& source, Side side, double t) {
  const double tail = std::exp(-t);
  return side == Side::low ? source.quantile(tail) : source.upper_quantile(tail);
}

/// t where a tail is cut. On a power tail x ~ e^{t/alpha} must stay so far from overflow that the layers can still move it.
double cut_of(const TailClass& tail) {
  switch (tail.edge ? TailClass::Kind::bounded : tail.kind) {
    case TailClass::Kind::power: return std::min(690.0, 660 * tail.shape);
    case TailClass::Kind::log_normal_like: return 60;
    case TailClass::Kind::stretched: return tail.shape < 1 ? 60 : 40;
    case TailClass::Kind::slower_than_power:
    case TailClass::Kind::unknown: return 60;
    default: return 40;
  }
}

/// Panel ends from a to m, the shortest at a.
void grade(double a, double m, std::vector<double>& ends) {
  const double direction = m > a ? 1 : -1;
  double length = shortest_panel, at = a;
  while (std::abs(m - at) > length) {
    ends.push_back(at);
    at += direction * length;
    length = std::min(length * growth, longest_panel);
  }
  ends.push_back(at);
}

/// Ends of the panels between two splits; an end that is no split is not graded.
std::vector<double> panels(double a, double b, bool split_a, bool split_b) {
  std::vector<double> ends;
  const double middle = split_a && split_b ? (a + b) / 2 : split_a ? b : a;
  if (split_a) grade(a, middle, ends);
  if (split_b) grade(b, middle, ends);
  if (!split_a && !split_b)
    for (double at = a; at < b; at += longest_panel) ends.push_back(at);
  ends.push_back(a);
  ends.push_back(b);
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  return ends;
}

/// Where to look, and how much a place weighs: Σ weight·f(x) ≈ E_P f.
struct Rule {
  std::vector<double> x, weight;

  void add(const Univariate& source, Side side, double a, double b) {
    const GaussLegendre& gauss = gauss_legendre();
    for (std::size_t i = 0; i < gauss.node.size(); ++i) {
      const double t = (a + b) / 2 + (b - a) / 2 * gauss.node[i];
      x.push_back(point_at(source, side, t));
      weight.push_back((b - a) / 2 * gauss.weight[i] * std::exp(-t));
    }
  }
};

/// `parts`: into how many pieces every panel is cut.
Rule make_rule(const Univariate& source, const std::vector<double>& splits, int parts) {
  const Marginal marginal = source.marginal(0);
  Rule rule;
  for (const Side side : {Side::low, Side::high}) {
    const double cut = cut_of(side == Side::low ? marginal.low_tail : marginal.high_tail);
    std::vector<double> at;
    bool split_at_median = false;
    for (const double s : splits) {
      const double mass = mass_beyond(source, side, s), t = -std::log(mass);
      if (std::abs(t - median) < shortest_panel) split_at_median = true;
      else if (mass > 0 && t > median && t < cut) at.push_back(t);
    }
    std::sort(at.begin(), at.end());
    at.push_back(cut);
    double from = median;
    bool split_from = split_at_median;
    for (const double to : at) {
      const std::vector<double> ends = panels(from, to, split_from, to != cut);
      for (std::size_t i = 0; i + 1 < ends.size(); ++i)
        for (int k = 0; k < parts; ++k)
          rule.add(source, side, ends[i] + (ends[i + 1] - ends[i]) * k / parts, ends[i] + (ends[i + 1] - ends[i]) * (k + 1) / parts);
      from = to;
      split_from = true;
    }
  }
  return rule;
}

/// Neumaier's compensated sum.
class Sum {
 public:
  void add(double v) {
    const double next = total_ + v;
    lost_ += std::abs(total_) >= std::abs(v) ? (total_ - next) + v : (v - next) + total_;
    total_ = next;
  }
  double value() const { return std::isfinite(total_) ? total_ + lost_ : total_; }

 private:
  double total_ = 0, lost_ = 0;
};

struct Moments {
  double mass = 0, mean = 0, square = 0;  // ∫p, ∫p·l, ∫p·l² with l = log p − log q
};

/// The moments of every prefix under one rule.
std::vector<Moments> integrate(const Flow<double>& flow, const Univariate& source, const Rule& rule, Workspace& workspace) {
  const auto n = static_cast<Index>(rule.x.size());
  const auto prefixes = flow.layers().size() + 1;
  Batch<double> x(n, 1), log_q(n, static_cast<Index>(prefixes));
  std::copy(rule.x.begin(), rule.x.end(), x.column(0).begin());
  std::vector<double> log_p(rule.x.size());
  source.log_prob(x, log_p);
  flow.trace(x, log_q, workspace);
  std::vector<Moments> result;
  for (std::size_t k = 0; k < prefixes; ++k) {
    Sum mass, mean, square;
    for (std::size_t i = 0; i < log_p.size(); ++i) {
      const double l = log_p[i] - log_q(static_cast<Index>(i), static_cast<Index>(k));
      mass.add(rule.weight[i]);
      mean.add(rule.weight[i] * l);
      square.add(rule.weight[i] * l * l);
    }
    result.push_back({mass.value(), mean.value(), square.value()});
  }
  return result;
}

double deviation(const Moments& m) {
  const double variance = m.square - m.mean * m.mean;
  return std::isnan(variance) ? variance : std::sqrt(std::max(variance, 0.0));
}

ExactKl judge(const TailVerdict& tails, const Moments& coarse, const Moments& fine) {
  ExactKl r;
  r.mass = {fine.mass, std::abs(fine.mass - coarse.mass)};
  r.reason = tails.reason;
  if (tails.support_violation || tails.kl == Finiteness::infinite) {
    r.kl = {infinity, 0};
    r.std_deviation = {not_a_number, not_a_number};
    r.status = tails.support_violation ? KlStatus::support_violation : KlStatus::infinite_proved;
    return r;
  }
  r.kl = {fine.mean, std::abs(fine.mean - coarse.mean)};
  r.std_deviation = {deviation(fine), std::abs(deviation(fine) - deviation(coarse))};
  if (tails.variance != Finiteness::finite) r.std_deviation = {tails.variance == Finiteness::infinite ? infinity : not_a_number, not_a_number};
  if (tails.kl == Finiteness::unknown) r.kl = {not_a_number, not_a_number};
  else if (!std::isfinite(fine.mean)) r.reason = "log p - log q is not finite at a node of the rule";
  else r.status = KlStatus::exact_quadrature;
  return r;
}

double forward(const Flow<double>& flow, double x, Workspace& workspace) {
  Batch<double> in(1, 1), out(1, 1);
  double log_det = 0;
  in(0, 0) = x;
  flow.forward(in, out, {&log_det, 1}, workspace);
  return out(0, 0);
}

/// Mass of q below and above the support of P: normal mass between the image of an edge and the end of the flow's range. The range of a flow that
/// falls is swapped.
std::optional<double> leak_of(const Flow<double>& flow, const Univariate& source, Workspace& workspace) {
  const Marginal marginal = source.marginal(0);
  const bool falls = forward(flow, source.quantile(0.25), workspace) > forward(flow, source.upper_quantile(0.25), workspace);
  const Interval range = flow.layers().empty() ? Interval() : flow.layers().back().info().facts.codomain;
  double leak = 0;
  for (const double edge : {marginal.low, marginal.high}) {
    if (!std::isfinite(edge)) continue;
    const double z = forward(flow, edge, workspace);
    if (!std::isfinite(z)) return std::nullopt;
    const bool below = (edge == marginal.low) != falls;
    leak += below ? normal_cdf(z) - normal_cdf(range.low) : normal_cdf(-z) - normal_cdf(-range.high);
  }
  return leak;
}

}  // namespace

ExactKls exact_kl_with_splits(const Flow<double>& flow, const Univariate& source, const std::vector<double>& splits, Workspace& workspace) {
  if (flow.dim() != 1 || source.dim() != 1)
    throw ShapeError(fmt::format("quadrature needs dim 1: the flow '{}' has dim {}, the source '{}' has dim {}", flow.text(), flow.dim(),
                                 source.text(), source.dim()));
  const std::vector<TailVerdict> verdicts = judge_tails(source, flow);
  const Rule coarse = make_rule(source, splits, 1), fine = make_rule(source, splits, 2);
  const std::vector<Moments> first = integrate(flow, source, coarse, workspace), second = integrate(flow, source, fine, workspace);
  ExactKls result;
  for (std::size_t k = 0; k < verdicts.size(); ++k) result.trace.push_back(judge(verdicts[k], first[k], second[k]));
  result.kl = result.trace.back();
  result.leak = leak_of(flow, source, workspace);
  result.splits = splits;
  result.evaluations = static_cast<Index>(coarse.x.size() + fine.x.size());
  return result;
}

ExactKls exact_kl(const Flow<double>& flow, const Univariate& source, Workspace& workspace) {
  if (flow.dim() != 1) return exact_kl_with_splits(flow, source, {}, workspace);
  std::vector<double> splits = source.kinks();
  for (const double knot : flow.knots(workspace)) splits.push_back(knot);
  std::sort(splits.begin(), splits.end());
  splits.erase(std::unique(splits.begin(), splits.end()), splits.end());
  return exact_kl_with_splits(flow, source, splits, workspace);
}

}  // namespace flowgauge::bench
