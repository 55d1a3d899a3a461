// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/verify/guarded.hpp>
#include <flowgauge/verify/plain_layer.hpp>

#include <limits>

#include <fmt/format.h>

namespace flowgauge::verify {
namespace {

class PlainBody : public LayerBody<double> {
 public:
  explicit PlainBody(PlainLayer layer) : layer_(std::move(layer)) {}

  void forward(const Given<double>&, BatchIn<double> x, BatchOut<double> y, double* log_det, double*, Scratch&) const override {
    map(layer_.forward, x, y, log_det);
  }
  Convergence inverse(const Given<double>&, BatchIn<double> y, BatchOut<double> x, double* log_det, Scratch&) const override {
    if (!layer_.inverse) throw std::logic_error(layer_.name + " has no inverse");
    map(layer_.inverse, y, x, log_det);
    return {};
  }
  void backward(const Given<double>&, BatchIn<double>, const double*, BatchIn<double>, const double*, const Gradients<double>&,
                Scratch&) const override {
    throw std::logic_error(layer_.name + " has no backward");
  }

 private:
  static void map(const PlainLayer::Map& f, BatchIn<double> in, BatchOut<double> out, double* log_det) {
    std::vector<double> from(in.dim);
    Guarded<double> to(in.dim, 1);
    for (Index i = 0; i < in.rows; ++i) {
      for (Index j = 0; j < in.dim; ++j) from[j] = in(i, j);
      to.fill(std::numeric_limits<double>::quiet_NaN());  // what f does not write shows
      log_det[i] = std::numeric_limits<double>::quiet_NaN();
      f(from, to.column(), log_det[i]);
      to.check();
      for (Index j = 0; j < in.dim; ++j) out(i, j) = to.column()[j];
    }
  }
  PlainLayer layer_;
};

}  // namespace

Family family_of(const PlainLayer& layer) {
  if (!layer.forward) throw ConfigError(layer.name + ": a layer needs forward");
  if (const FlowSpec read = parse_flow(layer.name); read.items.size() != 1 || !read.items.front().arguments.empty())
    throw ConfigError("a layer's name is one word of letters, digits and _, got '" + layer.name + "'");
  if (layer.dim < 1) throw ConfigError(fmt::format("{}: dim is at least 1, got {}", layer.name, layer.dim));
  Family family{layer.name, "plain functions in double", {}, {}, false, FlowSpec{{{layer.name, {}}}}};
  family.dims = {layer.dim};
  Arithmetic& arithmetic = family.workshop.arithmetic;
  arithmetic.whole = true;
  arithmetic.backward = false;
  arithmetic.image = true;
  arithmetic.jumps = layer.jumps;
  arithmetic.smooth = layer.smooth;
  std::get<Workshop::Make<double>>(family.workshop.make) = [layer](const Item& item, int dim, int context) {
    if (item.name != layer.name) throw ConfigError(unknown_name("layer", item.name, std::vector<std::string>{layer.name}));
    if (dim != layer.dim) throw ConfigError(fmt::format("{} exists at dim {}, not at {}", layer.name, layer.dim, dim));
    if (context != 0) throw ConfigError(layer.name + " has no context");
    auto info = std::make_shared<LayerInfo>();
    info->spec = {layer.name, {}};
    info->text = layer.name;
    info->dim = dim;
    info->facts.domain = layer.domain;
    info->facts.structure = layer.structure;
    info->facts.increasing = layer.increasing;
    info->facts.identity_outside = layer.identity_outside;
    info->facts.inverse = layer.inverse ? InverseKind::closed : InverseKind::none;
    return Layer<double>(std::move(info), std::make_shared<PlainBody>(layer));
  };
  return family;
}

}  // namespace flowgauge::verify
