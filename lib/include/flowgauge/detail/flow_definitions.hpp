// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/drivers/coupling.hpp>
#include <flowgauge/drivers/inverse.hpp>
#include <flowgauge/flow.hpp>
#include <flowgauge/member.hpp>

#include <algorithm>

/// The bodies of layer.hpp, catalogue.hpp and flow.hpp, for the one unit a scalar that instantiates them.
namespace flowgauge {
namespace detail {

/// Rows that a tile of `count` real rows has: a multiple of three packs.
template <class S>
Index padded(Index count) {
  constexpr Index unit = lane_width<S> == 1 ? 1 : 3 * lane_width<S>;
  return (count + unit - 1) / unit * unit;
}

/// A batch as tiles: full ones are read where they are, a short one is copied and padded with its last row.
template <class S>
BatchIn<S> tile_of(BatchIn<S> x, Index first, Index count, Index rows, Scratch& scratch) {
  const BatchIn<S> part = x.slice(first, count);
  if (rows == count || x.dim == 0) return {part.data, rows, x.dim, x.stride};
  const BatchOut<S> copy = scratch.take<S>(rows, x.dim);
  for (Index j = 0; j < x.dim; ++j) {
    std::copy_n(part.column(j), count, copy.column(j));
    std::fill_n(copy.column(j) + count, rows - count, part(count - 1, j));
  }
  return copy;
}

/// use(first, count, rows) for every tile of n rows.
template <class S, class Use>
void each_tile(Index n, Use use) {
  for (Index first = 0; first < n; first += tile_rows) {
    const Index count = std::min(tile_rows, n - first);
    use(first, count, padded<S>(count));
  }
}

inline bool overlap(const void* a, std::size_t a_bytes, const void* b, std::size_t b_bytes) {
  const auto x = reinterpret_cast<std::uintptr_t>(a), y = reinterpret_cast<std::uintptr_t>(b);
  return a_bytes > 0 && b_bytes > 0 && x < y + b_bytes && y < x + a_bytes;
}
template <class S>
std::size_t extent(Index rows, Index dim, Index stride) {
  return rows == 0 || dim == 0 ? 0 : static_cast<std::size_t>((dim - 1) * stride + rows) * sizeof(S);
}
/// Expected and got, before anything is written.
template <class S>
void check_shapes(const char* what, int dim, int context_size, BatchIn<S> in, BatchOut<S> out, ColumnOut<S> log_det, BatchIn<S> context) {
  const auto wrong = [&](const std::string& name, Index rows, Index columns, Index want_rows, Index want_columns) {
    throw ShapeError(std::string(what) + ": " + name + " must be " + std::to_string(want_rows) + " x " + std::to_string(want_columns) + ", got " +
                     std::to_string(rows) + " x " + std::to_string(columns));
  };
  const Index n = in.rows;
  if (in.dim != dim) wrong("the input", in.rows, in.dim, n, dim);
  if (out.rows != n || out.dim != dim) wrong("the output", out.rows, out.dim, n, dim);
  if (static_cast<Index>(log_det.size()) != n) wrong("log_det", static_cast<Index>(log_det.size()), 1, n, 1);
  if (context_size > 0 && (context.rows != n || context.dim != context_size)) wrong("the context", context.rows, context.dim, n, context_size);
  if (context_size == 0 && context.dim > 0) wrong("the context", context.rows, context.dim, n, 0);
  if (overlap(in.data, extent<S>(n, dim, in.stride), out.data, extent<S>(n, dim, out.stride)) ||
      overlap(in.data, extent<S>(n, dim, in.stride), log_det.data(), log_det.size_bytes()))
    throw ShapeError(std::string(what) + ": the output overlaps the input; give it memory of its own");
}
template <class S>
void check_theta(const LayerInfo& info, std::size_t got) {
  if (static_cast<Index>(got) != info.parameters)
    throw ShapeError(info.text + " at dim " + std::to_string(info.dim) + " has " + std::to_string(info.parameters) + " parameters, got " +
                     std::to_string(got));
}
template <class S>
const S* prepared(const LayerBody<S>& body, std::span<const S> theta, Scratch& scratch) {
  S* p = scratch.take<S>(body.prepared_size());
  body.prepare(theta, p, scratch);
  return p;
}
/// The `count` real rows of a tile's output, where the tile was not written in place.
template <class S>
void deliver(BatchIn<S> tile, Index count, BatchOut<S> to) {
  if (tile.data == to.data) return;
  for (Index j = 0; j < to.dim; ++j) std::copy_n(tile.column(j), count, to.column(j));
}

}  // namespace detail

template <class S>
void Layer<S>::forward(Given<S> given, BatchIn<S> x, BatchOut<S> y, ColumnOut<S> log_det) const {
  detail::check_shapes<S>("forward", info_->dim, info_->context, x, y, log_det, given.context);
  detail::check_theta<S>(*info_, given.theta.size());
  Scratch scratch;
  given.prepared = detail::prepared(*body_, given.theta, scratch);
  detail::each_tile<S>(x.rows, [&](Index first, Index count, Index rows) {
    Scratch::Scope scope(scratch);
    const BatchOut<S> out = scratch.take<S>(rows, x.dim);
    S* l = scratch.take<S>(rows);
    const Given<S> own{given.theta, detail::tile_of(given.context, first, count, rows, scratch), given.prepared};
    body_->forward(own, detail::tile_of(x, first, count, rows, scratch), out, l, nullptr, scratch);
    detail::deliver<S>(out, count, y.slice(first, count));
    std::copy_n(l, count, log_det.data() + first);
  });
}

template <class S>
Convergence Layer<S>::inverse(Given<S> given, BatchIn<S> y, BatchOut<S> x, ColumnOut<S> log_det) const {
  detail::check_shapes<S>("inverse", info_->dim, info_->context, y, x, log_det, given.context);
  detail::check_theta<S>(*info_, given.theta.size());
  Scratch scratch;
  Convergence result;
  given.prepared = detail::prepared(*body_, given.theta, scratch);
  detail::each_tile<S>(y.rows, [&](Index first, Index count, Index rows) {
    Scratch::Scope scope(scratch);
    const BatchOut<S> out = scratch.take<S>(rows, y.dim);
    S* l = scratch.take<S>(rows);
    const Given<S> own{given.theta, detail::tile_of(given.context, first, count, rows, scratch), given.prepared};
    result.not_converged += body_->inverse(own, detail::tile_of(y, first, count, rows, scratch), out, l, scratch).not_converged;
    detail::deliver<S>(out, count, x.slice(first, count));
    std::copy_n(l, count, log_det.data() + first);
  });
  return result;
}

template <class S>
void Layer<S>::backward(Given<S> given, BatchIn<S> x, BatchIn<S> grad_y, ColumnIn<S> grad_log_det, Gradients<S> gradients) const {
  detail::check_theta<S>(*info_, given.theta.size());
  detail::check_theta<S>(*info_, gradients.theta.size());
  std::vector<S> none(x.rows);
  detail::check_shapes<S>("backward", info_->dim, info_->context, x, gradients.x, ColumnOut<S>(none), given.context);
  if (grad_y.rows != x.rows || grad_y.dim != x.dim || static_cast<Index>(grad_log_det.size()) != x.rows)
    throw ShapeError("backward: grad_y and grad_log_det must have the shapes of y and log_det");
  Scratch scratch;
  given.prepared = detail::prepared(*body_, given.theta, scratch);
  const bool context_wanted = gradients.context.dim > 0;
  detail::each_tile<S>(x.rows, [&](Index first, Index count, Index rows) {
    Scratch::Scope scope(scratch);
    const BatchOut<S> gx = scratch.take<S>(rows, x.dim), gy = scratch.take<S>(rows, x.dim),
                      gc = scratch.take<S>(rows, context_wanted ? info_->context : 0);
    S* gl = scratch.take<S>(rows);
    std::fill_n(gy.data, rows * x.dim, S(0.0));
    std::fill_n(gl, rows, S(0.0));
    std::fill_n(gc.data, rows * gc.dim, S(0.0));
    for (Index j = 0; j < x.dim; ++j) std::copy_n(grad_y.column(j) + first, count, gy.column(j));
    std::copy_n(grad_log_det.data() + first, count, gl);
    const Given<S> own{given.theta, detail::tile_of(given.context, first, count, rows, scratch), given.prepared};
    body_->backward(own, detail::tile_of(x, first, count, rows, scratch), nullptr, gy, gl, {gx, gradients.theta, gc}, scratch);
    detail::deliver<S>(gx, count, gradients.x.slice(first, count));
    for (Index j = 0; j < gc.dim; ++j)
      for (Index i = 0; i < count; ++i) gradients.context(first + i, j) = gradients.context(first + i, j) + gc(i, j);
  });
}

template <class S>
Transformer<S> make_transformer(const Item& item) {
  std::vector<std::string> names;
  for (const Member<S>& m : catalogue<S>())
    if (m.transformer) {
      if (m.info.name == item.name) return m.transformer(item);
      names.push_back(m.info.name);
    }
  throw ConfigError(unknown_name("transformer", item.name, names));
}

template <class S>
Layer<S> make_layer(const Item& item, int dim, int context) {
  if (dim < 1) throw ShapeError("a layer needs dim >= 1, got " + std::to_string(dim));
  if (item.name == "coupling") {
    const CouplingOptions o = read_options<CouplingOptions>(item);
    const Transformer<S> f = make_transformer<S>(o.transformer);
    const Interval from = f.info->facts.domain, to = f.info->facts.codomain;
    if (o.kept(dim) > 0 && (from.low != to.low || from.high != to.high))
      throw ConfigError("coupling(" + to_text(f.info->spec) + ") at dim " + std::to_string(dim) +
                        ": the kept coordinates pass unchanged, so the transformer must map its domain onto itself; use it elementwise");
    auto info = std::make_shared<LayerInfo>();
    CouplingOptions own = o;
    own.transformer = f.info->spec;
    info->spec = canonical_item("coupling", own);
    info->text = to_text(info->spec);
    info->dim = dim;
    info->context = context;
    const int kept = o.kept(dim);
    info->blocks = mlp_blocks(kept + context, o.hidden, dim - kept, f.info->blocks);
    info->parameters = total_count(info->blocks);
    info->facts = f.info->facts;
    if (kept + context > 0 && f.info->parameters > 0 && !info->facts.growth.uniform) info->facts.growth.kind = Growth::Kind::unknown;
    info->facts.structure = dim == 1 ? Structure::diagonal : Structure::coupling;
    info->facts.kept = kept;
    info->facts.kept_first = o.keep == 0;
    if (o.activation == 0 && dim > 1) info->facts.continuous_derivatives = 0;
    return {info, std::make_shared<Coupling<S>>(o, f, dim, context)};
  }
  if (item.name == "inverse") {
    const Layer<S> f = make_layer<S>(read_options<InverseOptions>(item).layer, dim, context);
    if (f.info().facts.inverse == InverseKind::none) throw ConfigError("inverse(" + f.info().text + "): this layer has no inverse");
    auto info = std::make_shared<LayerInfo>(f.info());
    info->spec = canonical_item("inverse", InverseOptions{f.info().spec});
    info->text = to_text(info->spec);
    std::swap(info->facts.domain, info->facts.codomain);
    if (info->facts.growth.kind == Growth::Kind::logarithm) info->facts.growth.kind = Growth::Kind::exponential;
    else if (info->facts.growth.kind == Growth::Kind::exponential) info->facts.growth.kind = Growth::Kind::logarithm;
    else if (info->facts.growth.kind == Growth::Kind::power) info->facts.growth.exponent = 1 / info->facts.growth.exponent;
    return {info, std::make_shared<Inverse<S>>(f)};
  }
  std::vector<std::string> names{"coupling", "inverse"};
  for (const Member<S>& m : catalogue<S>()) {
    if (m.info.name == item.name) return m.layer ? m.layer(item, dim, context) : detail::elementwise_layer(m.transformer(item), dim, context);
    names.push_back(m.info.name);
  }
  if (unfolded({{item}}).items.size() > 1) throw ConfigError(item.name + " stands for several layers: in a flow, not where one layer is wanted");
  throw ConfigError(unknown_name("layer", item.name, names));
}

template <class S>
Flow<S> make_flow(const FlowSpec& spec, int dim, int context) {
  std::vector<Layer<S>> layers;
  FlowSpec own;
  for (const Item& item : unfolded(spec).items) {
    layers.push_back(make_layer<S>(item, dim, context));
    own.items.push_back(layers.back().info().spec);
  }
  return Flow<S>(own, std::move(layers), dim, context);
}

}  // namespace flowgauge
