// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/batch.hpp>
#include <flowgauge/dual.hpp>
#include <flowgauge/layer.hpp>
#include <flowgauge/pack.hpp>
#include <flowgauge/parameters.hpp>

namespace flowgauge {

/// A number mapped by a transformer: f(x) and log f′(x); of an inverse, f⁻¹(y) and log (f⁻¹)′(y).
template <class T>
struct Mapped {
  T value, log_slope;
};

/// The K parameters of one coordinate. They are the formula's own to overwrite: shape() may run a softmax in place and keep the span.
template <class T>
using Params = std::span<T>;

/// A monotone map of one number, with K parameters. Members:
///   options(v)                                    optional
///   std::vector<Block> parameters() const         of one coordinate
///   Facts facts() const
///   template <Real T> struct Shape                what depends on the parameters alone
///   Shape<T> shape(Params<T>) const
///   Mapped<T> forward(const Shape<T>&, T x) const
///   Mapped<T> inverse(const Shape<T>&, T y) const optional: facts().inverse says none without it
///   void backward(const Shape<T>&, T x, Mapped<T> gradient, T& grad_x, Params<T> grad_parameters) const
///                                                 optional; the default runs forward on duals, 3 tangents at a time
///   void knots(const Shape<double>&, std::vector<double>&) const     optional: where f or f′ jumps
///   static constexpr std::string_view summary, hazard, source
template <class F>
concept TransformerFormula = requires(const F f, std::span<double> p, double x) {
  { f.parameters() } -> std::same_as<std::vector<Block>>;
  { f.facts() } -> std::same_as<Facts>;
  { f.forward(f.shape(p), x) } -> std::same_as<Mapped<double>>;
};
template <class F>
concept HasInverse = requires(const F f, std::span<double> p, double x) { f.inverse(f.shape(p), x); };
template <class F>
concept HasBackward = requires(const F f, std::span<double> p, double x) { f.backward(f.shape(p), x, Mapped<double>{}, x, p); };
template <class F>
concept HasKnots = requires(const F f, std::span<double> p, std::vector<double>& k) { f.knots(f.shape(p), k); };

/// A transformer at scalar S, erased, as the drivers see it: tiles of m coordinates. `shared`: every coordinate has its own K parameters, one for all
/// rows
/// (theta, coordinate after coordinate). `rowwise`: every row has its own (parameters: rows × m·K, column j·K + k). log_det gains the sum over
/// coordinates.
template <class S>
class TransformerBody {
 public:
  virtual ~TransformerBody() = default;
  virtual void forward_shared(const S* theta, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch&) const = 0;
  virtual void forward_rowwise(BatchIn<S> parameters, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch&) const = 0;
  /// Both inverses return how many values found no root; these are NaN.
  virtual Index inverse_shared(const S* theta, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch&) const = 0;
  virtual Index inverse_rowwise(BatchIn<S> parameters, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch&) const = 0;
  /// grad_x is overwritten, grad_theta gains.
  virtual void backward_shared(const S* theta, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, BatchOut<S> grad_x, S* grad_theta,
                               Scratch&) const = 0;
  /// Backward of an inverse at y; false, and nothing is done, where no formula gives it.
  virtual bool inverse_backward_shared(const S* theta, BatchIn<S> y, BatchIn<S> grad_x, const S* grad_log_det, BatchOut<S> grad_y, S* grad_theta,
                                       Scratch&) const = 0;
  /// grad_x and grad_parameters are overwritten; of an inverse as above.
  virtual void backward_rowwise(BatchIn<S> parameters, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, BatchOut<S> grad_x,
                                BatchOut<S> grad_parameters, Scratch&) const = 0;
  virtual bool inverse_backward_rowwise(BatchIn<S> parameters, BatchIn<S> y, BatchIn<S> grad_x, const S* grad_log_det, BatchOut<S> grad_y,
                                        BatchOut<S> grad_parameters, Scratch&) const = 0;
  virtual void knots(const S* parameters, std::vector<double>&) const = 0;
};

/// A transformer without its number type.
struct TransformerInfo {
  Item spec;
  std::vector<Block> blocks;  ///< of one coordinate
  Index parameters = 0;       ///< K
  Facts facts;
};

template <class S>
struct Transformer {
  std::shared_ptr<const TransformerInfo> info;
  std::shared_ptr<const TransformerBody<S>> body;
};

}  // namespace flowgauge
