// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/detail/flow_definitions.hpp>

namespace flowgauge {
namespace detail {

/// base_i = −½|z_i|² − d/2·log 2π: log N(z; 0, I) row by row.
template <class S>
void base_log_density(BatchIn<S> z, S* base) {
  using T = Lane<S>;
  const T constant = Constants<T>::half_log_two_pi() * T(static_cast<double>(z.dim));
  for (Index i = 0; i < z.rows; i += lane_width<S>) {
    T square(0.0);
    for (Index j = 0; j < z.dim; ++j) {
      const T v = load<S>(z.column(j) + i);
      square = mul_add(v, v, square);
    }
    store<S>(base + i, T(-0.5) * square - constant);
  }
}
template <class S>
void add_to(const S* what, Index rows, S* sum) {
  for (Index i = 0; i < rows; i += lane_width<S>) store<S>(sum + i, load<S>(sum + i) + load<S>(what + i));
}

/// lanes[i mod 8] += what_i, in double.
template <class S>
void add_in_lanes(const S* what, Index count, double (&lanes)[8]) {
  double sum[8];
  std::copy_n(lanes, 8, sum);
  Index i = 0;
  for (; i + 8 <= count; i += 8)
    for (int k = 0; k < 8; ++k) sum[k] += to_double(what[i + k]);
  for (; i < count; ++i) sum[i % 8] += to_double(what[i]);
  std::copy_n(sum, 8, lanes);
}

}  // namespace detail

template <class S>
Flow<S>::Flow(FlowSpec canonical, std::vector<Layer<S>> layers, int dim, int context)
    : spec_(std::move(canonical)), layers_(std::move(layers)), dim_(dim), context_(context) {
  if (dim < 1) throw ShapeError("a flow needs dim >= 1, got " + std::to_string(dim));
  Index total = 0;
  for (const Layer<S>& l : layers_) {
    offset_.push_back(total);
    total += l.info().parameters;
  }
  theta_.assign(total, S(0.0));
}

template <class S>
void Flow<S>::initialise(std::uint64_t seed) {
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const LayerInfo& info = layers_[l].info();
    std::vector<double> own(info.parameters);
    initial_parameters(info.blocks, RandomStream(seed, "initial-theta " + std::to_string(l), text()), own);
    if (info.mend_initial) info.mend_initial(own);
    for (std::size_t k = 0; k < own.size(); ++k) theta(l)[k] = S(own[k]);
  }
}
template <class S>
void Flow<S>::randomise(std::uint64_t seed, double width) {
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const LayerInfo& info = layers_[l].info();
    std::vector<double> own(info.parameters);
    random_parameters(info.blocks, RandomStream(seed, "random-theta " + std::to_string(l), text()), width, own);
    for (std::size_t k = 0; k < own.size(); ++k) theta(l)[k] = S(own[k]);
  }
}
template <class S>
void Flow<S>::initialise_from(BatchIn<S> x, BatchIn<S> context) {
  if (x.dim != dim_) throw ShapeError("initialise_from: the flow has dim " + std::to_string(dim_) + ", the batch has " + std::to_string(x.dim));
  std::size_t wanted = layers_.size();  // none reads the data from here on
  while (wanted > 0 && !layers_[wanted - 1].body().starts_from_data()) --wanted;
  if (wanted == 0) return;
  Batch<S> in(x.rows, x.dim), out(x.rows, x.dim);
  for (Index j = 0; j < x.dim; ++j) std::copy_n(x.column(j), x.rows, in.column(j).data());
  std::vector<S> log_det(x.rows);
  for (std::size_t l = 0; l < wanted; ++l) {
    layers_[l].body().initialise_from(theta(l), in);
    if (l + 1 == wanted) return;
    layers_[l].forward({theta(l), context}, in, out, log_det);
    std::swap(in, out);
  }
}
template <class S>
std::string Flow<S>::parameter_name(Index k) const {
  for (std::size_t l = layers_.size(); l-- > 0;)
    if (k >= offset_[l])
      return "layer " + std::to_string(l + 1) + " " + layers_[l].info().text + ": " +
             flowgauge::parameter_name(layers_[l].info().blocks, k - offset_[l]);
  return "none";
}
template <class S>
bool Flow<S>::trained(Index k) const {
  for (std::size_t l = layers_.size(); l-- > 0;)
    if (k >= offset_[l]) {
      k -= offset_[l];
      for (const Block& b : layers_[l].info().blocks) {
        if (k < b.count) return b.role != Role::fixed;
        k -= b.count;
      }
    }
  return true;
}

template <class S>
void Flow<S>::forward(BatchIn<S> x, BatchOut<S> z, ColumnOut<S> log_det, Workspace& workspace, BatchIn<S> context) const {
  detail::check_shapes<S>("forward", dim_, context_, x, z, log_det, context);
  Scratch& scratch = workspace.scratch;
  Scratch::Scope call(scratch);
  const S** prepared = scratch.take<const S*>(layers_.size());
  for (std::size_t l = 0; l < layers_.size(); ++l) prepared[l] = detail::prepared(layers_[l].body(), theta(l), scratch);
  detail::each_tile<S>(x.rows, [&](Index first, Index count, Index rows) {
    Scratch::Scope scope(scratch);
    BatchIn<S> in = detail::tile_of(x, first, count, rows, scratch);
    const BatchIn<S> own_context = detail::tile_of(context, first, count, rows, scratch);
    const BatchOut<S> buffer[2] = {scratch.take<S>(rows, dim_), scratch.take<S>(rows, dim_)};
    S* total = scratch.take<S>(rows);
    S* own = scratch.take<S>(rows);
    std::fill_n(total, rows, S(0.0));
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const bool in_place = l + 1 == layers_.size() && rows == count;
      const BatchOut<S> out = in_place ? z.slice(first, count) : buffer[l % 2];
      layers_[l].body().forward({theta(l), own_context, prepared[l]}, in, out, l == 0 ? total : own, nullptr, scratch);
      if (l > 0) detail::add_to(own, rows, total);
      in = out;
    }
    detail::deliver<S>(in, count, z.slice(first, count));
    std::copy_n(total, count, log_det.data() + first);
  });
}

template <class S>
Convergence Flow<S>::inverse(BatchIn<S> z, BatchOut<S> x, ColumnOut<S> log_det, Workspace& workspace, BatchIn<S> context) const {
  detail::check_shapes<S>("inverse", dim_, context_, z, x, log_det, context);
  Convergence result;
  Scratch& scratch = workspace.scratch;
  Scratch::Scope call(scratch);
  const S** prepared = scratch.take<const S*>(layers_.size());
  for (std::size_t l = 0; l < layers_.size(); ++l) prepared[l] = detail::prepared(layers_[l].body(), theta(l), scratch);
  detail::each_tile<S>(z.rows, [&](Index first, Index count, Index rows) {
    Scratch::Scope scope(scratch);
    BatchIn<S> in = detail::tile_of(z, first, count, rows, scratch);
    const BatchIn<S> own_context = detail::tile_of(context, first, count, rows, scratch);
    const BatchOut<S> buffer[2] = {scratch.take<S>(rows, dim_), scratch.take<S>(rows, dim_)};
    S* total = scratch.take<S>(rows);
    S* own = scratch.take<S>(rows);
    std::fill_n(total, rows, S(0.0));
    for (std::size_t l = layers_.size(); l-- > 0;) {
      const bool last = l + 1 == layers_.size(), in_place = l == 0 && rows == count;
      const BatchOut<S> out = in_place ? x.slice(first, count) : buffer[l % 2];
      result.not_converged += layers_[l].body().inverse({theta(l), own_context, prepared[l]}, in, out, last ? total : own, scratch).not_converged;
      if (!last) detail::add_to(own, rows, total);
      in = out;
    }
    detail::deliver<S>(in, count, x.slice(first, count));
    std::copy_n(total, count, log_det.data() + first);
  });
  return result;
}

template <class S>
void Flow<S>::trace(BatchIn<S> x, BatchOut<S> log_q, Workspace& workspace, BatchIn<S> context) const {
  const Index columns = static_cast<Index>(layers_.size()) + 1;
  if (log_q.rows != x.rows || log_q.dim != columns)
    throw ShapeError("trace: log_q must be " + std::to_string(x.rows) + " x " + std::to_string(columns) + ", got " + std::to_string(log_q.rows) +
                     " x " + std::to_string(log_q.dim));
  if (x.dim != dim_) throw ShapeError("trace: the input must have dim " + std::to_string(dim_) + ", got " + std::to_string(x.dim));
  Scratch& scratch = workspace.scratch;
  Scratch::Scope call(scratch);
  const S** prepared = scratch.take<const S*>(layers_.size());
  for (std::size_t l = 0; l < layers_.size(); ++l) prepared[l] = detail::prepared(layers_[l].body(), theta(l), scratch);
  detail::each_tile<S>(x.rows, [&](Index first, Index count, Index rows) {
    Scratch::Scope scope(scratch);
    BatchIn<S> in = detail::tile_of(x, first, count, rows, scratch);
    const BatchIn<S> own_context = detail::tile_of(context, first, count, rows, scratch);
    const BatchOut<S> buffer[2] = {scratch.take<S>(rows, dim_), scratch.take<S>(rows, dim_)};
    S* total = scratch.take<S>(rows);
    S* own = scratch.take<S>(rows);
    S* base = scratch.take<S>(rows);
    std::fill_n(total, rows, S(0.0));
    for (std::size_t l = 0;; ++l) {
      detail::base_log_density<S>(in, base);
      detail::add_to(total, rows, base);
      std::copy_n(base, count, log_q.column(l) + first);
      if (l == layers_.size()) break;
      layers_[l].body().forward({theta(l), own_context, prepared[l]}, in, buffer[l % 2], own, nullptr, scratch);
      detail::add_to(own, rows, total);
      in = buffer[l % 2];
    }
  });
}

template <class S>
void Flow<S>::log_prob(BatchIn<S> x, ColumnOut<S> log_q, Workspace& workspace, BatchIn<S> context) const {
  Scratch::Scope call(workspace.scratch);
  const BatchOut<S> z = workspace.scratch.take<S>(x.rows, x.dim);
  forward(x, z, log_q, workspace, context);
  for (Index i = 0; i < x.rows; ++i) {
    S square(0.0);
    for (Index j = 0; j < x.dim; ++j) square = square + z(i, j) * z(i, j);
    log_q[i] = S(-0.5) * square - S(static_cast<double>(x.dim)) * Constants<S>::half_log_two_pi() + log_q[i];
  }
}

template <class S>
void Flow<S>::train(BatchIn<S> x, const std::function<void(const TileSeed<S>&)>& seed, std::span<S> grad_theta, Workspace& workspace,
                    BatchIn<S> context, BatchOut<S> grad_x) const {
  if (x.dim != dim_) throw ShapeError("train: the input must have dim " + std::to_string(dim_) + ", got " + std::to_string(x.dim));
  if (grad_theta.size() != theta_.size())
    throw ShapeError("train: grad_theta must have " + std::to_string(theta_.size()) + " entries, got " + std::to_string(grad_theta.size()));
  if (context.dim != context_ || (context_ > 0 && context.rows != x.rows))
    throw ShapeError("train: the context must be n x " + std::to_string(context_));
  if (grad_x.rows > 0 && (grad_x.rows != x.rows || grad_x.dim != dim_)) throw ShapeError("train: grad_x must have the shape of x");
  Scratch& scratch = workspace.scratch;
  Scratch::Scope call(scratch);
  const std::size_t count_layers = layers_.size();
  const S** prepared = scratch.take<const S*>(count_layers);
  S** tape = scratch.take<S*>(count_layers);
  BatchIn<S>* inputs = scratch.take<BatchIn<S>>(count_layers + 1);
  for (std::size_t l = 0; l < count_layers; ++l) prepared[l] = detail::prepared(layers_[l].body(), theta(l), scratch);
  detail::each_tile<S>(x.rows, [&](Index first, Index count, Index rows) {
    Scratch::Scope scope(scratch);
    inputs[0] = detail::tile_of(x, first, count, rows, scratch);
    const BatchIn<S> own_context = detail::tile_of(context, first, count, rows, scratch);
    S* total = scratch.take<S>(rows);
    S* own = scratch.take<S>(rows);
    std::fill_n(total, rows, S(0.0));
    for (std::size_t l = 0; l < count_layers; ++l) {
      const LayerBody<S>& body = layers_[l].body();
      const BatchOut<S> out = scratch.take<S>(rows, dim_);
      const Index taped = body.tape_size(rows);
      tape[l] = taped > 0 ? scratch.take<S>(taped) : nullptr;
      body.forward({theta(l), own_context, prepared[l]}, inputs[l], out, own, tape[l], scratch);
      detail::add_to(own, rows, total);
      inputs[l + 1] = out;
    }
    BatchOut<S> gradient[2] = {scratch.take<S>(rows, dim_), scratch.take<S>(rows, dim_)};
    S* grad_log_det = own;
    std::fill_n(gradient[0].data, rows * dim_, S(0.0));
    std::fill_n(grad_log_det, rows, S(0.0));
    seed({first, count, inputs[count_layers], total, gradient[0], grad_log_det});
    for (std::size_t l = count_layers; l-- > 0;) {
      const std::span<S> into = grad_theta.subspan(offset_[l], layers_[l].info().parameters);
      layers_[l].body().backward({theta(l), own_context, prepared[l]}, inputs[l], tape[l], gradient[0], grad_log_det, {gradient[1], into, {}},
                                 scratch);
      std::swap(gradient[0], gradient[1]);
    }
    if (grad_x.rows > 0) detail::deliver<S>(gradient[0], count, grad_x.slice(first, count));
  });
}

template <class S>
double Flow<S>::negative_log_likelihood(BatchIn<S> x, std::span<S> grad_theta, Workspace& workspace, BatchIn<S> context) const {
  using T = Lane<S>;
  const S share = S(1.0) / S(static_cast<double>(x.rows));
  double lanes[8] = {};  // Eight sums: one is a chain of additions
  const auto seed = [&](const TileSeed<S>& tile) {
    const T weight = broadcast<S>(share);
    const Index rows = tile.z.rows;
    for (Index j = 0; j < tile.z.dim; ++j)
      for (Index i = 0; i < rows; i += lane_width<S>) store<S>(tile.grad_z.column(j) + i, load<S>(tile.z.column(j) + i) * weight);
    std::fill_n(tile.grad_log_det, tile.count, -share);
    for (Index j = 0; j < tile.z.dim; ++j) std::fill(tile.grad_z.column(j) + tile.count, tile.grad_z.column(j) + rows, S(0.0));
    Scratch::Scope scope(workspace.scratch);
    S* base = workspace.scratch.take<S>(rows);
    detail::base_log_density<S>(tile.z, base);
    detail::add_to(tile.log_det, rows, base);
    detail::add_in_lanes(base, tile.count, lanes);
  };
  train(x, std::ref(seed), grad_theta, workspace, context);  // by reference: a copy would be kept on the heap
  double total = 0;
  for (double lane : lanes) total -= lane;
  return total / static_cast<double>(x.rows);
}

template <class S>
std::vector<double> Flow<S>::knots(Workspace& workspace, Convergence* found) const {
  std::vector<double> inputs;
  if (dim_ != 1) return inputs;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    std::vector<double> own;
    layers_[l].body().knots({theta(l), {}}, 0, own);
    if (own.empty()) continue;
    const Flow prefix = [&] {
      Flow p(FlowSpec{{spec_.items.begin(), spec_.items.begin() + l}}, {layers_.begin(), layers_.begin() + l}, 1, 0);
      std::copy_n(theta_.begin(), p.theta_.size(), p.theta_.begin());
      return p;
    }();
    Batch<S> z(static_cast<Index>(own.size()), 1), x(z.rows(), 1);
    std::vector<S> log_det(own.size());
    for (std::size_t i = 0; i < own.size(); ++i) z(i, 0) = S(own[i]);
    prefix.inverse(z, x, log_det, workspace);
    // What the numbers reach: from the image of one end to that of the other, as far as these are known.
    Batch<S> ends(2, 1), images(2, 1);
    std::vector<S> slopes(2);
    ends(0, 0) = S(-1e300), ends(1, 0) = S(1e300);
    prefix.forward(ends, images, slopes, workspace);
    const double a = to_double(images(0, 0)), b = to_double(images(1, 0));
    for (Index i = 0; i < x.rows(); ++i) {
      const double at = to_double(x(i, 0));
      if (std::isfinite(at)) inputs.push_back(at);
      else if (found && !(own[i] > std::fmax(a, b)) && !(own[i] < std::fmin(a, b))) ++found->not_converged;
    }
  }
  std::sort(inputs.begin(), inputs.end());
  return inputs;
}

}  // namespace flowgauge
