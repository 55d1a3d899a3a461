// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/normal_mixture.hpp>
#include <flowgauge/error.hpp>

#include <cmath>

#include <fmt/format.h>

namespace flowgauge::distributions {

/// p(x) = Σ_k w_k·N(x; m_k, Σ_k); K is the number of weights, d the number of means divided by K
///
/// `means` has K·d numbers, `covariances` K·d² (row by row, component after component) or none: then all are I. The density is that of the rounded
/// Cholesky factors. ConfigError: weights that do not sum to 1 within 1e-9, a size that does not fit, a covariance that is not symmetric and positive
/// definite.
struct Gmm {
  static constexpr std::string_view summary = "a mixture of normals of your own: weights, means and covariances";
  static constexpr std::string_view reference = "p = sum_k w_k N(x; m_k, S_k); McLachlan & Peel 2000, ch. 3";
  static constexpr std::array<std::string_view, 1> specimens = {
      "gmm(weights=[0.3,0.7], means=[-2,1,2,0], covariances=[1,0.5,0.5,1,0.2,-0.1,-0.1,0.3])"};

  std::vector<double> weights = {0.5, 0.5}, means = {-2, 0, 2, 0}, covariances;
  template <class V>
  void options(V& v) {
    v("weights", weights, 0, 1);
    v("means", means, -1e6, 1e6);
    v("covariances", covariances, -1e12, 1e12);
  }
  void prepare() {
    const std::size_t count = weights.size(), d = count == 0 ? 0 : means.size() / count;
    if (count == 0) throw ConfigError("gmm: option 'weights' expects at least one number; got []");
    if (d == 0 || d * count != means.size()) {
      throw ConfigError(fmt::format("gmm: option 'means' expects as many numbers for each of the {} weights; got {}", count, means.size()));
    }
    if (!covariances.empty() && covariances.size() != count * d * d) {
      throw ConfigError(fmt::format("gmm: option 'covariances' expects {} numbers, {} for each of {} components; got {}", count * d * d, d * d, count,
                                    covariances.size()));
    }
    double sum = 0;
    for (const double w : weights) sum += w;
    if (!(std::abs(sum - 1) < 1e-9)) throw ConfigError(fmt::format("gmm: option 'weights' expects numbers that sum to 1; got a sum of {}", sum));

    std::vector<NormalMixture::Component> components;
    for (std::size_t k = 0; k < count; ++k) {
      const auto first = means.begin() + static_cast<std::ptrdiff_t>(k * d);
      std::vector<double> factor(d, 1.0);
      if (!covariances.empty()) {
        factor = factor_of_covariance("gmm", "covariances", std::span<const double>(covariances).subspan(k * d * d, d * d), static_cast<int>(d));
      }
      if (weights[k] > 0) components.push_back({weights[k], {first, first + static_cast<std::ptrdiff_t>(d)}, std::move(factor)});
    }
    mixture_ = NormalMixture(std::move(components));
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
  NormalMixture mixture_;
};

}  // namespace flowgauge::distributions
