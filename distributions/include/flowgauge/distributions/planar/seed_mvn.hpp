// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>

namespace flowgauge::distributions {

/// N(μ, Σ), μ = (4.5, −4.5), Σ = [[3, 2], [2, 3]]: log p(x) = −½·(x − μ)ᵀΣ⁻¹(x − μ) − ½·log det Σ − log 2π
///
/// det Σ = 5 and 5·Σ⁻¹ = [[3, −2], [−2, 3]]; with u = x − μ the quadratic form is ((u₁ + u₂)² + 5·(u₁ − u₂)²)/10: a sum of
/// squares, so no cancellation.
/// H = log 2πe + ½·log 5
struct SeedMvn {
  static constexpr std::string_view summary = "the seed's correlated normal in two dimensions: an affine flow must reach KL 0";
  static constexpr std::string_view reference = "N((4.5, -4.5), [[3, 2], [2, 3]]); austinjones/normalizing-flows";

  int dim() const { return 2; }
  bool independent() const { return false; }

  template <Real T>
  T log_prob(std::span<const T> x) const {
    const T u = x[0] - T(4.5), v = x[1] + T(4.5);
    const T sum = u + v, difference = u - v;
    const T quadratic = sum * sum / T(10.0) + difference * difference / T(2.0);
    return T(-0.5) * (quadratic + log(T(5.0))) - T(2.0) * Constants<T>::half_log_two_pi();
  }
  /// μ + L·z, L the Cholesky factor of Σ: √3, 2/√3, √(5/3).
  void sample(const RandomStream& stream, std::uint64_t row, std::span<double> x) const {
    const double z0 = stream.normal(row, 0), z1 = stream.normal(row, 1);
    x[0] = 4.5 + sqrt(3.0) * z0;
    x[1] = -4.5 + 2 / sqrt(3.0) * z0 + sqrt(5.0 / 3) * z1;
  }

  std::optional<Estimate> entropy() const { return Estimate{1 + 2 * Constants<double>::half_log_two_pi() + 0.5 * log(5.0), 0}; }
  Marginal marginal(int) const {
    const TailClass tail = stretched_tail(2, 1.0 / 6);
    return {-infinity, infinity, tail, tail};
  }
  std::optional<std::vector<double>> mean() const { return std::vector<double>{4.5, -4.5}; }
  std::optional<std::vector<double>> covariance() const { return std::vector<double>{3, 2, 2, 3}; }
};

}  // namespace flowgauge::distributions
