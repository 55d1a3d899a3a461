// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/catalogue.hpp>
#include <flowgauge/detail/layer_bodies.hpp>
#include <flowgauge/drivers/elementwise.hpp>

/// From a member's struct to its entry in a catalogue: what the generated unit of each file calls.
namespace flowgauge {
namespace detail {

template <class F>
MemberInfo member_info(std::string name, MemberKind kind) {
  MemberInfo info;
  info.name = name;
  info.kind = kind;
  info.summary = F::summary;
  if constexpr (requires { F::hazard; }) info.hazard = F::hazard;
  if constexpr (requires { F::source; }) info.source = F::source;
  info.options = list_options<F>();
  if constexpr (requires { F::specimens(); }) info.specimens = F::specimens();
  else info.specimens = {name};
  info.canonical = [name](const Item& item) { return canonical_item(name, read_options<F>(item)); };
  return info;
}

template <class S, class F>
Transformer<S> transformer_from(const std::string& name, const Item& item) {
  const F f = read_options<F>(item);
  auto info = std::make_shared<TransformerInfo>();
  info->spec = canonical_item(name, f);
  info->blocks = f.parameters();
  info->parameters = total_count(info->blocks);
  info->facts = f.facts();
  info->facts.structure = Structure::diagonal;
  if constexpr (!HasInverse<F>) info->facts.inverse = InverseKind::iterative;
  return {info, std::make_shared<TransformerOf<S, F>>(f)};
}

template <class S, class F>
Layer<S> layer_from(const std::string& name, const Item& item, int dim, int context) {
  const F f = read_options<F>(item);
  auto info = std::make_shared<LayerInfo>();
  info->spec = canonical_item(name, f);
  info->text = to_text(info->spec);
  info->dim = dim;
  info->context = context;
  info->blocks = f.parameters(dim, context);
  info->parameters = total_count(info->blocks);
  info->facts = f.facts(dim);
  if constexpr (requires(std::span<double> theta) { f.initial(theta, dim); })
    info->mend_initial = [f, dim](std::span<double> theta) { f.initial(theta, dim); };
  std::shared_ptr<const LayerBody<S>> body;
  if constexpr (TileFormula<F>) {
    body = std::make_shared<TileOf<S, F>>(f, dim);
  } else {
    if constexpr (!HasSampleInverse<F, double>) info->facts.inverse = InverseKind::none;
    body = std::make_shared<SamplewiseOf<S, F>>(f, dim, context);
  }
  return {info, body};
}

/// The elementwise layer of a transformer at dim coordinates.
template <class S>
Layer<S> elementwise_layer(const Transformer<S>& f, int dim, int context) {
  auto info = std::make_shared<LayerInfo>();
  info->spec = f.info->spec;
  info->text = to_text(info->spec);
  info->dim = dim;
  info->context = context;
  for (int j = 0; j < dim; ++j)
    for (Block b : f.info->blocks) {
      if (dim > 1) b.name = std::to_string(j) + "." + b.name;
      info->blocks.push_back(b);
    }
  info->parameters = dim * f.info->parameters;
  info->facts = f.info->facts;
  return {info, std::make_shared<Elementwise<S>>(f)};
}

/// Sorted by name; ConfigError when a name is taken.
template <class S>
void extend(std::vector<Member<S>>& all, std::vector<Member<S>> more) {
  for (Member<S>& m : more) {
    for (const Member<S>& old : all)
      if (old.info.name == m.info.name) throw ConfigError("two members are called '" + m.info.name + "': rename the file and its struct");
    all.push_back(std::move(m));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.info.name < b.info.name; });
}

}  // namespace detail

/// The entry of F under `name`. A struct that is none of the three kinds does not compile, and says what is missing.
template <class S, class F>
Member<S> make_member(std::string name) {
  static_assert(TransformerFormula<F> || SamplewiseFormula<F> || TileFormula<F>,
                "a member needs parameters(), facts() and forward() as in transformer.hpp (one number), or as in sample.hpp (one sample, or a tile)");
  Member<S> member;
  if constexpr (TransformerFormula<F>) {
    member.info = detail::member_info<F>(name, MemberKind::transformer);
    member.transformer = [name](const Item& item) { return detail::transformer_from<S, F>(name, item); };
  } else {
    member.info = detail::member_info<F>(name, MemberKind::layer);
    member.layer = [name](const Item& item, int dim, int context) { return detail::layer_from<S, F>(name, item, dim, context); };
  }
  return member;
}

}  // namespace flowgauge
