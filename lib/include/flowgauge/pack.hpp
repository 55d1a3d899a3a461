// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/real.hpp>

#include <type_traits>
#include <xsimd/xsimd.hpp>

/// W numbers at once (ISPC's model): a struct of ours around an xsimd batch. Transcendental functions are glibc's libmvec by its vector symbols:
/// worst 4.0 ulp in
/// float, 2.9 in double, no special value wrong; xsimd 8.1's own lose −0, subnormals and the edges of overflow (docs/architecture.md, "xsimd or
/// libmvec").
namespace flowgauge {

template <Native S>
struct Pack {
  using Batch = xsimd::batch<S>;
  static constexpr int width = static_cast<int>(Batch::size);
  Batch v;

  Pack() = default;
  Pack(Batch b) : v(b) {}
  explicit Pack(double x) : v(static_cast<S>(x)) {}
  explicit Pack(float x) : v(static_cast<S>(x)) {}
  static Pack load(const S* p) { return Batch::load_unaligned(p); }
  void store(S* p) const { v.store_unaligned(p); }

  Pack operator-() const { return v ^ Batch(S(-0.0)); }  // xsimd 8.1 on AVX-512 computes 0 − v, which loses −0
  Pack& operator+=(Pack b) { return v += b.v, *this; }
  Pack& operator-=(Pack b) { return v -= b.v, *this; }
  Pack& operator*=(Pack b) { return v *= b.v, *this; }
  Pack& operator/=(Pack b) { return v /= b.v, *this; }
  friend Pack operator+(Pack a, Pack b) { return a.v + b.v; }
  friend Pack operator-(Pack a, Pack b) { return a.v - b.v; }
  friend Pack operator*(Pack a, Pack b) { return a.v * b.v; }
  friend Pack operator/(Pack a, Pack b) { return a.v / b.v; }
};

/// One truth value a lane.
template <Native S>
struct PackMask {
  xsimd::batch_bool<S> v;
  friend PackMask operator&(PackMask a, PackMask b) { return {a.v & b.v}; }
  friend PackMask operator|(PackMask a, PackMask b) { return {a.v | b.v}; }
  friend PackMask operator!(PackMask a) { return {~a.v}; }
};

template <Native S>
struct RealTraits<Pack<S>> {
  using Scalar = S;
  using Mask = PackMask<S>;
  static constexpr int width = Pack<S>::width;
  static constexpr S epsilon() { return std::numeric_limits<S>::epsilon(); }
};

template <Native S>
PackMask<S> operator<(Pack<S> a, Pack<S> b) {
  return {a.v < b.v};
}
template <Native S>
PackMask<S> operator<=(Pack<S> a, Pack<S> b) {
  return {a.v <= b.v};
}
template <Native S>
PackMask<S> operator>(Pack<S> a, Pack<S> b) {
  return {a.v > b.v};
}
template <Native S>
PackMask<S> operator>=(Pack<S> a, Pack<S> b) {
  return {a.v >= b.v};
}
template <Native S>
PackMask<S> operator==(Pack<S> a, Pack<S> b) {
  return {a.v == b.v};
}
template <Native S>
PackMask<S> operator!=(Pack<S> a, Pack<S> b) {
  return {~(a.v == b.v)};  // xsimd 8.1's own is false for NaN on AVX-512
}
template <Native S>
Pack<S> select(PackMask<S> m, Pack<S> a, Pack<S> b) {
  return xsimd::select(m.v, a.v, b.v);
}
template <Native S>
bool any(PackMask<S> m) {
  return xsimd::any(m.v);
}
template <Native S>
bool all(PackMask<S> m) {
  return xsimd::all(m.v);
}
template <Native S>
Pack<S> abs(Pack<S> x) {
  return xsimd::abs(x.v);
}
template <Native S>
Pack<S> sqrt(Pack<S> x) {
  return xsimd::sqrt(x.v);
}
template <Native S>
Pack<S> copysign(Pack<S> magnitude, Pack<S> sign) {
  return xsimd::copysign(magnitude.v, sign.v);
}
template <Native S>
Pack<S> min(Pack<S> a, Pack<S> b) {
  return select((a < b) | (a != a), a, b);
}
template <Native S>
Pack<S> max(Pack<S> a, Pack<S> b) {
  return select((a > b) | (a != a), a, b);
}
template <Native S>
Pack<S> detach(Pack<S> x) {
  return x;
}
/// Fused where the machine has it (xsimd 8.1 multiplies and adds on AVX-512).
template <Native S>
Pack<S> mul_add(Pack<S> a, Pack<S> b, Pack<S> c) {
#if defined(__AVX512F__)
  if constexpr (std::is_same_v<S, float>) return Pack<S>(xsimd::batch<S>(_mm512_fmadd_ps(a.v, b.v, c.v)));
  else return Pack<S>(xsimd::batch<S>(_mm512_fmadd_pd(a.v, b.v, c.v)));
#elif defined(__FMA__)
  if constexpr (std::is_same_v<S, float>) return Pack<S>(xsimd::batch<S>(_mm256_fmadd_ps(a.v, b.v, c.v)));
  else return Pack<S>(xsimd::batch<S>(_mm256_fmadd_pd(a.v, b.v, c.v)));
#else
  return a * b + c;
#endif
}
/// Sum over the lanes, always in the same order.
template <Native S>
S sum(Pack<S> x) {
  return xsimd::hadd(x.v);
}

}  // namespace flowgauge

#if defined(__GLIBC__) && defined(__x86_64__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 35)
#if defined(__AVX512F__)
#define FLOWGAUGE_FLOAT_VECTOR __m512
#define FLOWGAUGE_DOUBLE_VECTOR __m512d
#define FLOWGAUGE_FLOAT_SYMBOL(name) _ZGVeN16v_##name##f
#define FLOWGAUGE_DOUBLE_SYMBOL(name) _ZGVeN8v_##name
#elif defined(__AVX2__)
#define FLOWGAUGE_FLOAT_VECTOR __m256
#define FLOWGAUGE_DOUBLE_VECTOR __m256d
#define FLOWGAUGE_FLOAT_SYMBOL(name) _ZGVdN8v_##name##f
#define FLOWGAUGE_DOUBLE_SYMBOL(name) _ZGVdN4v_##name
#else
#define FLOWGAUGE_FLOAT_VECTOR __m128
#define FLOWGAUGE_DOUBLE_VECTOR __m128d
#define FLOWGAUGE_FLOAT_SYMBOL(name) _ZGVbN4v_##name##f
#define FLOWGAUGE_DOUBLE_SYMBOL(name) _ZGVbN2v_##name
#endif
#define FLOWGAUGE_PACK_FUNCTION(f) \
  extern "C" { \
  __attribute__((const)) FLOWGAUGE_FLOAT_VECTOR FLOWGAUGE_FLOAT_SYMBOL(f)(FLOWGAUGE_FLOAT_VECTOR) noexcept; \
  __attribute__((const)) FLOWGAUGE_DOUBLE_VECTOR FLOWGAUGE_DOUBLE_SYMBOL(f)(FLOWGAUGE_DOUBLE_VECTOR) noexcept; \
  } \
  namespace flowgauge { \
  inline Pack<float> f(Pack<float> x) { return xsimd::batch<float>(FLOWGAUGE_FLOAT_SYMBOL(f)(x.v)); } \
  inline Pack<double> f(Pack<double> x) { return xsimd::batch<double>(FLOWGAUGE_DOUBLE_SYMBOL(f)(x.v)); } \
  }
#else
// No libmvec: lane by lane through the C library, slow and right.
#define FLOWGAUGE_PACK_FUNCTION(f) \
  namespace flowgauge { \
  template <Native S> \
  Pack<S> f(Pack<S> x) { \
    alignas(64) S lane[Pack<S>::width]; \
    x.store(lane); \
    for (S& l : lane) l = f(l); \
    return Pack<S>::load(lane); \
  } \
  }
#endif
FLOWGAUGE_PACK_FUNCTION(exp)
FLOWGAUGE_PACK_FUNCTION(log)
FLOWGAUGE_PACK_FUNCTION(log1p)
FLOWGAUGE_PACK_FUNCTION(expm1)
FLOWGAUGE_PACK_FUNCTION(tanh)
FLOWGAUGE_PACK_FUNCTION(erf)
FLOWGAUGE_PACK_FUNCTION(erfc)
#undef FLOWGAUGE_PACK_FUNCTION
#undef FLOWGAUGE_FLOAT_VECTOR
#undef FLOWGAUGE_DOUBLE_VECTOR
#undef FLOWGAUGE_FLOAT_SYMBOL
#undef FLOWGAUGE_DOUBLE_SYMBOL

namespace flowgauge {

/// What a loop over the rows of a tile works with: packs of native numbers, single numbers of all others.
template <class S>
struct LaneOf {
  using Type = S;
  static S load(const S* p) { return *p; }
  static void store(S* p, const S& x) { *p = x; }
};
template <Native S>
struct LaneOf<S> {
  using Type = Pack<S>;
  static Pack<S> load(const S* p) { return Pack<S>::load(p); }
  static void store(S* p, Pack<S> x) { x.store(p); }
};
template <class S>
using Lane = typename LaneOf<S>::Type;
template <class S>
inline constexpr int lane_width = RealTraits<Lane<S>>::width;

template <class S>
Lane<S> load(const S* p) {
  return LaneOf<S>::load(p);
}
template <class S>
void store(S* p, const Lane<S>& x) {
  LaneOf<S>::store(p, x);
}
/// The lanes added up; one number is its own sum.
template <class T>
  requires(RealTraits<T>::width == 1)
T sum(const T& x) {
  return x;
}

}  // namespace flowgauge
