// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>

#include <flowgauge/verify/oracles.hpp>

#include <algorithm>
#include <cmath>

#include <boost/math/policies/policy.hpp>
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
