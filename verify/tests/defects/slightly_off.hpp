// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/layers/planar.hpp>
#include <flowgauge/root.hpp>
#include <flowgauge/transformer.hpp>

/// How small an error does the verifier see? Two healthy layers until `error` is not 0.
namespace flowgauge::verify::defects {

/// y = shift + x + (k − 1)·tanh x, f′ = tanh² x + k·sech² x, k = exp(tanh(rate)).
struct SlightlyOff {
  static constexpr std::string_view summary = "a bent line, one number of which is off by `error`";
  enum Of { log_det, log_det_times, gradient };
  double error = 0;
  int of = log_det;
  template <class V>
  void options(V& v) {
    v("error", error, 0.0, 1.0);
    v("of", of, {"log_det", "log_det_times", "gradient"});
  }

  std::vector<Block> parameters() const { return {{"shift", 1, Role::shift}, {"rate", 1, Role::log_scale}}; }
  Facts facts() const {
    return {.inverse = InverseKind::iterative, .structure = Structure::diagonal, .increasing = true, .initial_is_identity = error == 0,
            .growth = {Growth::Kind::linear}};
  }

  template <Real T>
  struct Shape {
    T shift, bend, slope, k, excess;  // tanh rate, its slope, k, k − 1
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    const T bend = tanh(p[1]);
    return {p[0], bend, sech_squared(p[1]), exp(bend), expm1(bend)};
  }
  template <Real T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    const T t = tanh(x), log_slope = log(t * t + s.k * sech_squared(x));
    return {s.shift + x + s.excess * t, of == log_det ? log_slope + T(error) : of == log_det_times ? log_slope * (T(1.0) + T(error)) : log_slope};
  }
  template <Real T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    const T z = y - s.shift, reach = abs(s.excess);
    const auto g = [&](T x) {
      const T t = tanh(x);
      return Point<T>{x + s.excess * t - z, t * t + s.k * sech_squared(x)};
    };
    const Root<T> root = increasing_root<T>(g, z - reach, z + reach);
    return {root.value, -forward(s, root.value).log_slope};
  }
  template <Real T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    const T t = tanh(x), flat = sech_squared(x), slope = t * t + s.k * flat;
    grad_x = g.value * slope - T(2.0) * g.log_slope * s.excess * t * flat / slope;
    if (of == gradient) grad_x += T(error) * g.value;
    grad_p[0] += g.value;
    grad_p[1] += s.k * s.slope * (g.value * t + g.log_slope * flat / slope);
  }

 private:
  template <class T>
  struct Point {
    T value, slope;
  };
};

/// planar, but y₀ also moves with `error`·x₁, of which log_det knows nothing: one entry of the Jacobian.
struct OffPlanar {
  static constexpr std::string_view summary = "planar, one entry of whose Jacobian is off by `error`";
  double error = 0;
  template <class V>
  void options(V& v) {
    v("error", error, 0.0, 1.0);
  }
  std::vector<Block> parameters(int dim, int context) const { return healthy.parameters(dim, context); }
  Facts facts(int dim) const { return healthy.facts(dim); }
  void initial(std::span<double> theta, int dim) const { healthy.initial(theta, dim); }

  template <Real T>
  void forward(SampleGiven<T> given, std::span<const T> x, std::span<T> y, T& log_det) const {
    healthy.forward(given, x, y, log_det);
    if (x.size() > 1) y[0] += T(error) * x[1];
  }
  template <Real T>
  Mask<T> inverse(SampleGiven<T> given, std::span<const T> y, std::span<T> x, T& log_det) const {
    return healthy.inverse(given, y, x, log_det);
  }

 private:
  Planar healthy;
};

}  // namespace flowgauge::verify::defects
