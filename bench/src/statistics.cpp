// SPDX-License-Identifier: MIT
#include "statistics.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace flowgauge::bench {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// k = mean log(1 − b·x) for the one parameter b that the profile likelihood is written in.
double shape_at(double b, std::span<const double> x) {
  double sum = 0;
  for (const double v : x) sum += std::log1p(-b * v);
  return sum / static_cast<double>(x.size());
}

}  // namespace

double CompensatedSum::over(double n) const {
  if (!std::isfinite(sum_)) return sum_ / n;  // what was lost is not a number then
  const double rounded = (sum_ + lost_) / n;
  return rounded + (std::fma(-rounded, n, sum_) + lost_) / n;
}

void Moments::add(std::span<const double> chunk) {
  if (chunk.empty()) return;
  const double n = static_cast<double>(chunk.size());
  CompensatedSum sum;
  for (const double v : chunk) sum.add(v), sum_.add(v);
  const double own = sum.over(n);
  double squares = 0;
  for (const double v : chunk) squares += (v - own) * (v - own);
  const double before = static_cast<double>(rows_), total = before + n, shift = own - mean_;
  mean_ = sum_.over(total);
  squares_ += squares + shift * shift * (before * n / total);
  rows_ += static_cast<Index>(chunk.size());
}

double Moments::variance_of_mean() const {
  if (rows_ < 2) return 0;
  const double n = static_cast<double>(rows_);
  return squares_ / (n - 1) / n;
}

Mean Moments::mean() const {
  if (rows_ == 0) return {not_a_number, not_a_number, not_a_number, not_a_number, not_a_number, 0};
  if (rows_ == 1) return {mean_, not_a_number, not_a_number, not_a_number, not_a_number, 1};
  const double std_error = std::sqrt(variance_of_mean());
  return with_interval(mean_, std_error, std_error * std::sqrt(static_cast<double>(rows_)), rows_);
}

Mean with_interval(double value, double std_error, double std_deviation, Index rows) {
  const double half = student_t_975(static_cast<double>(rows - 1)) * std_error;
  return {value, std_error, value - half, value + half, std_deviation, rows};
}

double student_t_975(double v) {
  constexpr double z = 1.9599639845400542, z2 = z * z;
  const double g1 = z * (z2 + 1) / 4, g2 = z * ((5 * z2 + 16) * z2 + 3) / 96, g3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
  const double g4 = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
  return z + (g1 + (g2 + (g3 + g4 / v) / v) / v) / v;
}

double pareto_shape(std::vector<double> numbers) {
  const double n = static_cast<double>(numbers.size());
  const auto largest = static_cast<std::size_t>(std::min(n / 5, 3 * std::sqrt(n)));
  if (largest < 5) return not_a_number;
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(largest);
  std::nth_element(numbers.begin(), middle, numbers.end(), std::greater<>());
  const double threshold = *middle;
  std::vector<double> x(numbers.begin(), middle);
  for (double& v : x) v -= threshold;
  std::sort(x.begin(), x.end());
  const double count = static_cast<double>(x.size()), quartile = x[static_cast<std::size_t>(count / 4 + 0.5) - 1];
  if (!(quartile > 0) || !std::isfinite(x.back())) return not_a_number;

  const int points = 30 + static_cast<int>(std::sqrt(count));
  std::vector<double> b, likelihood;
  for (int j = 1; j <= points; ++j) {
    b.push_back(1 / x.back() + (1 - std::sqrt(points / (j - 0.5))) / (3 * quartile));
    const double k = shape_at(b.back(), x);
    likelihood.push_back(count * (std::log(-b.back() / k) - k - 1));
  }
  const double best = *std::max_element(likelihood.begin(), likelihood.end());
  double weights = 0, mean_b = 0;
  for (std::size_t j = 0; j < b.size(); ++j) {
    const double weight = std::exp(likelihood[j] - best);
    if (!(weight > 0)) continue;
    weights += weight;
    mean_b += weight * b[j];
  }
  return shape_at(mean_b / weights, x);
}

}  // namespace flowgauge::bench
