// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/normal_mixture.hpp>

#include <random>

namespace flowgauge::distributions {

/// Three normals with diagonal covariances: locations U(0, 10), sds U(0, 1), weights U(0, 1) divided by their sum, all drawn from the seed.
///
/// They are the numbers that numpy's old generator gives for this seed, in the order locations (3 × d), sds (3 × d), weights (3): the
/// published flows were fitted to these. u = (a·2²⁶ + b)/2⁵³, a and b the upper 27 and 26 bits of two words of MT19937, which the C++ standard fixes.
struct Cmog {
  static constexpr std::string_view summary =
      "three normals far apart in many dimensions: modes that do not overlap, with published flows to compare";
  static constexpr std::string_view reference =
      "p = sum_k w_k N(x; m_k, diag(s_k^2)), m ~ U(0, 10), s, w ~ U(0, 1) by numpy's MT19937; Coccaro et al. 2023, arXiv 2302.12024";
  static constexpr std::array<std::string_view, 2> specimens = {"cmog(dim=2)", "cmog(dim=16)"};

  int coordinates = 4, seed = 0;
  template <class V>
  void options(V& v) {
    v("dim", coordinates, 1, 1000);
    v("seed", seed, 0, 2147483647);
  }
  void prepare() {
    std::mt19937 words(static_cast<std::uint32_t>(seed));
    const auto uniform = [&words] {
      const double a = static_cast<double>(words() >> 5);
      const double b = static_cast<double>(words() >> 6);
      return (a * 67108864 + b) / 9007199254740992;
    };
    const auto d = static_cast<std::size_t>(coordinates);
    std::vector<NormalMixture::Component> components(3, {1, std::vector<double>(d), std::vector<double>(d)});
    for (NormalMixture::Component& c : components)
      for (double& m : c.mean) m = 10 * uniform();
    for (NormalMixture::Component& c : components)
      for (double& s : c.factor) s = uniform();
    for (NormalMixture::Component& c : components) c.weight = uniform();
    mixture_ = NormalMixture(std::move(components));
  }

  int dim() const { return coordinates; }
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
