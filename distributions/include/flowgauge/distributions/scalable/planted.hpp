// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>
#include <flowgauge/flow.hpp>

#include <span>
#include <string>

namespace flowgauge::distributions {

/// x = f⁻¹(z), z ~ N(0, I), f a flow at random parameters: log p(x) = log N(f(x); 0, I) + log|det ∂f/∂x|
///
/// The same flow at parameters() has every log-ratio exactly 0: what a fit of it misses is the fault of the optimiser, never of the family.
/// H = d/2·log 2πe + E log|det ∂f⁻¹/∂z|, the mean by Monte Carlo (exact where the determinant is constant). −∞ where a row
/// beyond 1e300 overflows in the flow.
/// ConfigError: an unknown layer, a layer without inverse, a flow that does not reach all of ℝᵈ (its inverse would meet normal numbers it has no
/// x for).
struct Planted {
  static constexpr std::string_view summary = "what a flow makes of normal numbers, at random parameters: the same flow reaches KL 0";
  static constexpr std::string_view reference = "x = f^-1(z), z ~ N(0, I), log p = log N(f(x)) + log|det df/dx|; no paper, a standard check of fits";
  static constexpr std::array<std::string_view, 2> specimens = {
      "planted(flow=triangular softlog triangular, dim=1)",
      "planted(flow=2*(coupling(affine) permutation) triangular, dim=3, seed=7)"};

  FlowSpec flow = parse_flow("2*(triangular triangular(lower) rational_quadratic_spline)");
  int coordinates = 2;
  int seed = 1;
  template <class V>
  void options(V& v) {
    v("flow", flow);
    v("dim", coordinates, 1, 4096);
    v("seed", seed, 0, 2147483647);
  }
  /// Builds the flow, draws its parameters from the seed and estimates the entropy.
  void prepare();

  /// The flow at the planted parameters.
  const Flow<double>& model() const { return model_; }
  std::span<const double> parameters() const { return model_.theta(); }

  int dim() const { return coordinates; }
  bool independent() const;
  void log_prob(BatchIn<double> x, ColumnOut<double> log_p) const;
  /// f⁻¹ of normal(row, 0 … dim − 1); NaN where a numerical inverse did not converge.
  void sample(const RandomStream&, std::uint64_t first_row, BatchOut<double> x) const;
  std::optional<Estimate> entropy() const { return entropy_; }
  /// Support as far as the first layer's domain says; the tails of a flow are not followed here: unknown.
  Marginal marginal(int coordinate) const;
  std::optional<std::vector<double>> mean() const { return std::nullopt; }
  std::optional<std::vector<double>> covariance() const { return std::nullopt; }

 private:
  void refuse_what_has_no_inverse() const;
  std::optional<Estimate> estimate_entropy() const;
  Flow<double> model_;
  std::optional<Estimate> entropy_;
};

}  // namespace flowgauge::distributions
