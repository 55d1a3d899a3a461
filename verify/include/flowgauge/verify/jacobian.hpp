// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/dual.hpp>
#include <flowgauge/parameters.hpp>
#include <flowgauge/verify/wide.hpp>

#include <functional>
#include <span>
#include <vector>

/// Jacobians from outside and log-determinants with a computed tolerance: by duals in 50 digits (the primary oracle), by finite differences in 50
/// digits (the second
/// vote) and by finite differences in double (for what exists in double only). T is double or Wide throughout; u is its unit round-off, 2^-53 or
/// 2^-168.
/// Matrices are stored row by row: ∂y_i/∂x_j at [i·columns + j].
namespace flowgauge::verify {

/// y = f(x), one sample. It may be called at any point within the domain that it came with.
template <class T>
using VectorMap = std::function<void(std::span<const T> x, std::span<T> y)>;

/// log|det A| in nats, and what error of A's entries and of the determinant itself may have done to it.
template <class T>
struct BoundedLogDet {
  T log_abs;
  int sign = 0;  ///< of det A
  /// τ = Σ_ij |A⁻¹|_ji·B_ij + ρ²/(2(1 − ρ)) + γ_d·⟨|A⁻ᵀ|, |L̂||Û|⟩ + γ_d·Σ|log|û_ii||, γ_d = du/(1 − du); ∞ where ρ
  /// ≥ ½ says nothing can be concluded.
  T tolerance;
  double rho = 0;  ///< ‖D⁻¹|A⁻¹|·B·D‖_F, D diagonal, chosen to make it small
  bool resolved() const { return rho < 0.5; }
};

/// A is d × d, known up to B entry by entry: |A − true| ≤ B. From log det(I + E) = tr E + r, |r| ≤ ‖E‖_F²/(2(1 − ‖E‖₂)); LU with
/// complete pivoting.
/// The rounding of the log_det that is compared with it is the caller's to add. ShapeError unless both have d·d entries, d ≥ 1.
template <class T>
BoundedLogDet<T> bounded_log_det(std::span<const T> a, std::span<const T> bound, int d);

/// The same for a Jacobian by duals, rows × rows: B_ij = 2^53·u·max_k|A_ik|. Duals truncate nothing; 2^53 lets a formula cancel the 16 digits that
/// a double has.
BoundedLogDet<Wide> bounded_log_det_of_duals(std::span<const Wide> jacobian, int d);

/// The Jacobian of f at x, one evaluation with Dual<Wide, 1> a column; rows outputs.
std::vector<Wide> jacobian_by_duals(const VectorMap<Dual<Wide, 1>>& f, std::span<const Wide> x, int rows);

/// Derivatives and a bound on their error, entry by entry.
template <class T>
struct Derivatives {
  std::vector<T> value, bound;
};

/// One set of evaluations around x and the three estimates that it gives.
template <class T>
struct Differences {
  Derivatives<T> central;       ///< order 6 in double, 4 in Wide
  Derivatives<T> below, above;  ///< one-sided: order 3 in double, 2 in Wide
  bool at_edge = false;         ///< some step was shortened by the domain's end; nothing is estimated (NaN) where x lies on it or outside
  /// The two sides differ by more than their own bounds: x lies on a kink, where central differences of every order agree on the mean of the slopes.
  bool kink = false;
};

/// What is known about f.
struct DifferenceFacts {
  Interval domain;                             ///< of every coordinate; steps stay inside
  std::span<const double> internal_magnitude;  ///< per output: the largest summand inside, where it exceeds the output itself. May be empty
  /// Unit round-off of f where it is coarser than that of T: a map in float, called with doubles. Nodes are then numbers of its type.
  double unit = 0;
};

/// Central differences at x ± k·h_j, k = 1 … p/2. h_j = step·max(1, |x_j|) rounded down to a power of two, and at most dist(x_j, edge)/(p/2 +
/// 1).
///
/// bound_ij = |order p − order p − 2|_ij + Λ_p·(η_i + a_j|J_ij|)/h_j; η_i = 8u·(max over the stencil of |f_i| + internal magnitude); a_j is
/// the error of the nodes
/// themselves; Λ_p = 11/6 (p = 6), 3/2 (p = 4). The first term bounds the truncation of the lower order. ShapeError if internal_magnitude is neither
/// empty nor `rows` long.
template <class T>
Differences<T> differences(const VectorMap<T>& f, std::span<const T> x, int rows, double step, const DifferenceFacts& facts = {});

/// Why there is no estimate.
enum class Unresolved {
  no,               ///< there is one
  ill_conditioned,  ///< ρ ≥ ½ at every step
  kink,             ///< x lies on a kink, or a kink lies inside every stencil
  domain_edge,      ///< ρ ≥ ½ with steps that the domain's end cut short, or x on the end
  not_finite        ///< f is not finite around x
};

template <class T>
struct LogDetByDifferences {
  BoundedLogDet<T> estimate;
  Unresolved unresolved = Unresolved::no;
  /// At a kink: the Jacobians of the two sides, x_j decreasing and increasing for all j at once. In one dimension the log_det of f at x must be one
  /// of the two; in
  /// more a side of x_j need not be a side of the kink.
  BoundedLogDet<T> below, above;
};

/// How much wider the steps are where f computes in float. Truncation and noise meet at (2^-24/2^-53)^(1/7) = 18, where three steps at |x| = 4 reach
/// beyond the poles of tanh and two orders may agree on something wrong.
inline constexpr double steps_of_float = 8;

/// log|det ∂f/∂x| by finite differences. Wide: one step, 1e-20. Double: steps 9e-3, 9e-3/8, 9e-3/64, 8 times as wide where f computes in float;
/// the smallest tolerance wins, never the smallest error.
/// A step counts only if its one-sided derivatives agree (no kink at its centre) and the next narrower stencil confirms it within the two bounds: a
/// kink at about half a
/// step from x makes orders 6 and 4 agree on something wrong, and the next stencil lies on one side of it.
template <class T>
LogDetByDifferences<T> log_det_by_differences(const VectorMap<T>& f, std::span<const T> x, const DifferenceFacts& facts = {});

}  // namespace flowgauge::verify
