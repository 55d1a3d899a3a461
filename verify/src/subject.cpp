// SPDX-License-Identifier: MIT
#include <flowgauge/verify/guarded.hpp>
#include <flowgauge/verify/subject.hpp>

#include <algorithm>
#include <stdexcept>

namespace flowgauge::verify {
namespace {

std::vector<Layer<double>> layers_of(const Workshop& workshop, const FlowSpec& spec, int dim, int context) {
  std::vector<Layer<double>> layers;
  for (const Item& item : spec.items) layers.push_back(std::get<Workshop::Make<double>>(workshop.make)(item, dim, context));
  return layers;
}

template <class S>
Flow<S> make(const Workshop& workshop, const FlowSpec& spec, int dim, int context) {
  std::vector<Layer<S>> layers;
  FlowSpec canonical_spec;
  for (const Item& item : spec.items) {
    layers.push_back(std::get<Workshop::Make<S>>(workshop.make)(item, dim, context));
    canonical_spec.items.push_back(layers.back().info().spec);
  }
  return Flow<S>(canonical_spec, std::move(layers), dim, context);
}

/// What holds for a chain when `b` follows `a`.
Facts both(const Facts& a, const Facts& b) {
  Facts f;
  f.domain = a.domain;
  f.codomain = b.codomain;
  f.inverse = std::max(a.inverse, b.inverse, [](InverseKind x, InverseKind y) {
    const auto rank = [](InverseKind k) { return k == InverseKind::closed ? 0 : k == InverseKind::iterative ? 1 : 2; };
    return rank(x) < rank(y);
  });
  f.structure = a.structure == b.structure && a.structure != Structure::coupling ? a.structure : Structure::dense;
  f.increasing = a.increasing && b.increasing && f.structure == Structure::diagonal;
  f.volume_preserving = a.volume_preserving && b.volume_preserving;
  f.initial_is_identity = a.initial_is_identity && b.initial_is_identity;
  f.continuous_derivatives = std::min(a.continuous_derivatives, b.continuous_derivatives);
  return f;
}

}  // namespace

Workshop catalogue_workshop() {
  Workshop all;
  std::get<0>(all.make) = [](const Item& item, int dim, int context) { return make_layer<double>(item, dim, context); };
  std::get<1>(all.make) = [](const Item& item, int dim, int context) { return make_layer<Wide>(item, dim, context); };
  std::get<2>(all.make) = [](const Item& item, int dim, int context) { return make_layer<WideDual>(item, dim, context); };
  std::get<3>(all.make) = [](const Item& item, int dim, int context) { return make_layer<Rounding>(item, dim, context); };
  std::get<4>(all.make) = [](const Item& item, int dim, int context) { return make_layer<float>(item, dim, context); };
  return all;
}

std::vector<Family> all_families() {
  std::vector<Family> families;
  for (const MemberInfo& member : list_members())
    families.push_back({member.name, member.summary, member.options, catalogue_workshop(), member.kind == MemberKind::block, {}});
  families.push_back({"flow", "random chains of 2 to 4 layers of the catalogue", {}, catalogue_workshop(), true, {}});
  return families;
}

Subject::Subject(Workshop workshop, const FlowSpec& spec, int dim, int context)
    : workshop_(std::move(workshop)), plain_(make<double>(workshop_, spec, dim, context)) {
  const auto& layers = plain_.layers();
  if (!layers.empty()) facts_ = layers.front().info().facts;
  Index without_context = 0;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const LayerInfo& info = layers[l].info();
    if (l > 0) facts_ = both(facts_, info.facts);
    for (Block b : info.blocks) {
      if (layers.size() > 1) b.name = "layer " + std::to_string(l + 1) + " " + info.text + ": " + b.name;
      blocks_.push_back(b);
    }
  }
  if (context > 0 && by_values() && arithmetic().whole) uses_context_ = true;  // it has the context that it says, and no other
  else if (context > 0)
    for (const Layer<double>& layer : layers_of(workshop_, plain_.spec(), dim, 0)) without_context += layer.info().parameters;
  uses_context_ = context > 0 && without_context != parameters();
}

std::string Subject::parameter_name(Index k) const { return flowgauge::parameter_name(blocks_, k); }

template <class S>
Flow<S>& Subject::flow() const {
  auto& kept = std::get<std::unique_ptr<Flow<S>>>(flows_);
  if (!kept) kept = std::make_unique<Flow<S>>(make<S>(workshop_, plain_.spec(), dim(), context()));
  return *kept;
}

Trial::Trial(const Subject& subject, const Case& sample) : subject_(subject), sample_(sample) {
  if (static_cast<Index>(sample.theta.size()) != subject.parameters())
    throw ConfigError(subject.text() + " at dim " + std::to_string(subject.dim()) + " has " + std::to_string(subject.parameters()) +
                      " parameters, the case gives " + std::to_string(sample.theta.size()));
}

template <class S>
Flow<S>& Trial::flow() const {
  Flow<S>& flow = subject_.flow<S>();
  auto& theta = std::get<std::optional<std::vector<S>>>(theta_);
  if (!theta) theta = converted<S>(sample_.theta);
  std::copy(theta->begin(), theta->end(), flow.theta().begin());
  return flow;
}

template <class S>
Image<S> Trial::map(Way way, std::span<const S> x, std::span<const S> context, std::span<const S> other_theta) const {
  Flow<S>& flow = this->flow<S>();
  if (!other_theta.empty()) std::copy(other_theta.begin(), other_theta.end(), flow.theta().begin());
  Image<S> image;
  const auto d = static_cast<Index>(x.size());
  const S untouched(0x1.ca4a71e5p-3);  // on both sides of the row
  std::vector<S> guarded(x.size() + 2, untouched);
  const BatchIn<S> in{x.data(), 1, d, 1};
  const BatchIn<S> given{context.data(), context.empty() ? 0 : 1, static_cast<Index>(context.size()), 1};
  const BatchOut<S> out{guarded.data() + 1, 1, d, 1};
  const ColumnOut<S> log_det(&image.log_det, 1);
  if (way == Way::forward) flow.forward(in, out, log_det, workspace_, given);
  else image.converged = flow.inverse(in, out, log_det, workspace_, given).not_converged == 0;
  if (!(guarded.front() == untouched && guarded.back() == untouched)) out_of_bounds();
  image.value.assign(guarded.begin() + 1, guarded.end() - 1);
  return image;
}

template <class S>
Convergence Trial::call_at(Way way, BatchIn<S> x, BatchIn<S> context, BatchOut<S> y, ColumnOut<S> log_det) const {
  const Flow<S>& flow = this->flow<S>();
  Guarded<S> values(y.rows, y.dim), sums(y.rows, 1);
  const BatchOut<S> to = values.out();
  Convergence found;
  const Given<S> given{flow.theta(), context, nullptr};
  if (!subject_.is_layer()) {
    if (way == Way::inverse) found = flow.inverse(x, to, sums.column(), workspace_, context);
    else flow.forward(x, to, sums.column(), workspace_, context);
  } else if (subject_.by_values() && subject_.arithmetic().whole) {
    const LayerBody<S>& body = flow.layers().front().body();
    if (way == Way::inverse) found = body.inverse(given, x, to, sums.column().data(), workspace_.scratch);
    else body.forward(given, x, to, sums.column().data(), nullptr, workspace_.scratch);
  } else {
    const Layer<S>& layer = flow.layers().front();
    if (way == Way::inverse) found = layer.inverse(given, x, to, sums.column());
    else layer.forward(given, x, to, sums.column());
  }
  values.check();
  sums.check();
  values.copy_to(y);
  std::copy_n(sums.column().data(), y.rows, log_det.data());
  return found;
}

Convergence Trial::call(Way way, BatchIn<double> x, BatchIn<double> context, BatchOut<double> y, ColumnOut<double> log_det) const {
  return call_at<double>(way, x, context, y, log_det);
}

Image<double> Trial::call(Way way, std::span<const double> x, std::span<const double> context) const {
  Image<double> image;
  image.value.resize(x.size());
  const auto d = static_cast<Index>(x.size());
  const BatchIn<double> given{context.data(), context.empty() ? 0 : 1, static_cast<Index>(context.size()), 1};
  image.converged = call(way, {x.data(), 1, d, 1}, given, {image.value.data(), 1, d, 1}, {&image.log_det, 1}).not_converged == 0;
  return image;
}

template <class S>
Gradient<S> Trial::backward(const Batch<S>& x, const Batch<S>& context, const Batch<S>& grad_y, const std::vector<S>& grad_log_det,
                            std::vector<S> theta) const {
  Flow<S>& flow = this->flow<S>();
  theta.resize(subject_.parameters(), S(0.0));
  Gradient<S> g{Batch<S>(x.rows(), x.dim()), std::move(theta), Batch<S>(context.rows(), context.dim())};
  const Given<S> given{flow.theta(), context.in(), nullptr};
  const Layer<S>& layer = flow.layers().front();
  if (subject_.by_values() && subject_.arithmetic().whole)
    layer.body().backward(given, x.in(), nullptr, grad_y.in(), grad_log_det.data(), {g.x.out(), g.theta, g.context.out()}, workspace_.scratch);
  else layer.backward(given, x.in(), grad_y.in(), grad_log_det, {g.x.out(), g.theta, g.context.out()});
  return g;
}

template <class S>
Gradient<S> Trial::train(const Batch<S>& x, const Batch<S>& context, const Batch<S>& grad_y, const std::vector<S>& grad_log_det,
                         std::vector<S> theta) const {
  Gradient<S> g{Batch<S>(x.rows(), x.dim()), std::move(theta), {}};
  const auto seed = [&](const TileSeed<S>& tile) {
    for (Index i = 0; i < tile.count; ++i) {
      for (Index j = 0; j < x.dim(); ++j) tile.grad_z(i, j) = grad_y(tile.first + i, j);
      tile.grad_log_det[i] = grad_log_det[tile.first + i];
    }
  };
  flow<S>().train(x.in(), seed, g.theta, workspace_, context.in(), g.x.out());
  return g;
}

Batch<double> Trial::batch_of_rows(Index n) const {
  Batch<double> batch(n, subject_.dim());
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < batch.dim(); ++j) batch(i, j) = sample_.rows[i % rows()][j];
  return batch;
}

Batch<double> Trial::batch_of_contexts(Index n) const {
  Batch<double> batch(subject_.context() == 0 ? 0 : n, subject_.context());
  for (Index i = 0; i < batch.rows(); ++i)
    for (Index j = 0; j < batch.dim(); ++j) batch(i, j) = sample_.contexts[i % rows()][j];
  return batch;
}

template Flow<double>& Subject::flow<double>() const;
template Flow<float>& Subject::flow<float>() const;
template Flow<Wide>& Subject::flow<Wide>() const;
template Flow<WideDual>& Subject::flow<WideDual>() const;
template Flow<Rounding>& Subject::flow<Rounding>() const;
template Convergence Trial::call_at(Way, BatchIn<double>, BatchIn<double>, BatchOut<double>, ColumnOut<double>) const;
template Convergence Trial::call_at(Way, BatchIn<float>, BatchIn<float>, BatchOut<float>, ColumnOut<float>) const;
template Image<float> Trial::map(Way, std::span<const float>, std::span<const float>, std::span<const float>) const;
template Image<double> Trial::map(Way, std::span<const double>, std::span<const double>, std::span<const double>) const;
template Image<Wide> Trial::map(Way, std::span<const Wide>, std::span<const Wide>, std::span<const Wide>) const;
template Image<WideDual> Trial::map(Way, std::span<const WideDual>, std::span<const WideDual>, std::span<const WideDual>) const;
template Image<Rounding> Trial::map(Way, std::span<const Rounding>, std::span<const Rounding>, std::span<const Rounding>) const;
template Gradient<double> Trial::backward(const Batch<double>&, const Batch<double>&, const Batch<double>&, const std::vector<double>&,
                                  std::vector<double>) const;
template Gradient<float> Trial::backward(const Batch<float>&, const Batch<float>&, const Batch<float>&, const std::vector<float>&,
                                  std::vector<float>) const;
template Gradient<Wide> Trial::backward(const Batch<Wide>&, const Batch<Wide>&, const Batch<Wide>&, const std::vector<Wide>&,
                                  std::vector<Wide>) const;
template Gradient<Rounding> Trial::backward(const Batch<Rounding>&, const Batch<Rounding>&, const Batch<Rounding>&, const std::vector<Rounding>&,
                                  std::vector<Rounding>) const;
template Gradient<double> Trial::train(const Batch<double>&, const Batch<double>&, const Batch<double>&, const std::vector<double>&,
                               std::vector<double>) const;
template Gradient<float> Trial::train(const Batch<float>&, const Batch<float>&, const Batch<float>&, const std::vector<float>&,
                               std::vector<float>) const;

}  // namespace flowgauge::verify
