// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/bench/kl.hpp>

#include <span>
#include <vector>

namespace flowgauge::bench {

/// Rows of one round of an estimator: its sums are joined in the order of the rounds, so they are the same bits everywhere.
inline constexpr Index chunk_rows = 4800;

/// Sum with what its additions lost (Knuth's two-sum), so that the order of 10⁸ summands is not seen in their mean.
class CompensatedSum {
 public:
  void add(double v) {
    const double next = sum_ + v, part = next - sum_;
    lost_ += (sum_ - (next - part)) + (v - part);
    sum_ = next;
  }
  /// Sum / n; where all summands are alike, that number to the bit.
  double over(double n) const;

 private:
  double sum_ = 0, lost_ = 0;
};

/// Count, mean and sum of squared deviations; these are joined chunk by chunk (Chan, Golub, LeVeque 1983): no large sums are subtracted.
class Moments {
 public:
  void add(std::span<const double> chunk);
  Mean mean() const;
  Index rows() const { return rows_; }
  double value() const { return mean_; }
  /// Of the mean; 0 for a single row.
  double variance_of_mean() const;

 private:
  Index rows_ = 0;
  CompensatedSum sum_;
  double mean_ = 0, squares_ = 0;
};

/// A mean and its 95 % interval from its standard error, with as many degrees of freedom as rows − 1.
Mean with_interval(double value, double std_error, double std_deviation, Index rows);

/// Upper 97.5 % point of Student's t (Abramowitz, Stegun 1964, 26.7.5: to 1e-3 from 5 degrees of freedom on).
double student_t_975(double degrees_of_freedom);

/// Shape k of a generalised Pareto tail fitted to the largest min(n/5, 3√n) numbers (Zhang, Stephens, Technometrics 2009; as in PSIS, Vehtari et
/// al., arXiv 1507.02646, without its shrinkage). NaN when there are fewer than 5 of them or they are all alike.
double pareto_shape(std::vector<double> numbers);

}  // namespace flowgauge::bench
