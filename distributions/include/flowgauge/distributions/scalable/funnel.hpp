// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>
#include <flowgauge/random.hpp>

namespace flowgauge::distributions {

/// v = x₀ ~ N(0, 9), x_j ~ N(0, eᵛ) for j ≥ 1
///
/// E v = 0, so H = d/2·log 2πe + log 3. |x_j| is log-normal-like: log|x_j| is v/2 plus a number that is bounded above.
struct Funnel {
  static constexpr std::string_view summary = "Neal's funnel: the scale of all coordinates hangs on the first one";
  static constexpr std::string_view reference = "v = x0 ~ N(0, 9), x_j ~ N(0, e^v); Neal 2003, Annals of Statistics 31(3), sec. 8";
  static constexpr std::array<std::string_view, 1> specimens = {"funnel(dim=2)"};

  int coordinates = 10;
  template <class V>
  void options(V& v) {
    v("dim", coordinates, 2, 1000);
  }

  int dim() const { return coordinates; }
  bool independent() const { return false; }

  template <Real T>
  T log_prob(std::span<const T> x) const {
    const T v = x[0], root = exp(T(-0.25) * v), rest = T(double(x.size() - 1));
    T squares = T(0.0);
    for (std::size_t j = 1; j < x.size(); ++j) {
      const T z = select(abs(x[j]) > T(0.0), x[j] * root * root, x[j]);  // never 0·∞
      squares = squares + z * z;
    }
    // −v²/18 − (d − 1)·v/2 as one product: far out the two would overflow against each other.
    return -v * (v / T(18.0) + T(0.5) * rest) - T(0.5) * squares - log(T(3.0)) - (rest + T(1.0)) * Constants<T>::half_log_two_pi();
  }
  void sample(const RandomStream& stream, std::uint64_t row, std::span<double> x) const {
    x[0] = 3 * stream.normal(row, 0);
    const double scale = exp(x[0] / 2);
    for (std::size_t j = 1; j < x.size(); ++j) x[j] = scale * stream.normal(row, static_cast<std::uint32_t>(j));
  }

  std::optional<Estimate> entropy() const { return Estimate{coordinates * (0.5 + Constants<double>::half_log_two_pi()) + log(3.0), 0}; }
  Marginal marginal(int coordinate) const {
    const TailClass tail = coordinate == 0 ? stretched_tail(2, 1.0 / 18) : TailClass{TailClass::Kind::log_normal_like, 2, 2.0 / 9, false};
    return {-infinity, infinity, tail, tail};
  }
  std::optional<std::vector<double>> mean() const { return std::vector<double>(static_cast<std::size_t>(coordinates)); }
  std::optional<std::vector<double>> covariance() const {
    const auto d = static_cast<std::size_t>(coordinates);
    std::vector<double> v(d * d);
    for (std::size_t j = 0; j < d; ++j) v[j * d + j] = j == 0 ? 9 : exp(4.5);
    return v;
  }
};

}  // namespace flowgauge::distributions
