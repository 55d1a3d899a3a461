// SPDX-License-Identifier: MIT
#include <flowgauge/verify/statistics.hpp>

#include <flowgauge/normal_quantile.hpp>

#include <algorithm>
#include <cmath>

namespace flowgauge::verify {

Examined in_two_stages(Index rows, const std::function<Examined(const Stage&)>& test) {
  Examined first = test({0, rows, alpha_of_first_stage});
  if (first.outcome() != Outcome::disagree) return first;
  Examined plain = test({0, rows, alpha_of_a_check / 2});
  if (plain.outcome() == Outcome::disagree) return plain;
  return test({static_cast<std::uint64_t>(rows), 10 * rows, alpha_of_a_check / 2 / alpha_of_first_stage});
}

double dkw_bound(Index n, double alpha) { return std::sqrt(std::log(2 / alpha) / (2 * static_cast<double>(n))); }

double supremum_distance(std::span<const double> cdf) {
  const double n = static_cast<double>(cdf.size());
  double worst = 0;
  for (std::size_t i = 0; i < cdf.size(); ++i) {
    if (std::isnan(cdf[i])) return cdf[i];
    worst = std::max({worst, static_cast<double>(i + 1) / n - cdf[i], cdf[i] - static_cast<double>(i) / n});
  }
  return worst;
}

double anderson_darling(std::span<const double> cdf, std::span<const double> upper_cdf) {
  const double n = static_cast<double>(cdf.size());
  double sum = 0;
  for (std::size_t i = 0; i < cdf.size(); ++i)
    sum += static_cast<double>(2 * i + 1) / n * (1 + 0.5 * (std::log(cdf[i]) + std::log(upper_cdf[cdf.size() - 1 - i])));
  return -2 * sum + n;  // Σ (2i − 1)/n = n: the summands stay near 0
}

double anderson_darling_bound(double alpha) {
  constexpr double lambda = 0.95, pi = 3.14159265358979323846;
  const double log_moment = 0.5 * std::log(-2 * pi * lambda / std::cos(0.5 * pi * std::sqrt(1 + 8 * lambda)));
  return (log_moment - std::log(alpha)) / lambda;
}

double normal_bound(double alpha) { return -normal_quantile(alpha / 2); }

double hoeffding_bound(Index n, double alpha) { return std::sqrt(std::log(2 / alpha) / static_cast<double>(n)); }

Range chi_square_range(double k, double alpha) {
  const double t = std::log(2 / alpha);
  return {k - 2 * std::sqrt(k * t), k + 2 * std::sqrt(k * t) + 2 * t};
}

double quadratic_bound(Index n, double a, double b, double alpha) {
  const double t = std::log(2 / alpha);
  return std::sqrt(2 * static_cast<double>(n) * (2 * a * a + b * b) * t) + 2 * std::abs(a) * t;
}

Range binomial_range(int n, double p, double alpha) {
  const auto log_mass = [&](int k) {
    return std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) + k * std::log(p) + (n - k) * std::log1p(-p);
  };
  Range range{0, static_cast<double>(n)};
  double below = 0, above = 0;
  for (int k = 0; k <= n && (below += std::exp(log_mass(k))) <= alpha / 2; ++k) range.low = k + 1;
  for (int k = n; k >= 0 && (above += std::exp(log_mass(k))) <= alpha / 2; --k) range.high = k - 1;
  return range;
}

MeanOfRows mean_of(std::span<const double> numbers) {
  const double n = static_cast<double>(numbers.size());
  MeanOfRows mean;
  for (const double v : numbers) mean.value += v / n;
  double squares = 0;
  for (const double v : numbers) squares += (v - mean.value) * (v - mean.value);
  mean.std_error = std::sqrt(squares / (n - 1) / n);
  return mean;
}

}  // namespace flowgauge::verify
