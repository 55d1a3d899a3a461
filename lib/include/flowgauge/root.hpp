// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/real.hpp>

namespace flowgauge {

template <class T>
struct Root {
  T value;
  Mask<T> converged;
};

/// The root of an increasing g in [low, high], lane by lane: Newton's step where it stays inside the bracket, else the middle. `g(x)` gives {value,
/// slope}.
/// A finished lane is frozen, so no row sees its neighbours. The iteration runs on detached numbers; one last Newton step on g itself then carries
/// derivatives
/// (implicit function theorem: dx = −∂g/g′), so that duals go through an iterative inverse.
template <Real T, class G>
Root<T> increasing_root(G g, T low, T high) {
  constexpr int limit = 400;  // 50-digit bisection needs 170, a bracket of 1e300 another 1000 halvings of the exponent: counted, not hidden
  const T two_epsilon = T(2.0) * T(to_double(RealTraits<T>::epsilon()));
  low = detach(low), high = detach(high);
  T x = T(0.5) * (low + high);
  Mask<T> done = !(low <= high);  // a NaN bracket has no root; its lanes hold NaN and count as finished
  for (int i = 0; i < limit && !all(done); ++i) {
    const auto [value, slope] = g(x);
    const T v = detach(value);
    low = select(done | (v > T(0.0)), low, x);
    high = select(done | (v < T(0.0)), high, x);
    const T newton = x - v / detach(slope);
    const T next = select((newton > low) & (newton < high), newton, T(0.5) * (low + high));
    const Mask<T> here = (v == T(0.0)) | (abs(next - x) <= two_epsilon * abs(next)) | (high - low <= two_epsilon * abs(next));
    x = select(done | (v == T(0.0)), x, next);
    done = done | here;
  }
  const auto [value, slope] = g(x);
  const T polished = x - value / slope;
  return {polished, done};
}

}  // namespace flowgauge
