// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/real.hpp>

#include <cstdint>

namespace flowgauge {

/// A double whose every operation and function rounds at random: the exact double result r becomes r·(1 + uδ), δ uniform in [−1, 1], u = 2^-53.
/// As r·(1 + uδ) lies
/// between r and its neighbour, it is the neighbour that comes with the probability that makes the mean right: the mean of the error is 0, its
/// standard deviation
/// between 0.7 and 1 u·|r|. (Multiplying by a rounded 1 + uδ would never round upwards: in double it is 1 or 1 − u.) A subnormal moves by one
/// unit at most.
/// Exact: constants, negation, abs, copysign, min, max, select, comparisons; 0, ±∞ and NaN stay.
///
/// The spread of a value over some runs shows what its arithmetic may lose, without a constant chosen by hand: Monte-Carlo arithmetic.
/// Source: Parker 1997, "Monte Carlo Arithmetic", UCLA CSD-970002; Denis, Castro, Petit 2016, arXiv 1509.01347 (Verificarlo).
class Rounding {
 public:
  Rounding() = default;  ///< 0
  explicit Rounding(double x) : number(x) {}

  Rounding operator-() const { return Rounding(-number); }
  Rounding& operator+=(Rounding b) { return *this = *this + b; }
  Rounding& operator-=(Rounding b) { return *this = *this - b; }
  Rounding& operator*=(Rounding b) { return *this = *this * b; }
  Rounding& operator/=(Rounding b) { return *this = *this / b; }
  friend Rounding operator+(Rounding a, Rounding b) { return rounded(a.number + b.number); }
  friend Rounding operator-(Rounding a, Rounding b) { return rounded(a.number - b.number); }
  friend Rounding operator*(Rounding a, Rounding b) { return rounded(a.number * b.number); }
  friend Rounding operator/(Rounding a, Rounding b) { return rounded(a.number / b.number); }
  friend bool operator<(Rounding a, Rounding b) { return a.number < b.number; }
  friend bool operator<=(Rounding a, Rounding b) { return a.number <= b.number; }
  friend bool operator>(Rounding a, Rounding b) { return a.number > b.number; }
  friend bool operator>=(Rounding a, Rounding b) { return a.number >= b.number; }
  friend bool operator==(Rounding a, Rounding b) { return a.number == b.number; }
  friend bool operator!=(Rounding a, Rounding b) { return a.number != b.number; }
  friend double to_double(Rounding x) { return x.number; }

  /// `exact` rounded at random by the innermost RoundingSeed of this thread; std::logic_error if there is none.
  static Rounding rounded(double exact);

 private:
  double number = 0;
};

/// While it lives, this thread's Rounding numbers draw from the stream of this seed: the n-th operation of a scope gets the n-th draw, so the same
/// case gives the
/// same bits in whatever thread it runs. Scopes nest; the outer one goes on where it stood.
class RoundingSeed {
 public:
  explicit RoundingSeed(std::uint64_t seed);
  ~RoundingSeed();
  RoundingSeed(const RoundingSeed&) = delete;
  RoundingSeed& operator=(const RoundingSeed&) = delete;

 private:
  std::uint64_t outer_position;
  bool outer_active;
};

template <>
struct RealTraits<Rounding> {
  using Scalar = Rounding;
  using Mask = bool;
  static constexpr int width = 1;
  static Rounding epsilon() { return Rounding(std::numeric_limits<double>::epsilon()); }
};

inline Rounding exp(Rounding x) { return Rounding::rounded(exp(to_double(x))); }
inline Rounding log(Rounding x) { return Rounding::rounded(log(to_double(x))); }
inline Rounding log1p(Rounding x) { return Rounding::rounded(log1p(to_double(x))); }
inline Rounding expm1(Rounding x) { return Rounding::rounded(expm1(to_double(x))); }
inline Rounding sqrt(Rounding x) { return Rounding::rounded(sqrt(to_double(x))); }
inline Rounding tanh(Rounding x) { return Rounding::rounded(tanh(to_double(x))); }
inline Rounding erf(Rounding x) { return Rounding::rounded(erf(to_double(x))); }
inline Rounding erfc(Rounding x) { return Rounding::rounded(erfc(to_double(x))); }
inline Rounding abs(Rounding x) { return Rounding(abs(to_double(x))); }
inline Rounding copysign(Rounding magnitude, Rounding sign) { return Rounding(copysign(to_double(magnitude), to_double(sign))); }
inline Rounding min(Rounding a, Rounding b) { return Rounding(min(to_double(a), to_double(b))); }
inline Rounding max(Rounding a, Rounding b) { return Rounding(max(to_double(a), to_double(b))); }
inline Rounding select(bool m, Rounding a, Rounding b) { return m ? a : b; }
inline Rounding mul_add(Rounding a, Rounding b, Rounding c) { return a * b + c; }
inline Rounding detach(Rounding x) { return x; }

}  // namespace flowgauge
