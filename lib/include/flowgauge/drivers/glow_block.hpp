// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/layer.hpp>
#include <flowgauge/options.hpp>

namespace flowgauge {

/// glow_block(transformer, mixing=invertible_convolution_qr, hidden=[64,64], activation=relu, keep=first, seed=1): actnorm, then the mixing, then a
/// coupling, as one layer; its blocks are called actnorm.…, lu.… and coupling.…. `seed` is the mixing's; mixing=lu has the permutation `reverse`.
/// source: Kingma, Dhariwal, "Glow", arXiv 1807.03039, section 3.
struct GlowBlockOptions {
  Item transformer{"affine", {}};
  int mixing = 0;
  std::vector<int> hidden{64, 64};
  int activation = 0;
  int keep = 0;
  int seed = 1;
  template <class V>
  void options(V& v) {
    v("transformer", transformer);
    v("mixing", mixing, {"invertible_convolution_qr", "lu"});
    v("hidden", hidden, 1, 4096);
    v("activation", activation, {"relu", "tanh"});
    v("keep", keep, {"first", "last"});
    v("seed", seed, 0, 2147483647);
  }

  std::vector<Item> items() const {
    const auto word = [](const char* name) { return Value{std::vector<Item>{{name, {}}}}; };
    const Argument own_seed{"seed", Value{static_cast<double>(seed)}};
    const Item mix = mixing == 0 ? Item{"invertible_convolution_qr", {own_seed}} : Item{"lu", {{"permutation", word("reverse")}, own_seed}};
    const Item coupling{"coupling",
                        {{"transformer", Value{std::vector<Item>{transformer}}},
                         {"hidden", Value{std::vector<double>(hidden.begin(), hidden.end())}},
                         {"activation", word(activation == 0 ? "relu" : "tanh")},
                         {"keep", word(keep == 0 ? "first" : "last")}}};
    return {{"actnorm", {}}, mix, coupling};
  }
};

/// Layers in order as one layer.
template <class S>
class Chain final : public LayerBody<S> {
 public:
  explicit Chain(std::vector<Layer<S>> layers) : layers_(std::move(layers)) {}

  Index prepared_size() const override {
    Index n = 0;
    for (const Layer<S>& l : layers_) n += l.body().prepared_size();
    return n;
  }
  void prepare(std::span<const S> theta, S* prepared, Scratch& scratch) const override {
    each({theta, {}, prepared}, [&](const Layer<S>& l, const Given<S>& own) {
      l.body().prepare(own.theta, prepared, scratch);
      prepared += l.body().prepared_size();
    });
  }
  /// What each layer gave, and what each layer left.
  Index tape_size(Index rows) const override {
    Index n = 0;
    for (const Layer<S>& l : layers_) n += rows * l.info().dim + l.body().tape_size(rows);
    return n;
  }
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, S* tape, Scratch& scratch) const override {
    Scratch::Scope scope(scratch);
    run(given, x, log_det, tape ? tape : scratch.take<S>(tape_size(x.rows)), scratch, y);
  }
  Convergence inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const override {
    Scratch::Scope scope(scratch);
    Convergence result;
    std::vector<Given<S>> own;
    each(given, [&](const Layer<S>&, const Given<S>& g) { own.push_back(g); });
    S* one = scratch.take<S>(y.rows);
    std::fill_n(log_det, y.rows, S(0.0));
    BatchIn<S> in = y;
    for (std::size_t l = layers_.size(); l-- > 0;) {
      const BatchOut<S> out = l == 0 ? x : scratch.take<S>(y.rows, y.dim);
      result.not_converged = std::max(result.not_converged, layers_[l].body().inverse(own[l], in, out, one, scratch).not_converged);
      add(one, y.rows, log_det);
      in = out;
    }
    return result;
  }
  void backward(const Given<S>& given, BatchIn<S> x, const S* tape, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out,
                Scratch& scratch) const override {
    Scratch::Scope scope(scratch);
    if (!tape) {
      S* again = scratch.take<S>(tape_size(x.rows));
      run(given, x, scratch.take<S>(x.rows), again, scratch, {});
      tape = again;
    }
    struct Step {
      Given<S> given;
      BatchIn<S> in;
      const S* tape;
      std::span<S> grad_theta;
    };
    std::vector<Step> steps;
    BatchIn<S> in = x;
    std::size_t at = 0;
    each(given, [&](const Layer<S>& l, const Given<S>& own) {
      steps.push_back({own, in, tape + x.rows * x.dim, out.theta.subspan(at, own.theta.size())});
      in = {tape, x.rows, x.dim, x.rows};
      tape += x.rows * x.dim + l.body().tape_size(x.rows);
      at += own.theta.size();
    });
    BatchIn<S> grad = grad_y;
    for (std::size_t l = layers_.size(); l-- > 0;) {
      const BatchOut<S> grad_in = l == 0 ? out.x : scratch.take<S>(x.rows, x.dim);
      layers_[l].body().backward(steps[l].given, steps[l].in, layers_[l].body().tape_size(x.rows) > 0 ? steps[l].tape : nullptr, grad, grad_log_det,
                                 {grad_in, steps[l].grad_theta, out.context}, scratch);
      grad = grad_in;
    }
  }
  void initialise_from(std::span<S> theta, BatchIn<S> x, BatchIn<S> context) const override { initialise_in_order<S>(layers_, theta, x, context); }
  /// At dim 1: those of each layer, carried back to x.
  void knots(const Given<S>& given, Index coordinate, std::vector<double>& found) const override {
    std::vector<Given<S>> own;
    each(given, [&](const Layer<S>&, const Given<S>& g) { own.push_back({g.theta, {}, nullptr}); });
    for (std::size_t l = 0; l < layers_.size() && layers_[l].info().dim == 1; ++l) {
      std::vector<double> here;
      layers_[l].body().knots(own[l], coordinate, here);
      Batch<S> y(static_cast<Index>(here.size()), 1), x(y.rows(), 1);
      std::vector<S> log_det(here.size());
      for (std::size_t i = 0; i < here.size(); ++i) y(static_cast<Index>(i), 0) = S(here[i]);
      for (std::size_t k = l; k-- > 0;) {
        layers_[k].inverse(own[k], y, x, log_det);
        std::swap(y, x);
      }
      for (Index i = 0; i < y.rows(); ++i) found.push_back(to_double(y(i, 0)));
    }
  }

 private:
  /// use(layer, its share of given).
  template <class Use>
  void each(const Given<S>& given, Use use) const {
    std::size_t at = 0;
    Index ready = 0;
    for (const Layer<S>& l : layers_) {
      const auto count = static_cast<std::size_t>(l.info().parameters);
      use(l, Given<S>{given.theta.subspan(at, count), given.context, given.prepared ? given.prepared + ready : nullptr});
      at += count;
      ready += l.body().prepared_size();
    }
  }
  static void add(const S* what, Index rows, S* sum) {
    for (Index i = 0; i < rows; i += lane_width<S>) store<S>(sum + i, load<S>(sum + i) + load<S>(what + i));
  }
  /// Forward onto the tape; the last output to y where y has rows.
  void run(const Given<S>& given, BatchIn<S> x, S* log_det, S* tape, Scratch& scratch, BatchOut<S> y) const {
    S* one = scratch.take<S>(x.rows);
    std::fill_n(log_det, x.rows, S(0.0));
    BatchIn<S> in = x;
    std::size_t done = 0;
    each(given, [&](const Layer<S>& l, const Given<S>& own) {
      const BatchOut<S> kept{tape, x.rows, x.dim, x.rows};
      const BatchOut<S> out = ++done == layers_.size() && y.rows > 0 ? y : kept;
      const Index taped = l.body().tape_size(x.rows);
      l.body().forward(own, in, out, one, taped > 0 ? tape + x.rows * x.dim : nullptr, scratch);
      add(one, x.rows, log_det);
      in = out;
      tape += x.rows * x.dim + taped;
    });
  }

  std::vector<Layer<S>> layers_;
};

/// What is known of these layers, in order, as one layer of this name.
template <class S>
LayerInfo chain_info(Item spec, const std::vector<Layer<S>>& layers) {
  LayerInfo info = layers.back().info();
  info.spec = std::move(spec);
  info.text = to_text(info.spec);
  info.blocks.clear();
  info.parameters = 0;
  Facts& f = info.facts;
  f.domain = layers.front().info().facts.domain;
  f.structure = Structure::dense;
  f.increasing = false;
  f.identity_outside = {};
  f.kept = 0;
  std::vector<std::pair<std::size_t, std::function<void(std::span<double>)>>> mends;
  std::vector<std::size_t> counts;
  for (const Layer<S>& l : layers) {
    const Facts& own = l.info().facts;
    f.volume_preserving = f.volume_preserving && own.volume_preserving;
    f.initial_is_identity = f.initial_is_identity && own.initial_is_identity;
    for (Block b : l.info().blocks) {
      b.name = l.info().spec.name + "." + b.name;
      info.blocks.push_back(b);
    }
    counts.push_back(static_cast<std::size_t>(l.info().parameters));
    mends.emplace_back(info.parameters, l.info().mend_initial);
    info.parameters += l.info().parameters;
  }
  info.mend_initial = [mends, counts](std::span<double> theta) {
    for (std::size_t l = 0; l < mends.size(); ++l)
      if (mends[l].second) mends[l].second(theta.subspan(mends[l].first, counts[l]));
  };
  return info;
}

}  // namespace flowgauge
