// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/normal_quantile.hpp>
#include <flowgauge/verify/wide.hpp>

#include <mpfr.h>

#include <ostream>
#include <type_traits>

namespace flowgauge {

static_assert(sizeof(mp_limb_t) == sizeof(std::uint64_t) && sizeof(mpfr_exp_t) <= sizeof(std::int64_t));
static_assert(MPFR_ZERO_KIND == 2, "Wide's default constructor writes MPFR's code of zero");
static_assert(std::is_trivially_copyable_v<Wide>);

/// The bits of a Wide as MPFR's number and back. MPFR only reads an operand's limbs, which makes the const_cast safe.
struct WideBits {
  static void lend(mpfr_ptr number, const Wide& x) {
    mpfr_custom_init_set(number, x.kind, x.exponent, Wide::bits, const_cast<std::uint64_t*>(x.significand));
  }
  static void keep(mpfr_srcptr number, Wide& x) {
    x.kind = mpfr_custom_get_kind(number);
    x.exponent = x.kind == MPFR_REGULAR_KIND || x.kind == -MPFR_REGULAR_KIND ? mpfr_custom_get_exp(number) : 0;
  }
};

namespace {

struct Lent {
  mpfr_t number;
  explicit Lent(const Wide& x) { WideBits::lend(number, x); }
  operator mpfr_srcptr() const { return number; }
};

/// A new Wide that `write(mpfr_ptr)` fills.
template <class Write>
Wide written(Write write) {
  Wide result;
  mpfr_t number;
  WideBits::lend(number, result);
  write(number);
  WideBits::keep(number, result);
  return result;
}

/// MPFR keeps π, log 2 and the like per thread; a thread that ends gives them back.
struct ThreadCache {
  ~ThreadCache() { mpfr_free_cache2(MPFR_FREE_LOCAL_CACHE); }
  void use() const {}
};
void use_thread_cache() {
  thread_local const ThreadCache cache;
  cache.use();
}

using Unary = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
Wide transcendental(Unary function, const Wide& x) {
  use_thread_cache();
  return written([&](mpfr_ptr r) { function(r, Lent(x), MPFR_RNDN); });
}

using Binary = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);
Wide arithmetic(Binary function, const Wide& a, const Wide& b) {
  return written([&](mpfr_ptr r) { function(r, Lent(a), Lent(b), MPFR_RNDN); });
}

bool is_nan(const Wide& x) { return mpfr_nan_p(Lent(x)); }

}  // namespace

Wide::Wide(double x) {
  *this = written([&](mpfr_ptr r) { mpfr_set_d(r, x, MPFR_RNDN); });
}

Wide Wide::from_text(std::string_view text) {
  const std::string copy(text);
  char* end = nullptr;
  const Wide result = written([&](mpfr_ptr r) { mpfr_strtofr(r, copy.c_str(), &end, 10, MPFR_RNDN); });
  if (copy.empty() || end != copy.c_str() + copy.size()) throw DataError("expected a decimal number, got '" + copy + "'");
  return result;
}

Wide Wide::operator-() const {
  return written([&](mpfr_ptr r) { mpfr_neg(r, Lent(*this), MPFR_RNDN); });
}
Wide operator+(const Wide& a, const Wide& b) { return arithmetic(mpfr_add, a, b); }
Wide operator-(const Wide& a, const Wide& b) { return arithmetic(mpfr_sub, a, b); }
Wide operator*(const Wide& a, const Wide& b) { return arithmetic(mpfr_mul, a, b); }
Wide operator/(const Wide& a, const Wide& b) { return arithmetic(mpfr_div, a, b); }
bool operator<(const Wide& a, const Wide& b) { return mpfr_less_p(Lent(a), Lent(b)); }
bool operator<=(const Wide& a, const Wide& b) { return mpfr_lessequal_p(Lent(a), Lent(b)); }
bool operator==(const Wide& a, const Wide& b) { return mpfr_equal_p(Lent(a), Lent(b)); }

Wide RealTraits<Wide>::epsilon() { return scaled_by_power_of_two(Wide(1.0), 1 - Wide::bits); }

Wide Constants<Wide>::pi() {
  use_thread_cache();
  return written([](mpfr_ptr r) { mpfr_const_pi(r, MPFR_RNDN); });
}
Wide Constants<Wide>::log_two() {
  use_thread_cache();
  return written([](mpfr_ptr r) { mpfr_const_log2(r, MPFR_RNDN); });
}
Wide Constants<Wide>::half_log_two_pi() {
  static const Wide value = [] {
    use_thread_cache();
    mpfr_t longer;  // one rounding in the end, not three
    mpfr_init2(longer, 2 * Wide::bits);
    mpfr_const_pi(longer, MPFR_RNDN);
    mpfr_mul_2ui(longer, longer, 1, MPFR_RNDN);
    mpfr_log(longer, longer, MPFR_RNDN);
    const Wide result = written([&](mpfr_ptr r) { mpfr_div_2ui(r, longer, 1, MPFR_RNDN); });
    mpfr_clear(longer);
    return result;
  }();
  return value;
}
Wide Constants<Wide>::sqrt_two() {
  static const Wide value = sqrt(Wide(2.0));
  return value;
}
Wide Constants<Wide>::not_a_number() { return Wide(std::numeric_limits<double>::quiet_NaN()); }
Wide Constants<Wide>::infinity() { return Wide(std::numeric_limits<double>::infinity()); }

Wide exp(const Wide& x) { return transcendental(mpfr_exp, x); }
Wide log(const Wide& x) { return transcendental(mpfr_log, x); }
Wide log1p(const Wide& x) { return transcendental(mpfr_log1p, x); }
Wide expm1(const Wide& x) { return transcendental(mpfr_expm1, x); }
Wide sqrt(const Wide& x) { return transcendental(mpfr_sqrt, x); }
Wide tanh(const Wide& x) { return transcendental(mpfr_tanh, x); }
Wide erf(const Wide& x) { return transcendental(mpfr_erf, x); }
Wide erfc(const Wide& x) { return transcendental(mpfr_erfc, x); }
Wide abs(const Wide& x) {
  return written([&](mpfr_ptr r) { mpfr_abs(r, Lent(x), MPFR_RNDN); });
}
Wide copysign(const Wide& magnitude, const Wide& sign) { return arithmetic(mpfr_copysign, magnitude, sign); }
Wide min(const Wide& a, const Wide& b) { return a < b || is_nan(a) ? a : b; }
Wide max(const Wide& a, const Wide& b) { return b < a || is_nan(a) ? a : b; }
Wide mul_add(const Wide& a, const Wide& b, const Wide& c) { return a * b + c; }
double to_double(const Wide& x) { return mpfr_get_d(Lent(x), MPFR_RNDN); }
bool is_finite(const Wide& x) { return mpfr_number_p(Lent(x)); }
Wide scaled_by_power_of_two(const Wide& x, int power) {
  return written([&](mpfr_ptr r) { mpfr_mul_2si(r, Lent(x), power, MPFR_RNDN); });
}

namespace {

/// The root by Newton, from a start close enough for the steps to square the error; `step(x)` is g(x)/g′(x).
template <class Step>
Wide newton(Wide x, Step step) {
  const Wide last = scaled_by_power_of_two(Wide(1.0), -Wide::bits / 2);
  for (int i = 0; i < 64; ++i) {
    const Wide change = step(x);
    x -= change;
    if (!(abs(change) > last * abs(x))) break;
  }
  return x;
}

/// For p ≤ 0.1, in logarithms: log Φ is concave and nearly a parabola.
Wide lower_tail_quantile(const Wide& p) {
  const Wide log_p = log(p);
  const double nearest = to_double(p);
  const bool in_range = nearest >= std::numeric_limits<double>::min();
  const Wide start = in_range ? Wide(normal_quantile(nearest)) : -sqrt(Wide(-2.0) * log_p - log(Wide(-4.0) * Constants<Wide>::pi() * log_p));
  return newton(start, [&](const Wide& x) {
    const Wide cdf = normal_cdf(x);
    return (log(cdf) - log_p) * cdf / exp(normal_log_density(x));
  });
}

/// For 0.1 < p < 0.9, on erf(x/√2) = 2p − 1, which keeps the digits of an x near 0.
Wide central_quantile(const Wide& p) {
  const Wide twice_off_centre = Wide(2.0) * p - Wide(1.0);
  return newton(Wide(normal_quantile(to_double(p))), [&](const Wide& x) {
    return (erf(x / Constants<Wide>::sqrt_two()) - twice_off_centre) / (Wide(2.0) * exp(normal_log_density(x)));
  });
}

}  // namespace

Wide normal_quantile(const Wide& p) {
  const Wide one(1.0);
  if (!(p >= Wide() && p <= one)) return Constants<Wide>::not_a_number();
  if (p == Wide()) return -Constants<Wide>::infinity();
  if (p == one) return Constants<Wide>::infinity();
  if (p <= Wide(0.1)) return lower_tail_quantile(p);
  return p < Wide(0.9) ? central_quantile(p) : -lower_tail_quantile(one - p);
}

std::string to_text(const Wide& x) {
  if (!is_finite(x)) return is_nan(x) ? "nan" : x < Wide() ? "-inf" : "inf";
  constexpr int digits = 50;
  char mantissa[digits + 2];  // sign, digits, end
  mpfr_exp_t exponent = 0;
  mpfr_get_str(mantissa, &exponent, 10, digits, Lent(x), MPFR_RNDN);
  const std::string_view all = mantissa;
  const std::size_t point = all[0] == '-' ? 2 : 1;
  std::string text(all.substr(0, point));
  text += '.';
  text += all.substr(point);
  text += 'e';
  return text += std::to_string(x == Wide() ? 0 : exponent - 1);
}
std::ostream& operator<<(std::ostream& out, const Wide& x) { return out << to_text(x); }

}  // namespace flowgauge
