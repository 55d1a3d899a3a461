// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/root.hpp>
#include <flowgauge/sample.hpp>

namespace flowgauge {

/// y = x + u·tanh(wᵀx + b). With s = 1 + wᵀu = softplus(wᵀû) > 0 and û free, u = û + (s − 1 − wᵀû)·w/|w|²: always invertible.
/// log_det = log[t² + s·(1 − t²)], t = tanh(wᵀx + b): no subtraction, 1 − t² as sech². At w = 0, which has no direction, u = û.
struct Planar {
  static constexpr std::string_view summary = "y = x + u tanh(w'x + b), 1 + w'u = softplus(w'u^) > 0";
  static constexpr std::string_view hazard = "the inverse is one scalar root a row; near-singular when softplus(w'u^) is tiny";
  static constexpr std::string_view source =
      "Rezende, Mohamed, Variational inference with normalizing flows, arXiv 1505.05770, eq. 10-12 and appendix A.1";

  std::vector<Block> parameters(int dim, int) const { return {{"w", dim, Role::direction}, {"u", dim, Role::direction}, {"b", 1, Role::shift}}; }
  Facts facts(int) const { return {.inverse = InverseKind::iterative, .initial_is_identity = true, .growth = {Growth::Kind::linear}}; }
  /// w stays as drawn; û = log(e − 1)·w/|w|², so that u = 0.
  void initial(std::span<double> theta, int dim) const {
    double square = 0;
    for (int j = 0; j < dim; ++j) square += theta[j] * theta[j];
    for (int j = 0; j < dim; ++j) theta[dim + j] = std::log(std::expm1(1.0)) * theta[j] / square;
  }

  template <Real T>
  struct Parts {
    T s;      // 1 + wᵀu
    T along;  // u = û + along·w
    T pre;    // wᵀx + b
  };
  template <Real T>
  Parts<T> parts(SampleGiven<T> given, std::span<const T> x) const {
    const std::size_t d = x.size();
    const auto w = given.theta.subspan(0, d), u = given.theta.subspan(d, d);
    T square(0.0), product(0.0), pre = given.theta[2 * d];
    for (std::size_t j = 0; j < d; ++j) {
      square = mul_add(w[j], w[j], square);
      product = mul_add(w[j], u[j], product);
      pre = mul_add(w[j], x[j], pre);
    }
    const auto flat = square <= T(0.0);
    // Where w = 0 the product is 0; its tangent is not.
    const T s = select(flat, T(1.0) + product, softplus(product));
    return {s, select(flat, T(0.0), (s - T(1.0) - product) / select(flat, T(1.0), square)), pre};
  }
  template <Real T>
  static T log_slope(const T& s, const T& pre) {
    const T t = tanh(pre);
    return log(t * t + s * sech_squared(pre));
  }

  template <Real T>
  void forward(SampleGiven<T> given, std::span<const T> x, std::span<T> y, T& log_det) const {
    const std::size_t d = x.size();
    const Parts<T> p = parts(given, x);
    const T t = tanh(p.pre);
    for (std::size_t j = 0; j < d; ++j) y[j] = mul_add(mul_add(p.along, given.theta[j], given.theta[d + j]), t, x[j]);
    log_det = log_slope(p.s, p.pre);
  }
  /// a = wᵀx solves a + (s − 1)·tanh(a + b) = wᵀy; then x = y − u·tanh(a + b).
  template <Real T>
  Mask<T> inverse(SampleGiven<T> given, std::span<const T> y, std::span<T> x, T& log_det) const {
    const std::size_t d = y.size();
    const T b = given.theta[2 * d];
    const Parts<T> p = parts(given, y);
    const T image = p.pre - b, reach = abs(p.s - T(1.0));
    const auto g = [&](T a) {
      const T t = tanh(a + b);
      return Value<T>{a + (p.s - T(1.0)) * t - image, t * t + p.s * sech_squared(a + b)};
    };
    const Root<T> root = increasing_root<T>(g, image - reach, image + reach);
    const T pre = root.value + b, t = tanh(pre);
    for (std::size_t j = 0; j < d; ++j) x[j] = y[j] - mul_add(p.along, given.theta[j], given.theta[d + j]) * t;
    log_det = -log_slope(p.s, pre);
    return root.converged;
  }

 private:
  template <class T>
  struct Value {
    T value, slope;
  };
};

}  // namespace flowgauge
