// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distribution.hpp>
#include <flowgauge/flow.hpp>
#include <flowgauge/verify/case.hpp>

#include <functional>
#include <string>
#include <vector>

/// What estimates KL(P‖q) of a flow q from a source P, as functions: verify does not know who wrote them.
namespace flowgauge::verify {

/// A mean over rows and its 95 % interval, nats.
struct Estimated {
  double value = 0, std_error = 0, ci_low = 0, ci_high = 0;
};

struct EstimatedKl {
  Estimated kl;
  std::string status;  ///< as the column kl_status
  /// After the first 0, 1, … layers: the KL, and its change by the last of them over the same rows.
  struct Prefix {
    Estimated kl, delta;
  };
  std::vector<Prefix> trace;
};

struct IntegratedKl {
  double value = 0, error = 0;
  std::string status;
};

struct Estimator {
  std::string name, help;
  /// Over rows 0 … n − 1 of the source's sample for this seed.
  std::function<EstimatedKl(const Flow<double>&, const Distribution&, Index n, std::uint64_t seed)> kl;
  /// The headline alone.
  std::function<Estimated(const Flow<double>&, const Distribution&, Index n, std::uint64_t seed)> quick_kl;
  /// −mean log q over these rows.
  std::function<Estimated(const Flow<double>&, BatchIn<double>)> cross_entropy;
  /// In one dimension.
  std::function<IntegratedKl(const Flow<double>&, const Univariate&)> quadrature;
};

/// An estimator with the seed and the number of rows of a case.
class EstimatorTrial {
 public:
  EstimatorTrial(const Estimator& estimator, const Case& sample) : estimator_(estimator), sample_(sample) {}
  const Estimator& estimator() const { return estimator_; }
  const Case& sample() const { return sample_; }
  Index rows() const { return sample_.batch; }
  /// Another seed for each purpose, < 2³¹.
  std::uint64_t seed(std::uint64_t number) const { return (sample_.seed + 0x9e3779b9u * number) & 0x7fffffffu; }

 private:
  const Estimator& estimator_;
  const Case& sample_;
};

/// A flow at these parameters.
Flow<double> flow_at(const std::string& spec, int dim, const std::vector<double>& theta);
/// The same at parameters drawn from the seed.
Flow<double> flow_drawn(const std::string& spec, int dim, std::uint64_t seed);
/// y = log x, which has no value at half of the line.
Flow<double> half_line_flow();
/// A source of one number; ConfigError when it has several.
std::unique_ptr<Univariate> source_of_one_number(const std::string& text);

/// log p − log q = a(z² − 1) + bz + kl, z standard normal: of N(mean, sd²) and an affine flow of one coordinate, read off at two points.
struct NormalCell {
  double a, b, kl;
  double variance() const { return 2 * a * a + b * b; }
};
NormalCell normal_cell(double mean, double sd, const Flow<double>& affine);
/// The KL of a normal source in several dimensions and an affine flow: −H + ½(|Am + c|² + tr AΣAᵀ) + d/2·log 2π − log|det A|.
double kl_of_normals(const Distribution& source, const Flow<double>& affine);
/// The first k layers of a flow at its parameters.
Flow<double> prefix_of(const Flow<double>&, std::size_t layers);

/// Given rows, again and again; densities are those of `base`.
class GivenRows final : public Distribution {
 public:
  GivenRows(const Distribution& base, Batch<double> rows) : base_(base), rows_(std::move(rows)) {}
  int dim() const override { return base_.dim(); }
  std::string text() const override { return base_.text(); }
  void log_prob(BatchIn<double> x, ColumnOut<double> log_p) const override { base_.log_prob(x, log_p); }
  void sample(const RandomStream&, std::uint64_t row, BatchOut<double> x) const override {
    for (Index i = 0; i < x.rows; ++i)
      for (Index j = 0; j < x.dim; ++j) x(i, j) = rows_((static_cast<Index>(row) + i) % rows_.rows(), j);
  }
  std::optional<Estimate> entropy() const override { return base_.entropy(); }
  Marginal marginal(int j) const override { return base_.marginal(j); }
  bool independent() const override { return base_.independent(); }
  std::optional<std::vector<double>> mean() const override { return base_.mean(); }
  std::optional<std::vector<double>> covariance() const override { return base_.covariance(); }

 private:
  const Distribution& base_;
  Batch<double> rows_;
};

/// y = f⁻¹(x), x from `base`: its law with another flow in front is that of `base` without.
class Pulled final : public Distribution {
 public:
  Pulled(const Distribution& base, const Flow<double>& flow) : base_(base), flow_(flow) {}
  int dim() const override { return base_.dim(); }
  std::string text() const override { return base_.text(); }
  void log_prob(BatchIn<double> y, ColumnOut<double> log_p) const override;
  void sample(const RandomStream&, std::uint64_t row, BatchOut<double> y) const override;
  std::optional<Estimate> entropy() const override { return std::nullopt; }
  Marginal marginal(int j) const override { return base_.marginal(j); }
  bool independent() const override { return false; }
  std::optional<std::vector<double>> mean() const override { return std::nullopt; }
  std::optional<std::vector<double>> covariance() const override { return std::nullopt; }

 private:
  const Distribution& base_;
  const Flow<double>& flow_;
};

}  // namespace flowgauge::verify
