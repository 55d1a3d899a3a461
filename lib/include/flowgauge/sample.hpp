// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/layer.hpp>

namespace flowgauge {

/// What a samplewise formula is given beside its sample.
template <class T>
struct SampleGiven {
  std::span<const T> theta, context;
};

/// A layer written for one sample. Members:
///   options(v)                                         optional
///   std::vector<Block> parameters(int dim, int context) const
///   Facts facts(int dim) const
///   void forward(SampleGiven<T>, std::span<const T> x, std::span<T> y, T& log_det) const        template <Real T>
///   Mask<T> inverse(SampleGiven<T>, std::span<const T> y, std::span<T> x, T& log_det) const     optional; the mask says which lanes converged
///   void initial(std::span<double> theta, int dim) const                                        optional: mends what the roles drew
///   static constexpr std::string_view summary, hazard, source
/// backward runs forward on duals, 4 tangents at a time.
template <class F>
concept SamplewiseFormula = requires(const F f, SampleGiven<double> given, std::span<const double> x, std::span<double> y, double& log_det) {
  { f.parameters(1, 0) } -> std::same_as<std::vector<Block>>;
  { f.facts(1) } -> std::same_as<Facts>;
  f.forward(given, x, y, log_det);
};

/// A layer written for a whole tile, for what must be a matrix product. Members:
///   options(v), parameters(dim, context), facts(dim), initial(…), summary, hazard, source       as above
///   Index prepared_size(int dim) const; void prepare(std::span<const S> theta, int dim, S* prepared) const    optional, together
///   void initialise_from(std::span<S> theta, BatchIn<S> x) const                                optional: what fit's first mini-batch says of theta
///   void forward(const Given<S>&, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch&) const      template <class S>
///   void inverse(const Given<S>&, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch&) const
///   void backward(const Given<S>&, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>&, Scratch&) const
///   void inverse_backward(…the same, y for x…) const                                            optional: else by the implicit function theorem
template <class F>
concept TileFormula = requires(const F f, Given<double> given, BatchIn<double> x, BatchOut<double> y, double* log_det, Scratch& scratch) {
  { f.parameters(1, 0) } -> std::same_as<std::vector<Block>>;
  { f.facts(1) } -> std::same_as<Facts>;
  f.forward(given, x, y, log_det, scratch);
};

}  // namespace flowgauge
