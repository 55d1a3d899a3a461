// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/layer.hpp>
#include <flowgauge/options.hpp>
#include <flowgauge/tile.hpp>

namespace flowgauge {

/// inverse(f): y = f⁻¹(x), log_det that of f⁻¹; f must declare an inverse.
struct InverseOptions {
  Item layer{"softlog", {}};
  template <class V>
  void options(V& v) {
    v("layer", layer);
  }
};

template <class S>
class Inverse final : public LayerBody<S> {
 public:
  explicit Inverse(Layer<S> f) : f_(std::move(f)) {}

  Index prepared_size() const override { return f_.body().prepared_size(); }
  void prepare(std::span<const S> theta, S* prepared, Scratch& scratch) const override { f_.body().prepare(theta, prepared, scratch); }
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, S*, Scratch& scratch) const override {
    f_.body().inverse(given, x, y, log_det, scratch);
  }
  Convergence inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const override {
    f_.body().forward(given, y, x, log_det, nullptr, scratch);
    return {};
  }
  bool inverse_backward(const Given<S>& given, BatchIn<S> y, BatchIn<S> grad_x, const S* grad_log_det, const Gradients<S>& out,
                        Scratch& scratch) const override {
    f_.body().backward(given, y, nullptr, grad_x, grad_log_det, out, scratch);
    return true;
  }
  /// f's own, where it has one. Else,
  /// with y = f⁻¹(x), L the log_det of f at y, J = ∂f/∂y and c = grad_y − grad_log_det·∂L/∂y: grad_x = v with Jᵀv = c, and grad_θ is
  /// f's own backward at y with
  /// (−v, −grad_log_det) (implicit function theorem). J comes from f's backward, a row a call; one call gives all of it when J is diagonal.
  void backward(const Given<S>& given, BatchIn<S> x, const S*, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out,
                Scratch& scratch) const override {
    const LayerBody<S>& f = f_.body();
    if (f.inverse_backward(given, x, grad_y, grad_log_det, out, scratch)) return;
    Scratch::Scope scope(scratch);
    const Index n = x.rows, d = x.dim;
    const BatchOut<S> y = scratch.take<S>(n, d), c = scratch.take<S>(n, d), unit = scratch.take<S>(n, d);
    S* zero = scratch.take<S>(n);
    S* minus = scratch.take<S>(n);
    f.inverse(given, x, y, zero, scratch);
    std::fill_n(zero, n, S(0.0));
    for (Index i = 0; i < n; ++i) minus[i] = -grad_log_det[i];

    const Index parameters = f_.info().parameters;
    S* unused = scratch.take<S>(parameters);
    std::fill_n(unused, parameters, S(0.0));
    const Gradients<S> only_x{c, {unused, static_cast<std::size_t>(parameters)}, {}};
    std::fill_n(unit.data, n * d, S(0.0));
    f.backward(given, y, nullptr, unit, minus, only_x, scratch);
    for (Index j = 0; j < d; ++j)
      for (Index i = 0; i < n; ++i) c(i, j) = c(i, j) + grad_y(i, j);

    if (f_.info().facts.structure == Structure::diagonal) {
      std::fill_n(unit.data, n * d, S(1.0));
      const BatchOut<S> diagonal = scratch.take<S>(n, d);
      f.backward(given, y, nullptr, unit, zero, Gradients<S>{diagonal, only_x.theta, {}}, scratch);
      for (Index j = 0; j < d; ++j)
        for (Index i = 0; i < n; ++i) c(i, j) = c(i, j) / diagonal(i, j);
    } else {
      S* jacobian = scratch.take<S>(n * d * d);  // of row i, entry (k, j): at (k·d + j)·n + i
      for (Index k = 0; k < d; ++k) {
        std::fill_n(unit.data, n * d, S(0.0));
        std::fill_n(unit.column(k), n, S(1.0));
        f.backward(given, y, nullptr, unit, zero, Gradients<S>{{jacobian + k * d * n, n, d, n}, only_x.theta, {}}, scratch);
      }
      solve_transposed<S>(jacobian, c);
    }
    for (Index j = 0; j < d; ++j)
      for (Index i = 0; i < n; ++i) {
        unit(i, j) = -c(i, j);
        out.x(i, j) = c(i, j);
      }
    f.backward(given, y, nullptr, unit, minus, Gradients<S>{scratch.take<S>(n, d), out.theta, out.context}, scratch);
  }
  /// f's own knots, as f maps them. With several coordinates only where f is diagonal: there no other moves them.
  void knots(const Given<S>& given, Index coordinate, std::vector<double>& found) const override {
    std::vector<double> own;
    f_.body().knots(given, coordinate, own);
    if (own.empty() || f_.info().facts.structure != Structure::diagonal) return;
    const Index n = static_cast<Index>(own.size()), d = f_.info().dim;
    Batch<S> x(n, d), y(n, d), context(f_.info().context > 0 ? n : 0, f_.info().context);
    std::vector<S> log_det(own.size());
    for (Index j = 0; j < d; ++j)
      for (Index i = 0; i < n; ++i) x(i, j) = S(own[i]);
    for (Index j = 0; j < context.dim(); ++j)
      for (Index i = 0; i < n; ++i) context(i, j) = S(0.0);
    f_.forward({given.theta, context}, x, y, log_det);
    for (Index i = 0; i < n; ++i) found.push_back(to_double(y(i, coordinate)));
  }

 private:
  Layer<S> f_;
};

}  // namespace flowgauge
