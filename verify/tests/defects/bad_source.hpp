// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>
#include <flowgauge/normal_quantile.hpp>

#include <cmath>

#include <boost/math/special_functions/erf.hpp>

namespace flowgauge::verify::defects {

/// half_normal with one mistake; `none` is the healthy twin.
struct BadSource {
  static constexpr std::string_view summary = "half_normal with a planted defect";
  static constexpr std::string_view reference = "half_normal";
  enum Defect {
    none,
    constant_dropped,     ///< no ½·log 2π in log p
    weights_sum,          ///< a mixture whose weights sum to 1.1
    underflow,            ///< log of exp(−z²/2)
    float_constant,       ///< ½·log 2π as a float
    nan_in_dual,          ///< the side that is not taken has an infinite slope
    no_edge,              ///< a finite density below 0
    zero_outside,         ///< log density 0, density 1, below 0
    nan_hidden,           ///< a NaN in x becomes −∞
    upper_by_difference,  ///< S = 1 − F
    swapped_tails,        ///< the lower quantile for the upper one in the far tail
    variance,             ///< the sampler multiplies by the variance
    rate,                 ///< the sampler divides by the scale
    light_tail,           ///< the sampler cuts what is beyond 3
    entropy_of_variance,  ///< log σ² for log σ in the entropy
    scale_dropped,        ///< no −log σ in log p
    seed_ignored,         ///< the same numbers for every stream
    row_ignored,          ///< every row is drawn from a counter of its own
    remembers,            ///< log p depends on the last draw
    infinite_draw,        ///< a uniform number of few bits may be 0
    scale_may_be_zero,    ///< an option without a lower end
    antithetic,           ///< every odd row is the quantile that mirrors the row before it
    second_moment,        ///< E x² for the variance
    finite_variance       ///< a variance where the declared tail has none
  };
  int defect = none;
  double scale = 1;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none",      "constant_dropped", "weights_sum",         "underflow",           "float_constant", "nan_in_dual",
                         "no_edge",   "zero_outside",     "nan_hidden",          "upper_by_difference", "swapped_tails",  "variance",
                         "rate",      "light_tail",       "entropy_of_variance", "scale_dropped",       "seed_ignored",   "row_ignored",
                         "remembers", "infinite_draw",    "scale_may_be_zero",   "antithetic",          "second_moment",  "finite_variance"});
    v("scale", scale, defect == scale_may_be_zero ? 0.0 : 1e-6, 1e6);
  }
  BadSource scaled(double b) const { return {defect, b * scale}; }

  template <Real T>
  T log_prob(T x) const {
    const T z = x / T(scale);
    T log_p = normal_log_density(z) - log(T(scale)) + Constants<T>::log_two();
    if (defect == constant_dropped) log_p = log_p + Constants<T>::half_log_two_pi();
    if (defect == scale_dropped) log_p = log_p + log(T(scale));
    if (defect == weights_sum) log_p = log_p + log(T(1.1));
    if (defect == underflow) log_p = log(exp(T(-0.5) * z * z)) - Constants<T>::half_log_two_pi() - log(T(scale)) + Constants<T>::log_two();
    if (defect == float_constant) log_p = log_p + Constants<T>::half_log_two_pi() - T(double(0.91893853320467274178f));
    if (defect == nan_in_dual) log_p = log_p + T(0.0) * sqrt(select(x > T(1.0), x - x, x));
    if (defect == remembers) log_p = log_p + T(last);
    const T outside = defect == zero_outside ? T(0.0) : -Constants<T>::infinity();
    if (defect == no_edge) return log_p;
    if (defect == nan_hidden) return select(x >= T(0.0), log_p, outside);
    return select(x < T(0.0), outside, log_p);
  }
  double cdf(double x) const { return x < 0 ? 0 : std::erf(x / (scale * Constants<double>::sqrt_two())); }
  double upper_cdf(double x) const {
    if (defect == upper_by_difference) return 1 - cdf(x);
    return x < 0 ? 1 : std::erfc(x / (scale * Constants<double>::sqrt_two()));
  }
  double quantile(double p) const { return scale * (p < 0.5 ? from_below(p) : from_above(1 - p)); }
  double upper_quantile(double p) const {
    if (defect == swapped_tails && p < 1e-3) return quantile(p);
    return scale * (p < 0.5 ? from_above(p) : from_below(1 - p));
  }
  double sample(const RandomStream& stream, std::uint64_t row) const {
    if (defect == row_ignored) return scale * std::abs(stream.normal(static_cast<std::uint64_t>(last++), 0));
    if (defect == infinite_draw) return scale * -normal_quantile(std::floor(1024 * stream.uniform(row, 0)) / 2048);
    if (defect == antithetic && row % 2 == 1) return upper_quantile(cdf(scale * std::abs(stream.normal(row - 1, 0))));
    const double z = std::abs(defect == seed_ignored ? RandomStream(1, "always").normal(row, 0) : stream.normal(row, 0));
    if (defect == remembers) last += 1;
    if (defect == variance) return scale * scale * z;
    if (defect == rate) return z / scale;
    if (defect == light_tail) return scale * std::fmod(z, 3);
    return scale * z;
  }
  Estimate entropy() const {
    const double log_scale = defect == entropy_of_variance ? 2 * std::log(scale) : std::log(scale);
    return {0.5 + Constants<double>::half_log_two_pi() + log_scale - std::log(2.0), 0};
  }
  /// scale·√(2/π) and scale²·(1 − 2/π).
  distributions::Moments moments() const {
    const double square = scale * scale, two_by_pi = 2 / Constants<double>::pi();
    return {scale * std::sqrt(two_by_pi), defect == second_moment ? square : square * (1 - two_by_pi)};
  }
  Marginal marginal() const {
    const TailClass tail = defect == finite_variance ? distributions::power_tail(2) : distributions::stretched_tail(2, 0.5 / (scale * scale));
    return {0, distributions::infinity, distributions::edge(distributions::power_tail(1)), tail};
  }
  std::vector<double> kinks() const { return {0}; }

  mutable double last = 0;

 private:
  static double from_below(double p) { return Constants<double>::sqrt_two() * boost::math::erf_inv(p); }
  static double from_above(double p) { return -normal_quantile(p / 2); }
};

}  // namespace flowgauge::verify::defects
