// SPDX-License-Identifier: MIT
#include <flowgauge/bench/quadrature.hpp>

#include "panels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace flowgauge::bench {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double lost_mass = 1e-12;  ///< what the panels may miss of P: as much as the KL may be off

double deviation(const Sums& m) {
  const double variance = m.square - m.mean * m.mean;
  return std::isnan(variance) ? variance : std::sqrt(std::max(variance, 0.0));
}

/// Why an integral is not as good as it says, or nothing.
std::string objection(const Integrated& it, const Integral& mass, Index lost_knots) {
  if (!std::isfinite(it.fine.mean)) return "log p - log q is not finite at a node of the rule";
  if (lost_knots > 0) return fmt::format("{} knots of the flow have no pre-image that its inverse finds, so no panel is split there", lost_knots);
  if (!(std::abs(mass.value - 1) <= lost_mass)) return fmt::format("the panels hold {:.15g} of the source, not 1", mass.value);
  if (std::isinf(it.error)) return "the integral over the tails falls too slowly to be bounded where the source leaves the range of double";
  if (!(it.error <= Panels::tolerance(it.fine.mean)))
    return fmt::format("quadrature gives {:.6g} with an error of {:.2g}, more than {:.2g}", it.fine.mean, it.error, Panels::tolerance(it.fine.mean));
  return {};
}

ExactKl judge(const TailVerdict& tails, const Integrated& it, Index lost_knots) {
  ExactKl r;
  r.mass = {it.fine.mass, std::abs(it.fine.mass - it.coarse.mass)};
  r.reason = tails.reason;
  if (tails.support_violation || tails.kl == Finiteness::infinite) {
    r.kl = {infinity, 0};
    r.std_deviation = {not_a_number, not_a_number};
    r.status = tails.support_violation ? KlStatus::support_violation : KlStatus::infinite_proved;
    return r;
  }
  r.kl = {it.fine.mean, it.error};
  r.std_deviation = {deviation(it.fine), std::abs(deviation(it.fine) - deviation(it.coarse))};
  if (tails.variance != Finiteness::finite) r.std_deviation = {tails.variance == Finiteness::infinite ? infinity : not_a_number, not_a_number};
  if (tails.kl == Finiteness::unknown) {
    r.kl = {not_a_number, not_a_number};
    return r;
  }
  const std::string why = objection(it, r.mass, lost_knots);
  if (why.empty()) r.status = KlStatus::exact_quadrature;
  else r.reason = why;
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

ExactKls integrate(const Flow<double>& flow, const Univariate& source, const std::vector<double>& splits, Index lost_knots, Workspace& workspace) {
  if (flow.dim() != 1 || source.dim() != 1)
    throw ShapeError(fmt::format("quadrature needs dim 1: the flow '{}' has dim {}, the source '{}' has dim {}", flow.text(), flow.dim(),
                                 source.text(), source.dim()));
  const std::vector<TailVerdict> verdicts = judge_tails(source, flow);
  std::vector<bool> wanted;
  for (const TailVerdict& v : verdicts) wanted.push_back(v.kl == Finiteness::finite && !v.support_violation);
  const Panels panels(flow, source, splits, wanted, workspace);
  ExactKls result;
  for (std::size_t k = 0; k < verdicts.size(); ++k) result.trace.push_back(judge(verdicts[k], panels.integrate(k), lost_knots));
  result.kl = result.trace.back();
  result.leak = leak_of(flow, source, workspace);
  result.splits = splits;
  result.evaluations = panels.evaluations();
  return result;
}

}  // namespace

ExactKls exact_kl_with_splits(const Flow<double>& flow, const Univariate& source, const std::vector<double>& splits, Workspace& workspace) {
  return integrate(flow, source, splits, 0, workspace);
}

ExactKls exact_kl(const Flow<double>& flow, const Univariate& source, Workspace& workspace) {
  std::vector<double> splits = source.kinks();
  Convergence found;
  for (const double knot : flow.knots(workspace, &found)) splits.push_back(knot);
  std::sort(splits.begin(), splits.end());
  splits.erase(std::unique(splits.begin(), splits.end()), splits.end());
  return integrate(flow, source, splits, found.not_converged, workspace);
}

}  // namespace flowgauge::bench
