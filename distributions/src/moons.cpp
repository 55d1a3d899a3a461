// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/planar/moons.hpp>

#include <algorithm>
#include <cmath>

#include <boost/math/quadrature/gauss.hpp>

namespace flowgauge::distributions {
namespace {

const double pi = Constants<double>::pi();
constexpr double negligible = 45;  ///< a summand of e^−45 of the largest one
constexpr double reach = 9;        ///< sds around the arcs

double log_sum(double a, double b) {
  const double larger = std::max(a, b);
  return larger > -infinity ? larger + std::log1p(std::exp(std::min(a, b) - larger)) : larger;
}

/// ∫ exp(−2κ·(sin²(δ/2) − sin²(nearest/2))) dδ from `low` to `high` ≤ π, where the integrand falls.
double falling_part(double kappa, double nearest, double low, double high) {
  const double smallest = std::sin(nearest / 2), sine = std::sqrt(smallest * smallest + negligible / (2 * kappa));
  const double end = sine < 1 ? std::min(high, 2 * std::asin(sine)) : high;
  if (!(end > low)) return 0;
  return boost::math::quadrature::gauss<double, 30>::integrate(
      [&](double d) { return std::exp(-2 * kappa * std::sin((d + nearest) / 2) * std::sin((d - nearest) / 2)); }, low, end);
}

}  // namespace

/// log of (1/π)·∫₀^π N((x, y); (cos t, sin t), sigma²·I) dt: with r and φ the polar coordinates, −(r − 1)²/2sigma² plus an integral over
/// the distance δ of t from φ on the circle.
double Moons::log_arc(double x, double y) const {
  const double r = std::hypot(x, y), energy = 0.5 * ((r - 1) / sigma) * ((r - 1) / sigma);
  if (!(energy < infinity)) return -energy;
  const double kappa = r / sigma / sigma, angle = std::atan2(y, x);
  // δ runs away from φ on either side; below the arc it starts at one of its ends.
  const double to_start = angle >= 0 ? angle : -angle, to_end = angle >= 0 ? pi - angle : pi + angle;
  double integral = 0, nearest = 0;
  if (kappa == 0) {
    integral = pi;
  } else if (angle >= 0) {
    integral = falling_part(kappa, 0, 0, to_start) + falling_part(kappa, 0, 0, to_end);
  } else {
    nearest = std::min(to_start, to_end);
    integral = falling_part(kappa, nearest, to_start, pi) + falling_part(kappa, nearest, to_end, pi);
  }
  const double sine = std::sin(nearest / 2);
  return -energy - 2 * kappa * sine * sine + std::log(integral / pi) - 2 * (Constants<double>::half_log_two_pi() + std::log(sigma));
}

double Moons::log_prob(std::span<const double> x) const {
  const double upper = log_arc(x[0] + 0.5, x[1] + offset), lower = log_arc(x[0] - 0.5, offset - x[1]);
  return log_sum(upper, lower) - Constants<double>::log_two();
}

void Moons::sample(const RandomStream& stream, std::uint64_t row, std::span<double> x) const {
  const double side = stream.uniform(row, 0) < 0.5 ? 1 : -1, t = pi * stream.uniform(row, 1);
  x[0] = std::cos(t) - 0.5 * side + sigma * stream.normal(row, 2);
  x[1] = side * (std::sin(t) - offset) + sigma * stream.normal(row, 3);
}

std::optional<Estimate> Moons::entropy() const {
  const auto at_spacing = [&](double h) {
    const double right = 1.5 + reach * sigma, top = 1 + std::abs(offset) + reach * sigma;
    double sum = 0;
    for (double x = -right; x < right; x += h) {
      for (double y = -top; y < top; y += h) {
        const auto far = [&](double a, double b) { return std::abs(std::hypot(a, b) - 1) > reach * sigma; };
        if (far(x + 0.5, y + offset) && far(x - 0.5, offset - y)) continue;
        const double point[] = {x, y}, log_p = log_prob(point);
        if (log_p > -700) sum -= log_p * std::exp(log_p);
      }
    }
    return sum * h * h;
  };
  const double fine = at_spacing(sigma / 4);
  return Estimate{fine, std::abs(fine - at_spacing(sigma / 2))};
}

std::optional<std::vector<double>> Moons::covariance() const {
  const double variance_y = offset * offset - 4 / pi * offset + 0.5 + sigma * sigma, mixed = 0.5 * (offset - 2 / pi);
  return std::vector<double>{0.75 + sigma * sigma, mixed, mixed, variance_y};
}

}  // namespace flowgauge::distributions
