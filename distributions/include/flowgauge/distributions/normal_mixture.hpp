// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>

#include <string_view>

namespace flowgauge::distributions {

/// Σ_k w_k·N(m_k, L_k·L_kᵀ) in d dimensions: what the sources of normal components share.
class NormalMixture {
 public:
  struct Component {
    double weight;               ///< > 0
    std::vector<double> mean;    ///< d
    std::vector<double> factor;  ///< L: its diagonal (d numbers), or d × d row by row; entries above the diagonal are not read
  };

  NormalMixture() = default;
  /// Weights are divided by their sum.
  explicit NormalMixture(std::vector<Component> components);

  int dim() const { return components_.empty() ? 0 : static_cast<int>(components_.front().mean.size()); }
  const std::vector<Component>& components() const { return components_; }

  /// One row, by the largest summand, so that no exponential underflows alone.
  template <Real T>
  T log_prob(std::span<const T> x) const {
    std::vector<T> scratch(components_.size() + x.size());
    const std::span<T> all(scratch.data(), components_.size()), z(scratch.data() + components_.size(), x.size());
    for (std::size_t k = 0; k < components_.size(); ++k) all[k] = log_summand(k, x, z);
    return log_of_sum(std::span<const T>(all));
  }
  /// log w_k + log N(x; m_k, L_k·L_kᵀ). z: d numbers, overwritten.
  template <Real T>
  T log_summand(std::size_t k, std::span<const T> x, std::span<T> z) const;

  /// The component by draw 0, its normals by draws 1 … d.
  void sample(const RandomStream& stream, std::uint64_t row, std::span<double> x) const;

  /// Σ w_k·H_k + H(w) − E[entropy of the component given x]: the last term is small, and 0 where components lie apart. In one and two dimensions by
  /// the trapezoid rule around each component, as fine as the narrowest one there asks for; error: the change from the spacing of double size. Else,
  /// or where that is above 1e-6, by Monte Carlo.
  Estimate entropy() const;
  std::vector<double> mean() const;
  std::vector<double> covariance() const;  ///< d × d, row by row
  Marginal marginal(int coordinate) const;
  bool independent() const;  ///< one component with a diagonal covariance

  template <Real T>
  static T log_of_sum(std::span<const T> logs);

 private:
  double variance(const Component&, int i, int j) const;
  double at(const Component& c, int i, int j) const;
  double share_of_spacing(std::size_t component, int column) const;
  double overlap_by_trapezoid(double spacing) const;
  Estimate overlap_by_sampling() const;
  std::vector<Component> components_;
  std::vector<double> log_constants_;  ///< log w − log det L − d/2·log 2π in double
};

/// The lower Cholesky factor (d × d, row by row) of a d × d matrix, row by row. ConfigError, naming source and option, unless it is symmetric and
/// positive definite: every pivot above 1000·d·ε of its variance.
std::vector<double> factor_of_covariance(std::string_view source, std::string_view option, std::span<const double> matrix, int d);

template <Real T>
T NormalMixture::log_summand(std::size_t k, std::span<const T> x, std::span<T> z) const {
  const Component& c = components_[k];
  const std::size_t d = x.size();
  const bool diagonal = c.factor.size() == d;
  T quadratic = T(0.0), largest = T(0.0);
  for (std::size_t i = 0; i < d; ++i) {
    T u = x[i] - T(c.mean[i]);
    largest = max(largest, abs(u));
    if (!diagonal)
      for (std::size_t j = 0; j < i; ++j) u = u - T(c.factor[i * d + j]) * z[j];
    z[i] = u / T(c.factor[diagonal ? i : i * d + i]);
    quadratic = quadratic + z[i] * z[i];
  }
  // Far out two products may overflow against each other; the truth is then beyond every number of T. A NaN in x stays one.
  const T infinite = Constants<T>::infinity();
  quadratic = select((quadratic <= infinite) | !(largest < infinite), quadratic, infinite);
  if constexpr (Native<T>) {
    return T(-0.5) * quadratic + T(log_constants_[k]);
  } else {
    T log_constant = log(T(c.weight)) - T(double(d)) * Constants<T>::half_log_two_pi();
    for (std::size_t i = 0; i < d; ++i) log_constant = log_constant - log(T(c.factor[diagonal ? i : i * d + i]));
    return T(-0.5) * quadratic + log_constant;
  }
}

template <Real T>
T NormalMixture::log_of_sum(std::span<const T> logs) {
  T largest = logs[0];
  for (const T& l : logs) largest = max(largest, l);
  const T shift = select(largest > -Constants<T>::infinity(), largest, T(0.0));
  T sum = T(0.0);
  for (const T& l : logs) sum = sum + exp(l - shift);
  return shift + log(sum);
}

}  // namespace flowgauge::distributions
