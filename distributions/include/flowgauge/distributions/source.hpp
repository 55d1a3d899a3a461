// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distribution.hpp>
#include <flowgauge/options.hpp>
#include <flowgauge/real.hpp>

#include <array>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

/// The vocabulary of a source's file. A source is a struct with options; its file's stem is its name. One number:
///
///   static constexpr std::string_view summary, reference
///   template <Real T> T log_prob(T x) const      −∞ outside the support, never NaN for finite x; also called with 50 digits
///   double cdf(double) const, upper_cdf(double) const, quantile(double p) const, upper_quantile(double p) const
///   Estimate entropy() const; Moments moments() const; Marginal marginal() const; std::vector<double> kinks() const
///   double sample(const RandomStream&, std::uint64_t row) const          optional: where the inverse cdf is slow
///   F scaled(double b) const; F shifted(double a) const                  optional: the source of b·x, b > 0, and of x + a
///
/// Several numbers:
///
///   static constexpr std::string_view summary, reference
///   int dim() const; bool independent() const
///   template <Real T> T log_prob(std::span<const T> x) const                                  one row; or, where a row alone is slow or impossible,
///   void log_prob(BatchIn<double> x, ColumnOut<double> log_p) const                           rows at once
///   void sample(const RandomStream&, std::uint64_t row, std::span<double> x) const            one row; or
///   void sample(const RandomStream&, std::uint64_t first_row, BatchOut<double> x) const       rows at once
///   std::optional<Estimate> entropy() const; Marginal marginal(int coordinate) const
///   std::optional<std::vector<double>> mean() const, covariance() const
///   F scaled(double b) const; F shifted(double a) const                                       optional: of b·x, and of x + a in every coordinate
///   void prepare()                               optional, also for one number: called once, after the options are set; refuses those that
///                                                exclude each other
///   static constexpr std::array<std::string_view, n> specimens                  optional, also for one number: further members worth examining
namespace flowgauge::distributions {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// Mean and variance, each where it is finite.
struct Moments {
  std::optional<double> mean, variance;
};

/// −log P(|x| > t) ~ rate·t^shape.
inline TailClass stretched_tail(double shape, double rate) { return {TailClass::Kind::stretched, shape, rate, false}; }
/// P(|x| > t) ~ t^−alpha.
inline TailClass power_tail(double alpha) { return {TailClass::Kind::power, alpha, 0, false}; }
/// A finite end at distance u, 1/u of the given class: edge(power_tail(k)) has P(u < ε) ~ ε^k.
inline TailClass edge(TailClass of_reciprocal_distance) {
  of_reciprocal_distance.edge = true;
  return of_reciprocal_distance;
}

}  // namespace flowgauge::distributions
