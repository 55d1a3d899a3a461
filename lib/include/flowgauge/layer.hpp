// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/batch.hpp>
#include <flowgauge/pack.hpp>
#include <flowgauge/parameters.hpp>
#include <flowgauge/spec.hpp>

#include <functional>
#include <memory>

namespace flowgauge {

/// What a layer is given beside x. A layer is a formula with options: it holds no numbers.
template <class S>
struct Given {
  std::span<const S> theta;        ///< its parameters, block after block
  BatchIn<S> context;              ///< n × c, c may be 0
  const S* prepared = nullptr;     ///< what its prepare() made of theta; filled in by the callers in this library
};

/// Where backward writes. grad_x is overwritten; theta and context gain.
template <class S>
struct Gradients {
  BatchOut<S> x;
  std::span<S> theta;
  BatchOut<S> context;             ///< n × c, may be empty when not wanted
};

/// Rows whose inverse did not converge; they hold NaN.
struct Convergence {
  Index not_converged = 0;
};

/// Tiles have up to this many rows; a short one is padded to 3 packs with copies of its last row. So no row's bits depend on its place
/// (docs/architecture.md).
inline constexpr Index tile_rows = 480;

/// The inside of a layer, called with one tile: x is rows × dim with rows ≤ tile_rows and a multiple of the pack's width. Shapes are right,
/// nothing aliases.
/// log_det (rows) is overwritten with the layer's own contribution.
template <class S>
class LayerBody {
 public:
  virtual ~LayerBody() = default;
  /// Numbers that depend on the parameters alone, made once a call and shared by its tiles.
  virtual Index prepared_size() const { return 0; }
  virtual void prepare(std::span<const S> /*theta*/, S* /*prepared*/, Scratch&) const {}
  /// Numbers that forward may leave for backward of the same tile (activations); backward is also called without them (tape = nullptr).
  virtual Index tape_size(Index /*rows*/) const { return 0; }
  virtual void forward(const Given<S>&, BatchIn<S> x, BatchOut<S> y, S* log_det, S* tape, Scratch&) const = 0;
  virtual Convergence inverse(const Given<S>&, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch&) const = 0;
  virtual void backward(const Given<S>&, BatchIn<S> x, const S* tape, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>&,
                        Scratch&) const = 0;
  /// Whether initialise_from does anything.
  virtual bool starts_from_data() const { return false; }
  /// Moves parameters to where this batch (any number of rows, inputs of this layer) wants them at first; most layers leave them.
  virtual void initialise_from(std::span<S> /*theta*/, BatchIn<S> /*x*/) const {}
  /// Backward of inverse at y; false, and nothing is done, where the layer has none of its own: then the implicit function theorem is asked, which
  /// needs f⁻¹(y) inside the domain even after rounding.
  virtual bool inverse_backward(const Given<S>&, BatchIn<S> /*y*/, BatchIn<S> /*grad_x*/, const S* /*grad_log_det*/, const Gradients<S>&,
                                Scratch&) const {
    return false;
  }
  /// Adds the inputs of `coordinate` where y or its slope jumps, given theta (used at dim 1, where nothing else moves them).
  virtual void knots(const Given<S>&, Index /*coordinate*/, std::vector<double>&) const {}
};

/// What is known of a layer without its number type.
struct LayerInfo {
  Item spec;                    ///< canonical
  std::string text;             ///< canonical text
  int dim = 0, context = 0;
  std::vector<Block> blocks;
  Index parameters = 0;         ///< total count
  Facts facts;
  std::function<void(std::span<double>)> mend_initial;  ///< after initial_parameters, where the formula wants more
};

/// An invertible map y = f(x) of ℝᵈ with log_det = log|det ∂f/∂x|, at scalar S, erased, immutable, shared, thread-safe. Batches are n × dim;
/// n may be 0.
/// Calls check shapes before anything is written: ShapeError (expected, got), also when an output aliases an input.
template <class S>
class Layer {
 public:
  Layer(std::shared_ptr<const LayerInfo> info, std::shared_ptr<const LayerBody<S>> body) : info_(std::move(info)), body_(std::move(body)) {}

  const LayerInfo& info() const { return *info_; }
  const LayerBody<S>& body() const { return *body_; }

  /// y = f(x); log_det row by row (overwrites).
  void forward(Given<S>, BatchIn<S> x, BatchOut<S> y, ColumnOut<S> log_det) const;
  /// x = f⁻¹(y); log_det = log|det ∂f⁻¹/∂y|. Rows that did not converge are counted and hold NaN.
  Convergence inverse(Given<S>, BatchIn<S> y, BatchOut<S> x, ColumnOut<S> log_det) const;
  /// grad_x = (∂f/∂x)ᵀ grad_y + grad_log_det·∂log_det/∂x; grad_theta and grad_context gain the same for theta and context.
  void backward(Given<S>, BatchIn<S> x, BatchIn<S> grad_y, ColumnIn<S> grad_log_det, Gradients<S>) const;

 private:
  std::shared_ptr<const LayerInfo> info_;
  std::shared_ptr<const LayerBody<S>> body_;
};

}  // namespace flowgauge
