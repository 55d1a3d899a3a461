// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/normal_mixture.hpp>

#include <cmath>

namespace flowgauge::distributions {

/// Eight equal normals on a circle of radius 4/1.414, each of sd 0.5/1.414.
///
/// 1.414 and not √2: so does the code that everybody copies.
struct EightGaussians {
  static constexpr std::string_view summary = "eight equal normals on a circle: modes with almost nothing between them";
  static constexpr std::string_view reference =
      "p = (1/8) sum_k N(x; (4/1.414)(cos k pi/4, sin k pi/4), (0.5/1.414)^2 I); Grathwohl et al. 2018, FFJORD, arXiv 1810.01367";

  void prepare() {
    std::vector<NormalMixture::Component> components;
    const double radius = 4 / 1.414, sd = 0.5 / 1.414, slanted = radius / std::sqrt(2.0);
    for (const double sign : {1.0, -1.0}) {
      components.push_back({1, {sign * radius, 0}, {sd, sd}});
      components.push_back({1, {0, sign * radius}, {sd, sd}});
      components.push_back({1, {sign * slanted, slanted}, {sd, sd}});
      components.push_back({1, {sign * slanted, -slanted}, {sd, sd}});
    }
    mixture_ = NormalMixture(std::move(components));
  }

  int dim() const { return 2; }
  bool independent() const { return false; }

  template <Real T>
  T log_prob(std::span<const T> x) const {
    return mixture_.log_prob(x);
  }
  void sample(const RandomStream& stream, std::uint64_t row, std::span<double> x) const { mixture_.sample(stream, row, x); }

  std::optional<Estimate> entropy() const { return mixture_.entropy(); }
  Marginal marginal(int coordinate) const { return mixture_.marginal(coordinate); }
  std::optional<std::vector<double>> mean() const { return mixture_.mean(); }
  std::optional<std::vector<double>> covariance() const { return mixture_.covariance(); }

 private:
  NormalMixture mixture_;
};

}  // namespace flowgauge::distributions
