// SPDX-License-Identifier: MIT
#include "defects/bad_estimator.hpp"

#include <flowgauge/verify/source_oracles.hpp>

#include <algorithm>
#include <cmath>

namespace flowgauge::verify::defects {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// What an estimator with this defect makes of numbers, one a row.
Estimated mean_with(const std::string& defect, std::vector<double> numbers) {
  if (defect == "nan_skipped") std::erase_if(numbers, [](double v) { return !std::isfinite(v); });
  if (std::any_of(numbers.begin(), numbers.end(), [](double v) { return v == infinity; }))
    return {infinity, std::nan(""), std::nan(""), std::nan("")};
  const double n = static_cast<double>(numbers.size());
  double sum = 0, lost = 0;  // Neumaier's sum
  for (const double v : numbers) {
    const double next = sum + v;
    lost += std::abs(sum) >= std::abs(v) ? (sum - next) + v : (v - next) + sum;
    sum = next;
  }
  Estimated e;
  e.value = (sum + lost) / n;
  if (defect == "naive_sum") {
    float of_floats = 0;
    for (const double v : numbers) of_floats += static_cast<float>(v);
    e.value = of_floats / n;
  }
  if (defect == "mean_of_chunks") {
    constexpr std::size_t chunk = 480;
    double means = 0, count = 0;
    for (std::size_t first = 0; first < numbers.size(); first += chunk, ++count) {
      const std::size_t last = std::min(first + chunk, numbers.size());
      double part = 0;
      for (std::size_t i = first; i < last; ++i) part += numbers[i];
      means += part / static_cast<double>(last - first);
    }
    e.value = means / count;
  }
  double squares = 0;
  for (const double v : numbers) squares += (v - e.value) * (v - e.value);
  e.std_error = std::sqrt(squares / (n - 1) / (defect == "divided_by_n" ? n * n : n));
  e.ci_low = e.value - 1.96 * e.std_error;
  e.ci_high = e.value + 1.96 * e.std_error;
  return e;
}

/// Power tails of index at most 2 under layers of linear growth, and rows outside the first layer's domain: enough for the cells of K8.
std::string status_of(const Flow<double>& flow, const Distribution& source) {
  const Marginal m = source.marginal(0);
  const bool heavy = m.high_tail.kind == TailClass::Kind::power && !m.high_tail.edge && m.high_tail.shape <= 2;
  const bool linear =
      std::all_of(flow.layers().begin(), flow.layers().end(), [](const auto& l) { return l.info().text.rfind("triangular", 0) == 0; });
  if (!flow.layers().empty() && m.low < flow.layers().front().info().facts.domain.low) return "support_violation";
  return heavy && linear ? "infinite_proved" : "mc_ok";
}

EstimatedKl estimate(const std::string& defect, const Flow<double>& flow, const Distribution& source, Index n, std::uint64_t seed) {
  const RandomStream stream(defect == "seed_ignored" ? 1 : seed, "source-sample", source.text());
  const Index d = source.dim(), layers = static_cast<Index>(flow.layers().size());
  Batch<double> x(n, d), log_q(n, layers + 1);
  std::vector<double> log_p(static_cast<std::size_t>(n));
  source.sample(stream, 0, x);
  if (defect == "recycled")
    for (Index i = 500; i < n; ++i)
      for (Index j = 0; j < d; ++j) x(i, j) = x(i % 500, j);
  Workspace workspace;
  if (defect == "p_of_latents") {
    Batch<double> z(n, d);
    std::vector<double> log_det(static_cast<std::size_t>(n));
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < d; ++j) z(i, j) = stream.normal(static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(j));
    flow.inverse(z, x, log_det, workspace);
  }
  source.log_prob(x, log_p);
  flow.trace(x, log_q, workspace);
  flow.log_prob(x, log_q.column(layers), workspace);  // to the bit: K1
  if (defect == "log_det_twice") {
    Batch<double> z(n, d);
    std::vector<double> log_det(static_cast<std::size_t>(n));
    flow.forward(x, z, log_det, workspace);
    for (Index i = 0; i < n; ++i) log_q(i, layers) += log_det[static_cast<std::size_t>(i)];
  }
  EstimatedKl e;
  e.status = status_of(flow, source);
  const auto ratios = [&](Index k) {
    std::vector<double> r(static_cast<std::size_t>(n));
    for (Index i = 0; i < n; ++i) {
      const double difference = log_p[static_cast<std::size_t>(i)] - log_q(i, k);
      r[static_cast<std::size_t>(i)] = defect == "swapped" ? -difference : difference;
    }
    return r;
  };
  for (Index k = 0; k <= layers; ++k) {
    const Index shown = defect == "one_layer_off" && k > 0 && k < layers ? k - 1 : k;
    EstimatedKl::Prefix prefix{mean_with(defect, ratios(shown)), {}};
    if (k > 0) {
      std::vector<double> delta = ratios(k), before = ratios(k - 1);
      for (std::size_t i = 0; i < delta.size(); ++i) delta[i] -= before[i];
      prefix.delta = mean_with(defect, delta);
    }
    e.trace.push_back(prefix);
  }
  if (e.status != "mc_ok" && defect != "finite_status") e.trace.back().kl = {infinity, std::nan(""), std::nan(""), std::nan("")};
  e.kl = e.trace.back().kl;
  return e;
}

}  // namespace

Estimator bad_estimator(const std::string& defect) {
  Estimator estimator{"bad_estimator", "an estimator with a planted defect", {}, {}, {}, {}};
  estimator.kl = [=](const Flow<double>& flow, const Distribution& source, Index n, std::uint64_t seed) {
    return estimate(defect, flow, source, n, seed);
  };
  estimator.quick_kl = [=](const Flow<double>& flow, const Distribution& source, Index n, std::uint64_t seed) {
    return estimate(defect, flow, source, n, seed).kl;
  };
  estimator.cross_entropy = [=](const Flow<double>& flow, BatchIn<double> x) {
    std::vector<double> log_q(static_cast<std::size_t>(x.rows));
    Workspace workspace;
    flow.log_prob(x, log_q, workspace);
    for (double& l : log_q) l = -l;
    return mean_with(defect, log_q);
  };
  estimator.quadrature = [=](const Flow<double>& flow, const Univariate& source) {
    if (defect == "tails_cut") {  // 2000 midpoints between two quantiles
      Workspace workspace;
      const double low = source.quantile(1e-4), step = (source.upper_quantile(1e-4) - low) / 2000;
      double sum = 0;
      for (int i = 0; i < 2000; ++i) {
        const double x = low + (i + 0.5) * step, log_p = source.log_density(x);
        double log_q = 0;
        flow.log_prob({&x, 1, 1, 1}, {&log_q, 1}, workspace);
        sum += std::exp(log_p) * (log_p - log_q) * step;
      }
      return IntegratedKl{sum, 1e-9, "exact_quadrature"};
    }
    const Quadrature q = kl_by_quadrature(flow, source);
    return IntegratedKl{q.value, q.error, "exact_quadrature"};
  };
  return estimator;
}

}  // namespace flowgauge::verify::defects
