// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/detail/transformer_body.hpp>
#include <flowgauge/sample.hpp>

namespace flowgauge::detail {

template <class F, class S>
concept HasSampleInverse = requires(const F f, SampleGiven<S> given, std::span<const S> y, std::span<S> x, S& log_det) {
  f.inverse(given, y, x, log_det);
};

/// A formula for one sample as a layer: W samples at once.
template <class S, SamplewiseFormula F>
class SamplewiseOf final : public LayerBody<S> {
  using T = Lane<S>;
  static constexpr int W = lane_width<S>;
  static constexpr int tangents = 4;
  using D = Dual<T, tangents>;

 public:
  SamplewiseOf(F f, int dim, int context) : f_(std::move(f)), dim_(dim), context_(context), k_(total_count(f_.parameters(dim, context))) {}

  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, S*, Scratch& scratch) const override {
    each(given, x, y, log_det, scratch, [&](const SampleGiven<T>& g, std::span<const T> in, std::span<T> out, T& l) {
      f_.forward(g, in, out, l);
      return Index{0};
    });
  }
  Convergence inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const override {
    Convergence result;
    if constexpr (HasSampleInverse<F, S>) {
      each(given, y, x, log_det, scratch, [&](const SampleGiven<T>& g, std::span<const T> in, std::span<T> out, T& l) {
        const Mask<T> ok = f_.inverse(g, in, out, l);
        if (all(ok)) return;
        const T nan = Constants<T>::not_a_number();
        for (T& v : out) v = select(ok, v, nan);
        l = select(ok, l, nan);
        result.not_converged += static_cast<Index>(to_double(sum(select(ok, T(0.0), T(1.0)))));
      });
    } else {
      throw ConfigError("this layer has no inverse");
    }
    return result;
  }
  void backward(const Given<S>& given, BatchIn<S> x, const S*, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out,
                Scratch& scratch) const override {
    if constexpr (!is_dual<S>) {
      Scratch::Scope scope(scratch);
      const Index variables = dim_ + k_ + context_;
      D* theta = scratch.take<D>(k_);
      D* in = scratch.take<D>(dim_);
      D* context = scratch.take<D>(context_);
      D* image = scratch.take<D>(dim_);
      T* gain = scratch.take<T>(k_);
      std::fill_n(gain, k_, T(0.0));
      for (Index first = 0; first < variables; first += tangents) {
        for (Index k = 0; k < k_; ++k) theta[k] = seeded(broadcast<S>(given.theta[k]), dim_ + k, first);
        for (Index i = 0; i < x.rows; i += W) {
          for (Index j = 0; j < dim_; ++j) in[j] = seeded(load<S>(x.column(j) + i), j, first);
          for (Index j = 0; j < context_; ++j) context[j] = seeded(load<S>(given.context.column(j) + i), dim_ + k_ + j, first);
          D log_det;
          f_.forward(SampleGiven<D>{{theta, static_cast<std::size_t>(k_)}, {context, static_cast<std::size_t>(context_)}},
                     std::span<const D>(in, dim_), std::span<D>(image, dim_), log_det);
          const T g = load<S>(grad_log_det + i);
          for (int t = 0; t < tangents && first + t < variables; ++t) {
            T amount = g * log_det.tangent[t];
            for (Index j = 0; j < dim_; ++j) amount = mul_add(load<S>(grad_y.column(j) + i), image[j].tangent[t], amount);
            const Index which = first + t;
            if (which < dim_) store<S>(out.x.column(which) + i, amount);
            else if (which < dim_ + k_) gain[which - dim_] += amount;
            else if (out.context.dim > 0) {
              S* to = out.context.column(which - dim_ - k_) + i;
              store<S>(to, load<S>(to) + amount);
            }
          }
        }
      }
      for (Index k = 0; k < k_; ++k) out.theta[k] = out.theta[k] + sum(gain[k]);
    }
  }

 private:
  static D seeded(const T& value, Index which, Index first) {
    return which >= first && which < first + tangents ? D::variable(value, static_cast<int>(which - first)) : D::constant(value);
  }
  template <class Map>
  void each(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch& scratch, Map map) const {
    Scratch::Scope scope(scratch);
    T* theta = scratch.take<T>(k_);
    T* in = scratch.take<T>(dim_);
    T* out = scratch.take<T>(dim_);
    T* context = scratch.take<T>(context_);
    for (Index k = 0; k < k_; ++k) theta[k] = broadcast<S>(given.theta[k]);
    for (Index i = 0; i < x.rows; i += W) {
      for (Index j = 0; j < dim_; ++j) in[j] = load<S>(x.column(j) + i);
      for (Index j = 0; j < context_; ++j) context[j] = load<S>(given.context.column(j) + i);
      T l(0.0);
      map(SampleGiven<T>{{theta, static_cast<std::size_t>(k_)}, {context, static_cast<std::size_t>(context_)}}, std::span<const T>(in, dim_),
          std::span<T>(out, dim_), l);
      for (Index j = 0; j < dim_; ++j) store<S>(y.column(j) + i, out[j]);
      store<S>(log_det + i, l);
    }
  }

  F f_;
  Index dim_, context_, k_;
};

template <class F>
concept HasPrepare = requires(const F f, std::span<const double> theta, double* prepared) { f.prepare(theta, 1, prepared); };

/// A formula for a tile as a layer.
template <class S, TileFormula F>
class TileOf final : public LayerBody<S> {
 public:
  TileOf(F f, int dim) : f_(std::move(f)), dim_(dim) {}

  Index prepared_size() const override {
    if constexpr (HasPrepare<F>) return f_.prepared_size(dim_);
    else return 0;
  }
  void prepare(std::span<const S> theta, S* prepared, Scratch&) const override {
    if constexpr (HasPrepare<F>) f_.prepare(theta, dim_, prepared);
  }
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, S*, Scratch& scratch) const override {
    f_.forward(given, x, y, log_det, scratch);
  }
  Convergence inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const override {
    f_.inverse(given, y, x, log_det, scratch);
    return {};
  }
  void backward(const Given<S>& given, BatchIn<S> x, const S*, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out,
                Scratch& scratch) const override {
    if constexpr (!is_dual<S>) f_.backward(given, x, grad_y, grad_log_det, out, scratch);
  }
  bool inverse_backward(const Given<S>& given, BatchIn<S> y, BatchIn<S> grad_x, const S* grad_log_det, const Gradients<S>& out,
                        Scratch& scratch) const override {
    constexpr bool own = requires { f_.inverse_backward(given, y, grad_x, grad_log_det, out, scratch); };
    if constexpr (own && !is_dual<S>) f_.inverse_backward(given, y, grad_x, grad_log_det, out, scratch);
    return own;
  }
  bool starts_from_data() const override {
    return requires(const F f, std::span<S> theta, BatchIn<S> x) { f.initialise_from(theta, x); };
  }
  void initialise_from(std::span<S> theta, BatchIn<S> x) const override {
    if constexpr (requires { f_.initialise_from(theta, x); }) f_.initialise_from(theta, x);
  }

 private:
  F f_;
  int dim_;
};

}  // namespace flowgauge::detail
