// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformers/affine.hpp>

#include <csignal>
#include <stdexcept>
#include <type_traits>
#include <unistd.h>

namespace flowgauge::verify::defects {

/// affine with one mistake; `none` is the healthy twin. Backward is by duals, so it is right for whatever forward says.
struct BadAffine {
  static constexpr std::string_view summary = "affine with a planted defect";
  enum Defect {
    none,
    sign,                ///< W118, W124: both log_dets have the other sign
    scale_twice,         ///< log_det counts the scale twice
    constant,            ///< W009, W151: L + 1 and −L − 1
    determinant,         ///< W044: the determinant, not its log
    absolute,            ///< W004, W094: |L|
    log_det_in_float,    ///< W063: 24 bits of a double
    value_in_float,      ///< the map loses its last 29 bits, in double only
    clamp_in_map_only,   ///< W014
    inverse_adds_shift,  ///< W139: the additive constant has the wrong sign
    wrong_start,         ///< an offset that no parameter takes away: not the identity at first
    vacuous,             ///< the identity, whatever the parameters
    not_a_number,        ///< W168: every log_det is NaN
    throws,              ///< an exception in forward
    crashes,             ///< ends the process
    hangs,               ///< does not come back
    coarse_in_float,     ///< W056's kin: a cheap function, good to 1e-4, where the scalar is float
    decreasing,          ///< y = −(e^s·x + b), and still declared increasing
    nan_to_zero,         ///< W168: what is no number is taken for 0
    shared_storage,      ///< W008: shift and log_scale are one number
    inverse_is_forward,  ///< W109: the inverse goes forward
    hidden_from_duals,   ///< a slope that derivatives do not see
    option_doubled       ///< W073's kin: `offset` is another number after it was read
  };
  int defect = none;
  double offset = 0;
  template <class V>
  void options(V& v) {
    v("defect", defect,
      {"none",
       "sign",
       "scale_twice",
       "constant",
       "determinant",
       "absolute",
       "log_det_in_float",
       "value_in_float",
       "clamp_in_map_only",
       "inverse_adds_shift",
       "wrong_start",
       "vacuous",
       "not_a_number",
       "throws",
       "crashes",
       "hangs",
       "coarse_in_float",
       "decreasing",
       "nan_to_zero",
       "shared_storage",
       "inverse_is_forward",
       "hidden_from_duals",
       "option_doubled"});
    v("offset", offset, 0, 64);
    if (defect == option_doubled) offset *= 2;
  }

  std::vector<Block> parameters() const { return healthy.parameters(); }
  Facts facts() const {
    Facts f = healthy.facts();
    if (defect == decreasing || defect == hidden_from_duals || offset != 0) f.initial_is_identity = false;
    return f;
  }

  template <Real T>
  struct Shape {
    Affine::Shape<T> healthy;
    T raw;
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    const T raw = p[0];
    if (defect == shared_storage) p[1] = p[0];
    return {healthy.shape(p), raw};
  }
  template <class T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    if (defect == crashes) std::raise(SIGSEGV);
    while (defect == hangs) ::pause();
    if (defect == throws) throw std::runtime_error("the planted layer cannot go forward");
    if (defect == vacuous) return {x, T(0.0)};
    if (defect == nan_to_zero) x = select(x == x, x, T(0.0));
    Mapped<T> m = healthy.forward(s.healthy, x);
    if (defect == decreasing) m.value = -m.value;
    if (defect == hidden_from_duals) m.value = m.value + T(0.25) * detach(tanh(x));
    if constexpr (std::is_same_v<typename RealTraits<T>::Scalar, float>)
      if (defect == coarse_in_float) m.value = T(1.0001) * m.value;
    if (offset != 0) m.value = m.value + T(offset);
    if (defect == value_in_float) m.value = short_of(m.value);
    if (defect == wrong_start) m.value = m.value + T(0.0009765625);
    m.log_slope = claimed(s, m.log_slope);
    return m;
  }
  template <class T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    if (defect == vacuous) return {y, T(0.0)};
    if (defect == inverse_is_forward) return forward(s, y);
    if (offset != 0) y = y - T(offset);
    if (defect == decreasing) y = -y;
    if (defect == wrong_start) y = y - T(0.0009765625);
    if (defect == inverse_adds_shift) y = y + T(2.0) * s.healthy.shift;
    Mapped<T> m = healthy.inverse(s.healthy, y);
    m.log_slope = -claimed(s, -m.log_slope);
    return m;
  }

 private:
  /// What the layer says log f′ is.
  template <class T>
  T claimed(const Shape<T>& s, const T& log_slope) const {
    switch (defect) {
      case sign: return -log_slope;
      case scale_twice: return log_slope + log_slope;
      case constant: return log_slope + T(1.0);
      case determinant: return exp(log_slope);
      case absolute: return abs(log_slope);
      case log_det_in_float: return short_of(log_slope);
      case clamp_in_map_only: return s.raw;
      case not_a_number: return Constants<T>::not_a_number();
      default: return log_slope;
    }
  }
  /// The upper 24 bits of a double (Veltkamp's splitting); wider numbers keep nearly all of theirs.
  template <class T>
  static T short_of(const T& v) {
    const T c = T(0x1p29 + 1) * v;
    return c - (c - v);
  }
  Affine healthy;
};

}  // namespace flowgauge::verify::defects
