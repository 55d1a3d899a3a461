// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/real.hpp>

#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

namespace flowgauge {

/// A number of 168 bits, 50 decimal digits: unit round-off u = 2^-168 ≈ 2.7e-51, every operation and function rounded correctly to nearest. The
/// exponent has no end
/// that a formula could reach, so what overflows in double does not overflow here. A double converts exactly.
///
/// The numbers are MPFR's, which only wide.cpp sees; a Wide holds their bits by value through MPFR's custom interface (kind, exponent, significand),
/// so a copy is
/// 40 bytes and nothing is allocated. Source: Fousse, Hanrot, Lefèvre, Pélissier, Zimmermann 2007, "MPFR", ACM TOMS 33(2).
class Wide {
 public:
  static constexpr int bits = 168;

  Wide() = default;  ///< 0
  explicit Wide(double x);
  /// The number nearest to a decimal text such as "-1.25e-3", "inf" or "nan", whatever the locale. DataError if it is anything else.
  static Wide from_text(std::string_view text);

  Wide operator-() const;
  Wide& operator+=(const Wide& b) { return *this = *this + b; }
  Wide& operator-=(const Wide& b) { return *this = *this - b; }
  Wide& operator*=(const Wide& b) { return *this = *this * b; }
  Wide& operator/=(const Wide& b) { return *this = *this / b; }
  friend Wide operator+(const Wide& a, const Wide& b);
  friend Wide operator-(const Wide& a, const Wide& b);
  friend Wide operator*(const Wide& a, const Wide& b);
  friend Wide operator/(const Wide& a, const Wide& b);
  // All false if either is NaN, except !=.
  friend bool operator<(const Wide& a, const Wide& b);
  friend bool operator<=(const Wide& a, const Wide& b);
  friend bool operator>(const Wide& a, const Wide& b) { return b < a; }
  friend bool operator>=(const Wide& a, const Wide& b) { return b <= a; }
  friend bool operator==(const Wide& a, const Wide& b);
  friend bool operator!=(const Wide& a, const Wide& b) { return !(a == b); }

 private:
  friend struct WideBits;
  std::int64_t exponent = 0;
  std::uint64_t significand[3] = {0, 0, 0};
  std::int32_t kind = 2;  // MPFR's code of +0
};

template <>
struct RealTraits<Wide> {
  using Scalar = Wide;
  using Mask = bool;
  static constexpr int width = 1;
  static Wide epsilon();  ///< 2^-167
};

template <>
struct Constants<Wide> {
  static Wide pi();
  static Wide log_two();
  static Wide half_log_two_pi();
  static Wide sqrt_two();
  static Wide not_a_number();
  static Wide infinity();
};

Wide exp(const Wide& x);
Wide log(const Wide& x);
Wide log1p(const Wide& x);
Wide expm1(const Wide& x);
Wide sqrt(const Wide& x);
Wide tanh(const Wide& x);
Wide erf(const Wide& x);
Wide erfc(const Wide& x);
Wide abs(const Wide& x);
Wide copysign(const Wide& magnitude, const Wide& sign);
/// NaN if either is NaN.
Wide min(const Wide& a, const Wide& b);
Wide max(const Wide& a, const Wide& b);
Wide mul_add(const Wide& a, const Wide& b, const Wide& c);
inline Wide select(bool m, const Wide& a, const Wide& b) { return m ? a : b; }
inline Wide detach(const Wide& x) { return x; }
/// Rounded to nearest; ±∞ beyond the range of double.
double to_double(const Wide& x);
bool is_finite(const Wide& x);
/// x·2^power, exact.
Wide scaled_by_power_of_two(const Wide& x, int power);
/// Φ⁻¹(p): Newton on erfc from the double value; −∞ at 0, ∞ at 1, NaN outside [0, 1].
Wide normal_quantile(const Wide& p);

/// 50 significant digits, "-1.2345…e-03"; "inf", "-inf", "nan". The decimal point is a point in every locale.
std::string to_text(const Wide& x);
std::ostream& operator<<(std::ostream& out, const Wide& x);

/// log|det A| in nats and the sign of det A: −∞ and 0 where A is singular, NaN where it holds a NaN.
struct WideLogDeterminant {
  Wide log_abs;
  int sign = 0;
};
/// A is d × d, row by row; LU with complete pivoting. ShapeError unless A has d·d entries, d ≥ 1.
WideLogDeterminant log_abs_determinant(std::span<const Wide> a, int d);

}  // namespace flowgauge
