// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/normal_mixture.hpp>
#include <flowgauge/error.hpp>

#include <fmt/format.h>

namespace flowgauge::distributions {

/// N(mean, Σ): log p(x) = −½·|L⁻¹(x − mean)|² − log det L − d/2·log 2π, Σ = L·Lᵀ
///
/// `covariance` is Σ or `factor` is L, d × d numbers row by row; neither: Σ = I. The density is that of the rounded factor. ConfigError: both, a size
/// that does not fit, Σ not symmetric and positive definite, L not lower triangular with a positive diagonal.
struct Mvn {
  static constexpr std::string_view summary = "a normal in several dimensions, by its covariance or Cholesky factor: an affine flow must reach KL 0";
  static constexpr std::string_view reference = "log p = -|L^-1 (x - mean)|^2/2 - log det L - d/2 log 2 pi, covariance = L L^T; Anderson 2003, ch. 2";
  static constexpr std::array<std::string_view, 2> specimens = {"mvn(mean=[1,2], factor=[2,0,-1.5,0.5])",
                                                                "mvn(mean=[1,2,3], factor=[2,0,0,-1.5,0.5,0,1,1,1])"};

  std::vector<double> centre = {0, 0}, sigma, lower;
  template <class V>
  void options(V& v) {
    v("mean", centre, -1e6, 1e6);
    v("covariance", sigma, -1e12, 1e12);
    v("factor", lower, -1e6, 1e6);
  }
  /// By the factor, whose products with a power of two are exact.
  Mvn scaled(double b) const {
    Mvn m = *this;
    const std::vector<double>& factor = mixture_.components().front().factor;
    m.sigma.clear();
    m.lower.assign(centre.size() * centre.size(), 0.0);
    for (std::size_t i = 0; i < centre.size(); ++i) {
      m.centre[i] *= b;
      for (std::size_t j = 0; j <= i; ++j)
        m.lower[i * centre.size() + j] = b * (factor.size() > centre.size() ? factor[i * centre.size() + j] : i == j ? factor[i] : 0.0);
    }
    return m;
  }
  Mvn shifted(double a) const {
    Mvn m = *this;
    for (double& v : m.centre) v += a;
    return m;
  }
  void prepare() {
    const std::size_t d = centre.size();
    if (d == 0) throw ConfigError("mvn: option 'mean' expects at least one number; got []");
    if (!sigma.empty() && !lower.empty()) throw ConfigError("mvn: expected either 'covariance' or 'factor'; got both");
    std::vector<double> factor(d, 1.0);
    if (!sigma.empty()) {
      check_size("covariance", sigma.size());
      factor = factor_of_covariance("mvn", "covariance", sigma, static_cast<int>(d));
    } else if (!lower.empty()) {
      check_size("factor", lower.size());
      check_lower();
      factor = lower;
    }
    mixture_ = NormalMixture({{1, centre, std::move(factor)}});
  }

  int dim() const { return mixture_.dim(); }
  bool independent() const { return mixture_.independent(); }

  template <Real T>
  T log_prob(std::span<const T> x) const {
    return mixture_.log_prob(x);
  }
  void sample(const RandomStream& stream, std::uint64_t row, std::span<double> x) const { mixture_.sample(stream, row, x); }

  std::optional<Estimate> entropy() const { return mixture_.entropy(); }
  Marginal marginal(int coordinate) const { return mixture_.marginal(coordinate); }
  std::optional<std::vector<double>> mean() const { return mixture_.mean(); }
  std::optional<std::vector<double>> covariance() const { return mixture_.covariance(); }

 private:
  void check_size(std::string_view option, std::size_t got) const {
    const std::size_t d = centre.size();
    if (got != d * d) throw ConfigError(fmt::format("mvn: option '{}' expects {} numbers for a mean of {}; got {}", option, d * d, d, got));
  }
  void check_lower() const {
    const std::size_t d = centre.size();
    for (std::size_t i = 0; i < d; ++i) {
      for (std::size_t j = i; j < d; ++j) {
        const double entry = lower[i * d + j];
        if (j == i ? entry > 0 : entry == 0) continue;
        throw ConfigError(fmt::format("mvn: option 'factor' expects a lower triangular matrix with a positive diagonal; got {} in row {}, column {}",
                                      entry, i + 1, j + 1));
      }
    }
  }
  NormalMixture mixture_;
};

}  // namespace flowgauge::distributions
