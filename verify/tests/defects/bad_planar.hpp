// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/layers/planar.hpp>

namespace flowgauge::verify::defects {

/// planar with one mistake; `none` is the healthy twin.
struct BadPlanar {
  static constexpr std::string_view summary = "planar with a planted defect";
  enum Defect {
    none,
    constraint_absent,  ///< û is used as it is: not invertible where wᵀû < −1
    wrong_slope,        ///< tanh′ = 1 − tanh
    inverse_off_by_norm,///< W041: the root is multiplied by |w|
    inverse_sign        ///< W036: the inverse's log_det is that of forward
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "constraint_absent", "wrong_slope", "inverse_off_by_norm", "inverse_sign"});
  }

  std::vector<Block> parameters(int dim, int context) const { return healthy.parameters(dim, context); }
  Facts facts(int dim) const {
    Facts f = healthy.facts(dim);
    if (defect == constraint_absent) f.initial_is_identity = false;
    return f;
  }
  void initial(std::span<double> theta, int dim) const { healthy.initial(theta, dim); }

  template <Real T>
  void forward(SampleGiven<T> given, std::span<const T> x, std::span<T> y, T& log_det) const {
    healthy.forward(given, x, y, log_det);
    const std::size_t d = x.size();
    const Planar::Parts<T> p = healthy.parts(given, x);
    const T t = tanh(p.pre);
    if (defect == wrong_slope) log_det = log(T(1.0) + (p.s - T(1.0)) * (T(1.0) - t));
    if (defect != constraint_absent) return;
    for (std::size_t j = 0; j < d; ++j) y[j] = x[j] + given.theta[d + j] * t;
    log_det = log(abs(T(1.0) + product(given, d) * sech_squared(p.pre)));
  }
  template <Real T>
  Mask<T> inverse(SampleGiven<T> given, std::span<const T> y, std::span<T> x, T& log_det) const {
    const std::size_t d = y.size();
    if (defect == constraint_absent) {
      const T b = given.theta[2 * d], image = healthy.parts(given, y).pre - b, wu = product(given, d), reach = abs(wu);
      const auto g = [&](T a) { return Value<T>{a + wu * tanh(a + b) - image, T(1.0) + wu * sech_squared(a + b)}; };
      const Root<T> root = increasing_root<T>(g, image - reach, image + reach);
      for (std::size_t j = 0; j < d; ++j) x[j] = y[j] - given.theta[d + j] * tanh(root.value + b);
      log_det = -log(abs(T(1.0) + wu * sech_squared(root.value + b)));
      return root.converged;
    }
    const Mask<T> converged = healthy.inverse(given, y, x, log_det);
    if (defect == inverse_sign) log_det = -log_det;
    if (defect == inverse_off_by_norm) {
      T square(0.0);
      for (std::size_t j = 0; j < d; ++j) square += given.theta[j] * given.theta[j];
      for (std::size_t j = 0; j < d; ++j) x[j] = y[j] + (x[j] - y[j]) * sqrt(square);
    }
    return converged;
  }

 private:
  template <class T>
  struct Value {
    T value, slope;
  };
  template <class T>
  static T product(const SampleGiven<T>& given, std::size_t d) {
    T sum(0.0);
    for (std::size_t j = 0; j < d; ++j) sum += given.theta[j] * given.theta[d + j];
    return sum;
  }
  Planar healthy;
};

}  // namespace flowgauge::verify::defects
