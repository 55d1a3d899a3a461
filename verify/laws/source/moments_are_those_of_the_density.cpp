// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>
#include <flowgauge/verify/statistics.hpp>

#include <cmath>

#include <fmt/format.h>

namespace flowgauge::verify {
namespace {

/// P(|x| > t) ~ t^−α at an infinite end: the smallest α, ∞ where no tail is of that kind, 0 where it is unknown.
double slowest_power(const Marginal& m) {
  double slowest = std::numeric_limits<double>::infinity();
  for (const auto& [tail, end] : {std::pair(m.low_tail, m.low), std::pair(m.high_tail, m.high)}) {
    if (!std::isinf(end)) continue;
    if (tail.kind == TailClass::Kind::power) slowest = std::min(slowest, tail.shape);
    if (tail.kind == TailClass::Kind::slower_than_power || tail.kind == TailClass::Kind::unknown) slowest = 0;
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
    if (power > 0 && power <= order)
      result.compare(0, fmt::format("a tail like t^-{} has no moment of order {}", power, order), 0, 1, 1, 0, "moments");
    if (power < order + 0.04) continue;  // beyond the largest double lie (1e300)^(order − power) of it, 1e-12
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

/// A square of a number with tails like the normal's or lighter has a mean that a sample tells; with heavier ones the sample's own error is unknown.
bool light(const Distribution& source) {
  for (int j = 0; j < source.dim(); ++j) {
    const Marginal m = source.marginal(j);
    for (const auto& [tail, end] : {std::pair(m.low_tail, m.low), std::pair(m.high_tail, m.high)}) {
      const bool fast = tail.kind == TailClass::Kind::super_stretched || (tail.kind == TailClass::Kind::stretched && tail.shape >= 2);
      if (std::isinf(end) && tail.kind != TailClass::Kind::bounded && !fast) return false;
    }
  }
  return true;
}

/// By the sample: each entry of the mean and of the covariance, with its own standard error.
Examined moments_of_many(const SourceTrial& trial, const std::vector<double>& mean, const std::optional<std::vector<double>>& covariance) {
  const Index d = trial.source().dim();
  const double entries = static_cast<double>(d + d * (d + 1) / 2);
  return in_two_stages(trial.sample().batch, [&](const Stage& stage) {
    Examined result;
    const Batch<double> x = trial.draw("moments", stage.first_row, stage.rows);
    const double beyond = normal_bound(stage.alpha / entries);
    std::vector<double> terms(static_cast<std::size_t>(stage.rows));
    const auto compare = [&](const std::string& what, double expected) {
      const MeanOfRows found = mean_of(terms);
      const double rounding = static_cast<double>(stage.rows) * std::numeric_limits<double>::epsilon() * (std::abs(found.value) + std::abs(expected));
      result.compare(0, what, expected, found.value, std::abs(found.value - expected), beyond * found.std_error + rounding, "value");
    };
    const auto centred = [&](Index i, Index j) { return x(i, j) - mean[static_cast<std::size_t>(j)]; };
    for (Index j = 0; j < d; ++j) {
      for (Index i = 0; i < stage.rows; ++i) terms[static_cast<std::size_t>(i)] = x(i, j);
      compare(fmt::format("mean of x[{}]", j), mean[static_cast<std::size_t>(j)]);
      for (Index k = 0; k <= j && covariance; ++k) {
        for (Index i = 0; i < stage.rows; ++i) terms[static_cast<std::size_t>(i)] = centred(i, j) * centred(i, k);
        compare(fmt::format("covariance of x[{}] and x[{}]", j, k), (*covariance)[static_cast<std::size_t>(j * d + k)]);
      }
    }
    return result;
  });
}

}  // namespace

Law moments_are_those_of_the_density() {
  return {.id = "D10",
          .statement =
              "the mean and the covariance that a source states are those of its density: by quadrature in one dimension, of the sample in "
              "several, where no tail is heavier than the normal's",
          .advice = "a variance that is not centred, a standard deviation for a variance, or a correlation of the other sign",
          .wants = {.sample = true},
          .examine_source =
              [](const SourceTrial& trial) {
                const std::optional<std::vector<double>> mean = trial.source().mean(), covariance = trial.source().covariance();
                if (!mean) return Examined::not_applicable("it states no mean");
                if (const Univariate* const source = trial.univariate())
                  return moments_of_one(*source, mean->at(0), covariance ? std::optional(covariance->at(0)) : std::nullopt);
                if (!light(trial.source())) return Examined::not_applicable("its tails are too heavy for a sample to tell its moments");
                return moments_of_many(trial, *mean, covariance);
              },
          .violated_by = "a variance that is the mean of the square",
          .fooled_by = "moments of several heavy-tailed coordinates, of which nothing is asked"};
}

}  // namespace flowgauge::verify
