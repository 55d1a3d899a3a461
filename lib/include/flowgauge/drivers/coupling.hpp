// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/conditioners/mlp.hpp>
#include <flowgauge/options.hpp>
#include <flowgauge/transformer.hpp>

namespace flowgauge {

/// coupling(transformer, hidden=[64,64], activation=relu, keep=first): ⌊d/2⌋ coordinates pass through unchanged; every other one is transformed
/// with parameters from an MLP of those and the context; with hidden=[] from a linear map of them. log_det = Σ log f′ over the transformed. At d = 1
/// nothing is kept: the parameters are a bias (or depend on the context).
/// source: Dinh, Sohl-Dickstein, Bengio, "Density estimation using Real NVP", arXiv 1605.08803, eq. 7–8.
struct CouplingOptions {
  Item transformer{"affine", {}};
  std::vector<int> hidden{64, 64};
  int activation = 0;
  int keep = 0;
  template <class V>
  void options(V& v) {
    v("transformer", transformer);
    v("hidden", hidden, 1, 4096);
    v("activation", activation, {"relu", "tanh"});
    v("keep", keep, {"first", "last"});
  }
  int kept(int dim) const { return dim / 2; }
};

template <class S>
class Coupling final : public LayerBody<S> {
 public:
  Coupling(const CouplingOptions& o, Transformer<S> f, int dim, int context)
      : f_(std::move(f)), dim_(dim), kept_(o.kept(dim)), moved_(dim - kept_), context_(context), first_kept_(o.keep == 0 ? 0 : moved_),
        first_moved_(o.keep == 0 ? kept_ : 0), k_(f_.info->parameters), group_(std::clamp<Index>(48 / std::max<Index>(k_, 1), 1, moved_)),
        net_(kept_ + context, k_ > 0 ? o.hidden : std::vector<int>{}, moved_ * k_, o.activation == 0 ? Activation::relu : Activation::tanh) {}

  /// The hidden activations, and the transformer's parameters where they are few.
  Index tape_size(Index rows) const override { return rows * (net_.activations() + taped_parameters()); }

  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, S* tape, Scratch& scratch) const override {
    Scratch::Scope scope(scratch);
    const BatchIn<S> in = input(given, x, scratch);
    const BatchOut<S> h = activations(tape, x.rows, scratch);
    net_.hidden(given.theta.data(), in, h);
    pass(x, y, log_det);
    groups([&](Index first, Index count) {
      Scratch::Scope inner(scratch);
      const BatchOut<S> p = parameters(tape, x.rows, first, count, scratch);
      net_.output(given.theta.data(), in, h, first * k_, p);
      f_.body->forward_rowwise(p, x.columns(first_moved_ + first, count), y.columns(first_moved_ + first, count), log_det, scratch);
    });
  }
  Convergence inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const override {
    Scratch::Scope scope(scratch);
    Convergence result;
    const BatchIn<S> in = input(given, y, scratch);
    const BatchOut<S> h = scratch.take<S>(y.rows, net_.activations());
    net_.hidden(given.theta.data(), in, h);
    pass(y, x, log_det);
    groups([&](Index first, Index count) {
      Scratch::Scope inner(scratch);
      const BatchOut<S> p = scratch.take<S>(y.rows, count * k_);
      net_.output(given.theta.data(), in, h, first * k_, p);
      result.not_converged +=
          f_.body->inverse_rowwise(p, y.columns(first_moved_ + first, count), x.columns(first_moved_ + first, count), log_det, scratch);
    });
    return result;
  }
  void backward(const Given<S>& given, BatchIn<S> x, const S* tape, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out,
                Scratch& scratch) const override {
    // A tape of forward is only read.
    gradients(given, x, const_cast<S*>(tape), grad_y, out, scratch, [&](BatchIn<S> p, Index first, Index count, BatchOut<S> grad_p) {
      f_.body->backward_rowwise(p, x.columns(first, count), grad_y.columns(first, count), grad_log_det, out.x.columns(first, count), grad_p, scratch);
      return true;
    });
  }
  bool inverse_backward(const Given<S>& given, BatchIn<S> y, BatchIn<S> grad_x, const S* grad_log_det, const Gradients<S>& out,
                        Scratch& scratch) const override {
    return gradients(given, y, nullptr, grad_x, out, scratch, [&](BatchIn<S> p, Index first, Index count, BatchOut<S> grad_p) {
      return f_.body->inverse_backward_rowwise(p, y.columns(first, count), grad_x.columns(first, count), grad_log_det, out.x.columns(first, count),
                                               grad_p, scratch);
    });
  }
  /// At dim 1 without context the parameters are the last bias.
  void knots(const Given<S>& given, Index coordinate, std::vector<double>& found) const override {
    if (dim_ == 1 && context_ == 0 && coordinate == 0) f_.body->knots(given.theta.data(), found);
  }

 private:
  Index taped_parameters() const { return moved_ * k_ <= 256 ? moved_ * k_ : 0; }
  BatchOut<S> activations(S* tape, Index rows, Scratch& scratch) const {
    if (tape) return {tape, rows, net_.activations(), rows};
    return scratch.take<S>(rows, net_.activations());
  }
  BatchOut<S> parameters(S* tape, Index rows, Index first, Index count, Scratch& scratch) const {
    if (tape && taped_parameters() > 0) return {tape + rows * (net_.activations() + first * k_), rows, count * k_, rows};
    return scratch.take<S>(rows, count * k_);
  }
  static BatchOut<S> zeros(Index rows, Index dim, Scratch& scratch) {
    const BatchOut<S> b = scratch.take<S>(rows, dim);
    std::fill_n(b.data, rows * dim, S(0.0));
    return b;
  }
  /// The kept coordinates, and the context beside them where there is one.
  BatchIn<S> input(const Given<S>& given, BatchIn<S> x, Scratch& scratch) const {
    const BatchIn<S> kept = x.columns(first_kept_, kept_);
    if (context_ == 0) return kept;
    const BatchOut<S> both = scratch.take<S>(x.rows, kept_ + context_);
    copy(kept, both.columns(0, kept_));
    copy(given.context, both.columns(kept_, context_));
    return both;
  }
  void pass(BatchIn<S> x, BatchOut<S> y, S* log_det) const {
    copy(x.columns(first_kept_, kept_), y.columns(first_kept_, kept_));
    std::fill_n(log_det, x.rows, S(0.0));
  }
  static void add(BatchIn<S> a, BatchIn<S> b, BatchOut<S> to) {
    for (Index j = 0; j < to.dim; ++j)
      for (Index i = 0; i < to.rows; i += lane_width<S>) store<S>(to.column(j) + i, load<S>(a.column(j) + i) + load<S>(b.column(j) + i));
  }
  /// Backward in either direction: the kept coordinates, of which the net makes the parameters, are the same in both.
  /// moved(parameters, first column, count, grad of the parameters) writes the transformer's gradients; false where it has none, and nothing is done.
  template <class Moved>
  bool gradients(const Given<S>& given, BatchIn<S> x, S* tape, BatchIn<S> grad_y, const Gradients<S>& out, Scratch& scratch, Moved moved) const {
    Scratch::Scope scope(scratch);
    const S* theta = given.theta.data();
    const BatchIn<S> in = input(given, x, scratch);
    const BatchOut<S> h = activations(tape, x.rows, scratch);
    if (!tape) net_.hidden(theta, in, h);
    const BatchOut<S> grad_h = zeros(x.rows, net_.activations(), scratch), grad_in = zeros(x.rows, in.dim, scratch);
    bool done = true;
    groups([&](Index first, Index count) {
      if (!done) return;
      Scratch::Scope inner(scratch);
      const BatchOut<S> p = parameters(tape, x.rows, first, count, scratch);
      if (!tape || taped_parameters() == 0) net_.output(theta, in, h, first * k_, p);
      const BatchOut<S> grad_p = scratch.take<S>(x.rows, count * k_);
      done = moved(p, first_moved_ + first, count, grad_p);
      if (done) net_.output_backward(theta, in, h, first * k_, grad_p, grad_h, grad_in, out.theta.data());
    });
    if (!done) return false;
    net_.hidden_backward(theta, in, h, grad_h, grad_in, out.theta.data());
    add(grad_y.columns(first_kept_, kept_), grad_in.columns(0, kept_), out.x.columns(first_kept_, kept_));
    if (out.context.dim > 0) add(out.context, grad_in.columns(kept_, context_), out.context);
    return true;
  }
  template <class Use>
  void groups(Use use) const {
    for (Index first = 0; first < moved_; first += group_) use(first, std::min(group_, moved_ - first));
  }

  Transformer<S> f_;
  Index dim_, kept_, moved_, context_, first_kept_, first_moved_, k_, group_;
  Mlp<S> net_;
};

}  // namespace flowgauge
