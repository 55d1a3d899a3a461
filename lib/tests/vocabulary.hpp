// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/pack.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

/// The transcendental functions of the vocabulary as one table, for tests that sweep over all of them and over all the types that lib knows.
namespace flowgauge::test {

struct Function {
  const char* name;
  float (*in_float)(float);
  double (*in_double)(double);
  Pack<float> (*in_float_pack)(Pack<float>);
  Pack<double> (*in_double_pack)(Pack<double>);
  double (*oracle)(double);                 ///< the C library, for float
  long double (*long_oracle)(long double);  ///< the C library with 64 bits, for double
};

template <class Ours, class Oracle>
constexpr Function function(const char* name, Ours, Oracle) {
  return {name,
          [](float x) { return Ours{}(x); },
          [](double x) { return Ours{}(x); },
          [](Pack<float> x) { return Ours{}(x); },
          [](Pack<double> x) { return Ours{}(x); },
          [](double x) { return Oracle{}(x); },
          [](long double x) { return Oracle{}(x); }};
}

inline const std::array functions{
    function("exp", [](auto x) { return exp(x); }, [](auto x) { return std::exp(x); }),
    function("log", [](auto x) { return log(x); }, [](auto x) { return std::log(x); }),
    function("log1p", [](auto x) { return log1p(x); }, [](auto x) { return std::log1p(x); }),
    function("expm1", [](auto x) { return expm1(x); }, [](auto x) { return std::expm1(x); }),
    function("sqrt", [](auto x) { return sqrt(x); }, [](auto x) { return std::sqrt(x); }),
    function("tanh", [](auto x) { return tanh(x); }, [](auto x) { return std::tanh(x); }),
    function("erf", [](auto x) { return erf(x); }, [](auto x) { return std::erf(x); }),
    function("erfc", [](auto x) { return erfc(x); }, [](auto x) { return std::erfc(x); }),
};

/// All lanes x; the value of lane 0.
template <Native S>
S first_lane(Pack<S> x) {
  std::array<S, Pack<S>::width> lanes;
  x.store(lanes.data());
  return lanes[0];
}

/// |got − exact| in spacings of S at exact. Beyond the largest S both count as its next power of two, so an overflow a little too early is a small
/// error, and a NaN
/// that should be none, or none that should be one, is an infinite one.
template <Native S, class Exact>
double ulps(S got, Exact exact) {
  using Limits = std::numeric_limits<S>;
  if (std::isnan(exact) || std::isnan(got)) return std::isnan(exact) && std::isnan(got) ? 0 : std::numeric_limits<double>::infinity();
  if (Exact(got) == exact) return 0;
  // ldexp, because double has no 2^1024 of its own; the oracle of float is double, that of double is long double.
  const Exact beyond = std::ldexp(Exact(1), Limits::max_exponent);
  const Exact a = std::clamp(Exact(got), -beyond, beyond), b = std::clamp(exact, -beyond, beyond);
  const int exponent = b == 0 ? Limits::min_exponent - 1 : std::max(std::ilogb(b), Limits::min_exponent - 1);
  return static_cast<double>(std::abs(a - b) / std::ldexp(Exact(1), exponent - Limits::digits + 1));
}

}  // namespace flowgauge::test
