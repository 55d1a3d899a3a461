// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/normal_mixture.hpp>
#include <flowgauge/error.hpp>
#include <flowgauge/pack.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace flowgauge::distributions {
namespace {

constexpr double reach = 8.5;                      ///< sds on either side: beyond lies 1e-16 of the mass
constexpr double widest = 0.5, narrowest = 0.125;  ///< spacings, in sds
constexpr double enough = 1e-8, accepted = 1e-6;   ///< change on halving the spacing: nothing more to gain; still an answer
constexpr double most_points = 2e7;                ///< of all grids of one spacing, times components
constexpr double sampled_numbers = 2e7;            ///< rows · components · dims

}  // namespace

NormalMixture::NormalMixture(std::vector<Component> components) : components_(std::move(components)) {
  double sum = 0;
  for (const Component& c : components_) sum += c.weight;
  for (Component& c : components_) {
    c.weight /= sum;
    const std::size_t d = c.mean.size(), step = c.factor.size() == d ? 1 : d + 1;
    double log_constant = std::log(c.weight) - static_cast<double>(d) * Constants<double>::half_log_two_pi();
    for (std::size_t i = 0; i < d; ++i) log_constant -= std::log(c.factor[i * step]);
    log_constants_.push_back(log_constant);
  }
}

void NormalMixture::sample(const RandomStream& stream, std::uint64_t row, std::span<double> x) const {
  const double u = stream.uniform(row, 0);
  std::size_t k = 0;
  for (double below = components_[0].weight; u >= below && k + 1 < components_.size(); below += components_[k].weight) ++k;
  const Component& c = components_[k];
  const std::size_t d = x.size();
  const bool diagonal = c.factor.size() == d;
  std::vector<double> z(d);
  for (std::size_t i = 0; i < d; ++i) {
    z[i] = stream.normal(row, static_cast<std::uint32_t>(i + 1));
    x[i] = c.mean[i];
    for (std::size_t j = diagonal ? i : 0; j <= i; ++j) x[i] += c.factor[diagonal ? i : i * d + j] * z[j];
  }
}

double NormalMixture::at(const Component& c, int i, int j) const {
  const auto d = c.mean.size();
  if (c.factor.size() == d) return i == j ? c.factor[static_cast<std::size_t>(i)] : 0;
  return j <= i ? c.factor[static_cast<std::size_t>(i) * d + static_cast<std::size_t>(j)] : 0;
}

double NormalMixture::variance(const Component& c, int i, int j) const {
  double sum = 0;
  if (c.factor.size() == c.mean.size()) return at(c, i, i) * at(c, j, i);
  for (int k = 0; k <= std::min(i, j); ++k) sum += at(c, i, k) * at(c, j, k);
  return sum;
}

std::vector<double> NormalMixture::mean() const {
  std::vector<double> m(static_cast<std::size_t>(dim()));
  for (const Component& c : components_)
    for (std::size_t i = 0; i < m.size(); ++i) m[i] += c.weight * c.mean[i];
  return m;
}

std::vector<double> NormalMixture::covariance() const {
  const std::vector<double> m = mean();
  const std::size_t d = m.size();
  std::vector<double> v(d * d);
  for (const Component& c : components_)
    for (std::size_t i = 0; i < d; ++i)
      for (std::size_t j = 0; j < d; ++j)
        v[i * d + j] += c.weight * (variance(c, static_cast<int>(i), static_cast<int>(j)) + (c.mean[i] - m[i]) * (c.mean[j] - m[j]));
  return v;
}

Marginal NormalMixture::marginal(int coordinate) const {
  double largest = 0;
  for (const Component& c : components_) largest = std::max(largest, variance(c, coordinate, coordinate));
  const TailClass tail = stretched_tail(2, 0.5 / largest);
  return {-infinity, infinity, tail, tail};
}

bool NormalMixture::independent() const {
  if (components_.size() > 1) return dim() == 1;
  for (int i = 0; i < dim(); ++i)
    for (int j = 0; j < i; ++j)
      if (at(components_[0], i, j) != 0) return false;
  return true;
}

Estimate NormalMixture::entropy() const {
  double known = 0;  // Σ w_k·H_k + H(w) = Σ w_k·(d/2 − log_constant_k): the logarithms of w_k are in the constants
  for (std::size_t k = 0; k < components_.size(); ++k) known += components_[k].weight * (0.5 * dim() - log_constants_[k]);
  if (components_.size() == 1) return {known, 0};
  if (dim() <= 2) {
    double before = std::numeric_limits<double>::quiet_NaN(), change = before;
    for (double h = widest; h >= narrowest && !(change < enough); h /= 2) {
      const double overlap = overlap_by_trapezoid(h);
      if (std::isnan(overlap)) break;
      change = std::abs(overlap - before), before = overlap;
    }
    if (change < accepted) return {known - before, change};
  }
  const Estimate overlap = overlap_by_sampling();
  return {known - overlap.value, overlap.std_error};
}

/// The share of component k's own spacing along column j of its factor at which no other is narrower in that direction: 1/max_m |L_m⁻¹·L_k·e_j|.
double NormalMixture::share_of_spacing(std::size_t k, int j) const {
  double longest = 1;
  for (const Component& m : components_) {
    double z[2] = {0, 0}, squares = 0;
    for (int i = 0; i < dim(); ++i) {
      z[i] = at(components_[k], i, j);
      for (int l = 0; l < i; ++l) z[i] -= at(m, i, l) * z[l];
      z[i] /= at(m, i, i);
      squares += z[i] * z[i];
    }
    longest = std::max(longest, std::sqrt(squares));
  }
  return 1 / longest;
}

/// Σ_k w_k·E_k[−log P(k|x)], x = m_k + L_k·z on a grid of z; NaN where that took too many points.
double NormalMixture::overlap_by_trapezoid(double h) const {
  const auto d = static_cast<std::size_t>(dim());
  std::vector<std::array<double, 2>> steps;
  double points = 0;
  for (std::size_t k = 0; k < components_.size(); ++k) {
    steps.push_back({h * share_of_spacing(k, 0), d == 2 ? h * share_of_spacing(k, 1) : 1.0});
    points += 2 * reach / steps[k][0] * (d == 2 ? 2 * reach / steps[k][1] : 1.0);
  }
  if (points * static_cast<double>(components_.size()) > most_points) return std::numeric_limits<double>::quiet_NaN();
  // Eight points of a line, or as many as a register holds, are one number here.
  using T = Pack<double>;
  std::array<double, T::width> lanes;
  for (int lane = 0; lane < T::width; ++lane) lanes[lane] = lane;
  const T along = T::load(lanes.data());
  std::vector<T> logs(components_.size());
  T total(0.0);
  for (std::size_t k = 0; k < components_.size(); ++k) {
    const Component& c = components_[k];
    const auto [first, second] = steps[k];
    const double log_density = -static_cast<double>(d) * Constants<double>::half_log_two_pi() + std::log(c.weight * first * second);
    const int half = static_cast<int>(reach / first), other = d == 2 ? static_cast<int>(reach / second) : 0;
    // In one dimension the line is u itself, in two it is v; a few points beyond its end do no harm.
    const int lines = d == 2 ? 2 * half + 1 : 1, on_line = d == 2 ? other : half;
    for (int i = 0; i < lines; ++i) {
      for (int j = -on_line; j <= on_line; j += T::width) {
        const T place = (along + T(double(j))) * T(d == 2 ? second : first);
        const T u = d == 2 ? T((i - half) * first) : place, v = d == 2 ? place : T(0.0);
        const T x = T(c.mean[0]) + T(at(c, 0, 0)) * u, y = d == 2 ? T(c.mean[1]) + T(at(c, 1, 0)) * u + T(at(c, 1, 1)) * v : T(0.0);
        for (std::size_t m = 0; m < logs.size(); ++m) {
          const Component& rival = components_[m];
          const T z = (x - T(rival.mean[0])) / T(at(rival, 0, 0));
          T squares = z * z;
          if (d == 2) {
            const T w = (y - T(rival.mean[1]) - T(at(rival, 1, 0)) * z) / T(at(rival, 1, 1));
            squares = squares + w * w;
          }
          logs[m] = T(log_constants_[m]) - T(0.5) * squares;
        }
        total += exp(T(log_density) - T(0.5) * (u * u + v * v)) * (log_of_sum(std::span<const T>(logs)) - logs[k]);
      }
    }
  }
  return sum(total);
}

/// The mean over rows of −Σ_k P(k|x)·log P(k|x).
Estimate NormalMixture::overlap_by_sampling() const {
  const RandomStream stream(0, "mixture-entropy");
  std::vector<double> x(static_cast<std::size_t>(dim())), z(x.size()), logs(components_.size());
  const auto rows = static_cast<Index>(std::clamp(sampled_numbers / static_cast<double>(logs.size() * x.size()), 2e3, 1e6));
  double sum = 0, sum_of_squares = 0;
  for (Index row = 0; row < rows; ++row) {
    sample(stream, static_cast<std::uint64_t>(row), x);
    for (std::size_t k = 0; k < logs.size(); ++k) logs[k] = log_summand(k, std::span<const double>(x), std::span<double>(z));
    const double total = log_of_sum(std::span<const double>(logs));
    double entropy = 0;
    for (const double l : logs) entropy += l - total > -700 ? (total - l) * std::exp(l - total) : 0;
    sum += entropy, sum_of_squares += entropy * entropy;
  }
  const double n = static_cast<double>(rows), mean = sum / n;
  return {mean, std::sqrt(std::max(sum_of_squares / n - mean * mean, 0.0) / n)};
}

std::vector<double> factor_of_covariance(std::string_view source, std::string_view option, std::span<const double> matrix, int d) {
  const auto n = static_cast<std::size_t>(d);
  std::vector<double> l(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      if (matrix[i * n + j] != matrix[j * n + i]) {
        throw ConfigError(fmt::format("{}: option '{}' expects a symmetric matrix; got {} in row {}, column {} and {} in row {}, column {}", source,
                                      option, matrix[i * n + j], i + 1, j + 1, matrix[j * n + i], j + 1, i + 1));
      }
      double rest = matrix[i * n + j];
      for (std::size_t k = 0; k < j; ++k) rest -= l[i * n + k] * l[j * n + k];
      if (i > j) {
        l[i * n + j] = rest / l[j * n + j];
        continue;
      }
      const double smallest = 1e3 * d * std::numeric_limits<double>::epsilon() * matrix[i * n + i];
      if (!(rest > 0 && rest > smallest)) {
        throw ConfigError(
            fmt::format("{}: option '{}' expects a positive definite matrix; got one whose pivot in row {} is {}", source, option, i + 1, rest));
      }
      l[i * n + i] = std::sqrt(rest);
    }
  }
  return l;
}

}  // namespace flowgauge::distributions
