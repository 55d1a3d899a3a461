// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/batch.hpp>
#include <flowgauge/random.hpp>

#include <optional>
#include <string>
#include <vector>

namespace flowgauge {

/// A value and its standard error; the error is 0 when the value is exact.
struct Estimate {
  double value = 0, std_error = 0;
};

/// How fast P(|x| > t) falls at one end of one coordinate: the classes of the tail algebra, heavier downwards. −log P to leading order is: nothing
/// left (bounded);
/// faster than any c·t^b (super_stretched); c·t^b (stretched: normal b = 2, laplace b = 1); c·(log t)^k, k > 1 (log_normal_like); alpha·log t
/// (power: cauchy alpha
/// = 1); slower than any of these (slower_than_power); unknown is reported, never guessed. `edge` marks a finite end whose distance u has 1/u of that
/// class.
struct TailClass {
  enum class Kind { bounded, super_stretched, stretched, log_normal_like, power, slower_than_power, unknown };
  Kind kind = Kind::unknown;
  double shape = 0;  ///< b, k or alpha
  double rate = 0;   ///< c
  bool edge = false;
};

/// What is known of one coordinate: its support and the tail class at either end.
struct Marginal {
  double low, high;  ///< ±∞ where there is no edge
  TailClass low_tail, high_tail;
};

/// A source P: exact log density, portable sampler, entropy. All batches are n × dim, all densities in nats.
class Distribution {
 public:
  virtual ~Distribution() = default;
  virtual int dim() const = 0;
  /// Canonical text, such as "laplace(scale=2)"; the same text names the same distribution.
  virtual std::string text() const = 0;
  /// log p(x) row by row: −∞ outside the support, never NaN for finite x.
  virtual void log_prob(BatchIn<double> x, ColumnOut<double> log_p) const = 0;
  /// Rows first_row … of an endless sample: row i depends on (stream, i) and on nothing else.
  virtual void sample(const RandomStream&, std::uint64_t first_row, BatchOut<double> x) const = 0;
  /// Differential entropy in nats, where known.
  virtual std::optional<Estimate> entropy() const = 0;
  virtual Marginal marginal(int coordinate) const = 0;
  /// True when the coordinates are independent.
  virtual bool independent() const = 0;
  /// Mean (d) and covariance (d × d, row by row), where finite.
  virtual std::optional<std::vector<double>> mean() const = 0;
  virtual std::optional<std::vector<double>> covariance() const = 0;
};

/// One number, with what quadrature needs.
class Univariate : public Distribution {
 public:
  int dim() const override { return 1; }
  bool independent() const override { return true; }
  virtual double log_density(double x) const = 0;
  virtual double cdf(double x) const = 0;
  /// P(X > x): right where 1 − cdf(x) would round.
  virtual double upper_cdf(double x) const = 0;
  /// x with P(X ≤ x) = p, for p in (0, 1).
  virtual double quantile(double p) const = 0;
  /// x with P(X > x) = p: right where 1 − p would round.
  virtual double upper_quantile(double p) const = 0;
  /// Points where the density or its derivative jumps: quadrature splits there.
  virtual std::vector<double> kinks() const = 0;
};

}  // namespace flowgauge
