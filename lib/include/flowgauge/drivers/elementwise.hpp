// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformer.hpp>

namespace flowgauge {

/// y_j = f_j(x_j): the transformer on every coordinate, with parameters of its own for each. log_det = Σ_j log f_j′(x_j). A context is ignored.
template <class S>
class Elementwise final : public LayerBody<S> {
 public:
  explicit Elementwise(Transformer<S> f) : f_(std::move(f)) {}

  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, S*, Scratch& scratch) const override {
    std::fill_n(log_det, x.rows, S(0.0));
    f_.body->forward_shared(given.theta.data(), x, y, log_det, scratch);
  }
  Convergence inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const override {
    std::fill_n(log_det, y.rows, S(0.0));
    return {f_.body->inverse_shared(given.theta.data(), y, x, log_det, scratch)};
  }
  void backward(const Given<S>& given, BatchIn<S> x, const S*, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out,
                Scratch& scratch) const override {
    f_.body->backward_shared(given.theta.data(), x, grad_y, grad_log_det, out.x, out.theta.data(), scratch);
  }
  bool inverse_backward(const Given<S>& given, BatchIn<S> y, BatchIn<S> grad_x, const S* grad_log_det, const Gradients<S>& out,
                        Scratch& scratch) const override {
    return f_.body->inverse_backward_shared(given.theta.data(), y, grad_x, grad_log_det, out.x, out.theta.data(), scratch);
  }
  void knots(const Given<S>& given, Index coordinate, std::vector<double>& found) const override {
    f_.body->knots(given.theta.data() + coordinate * f_.info->parameters, found);
  }

 private:
  Transformer<S> f_;
};

}  // namespace flowgauge
