// SPDX-License-Identifier: MIT
// The algebra of tail classes: what a map of growth linear, power, logarithm or exponential makes of a tail, to leading order.
#include <flowgauge/bench/tail.hpp>

#include <fmt/format.h>

#include <cmath>

namespace flowgauge::bench {
namespace {

using Kind = TailClass::Kind;
constexpr double unknown_number = std::numeric_limits<double>::quiet_NaN();

Tail of(Kind kind, double shape = unknown_number, double rate = unknown_number, int exponentials = 0, bool pure = false) {
  return {{kind, shape, rate, false}, exponentials, pure};
}
/// Position in the order of weights, or nothing for an unknown tail.
std::optional<int> rank(const Tail& t) {
  if (t.base.kind == Kind::unknown) return std::nullopt;
  if (t.base.kind == Kind::bounded) return 0;
  if (t.exponentials < 0) return 1;
  if (t.exponentials > 0) return t.base.kind == Kind::super_stretched ? 3 : 5;
  return static_cast<int>(t.base.kind);
}
/// −1, 0 or 1 for numbers where smaller is heavier; nothing when one is not known.
std::optional<int> smaller_is_heavier(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::nullopt;
  return a < b ? 1 : a > b ? -1 : 0;
}
std::string numbers(double a, double b) {
  const auto text = [](double v) { return std::isnan(v) ? std::string("?") : fmt::format("{:.3g}", v); };
  return "(" + text(a) + ", " + text(b) + ")";
}

}  // namespace

std::string text_of(const Tail& t) {
  const std::optional<int> r = rank(t);
  if (!r) return "?";
  switch (*r) {
    case 0: return "B";
    case 1: return "SS";
    case 2: return "S" + numbers(t.base.shape, t.base.rate);
    case 3: return t.exponentials > 0 ? "L(?, ?)" : "L" + numbers(t.base.shape, t.base.rate);
    case 4: return std::isnan(t.base.shape) ? "W(?)" : fmt::format("W({:.3g})", t.base.shape);
    default: return "V";
  }
}

Tail logarithm(const Tail& t) {
  Tail r = t;
  if (t.exponentials > 0) {
    --r.exponentials;
    return r;
  }
  if (t.exponentials < 0) return of(Kind::super_stretched);
  switch (t.base.kind) {
    case Kind::stretched: r.exponentials = -1; return r;
    case Kind::log_normal_like: return of(Kind::stretched, t.base.shape, t.base.rate, 0, t.pure);
    case Kind::power: return of(Kind::stretched, 1, t.base.shape, 0, t.pure);
    case Kind::slower_than_power: return t.base.shape > 0 ? of(Kind::stretched, t.base.shape, t.base.rate) : of(Kind::unknown);
    default: return r;
  }
}

Tail exponential(const Tail& t) {
  Tail r = t;
  if (t.base.kind == Kind::bounded || t.base.kind == Kind::unknown) return r;
  const bool stretched = t.base.kind == Kind::stretched && t.exponentials == 0;
  if (stretched && std::isnan(t.base.shape)) return of(Kind::unknown);
  if (stretched && t.base.shape > 1) return of(Kind::log_normal_like, t.base.shape, t.base.rate, 0, t.pure);
  if (stretched && t.base.shape == 1) return of(Kind::power, t.base.rate, 0, 0, t.pure);
  ++r.exponentials;
  return r;
}

Tail power(const Tail& t, double m) {
  if (t.exponentials > 0) return exponential(scaled(logarithm(t), m));
  if (t.exponentials < 0) return m == 1 ? t : of(Kind::super_stretched);
  Tail r = t;
  switch (t.base.kind) {
    case Kind::stretched: r.base.shape /= m; return r;
    case Kind::log_normal_like:
    case Kind::slower_than_power: r.base.rate /= std::pow(m, t.base.shape); return r;
    case Kind::power: r.base.shape /= m; return r;
    default: return r;
  }
}

Tail scaled(const Tail& t, double scale) {
  Tail r = t;
  if (t.base.kind != Kind::stretched || t.exponentials > 0) return r;
  if (t.exponentials < 0) r.base.shape /= scale;  // s·log x = log x^s
  else r.base.rate /= std::pow(scale, t.base.shape);
  return r;
}

std::optional<int> compare_weight(const Tail& a, const Tail& b) {
  const std::optional<int> ra = rank(a), rb = rank(b);
  if (!ra || !rb) return std::nullopt;
  if (*ra != *rb) return *ra > *rb ? 1 : -1;
  switch (*ra) {
    case 0: return 0;
    case 1: return std::nullopt;
    case 5: return compare_weight(logarithm(a), logarithm(b));
    default: break;
  }
  if (a.exponentials > 0 || b.exponentials > 0) return std::nullopt;
  const std::optional<int> shape = smaller_is_heavier(a.base.shape, b.base.shape);
  if (!shape || *shape != 0 || *ra == 4) return shape;
  return smaller_is_heavier(a.base.rate, b.base.rate);
}

Tail heavier(const Tail& a, const Tail& b) {
  if (const std::optional<int> c = compare_weight(a, b)) {
    if (*c != 0) return *c > 0 ? a : b;
    Tail r = a;
    r.pure = a.pure && b.pure;
    return r;
  }
  const std::optional<int> ra = rank(a), rb = rank(b);
  if (!ra || !rb) return of(Kind::unknown);
  switch (*ra) {
    case 1: return of(Kind::super_stretched);
    case 2: return of(Kind::stretched, a.base.shape == b.base.shape ? a.base.shape : unknown_number);
    case 3: return of(Kind::log_normal_like);
    case 4: return of(Kind::power);
    default: return of(Kind::unknown);
  }
}

}  // namespace flowgauge::bench
