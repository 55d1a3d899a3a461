// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>

#include <flowgauge/verify/oracles.hpp>

#include <algorithm>
#include <cmath>

#include <boost/math/policies/policy.hpp>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>

namespace flowgauge::verify {
namespace {

namespace policies = boost::math::policies;
// Errors become NaN, which no comparison accepts; nothing is promoted to 80 bits.
using QuadraturePolicy = policies::policy<policies::promote_double<false>, policies::domain_error<policies::errno_on_error>,
                                          policies::pole_error<policies::errno_on_error>, policies::overflow_error<policies::errno_on_error>,
                                          policies::evaluation_error<policies::errno_on_error>>;

constexpr double lost_in_summation = 1e-13;  ///< of a panel's size: what adding up in double may lose
constexpr double promised_normaliser = 3e-14;

void add_graded_cuts(double end, double median, double unit, std::vector<double>& cuts) {
  const double direction = end > median ? 1 : -1;
  if (std::isinf(end)) {
    for (double distance = unit; distance < 1e300; distance *= 2) cuts.push_back(median + direction * distance);
    return;
  }
  for (double u = std::abs(end - median) / 2; u > 0 && end - direction * u != end; u /= 2) cuts.push_back(end - direction * u);
  cuts.push_back(end);
}

}  // namespace

Quadrature integral(const std::function<double(double)>& f, double a, double b) {
  using Rule = boost::math::quadrature::gauss_kronrod<double, 31, QuadraturePolicy>;
  double error = 0, size = 0;
  // On [0, 1]: the rule refuses a panel that is narrow beside its place.
  const double value = Rule::integrate([&](double t) { return f(a + (b - a) * t); }, 0.0, 1.0, 4, 1e-11, &error, &size);
  return {(b - a) * value, (b - a) * (error + lost_in_summation * size)};
}

Quadrature integral_over(const Univariate& source, const std::function<double(double)>& f, const std::vector<double>& more_cuts) {
  const Marginal support = source.marginal(0);
  const double median = source.quantile(0.5);
  std::vector<double> cuts = source.kinks();
  cuts.insert(cuts.end(), more_cuts.begin(), more_cuts.end());
  for (const double p : {0.001, 0.05, 0.25, 0.45, 0.499}) cuts.insert(cuts.end(), {source.quantile(p), source.upper_quantile(p)});
  cuts.push_back(median);
  const double unit = (source.quantile(0.501) - source.quantile(0.499)) / 2;
  if (!(unit > 0)) return {std::nan(""), 0};
  add_graded_cuts(support.low, median, unit, cuts);
  add_graded_cuts(support.high, median, unit, cuts);
  std::erase_if(cuts, [&](double x) { return !(x >= support.low && x <= support.high); });
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  Quadrature sum;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const Quadrature part = integral(f, cuts[i], cuts[i + 1]);
    sum.value += part.value, sum.error += part.error;
  }
  return sum;
}

Quadrature kl_by_quadrature(const Flow<double>& flow, const Univariate& source) {
  Workspace workspace;
  const auto integrand = [&](double x) {
    const double log_p = source.log_density(x);
    if (!(log_p > -700)) return 0.0;  // beyond, p is below 1e-304
    double log_q = 0;
    flow.log_prob({&x, 1, 1, 1}, {&log_q, 1}, workspace);
    return std::exp(log_p) * (log_p - log_q);
  };
  return integral_over(source, integrand, flow.knots(workspace));
}

Masses masses_by_values(const SourceTrial& trial, const std::vector<double>& nodes) {
  using Rule = boost::math::quadrature::gauss<double, 10>;
  struct Panel {
    double low, high;
    std::size_t node;  ///< at its end, or beyond
    double mass = 0;
  };
  const auto measure = [&](std::vector<Panel>& panels) {
    constexpr Index points = 10;
    Batch<double> x(static_cast<Index>(panels.size()) * points, 1);
    std::vector<double> log_p(static_cast<std::size_t>(x.rows()));
    const auto each = [&](const auto& visit) {
      Index at = 0;
      for (Panel& panel : panels)
        for (const double side : {-1.0, 1.0})
          for (std::size_t k = 0; k < Rule::abscissa().size(); ++k) visit(panel, side * Rule::abscissa()[k], Rule::weights()[k], at++);
    };
    each([&](const Panel& p, double t, double, Index at) { x(at, 0) = 0.5 * (p.low + p.high) + 0.5 * (p.high - p.low) * t; });
    trial.source().log_prob(x, log_p);
    each([&](Panel& p, double, double w, Index at) { p.mass += 0.5 * (p.high - p.low) * w * std::exp(log_p[static_cast<std::size_t>(at)]); });
  };
  std::vector<Panel> wholes;
  for (std::size_t k = 1; k < nodes.size(); ++k) wholes.push_back({nodes[k - 1], nodes[k], k});
  measure(wholes);
  Masses result{std::vector<double>(nodes.size(), 0.0), 0};
  for (int pass = 1; !wholes.empty(); ++pass) {
    std::vector<Panel> halves, unsettled;
    for (const Panel& p : wholes) {
      const double middle = 0.5 * (p.low + p.high);
      halves.insert(halves.end(), {{p.low, middle, p.node}, {middle, p.high, p.node}});
    }
    measure(halves);
    for (std::size_t k = 0; k < wholes.size(); ++k) {
      const double change = std::abs(halves[2 * k].mass + halves[2 * k + 1].mass - wholes[k].mass);
      if (change <= 1e-7 || pass == 12) {
        result.up_to[wholes[k].node] += halves[2 * k].mass + halves[2 * k + 1].mass;
        result.error += change;
      } else unsettled.insert(unsettled.end(), {halves[2 * k], halves[2 * k + 1]});
    }
    wholes = std::move(unsettled);
  }
  for (std::size_t k = 1; k < nodes.size(); ++k) result.up_to[k] += result.up_to[k - 1];
  return result;
}

std::string why_no_cdf(const SourceTrial& trial) {
  return trial.by_values() ? "its cdf is not known: it says log_prob and draws a sample" : "a source of several coordinates has no cdf";
}

double unheld_mass(const Univariate& source) {
  const Marginal m = source.marginal(0);
  return source.cdf(std::nextafter(m.low, m.high)) + source.upper_cdf(std::nextafter(m.high, m.low));
}

double location_rounding(const Univariate& source) {
  const double unit = source.quantile(0.75) - source.quantile(0.25);
  return 8 * std::numeric_limits<double>::epsilon() * (1 + std::abs(source.quantile(0.5)) / unit);
}

TrueDensity true_density(const SourceTrial& trial, std::span<const double> x) {
  TrueDensity truth{0, 0, trial.formula().wide(Trial::converted<Wide>(x))};
  truth.value = to_double(truth.wide);
  if (!std::isfinite(truth.value)) return truth;
  double spread = 0;
  for (std::uint64_t run = 0; run < 32; ++run) {
    const RoundingSeed seed(hash_text("density rounding") + run);
    const double rounded = to_double(trial.formula().rounding(Trial::converted<Rounding>(x)));
    spread = std::isfinite(rounded) ? std::max(spread, std::abs(rounded - truth.value)) : std::numeric_limits<double>::infinity();
  }
  truth.allowed = 4 * (spread + unit_roundoff * std::max(1.0, std::abs(truth.value))) + promised_normaliser;
  return truth;
}

}  // namespace flowgauge::verify
