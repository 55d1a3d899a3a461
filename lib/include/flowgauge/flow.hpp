// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/catalogue.hpp>

namespace flowgauge {

/// Memory of one caller of a flow; kept between calls. Not shared by threads.
struct Workspace {
  Scratch scratch;
};

/// The adjoint seed of one tile: what the loss wants of z and log_det. Row i of the tile is row `first + i` of the batch; only `count` rows are real,
/// the rest is padding
/// whose gradients must be 0 (they arrive zeroed).
template <class S>
struct TileSeed {
  Index first, count;
  BatchIn<S> z;
  const S* log_det;
  BatchOut<S> grad_z;
  S* grad_log_det;
};

/// Layers in order, data → latent, and their parameters θ in one block. log_det is the sum of the layers'.
template <class S>
class Flow {
 public:
  Flow() = default;
  Flow(FlowSpec canonical, std::vector<Layer<S>> layers, int dim, int context);

  int dim() const { return dim_; }
  int context() const { return context_; }
  const FlowSpec& spec() const { return spec_; }
  std::string text() const { return to_text(spec_); }
  const std::vector<Layer<S>>& layers() const { return layers_; }
  std::span<S> theta() { return theta_; }
  std::span<const S> theta() const { return theta_; }
  /// The slice of θ that layer l has.
  std::span<const S> theta(std::size_t l) const { return std::span<const S>(theta_).subspan(offset_[l], layers_[l].info().parameters); }
  std::span<S> theta(std::size_t l) { return std::span<S>(theta_).subspan(offset_[l], layers_[l].info().parameters); }
  /// "layer 3 coupling(…): weight_0[7]" of parameter k.
  std::string parameter_name(Index k) const;
  /// Whether parameter k is trained (Role::fixed is not).
  bool trained(Index k) const;

  /// θ as at the start of a fit. Depends on (seed, canonical text, dim) and on nothing else; drawn in double and rounded.
  void initialise(std::uint64_t seed);
  /// θ as after training: every parameter moved, `width` times its ordinary range.
  void randomise(std::uint64_t seed, double width);

  /// Lets the layers that offer it (actnorm) start from these data; each sees the output of those before it. All other parameters stay.
  void initialise_from(BatchIn<S> x, BatchIn<S> context = {});

  /// z = f(x), log_det row by row; n × dim each, context n × context. ShapeError before anything is written.
  void forward(BatchIn<S> x, BatchOut<S> z, ColumnOut<S> log_det, Workspace&, BatchIn<S> context = {}) const;
  /// x = f⁻¹(z), log_det of that direction.
  Convergence inverse(BatchIn<S> z, BatchOut<S> x, ColumnOut<S> log_det, Workspace&, BatchIn<S> context = {}) const;
  /// Column k: log N(z_k; 0, I) + Σ_{l ≤ k} log_det_l after the first k layers, k = 0 … layers: n × (layers + 1). The last column is log q(x).
  void trace(BatchIn<S> x, BatchOut<S> log_q, Workspace&, BatchIn<S> context = {}) const;
  /// log q(x) = log N(f(x)) + log_det.
  void log_prob(BatchIn<S> x, ColumnOut<S> log_q, Workspace&, BatchIn<S> context = {}) const;

  /// Forward, then backward from what `seed` makes of (z, log_det), tile by tile in order, without a second forward. grad_theta gains; grad_x, if it
  /// has rows, is
  /// overwritten. The primitive of every fit.
  void train(BatchIn<S> x, const std::function<void(const TileSeed<S>&)>& seed, std::span<S> grad_theta, Workspace&, BatchIn<S> context = {},
             BatchOut<S> grad_x = {}) const;
  /// The mean over rows of −log q(x), in nats, summed in double; grad_theta gains its gradient.
  double negative_log_likelihood(BatchIn<S> x, std::span<S> grad_theta, Workspace&, BatchIn<S> context = {}) const;

  /// The inputs x of a flow at dim 1 where f or its slope jumps, sorted. A knot that no number reaches is left out; one that a number may reach
  /// while the inverse does not find it is left out too, and counted in `found`.
  std::vector<double> knots(Workspace&, Convergence* found = nullptr) const;

 private:
  void check(Index rows, Index dim, Index other_rows, Index other_dim, Index log_det, BatchIn<S> context) const;
  FlowSpec spec_;
  std::vector<Layer<S>> layers_;
  std::vector<Index> offset_;
  std::vector<S> theta_;
  int dim_ = 0, context_ = 0;
};

/// A flow at dim coordinates; θ is initialise()d only by the caller. ConfigError (unknown layer, bad option), ShapeError (dim < 1).
template <class S>
Flow<S> make_flow(const FlowSpec&, int dim, int context = 0);
template <class S>
Flow<S> make_flow(std::string_view text, int dim, int context = 0) {
  return make_flow<S>(parse_flow(text), dim, context);
}
/// The same flow at another scalar, θ converted number by number.
template <class To, class From>
Flow<To> convert(const Flow<From>& flow) {
  Flow<To> result = make_flow<To>(flow.spec(), flow.dim(), flow.context());
  for (std::size_t k = 0; k < flow.theta().size(); ++k) result.theta()[k] = To(flow.theta()[k]);
  return result;
}

}  // namespace flowgauge
