// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/normal_mixture.hpp>

namespace flowgauge::verify::defects {

/// Two slanting normals side by side, with one mistake; `pair` is the healthy twin.
struct BadPair {
  static constexpr std::string_view summary = "two slanting normals with a planted defect";
  static constexpr std::string_view reference = "none";
  enum Defect {
    pair,
    uneven,             ///< the left one is drawn with probability 0.7; the mean of log p stays what it was
    mirrored,           ///< both slant the other way when they are drawn
    covariance_mirrored ///< only in what is stated
  };
  int defect = pair;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"pair", "uneven", "mirrored", "covariance_mirrored"});
  }
  void prepare() {
    says_ = mixture(0.5, 0.6);
    draws_ = mixture(defect == uneven ? 0.7 : 0.5, defect == mirrored ? -0.6 : 0.6);
  }

  int dim() const { return 2; }
  bool independent() const { return false; }
  template <Real T>
  T log_prob(std::span<const T> x) const {
    return says_.log_prob(x);
  }
  void sample(const RandomStream& stream, std::uint64_t row, std::span<double> x) const { draws_.sample(stream, row, x); }
  std::optional<Estimate> entropy() const { return says_.entropy(); }
  Marginal marginal(int coordinate) const { return says_.marginal(coordinate); }
  std::optional<std::vector<double>> mean() const { return says_.mean(); }
  std::optional<std::vector<double>> covariance() const {
    return (defect == covariance_mirrored ? mixture(0.5, -0.6) : says_).covariance();
  }

 private:
  static distributions::NormalMixture mixture(double left, double slant) {
    const std::vector<double> factor{1, 0, slant, 0.8};
    return distributions::NormalMixture({{left, {-2, 0}, factor}, {1 - left, {2, 0}, factor}});
  }
  distributions::NormalMixture says_, draws_;
};

}  // namespace flowgauge::verify::defects
