// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>
#include <flowgauge/verify/statistics.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace flowgauge::verify {
namespace {

/// P(|x| > t) ~ t^−α at an infinite end: the smallest α, 0 for slower tails, ∞ where no tail is of that kind, NaN where one is unknown.
double slowest_power(const Marginal& m) {
  double slowest = std::numeric_limits<double>::infinity();
  for (const auto& [tail, end] : {std::pair(m.low_tail, m.low), std::pair(m.high_tail, m.high)}) {
    if (!std::isinf(end)) continue;
    if (tail.kind == TailClass::Kind::unknown) return std::nan("");
    if (tail.kind == TailClass::Kind::power) slowest = std::min(slowest, tail.shape);
    if (tail.kind == TailClass::Kind::slower_than_power) slowest = 0;
  }
  return slowest;
}

/// By quadrature, in units of the standard deviation (of the interquartile range, where the variance is infinite).
Examined moments_of_one(const Univariate& source, double mean, std::optional<double> variance) {
  Examined result;
  const double unit = variance ? std::sqrt(*variance) : source.quantile(0.75) - source.quantile(0.25);
  const double lost = 10 * (location_rounding(source) + unheld_mass(source));
  const double power = slowest_power(source.marginal(0));
  for (const int order : {1, 2}) {
    if (order == 2 && !variance) continue;
    if (power <= order)
      result.compare(0, fmt::format("a tail like t^-{} has no moment of order {}", power, order), 0, 1, 1, 0, "moments");
    if (!(power >= order + 0.05)) continue;  // beyond the largest double lie (1e300)^(order − power) of it, 1e-15
    const Quadrature moment = integral_over(source, [&](double x) {
      const double z = (x - mean) / unit, log_p = source.log_density(x);
      return log_p == -HUGE_VAL || z == 0 ? 0.0 : (order == 1 ? std::copysign(1, z) : 1) * std::exp(order * std::log(std::abs(z)) + log_p);
    });
    const double expected = order - 1;
    if (moment.error > 1e-8 + 10 * lost) result.unresolved(0, "ill_conditioned");
    else
      result.compare(0, order == 1 ? "∫(x − mean)·p, in standard deviations" : "∫(x − mean)²·p, over the variance", expected, moment.value,
                     std::abs(moment.value - expected), moment.error + lost, "standard deviations");
  }
  return result.findings.empty() ? Examined::not_applicable("its tails hold a part of the moments that no double reaches") : result;
}

/// A row's summand in Catoni's estimate of a mean: between −log(1 − z + z²/2) and log(1 + z + z²/2).
/// source: Catoni 2012, Ann. Inst. H. Poincaré 48, 1148–1185, (2.1).
double influence(double z) { return std::copysign(std::log1p(std::abs(z) + z * z / 2), z); }

/// What a sample can refute, whatever the tails, for a rare row may carry most of a variance. In 16 directions u, with s² = uᵀΣu as stated:
/// |mean of influence(b·(x − m)·u/s)/b| ≤ b, b = √(2·log(2/α)/n), if m is the mean and s² the variance; and the mean of min(z², 4), z = (x − m)·u/s,
/// is at most 1 + √(8·log(1/α)/n) + 4·log(1/α)/3n (Bernstein: its summands lie in [0, 4] and have a mean of 1 at most).
Examined moments_of_many(const SourceTrial& trial, const std::vector<double>& mean, const std::vector<double>& covariance) {
  constexpr std::uint64_t directions = 16;
  constexpr double most = 4;
  const auto d = static_cast<std::size_t>(trial.source().dim());
  if (mean.size() != d || covariance.size() != d * d) {
    Examined result;
    result.compare(0, "numbers of the covariance", static_cast<double>(d * d), static_cast<double>(covariance.size()), 1, 0, "numbers");
    return result;
  }
  return in_two_stages(trial.sample().batch, [&](const Stage& stage) {
    Examined result;
    const Batch<double> x = trial.draw("moments", stage.first_row, stage.rows);
    const RandomStream stream = trial.stream("directions of moments");
    const double n = static_cast<double>(stage.rows), share = std::log(2 * 2 * directions / stage.alpha), b = std::sqrt(2 * share / n);
    for (std::uint64_t k = 0; k < directions; ++k) {
      Numbers u(d);
      for (std::size_t j = 0; j < d; ++j) {
        const double z = k < d ? (j == k ? 1.0 : 0.0) : stream.normal(k, static_cast<std::uint32_t>(j));
        u[j] = z / std::sqrt(std::max(covariance[j * d + j], std::numeric_limits<double>::min()));
      }
      double square = 0;
      for (std::size_t j = 0; j < d; ++j)
        for (std::size_t l = 0; l < d; ++l) square += u[j] * covariance[j * d + l] * u[l];
      const std::string along = fmt::format("along ({:.3g})", fmt::join(u, ", "));
      if (!(square > 0)) {
        result.compare(0, "the stated variance " + along, 1, square, std::abs(1 - square), 0, "stated variances");
        continue;
      }
      double centre = 0, spread = 0;
      for (Index i = 0; i < stage.rows; ++i) {
        double z = 0;
        for (std::size_t j = 0; j < d; ++j) z += u[j] * (x(i, static_cast<Index>(j)) - mean[j]);
        z /= std::sqrt(square);
        centre += influence(b * z) / (b * n);
        spread += std::min(z * z, most) / n;
      }
      result.compare(0, "the mean " + along + ", from the stated one, in stated standard deviations", 0, centre, std::abs(centre), b,
                     "standard deviations");
      const double above = std::sqrt(2 * most * share / n) + most * share / (3 * n);
      result.compare(0, "the variance " + along + ", squares beyond 4 cut off, over the stated one", 1, spread, std::max(0.0, spread - 1), above,
                     "stated variances");
    }
    return result;
  });
}

}  // namespace

Law moments_are_those_of_the_density() {
  return {.id = "D10",
          .statement =
              "the mean and the covariance that a source states are those of its density: by quadrature in one dimension; in several no direction "
              "of the sample has another mean or a larger variance than they allow",
          .advice = "a variance that is not centred, a standard deviation for a variance, or a correlation of the other sign",
          .wants = {.sample = true},
          .examine_source =
              [](const SourceTrial& trial) {
                const std::optional<std::vector<double>> mean = trial.source().mean(), covariance = trial.source().covariance();
                if (!mean) return Examined::not_applicable("it states no mean");
                if (const Univariate* const source = trial.univariate())
                  return moments_of_one(*source, mean->at(0), covariance ? std::optional(covariance->at(0)) : std::nullopt);
                if (!covariance) return Examined::not_applicable("it states no covariance, without which a sample says nothing of a mean");
                return moments_of_many(trial, *mean, *covariance);
              },
          .violated_by = "a variance that is the mean of the square",
          .fooled_by = "variances of several numbers that are stated too large, which rows that are too rare to be drawn might carry"};
}

}  // namespace flowgauge::verify
