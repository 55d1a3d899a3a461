// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/root.hpp>
#include <flowgauge/tile.hpp>
#include <flowgauge/transformer.hpp>

namespace flowgauge::detail {

template <class T>
inline constexpr bool is_dual = false;
template <class T, int N>
inline constexpr bool is_dual<Dual<T, N>> = true;

/// f⁻¹ and its log-slope: the formula's own, or the root of f(x) = y from a bracket that doubles until it holds one.
template <class T, class F>
Mapped<T> inverse_of(const F& f, const typename F::template Shape<T>& shape, T y) {
  if constexpr (HasInverse<F>) {
    return f.inverse(shape, y);
  } else {
    auto g = [&](T x) {
      const Mapped<T> m = f.forward(shape, x);
      return Mapped<T>{m.value - y, exp(m.log_slope)};
    };
    T low(-1.0), high(1.0);
    for (int i = 0; i < 1100; ++i) {
      const auto below = g(low).value > T(0.0), above = g(high).value < T(0.0);
      if (!any(below | above)) break;
      low = select(below, low + low, low);
      high = select(above, high + high, high);
    }
    const Root<T> root = increasing_root<T>(g, low, high);
    const T x = select(root.converged, root.value, Constants<T>::not_a_number());
    return {x, -f.forward(shape, x).log_slope};
  }
}

/// A formula for one number as a TransformerBody: loops over packs of rows.
template <class S, TransformerFormula F>
class TransformerOf final : public TransformerBody<S> {
  using T = Lane<S>;
  static constexpr int W = lane_width<S>;
  static constexpr int tangents = 3;
  using D = Dual<T, tangents>;

 public:
  explicit TransformerOf(F f) : f_(std::move(f)), k_(total_count(f_.parameters())) {}

  void forward_shared(const S* theta, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch& scratch) const override {
    each_shared(theta, x, scratch, [&](const auto& shape, Index j) {
      apply(x, y, j, log_det, [&](T v) { return f_.forward(shape, v); });
    });
  }
  Index inverse_shared(const S* theta, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const override {
    Index lost = 0;
    each_shared(theta, y, scratch, [&](const auto& shape, Index j) {
      apply(y, x, j, log_det, [&](T v) { return counted(inverse_of<T>(f_, shape, v), v, lost); });
    });
    return lost;
  }
  void forward_rowwise(BatchIn<S> parameters, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch& scratch) const override {
    each_rowwise(parameters, x, y, log_det, scratch, [&](const auto& shape, T v) { return f_.forward(shape, v); });
  }
  Index inverse_rowwise(BatchIn<S> parameters, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const override {
    Index lost = 0;
    each_rowwise(parameters, y, x, log_det, scratch, [&](const auto& shape, T v) { return counted(inverse_of<T>(f_, shape, v), v, lost); });
    return lost;
  }

  void backward_shared(const S* theta, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, BatchOut<S> grad_x, S* grad_theta,
                       Scratch& scratch) const override {
    if constexpr (!is_dual<S>) {
      for (Index j = 0; j < x.dim; ++j) {
        Scratch::Scope scope(scratch);
        const S* own = theta + j * k_;
        T* gain = scratch.take<T>(k_);
        std::fill_n(gain, k_, T(0.0));
        auto rows = [&](auto step) {
          for (Index i = 0; i < x.rows; i += W)
            step(load<S>(x.column(j) + i), Mapped<T>{load<S>(grad_y.column(j) + i), load<S>(grad_log_det + i)}, grad_x.column(j) + i);
        };
        if constexpr (HasBackward<F>) {
          T* p = scratch.take<T>(k_);
          for (Index k = 0; k < k_; ++k) p[k] = broadcast<S>(own[k]);
          const auto shape = f_.shape(Params<T>(p, k_));
          rows([&](T v, Mapped<T> g, S* out) {
            T gx;
            f_.backward(shape, v, g, gx, Params<T>(gain, k_));
            store<S>(out, gx);
          });
        } else {
          by_duals(own, gain, rows, scratch, [this](const auto& shape, const D& v) { return f_.forward(shape, v); });
        }
        for (Index k = 0; k < k_; ++k) grad_theta[j * k_ + k] = grad_theta[j * k_ + k] + sum(gain[k]);
      }
    }
  }

  bool inverse_backward_shared(const S* theta, BatchIn<S> y, BatchIn<S> grad_x, const S* grad_log_det, BatchOut<S> grad_y, S* grad_theta,
                               Scratch& scratch) const override {
    if constexpr (!is_dual<S> && HasInverse<F>) {
      for (Index j = 0; j < y.dim; ++j) {
        Scratch::Scope scope(scratch);
        T* gain = scratch.take<T>(k_);
        std::fill_n(gain, k_, T(0.0));
        auto rows = [&](auto step) {
          for (Index i = 0; i < y.rows; i += W)
            step(load<S>(y.column(j) + i), Mapped<T>{load<S>(grad_x.column(j) + i), load<S>(grad_log_det + i)}, grad_y.column(j) + i);
        };
        by_duals(theta + j * k_, gain, rows, scratch, [this](const auto& shape, const D& v) { return f_.inverse(shape, v); });
        for (Index k = 0; k < k_; ++k) grad_theta[j * k_ + k] = grad_theta[j * k_ + k] + sum(gain[k]);
      }
    }
    return HasInverse<F>;
  }

  void backward_rowwise(BatchIn<S> parameters, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, BatchOut<S> grad_x,
                        BatchOut<S> grad_parameters, Scratch& scratch) const override {
    if constexpr (!is_dual<S>) {
      each_gradient(parameters, x, grad_y, grad_log_det, grad_x, grad_parameters, scratch, [&](T* p, T v, Mapped<T> g, T& grad, T* gain, D* seeds) {
        if constexpr (HasBackward<F>) f_.backward(f_.shape(Params<T>(p, k_)), v, g, grad, Params<T>(gain, k_));
        else by_duals(p, v, g, grad, gain, seeds, [this](const auto& shape, const D& at) { return f_.forward(shape, at); });
      });
    }
  }
  bool inverse_backward_rowwise(BatchIn<S> parameters, BatchIn<S> y, BatchIn<S> grad_x, const S* grad_log_det, BatchOut<S> grad_y,
                                BatchOut<S> grad_parameters, Scratch& scratch) const override {
    if constexpr (!is_dual<S> && HasInverse<F>) {
      each_gradient(parameters, y, grad_x, grad_log_det, grad_y, grad_parameters, scratch, [&](T* p, T v, Mapped<T> g, T& grad, T* gain, D* seeds) {
        by_duals(p, v, g, grad, gain, seeds, [this](const auto& shape, const D& at) { return f_.inverse(shape, at); });
      });
    }
    return HasInverse<F>;
  }

  void knots(const S* parameters, std::vector<double>& found) const override {
    if constexpr (HasKnots<F>) {
      std::vector<double> p(k_);
      for (Index k = 0; k < k_; ++k) p[k] = to_double(parameters[k]);
      f_.knots(f_.shape(Params<double>(p)), found);
    }
  }

 private:
  /// Variable number `which` (x is 0, parameter k is k + 1) as a dual whose tangents are the variables first … first + 2.
  static D seeded(const T& value, Index which, Index first) {
    return which >= first && which < first + tangents ? D::variable(value, static_cast<int>(which - first)) : D::constant(value);
  }
  /// Gradients of one coordinate with shared parameters: `map` on duals, `tangents` variables at a time.
  template <class Rows, class Map>
  void by_duals(const S* own, T* gain, Rows& rows, Scratch& scratch, Map map) const {
    D* p = scratch.take<D>(k_);
    for (Index first = 0; first <= k_; first += tangents) {
      for (Index k = 0; k < k_; ++k) p[k] = seeded(broadcast<S>(own[k]), k + 1, first);
      const auto shape = f_.shape(Params<D>(p, k_));
      rows([&](T v, Mapped<T> g, S* out) {
        collect(map(shape, seeded(v, 0, first)), g, first, [&](Index which, T amount) {
          if (which == 0) store<S>(out, amount);
          else gain[which - 1] += amount;
        });
      });
    }
  }
  /// The same where every row has parameters of its own.
  template <class Map>
  void by_duals(const T* p, T v, const Mapped<T>& g, T& grad, T* gain, D* seeds, Map map) const {
    for (Index first = 0; first <= k_; first += tangents) {
      for (Index k = 0; k < k_; ++k) seeds[k] = seeded(p[k], k + 1, first);
      const auto shape = f_.shape(Params<D>(seeds, k_));
      collect(map(shape, seeded(v, 0, first)), g, first, [&](Index which, T amount) {
        if (which == 0) grad = amount;
        else gain[which - 1] = amount;
      });
    }
  }
  /// Gradients with parameters for every row: one(p, value, its gradient, grad_x, gain, room for the parameters as duals) where gain starts at 0.
  template <class One>
  void each_gradient(BatchIn<S> parameters, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, BatchOut<S> grad_x, BatchOut<S> grad_parameters,
                     Scratch& scratch, One one) const {
    Scratch::Scope scope(scratch);
    T* p = scratch.take<T>(k_);
    T* gain = scratch.take<T>(k_);
    D* seeds = scratch.take<D>(k_);
    for (Index j = 0; j < x.dim; ++j)
      for (Index i = 0; i < x.rows; i += W) {
        for (Index k = 0; k < k_; ++k) p[k] = load<S>(parameters.column(j * k_ + k) + i), gain[k] = T(0.0);
        T grad;
        one(p, load<S>(x.column(j) + i), Mapped<T>{load<S>(grad_y.column(j) + i), load<S>(grad_log_det + i)}, grad, gain, seeds);
        store<S>(grad_x.column(j) + i, grad);
        for (Index k = 0; k < k_; ++k) store<S>(grad_parameters.column(j * k_ + k) + i, gain[k]);
      }
  }
  template <class Take>
  void collect(const Mapped<D>& m, const Mapped<T>& g, Index first, Take take) const {
    for (int t = 0; t < tangents && first + t <= k_; ++t) take(first + t, g.value * m.value.tangent[t] + g.log_slope * m.log_slope.tangent[t]);
  }
  /// Counts the values of an iterative inverse that are NaN though y is not.
  static Mapped<T> counted(const Mapped<T>& m, const T& y, Index& lost) {
    if constexpr (!HasInverse<F>) {
      const auto missing = (m.value != m.value) & (y == y);
      if (any(missing)) lost += static_cast<Index>(to_double(sum(select(missing, T(1.0), T(0.0)))));
    }
    return m;
  }
  template <class Use>
  void each_shared(const S* theta, BatchIn<S> x, Scratch& scratch, Use use) const {
    Scratch::Scope scope(scratch);
    T* p = scratch.take<T>(k_);
    for (Index j = 0; j < x.dim; ++j) {
      for (Index k = 0; k < k_; ++k) p[k] = broadcast<S>(theta[j * k_ + k]);
      use(f_.shape(Params<T>(p, k_)), j);
    }
  }
  template <class Map>
  static void apply(BatchIn<S> x, BatchOut<S> y, Index j, S* log_det, Map map) {
    const S* in = x.column(j);
    S* out = y.column(j);
    for (Index i = 0; i < x.rows; i += W) {
      const Mapped<T> m = map(load<S>(in + i));
      store<S>(out + i, m.value);
      store<S>(log_det + i, load<S>(log_det + i) + m.log_slope);
    }
  }
  template <class Map>
  void each_rowwise(BatchIn<S> parameters, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch& scratch, Map map) const {
    Scratch::Scope scope(scratch);
    T* p = scratch.take<T>(k_);
    for (Index j = 0; j < x.dim; ++j)
      for (Index i = 0; i < x.rows; i += W) {
        for (Index k = 0; k < k_; ++k) p[k] = load<S>(parameters.column(j * k_ + k) + i);
        const Mapped<T> m = map(f_.shape(Params<T>(p, k_)), load<S>(x.column(j) + i));
        store<S>(y.column(j) + i, m.value);
        store<S>(log_det + i, load<S>(log_det + i) + m.log_slope);
      }
  }

  F f_;
  Index k_;
};

}  // namespace flowgauge::detail
