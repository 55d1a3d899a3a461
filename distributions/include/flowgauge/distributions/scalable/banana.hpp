// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>
#include <flowgauge/random.hpp>

namespace flowgauge::distributions {

/// x₀ ~ N(0, scale²), x₁ ~ N(curvature·(x₀² − scale²), 1), the others N(0, 1)
///
/// x ↦ (x₀/scale, x₁ − curvature·(x₀² − scale²), x₂ …) makes it normal: H = d/2·log 2πe + log scale.
struct Banana {
  static constexpr std::string_view summary = "a bent normal: one coordinate is wide, another follows its square";
  static constexpr std::string_view reference =
      "x0 ~ N(0, scale^2), x1 ~ N(curvature (x0^2 - scale^2), 1), others N(0, 1); Haario, Saksman & Tamminen 1999, Comput. Stat. 14";
  static constexpr std::array<std::string_view, 1> specimens = {"banana(dim=3)"};

  int coordinates = 2;
  double scale = 10, curvature = 0.03;
  template <class V>
  void options(V& v) {
    v("dim", coordinates, 2, 1000);
    v("scale", scale, 1e-3, 1e3);
    v("curvature", curvature, 1e-6, 1e3);
  }

  int dim() const { return coordinates; }
  bool independent() const { return false; }

  template <Real T>
  T log_prob(std::span<const T> x) const {
    const T s = T(scale), z = x[0] / s;
    T log_p = normal_log_density(z) - log(s) + normal_log_density(x[1] - T(curvature) * (x[0] * x[0] - s * s));
    for (std::size_t j = 2; j < x.size(); ++j) log_p = log_p + normal_log_density(x[j]);
    return log_p;
  }
  void sample(const RandomStream& stream, std::uint64_t row, std::span<double> x) const {
    for (std::size_t j = 0; j < x.size(); ++j) x[j] = stream.normal(row, static_cast<std::uint32_t>(j));
    const double z = x[0];
    x[0] = scale * z;
    x[1] += curvature * scale * scale * (z * z - 1);
  }

  std::optional<Estimate> entropy() const { return Estimate{coordinates * (0.5 + Constants<double>::half_log_two_pi()) + log(scale), 0}; }
  /// The square of a normal number falls like e^−x, above only.
  Marginal marginal(int coordinate) const {
    const TailClass normal = stretched_tail(2, 0.5), wide = stretched_tail(2, 0.5 / (scale * scale));
    if (coordinate == 0) return {-infinity, infinity, wide, wide};
    return {-infinity, infinity, normal, coordinate == 1 ? stretched_tail(1, 0.5 / (curvature * scale * scale)) : normal};
  }
  std::optional<std::vector<double>> mean() const { return std::vector<double>(static_cast<std::size_t>(coordinates)); }
  std::optional<std::vector<double>> covariance() const {
    const auto d = static_cast<std::size_t>(coordinates);
    const double bend = curvature * scale * scale;
    std::vector<double> v(d * d);
    for (std::size_t j = 0; j < d; ++j) v[j * d + j] = j == 0 ? scale * scale : j == 1 ? 1 + 2 * bend * bend : 1;
    return v;
  }
};

}  // namespace flowgauge::distributions
