// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>

namespace flowgauge::distributions {

/// Two half circles of radius 1, one upside down, each point moved by N(0, sigma²·I):
/// p(x) = ½·Σ_arcs (1/π)·∫₀^π N(x; c + (cos t, ± sin t), sigma²·I) dt, c = (∓½, ∓offset)
///
/// The integral is taken to 1e-14 wherever x lies, so also far out: in the angle from x, over the part that is above e^−45 of its largest value, by
/// 30-point Gauss–Legendre. In double only. H by the trapezoid rule over the plane, error: the change from the spacing of double size.
struct Moons {
  static constexpr std::string_view summary = "two interlocked crescents: thin, curved, not connected";
  static constexpr std::string_view reference =
      "p = (1/2) sum over arcs of (1/pi) int_0^pi N(x; c + (cos t, +-sin t), s^2 I) dt; the make_moons of Pedregosa et al. 2011, JMLR 12";

  double sigma = 0.1, offset = 0.25;
  template <class V>
  void options(V& v) {
    v("sigma", sigma, 0.01, 10);
    v("offset", offset, -10, 10);
  }

  int dim() const { return 2; }
  bool independent() const { return false; }

  double log_prob(std::span<const double> x) const;
  void sample(const RandomStream&, std::uint64_t row, std::span<double> x) const;

  std::optional<Estimate> entropy() const;
  Marginal marginal(int) const {
    const TailClass tail = stretched_tail(2, 0.5 / (sigma * sigma));
    return {-infinity, infinity, tail, tail};
  }
  std::optional<std::vector<double>> mean() const { return std::vector<double>{0, 0}; }
  std::optional<std::vector<double>> covariance() const;

 private:
  double log_arc(double x, double y) const;
};

}  // namespace flowgauge::distributions
