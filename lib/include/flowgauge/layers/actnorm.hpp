// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/sample.hpp>
#include <flowgauge/tile.hpp>

#include <cmath>

namespace flowgauge {

/// y_j = e^{s_j}·x_j + b_j, s = log_scale; log_det = Σ s_j. From data (fit's first mini-batch) s = −log sd and b = −mean/sd: mean 0, variance 1 in
/// every coordinate.
struct Actnorm {
  static constexpr std::string_view summary = "y_j = exp(s_j) x_j + b_j, log_det = sum s_j; a fit starts it at mean 0, variance 1 of its first batch";
  static constexpr std::string_view hazard = "a coordinate that is constant in the first batch keeps its scale: only its mean is taken away";
  static constexpr std::string_view source = "Kingma, Dhariwal, Glow, arXiv 1807.03039, section 3.1";

  std::vector<Block> parameters(int dim, int) const { return {{"log_scale", dim, Role::log_scale}, {"bias", dim, Role::shift}}; }
  Facts facts(int) const {
    return {.structure = Structure::diagonal, .increasing = true, .initial_is_identity = true, .growth = {Growth::Kind::linear}};
  }
  /// The variance is the mean square (÷ n). A coordinate whose moments are not finite stays as it is.
  template <class S>
  void initialise_from(std::span<S> theta, BatchIn<S> x) const {
    for (Index j = 0; j < x.dim; ++j) {
      double mean = 0, square = 0;
      for (Index i = 0; i < x.rows; ++i) mean += to_double(x(i, j)) / static_cast<double>(x.rows);
      for (Index i = 0; i < x.rows; ++i) square += (to_double(x(i, j)) - mean) * (to_double(x(i, j)) - mean) / static_cast<double>(x.rows);
      if (!std::isfinite(mean) || !std::isfinite(square)) continue;
      const double deviation = square > 0 ? std::sqrt(square) : 1;
      theta[j] = S(-std::log(deviation));
      theta[x.dim + j] = S(-mean / deviation);
    }
  }

  /// e^{s}, e^{−s}, Σ s.
  Index prepared_size(int dim) const { return 2 * Index(dim) + 1; }
  template <class S>
  void prepare(std::span<const S> theta, int dim, S* prepared) const {
    S total(0.0);
    for (Index j = 0; j < dim; ++j) {
      prepared[j] = exp(theta[j]);
      prepared[dim + j] = exp(-theta[j]);
      total = total + theta[j];
    }
    prepared[2 * dim] = total;
  }
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch&) const {
    for (Index j = 0; j < x.dim; ++j) {
      const Lane<S> scale = broadcast<S>(given.prepared[j]), bias = broadcast<S>(given.theta[x.dim + j]);
      for (Index i = 0; i < x.rows; i += lane_width<S>) store<S>(y.column(j) + i, mul_add(scale, load<S>(x.column(j) + i), bias));
    }
    std::fill_n(log_det, x.rows, given.prepared[2 * x.dim]);
  }
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch&) const {
    for (Index j = 0; j < y.dim; ++j) {
      const Lane<S> scale = broadcast<S>(given.prepared[y.dim + j]), bias = broadcast<S>(given.theta[y.dim + j]);
      for (Index i = 0; i < y.rows; i += lane_width<S>) store<S>(x.column(j) + i, (load<S>(y.column(j) + i) - bias) * scale);
    }
    std::fill_n(log_det, y.rows, -given.prepared[2 * y.dim]);
  }
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out, Scratch&) const {
    S of_log_det(0.0);
    add_column_sums<S>({grad_log_det, x.rows, 1, x.rows}, &of_log_det);
    for (Index j = 0; j < x.dim; ++j) {
      const Lane<S> scale = broadcast<S>(given.prepared[j]);
      Lane<S> product(0.0), total(0.0);
      for (Index i = 0; i < x.rows; i += lane_width<S>) {
        const Lane<S> g = load<S>(grad_y.column(j) + i);
        store<S>(out.x.column(j) + i, scale * g);
        product = mul_add(load<S>(x.column(j) + i), g, product);
        total += g;
      }
      out.theta[j] = out.theta[j] + given.prepared[j] * sum(product) + of_log_det;
      out.theta[x.dim + j] = out.theta[x.dim + j] + sum(total);
    }
  }
};

}  // namespace flowgauge
