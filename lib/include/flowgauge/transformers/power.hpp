// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/odd_extension.hpp>

namespace flowgauge {

/// y = sign(x)·|x|^a, log f′ = log a + (a − 1)·log|x|, with log a = 1.5·tanh(log_exponent/1.5): a between 0.22 and 4.5, 1 at first.
struct Power : OddExtension<Power> {
  static constexpr std::string_view summary = "y = sign(x) |x|^a, log f' = log a + (a - 1) log |x|, log a = 1.5 tanh(log_exponent/1.5)";
  static constexpr std::string_view hazard = "log f' is infinite at 0 unless a = 1; its mean is finite where the density is bounded at 0";
  static constexpr std::string_view source =
      "austinjones/normalizing-flows, notebooks/flows.py; zuko SignedPowerTransform. Their free exponent overflows, a clamped one stops learning";

  std::vector<Block> parameters() const { return {{"log_exponent", 1, Role::log_scale}}; }
  Facts facts() const {
    return {.structure = Structure::diagonal,
            .increasing = true,
            .initial_is_identity = true,
            .continuous_derivatives = 0,
            .growth = {Growth::Kind::power, Growth::of_parameters}};
  }

  /// An exponent, its log, and the exponent less 1, which keeps its digits near 1.
  template <Real T>
  struct Exponent {
    T log, value, excess;
  };
  template <Real T>
  struct Shape {
    Exponent<T> there, back;
    T slope;  // of log a in the raw parameter
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    const T u = p[0] / T(1.5), s = T(1.5) * tanh(u);
    return {{s, exp(s), expm1(s)}, {-s, exp(-s), expm1(-s)}, sech_squared(u)};
  }
  template <Real T>
  Mapped<T> positive(const Shape<T>& s, T a) const {
    return raised(s.there, a);
  }
  template <Real T>
  Mapped<T> positive_inverse(const Shape<T>& s, T b) const {
    return raised(s.back, b);
  }
  template <Real T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    const T a = abs(x);
    const auto flat = is_flat(s.there, a);
    const T base = select(flat, T(1.0), a), log_base = log(base), by_log = s.there.value * log_base;  // a·log|x|
    const T value = select(flat, a, exp(by_log)), steep = select(flat, T(1.0), s.there.value * exp(s.there.excess * log_base));
    grad_x = g.value * steep + copysign(T(1.0), x) * g.log_slope * s.there.excess / base;
    grad_p[0] += (g.value * copysign(value, x) * by_log + g.log_slope * (T(1.0) + by_log)) * s.slope;
  }

 private:
  /// 0 to the power 1, where log|x| times 0 would be no number.
  template <Real T>
  static auto is_flat(const Exponent<T>& e, T a) {
    return (a == T(0.0)) & (e.excess == T(0.0));
  }
  template <Real T>
  static Mapped<T> raised(const Exponent<T>& e, T a) {
    const auto flat = is_flat(e, a);
    const T log_a = log(select(flat, T(1.0), a));
    return {select(flat, a, exp(e.value * log_a)), e.log + e.excess * log_a};
  }
};

}  // namespace flowgauge
