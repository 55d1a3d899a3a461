// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/normal_mixture.hpp>
#include <flowgauge/random.hpp>

namespace flowgauge::distributions {

/// Four equal normals with diagonal covariances: means N(0, 1), sds uniform in (0, 1), all drawn from the seed.
struct SeedGmm {
  static constexpr std::string_view summary = "the seed's mixture of four normals, at means and sds drawn from a number";
  static constexpr std::string_view reference =
      "p = (1/4) sum_k N(x; m_k, diag(s_k^2)), m ~ N(0, 1), s ~ U(0, 1); austinjones/normalizing-flows, there without a fixed seed";
  static constexpr std::array<std::string_view, 1> specimens = {"seed_gmm(seed=7)"};

  int seed = 1;
  template <class V>
  void options(V& v) {
    v("seed", seed, 0, 2147483647);
  }
  void prepare() {
    const RandomStream stream(static_cast<std::uint64_t>(seed), "seed-gmm");
    std::vector<NormalMixture::Component> components;
    for (std::uint64_t k = 0; k < 4; ++k)
      components.push_back({1, {stream.normal(k, 0), stream.normal(k, 1)}, {stream.uniform(k, 2), stream.uniform(k, 3)}});
    mixture_ = NormalMixture(std::move(components));
  }

  int dim() const { return 2; }
  bool independent() const { return false; }

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
