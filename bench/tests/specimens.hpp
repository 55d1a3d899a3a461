// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distribution.hpp>
#include <flowgauge/flow.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace flowgauge::bench::specimens {

/// (log of the factor, shift) of one affine layer of one coordinate.
using Affine = std::pair<double, double>;

/// The flow of one coordinate whose triangular layers have these parameters, in order.
Flow<double> with_affines(const std::string& spec, const std::vector<Affine>& affines);

/// The 15 layers that the seed's notebook printed (seed_exponential_15.json): exact KL 0.1742390083 to Exponential(1) by 30-digit quadrature.
Flow<double> seed_exponential();
inline const char* const seed_stack = "3*(triangular triangular(lower) triangular triangular(lower) softlog)";

std::unique_ptr<Univariate> univariate(const std::string& text);

/// A flow of one coordinate with these parameters.
Flow<double> with_theta(const std::string& spec, const std::vector<double>& theta);

/// y = x + 1e-308·tanh(1e308·x), which is x in double; its inverse multiplies y by 1e308, adds two such numbers and does not find rows
/// beyond |y| = 0.9.
inline const std::vector<double> lost_beyond_0_9{1e308, 1e-308, 0};

/// A source with these tails and nothing else, for the tail algebra.
class TailsOnly final : public Distribution {
 public:
  TailsOnly(std::vector<Marginal> marginals, bool independent) : marginals_(std::move(marginals)), independent_(independent) {}
  int dim() const override { return static_cast<int>(marginals_.size()); }
  std::string text() const override { return "tails_only"; }
  void log_prob(BatchIn<double>, ColumnOut<double>) const override { throw ConfigError("tails_only has no density"); }
  void sample(const RandomStream&, std::uint64_t, BatchOut<double>) const override { throw ConfigError("tails_only has no sampler"); }
  std::optional<Estimate> entropy() const override { return std::nullopt; }
  Marginal marginal(int coordinate) const override { return marginals_[static_cast<std::size_t>(coordinate)]; }
  bool independent() const override { return independent_; }
  std::optional<std::vector<double>> mean() const override { return std::nullopt; }
  std::optional<std::vector<double>> covariance() const override { return std::nullopt; }

 private:
  std::vector<Marginal> marginals_;
  bool independent_;
};

}  // namespace flowgauge::bench::specimens
