// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "command.hpp"
#include "description.hpp"

#include <flowgauge/distributions/gaussian.hpp>
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/flow.hpp>
#include <flowgauge/model.hpp>
#include <flowgauge/verify/verify.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace flowgauge::cli {
namespace {

struct Options {
  std::string name;
  std::int64_t dim = 2;
};

std::string layer_page(const MemberInfo& member, const Item& item, int dim) {
  const Layer<double> layer = make_layer<double>(item, dim);
  const LayerInfo& info = layer.info();
  const bool transformer = member.kind == MemberKind::transformer;
  std::string text = fmt::format("{}: {}\n  {}\n", info.text,
                                 transformer                         ? "a transformer"
                                 : member.kind == MemberKind::driver ? "a driver"
                                                                     : "a layer",
                                 member.summary);
  if (transformer) text += fmt::format("  written {0} it is the elementwise layer; coupling({0}) feeds it from an MLP\n", member.name);
  text += "\noptions\n" + options_text(member.options);
  text += fmt::format("\nparameters at dim {}\n{}", dim, blocks_text(info.blocks));
  text += "\nfacts\n" + facts_text(info.facts);
  if (!member.hazard.empty()) text += fmt::format("\nhazard\n  {}\n", member.hazard);
  if (!member.source.empty()) text += fmt::format("\nsource\n  {}\n", member.source);
  return text + fmt::format("\nspecimens\n  {}\n", fmt::join(member.specimens, "\n  "));
}

std::string source_page(const distributions::SourceInfo& info, const Distribution& source) {
  std::string text = fmt::format("{}: a source of {} number{}\n  {}\n\nformula\n  {}\n", source.text(), source.dim(), source.dim() == 1 ? "" : "s",
                                 info.summary, info.reference);
  text += "\noptions\n" + options_text(info.options);
  std::vector<std::vector<std::string>> rows;
  const std::optional<Estimate> entropy = source.entropy(), floor = distributions::floor_gaussian(source);
  rows.push_back({"  entropy", entropy ? six_digits(entropy->value) + " nats" : "not known"});
  rows.push_back({"  best Gaussian", floor ? fmt::format("KL {} nats: what an affine flow can reach", six_digits(floor->value))
                                           : "none: its covariance or entropy is not finite or not known"});
  const Marginal m = source.marginal(0);
  rows.push_back({source.dim() == 1 ? "  low end" : "  low end of x1", tail_text(m.low, m.low_tail)});
  rows.push_back({source.dim() == 1 ? "  high end" : "  high end of x1", tail_text(m.high, m.high_tail)});
  if (source.dim() > 1) rows.push_back({"  coordinates", source.independent() ? "independent" : "dependent"});
  return text + "\nfacts\n" + text_table(rows, "<<");
}

std::string law_page(const verify::LawInfo& law) {
  return fmt::format("{} ({}): a law\n  {}\n\nits smallest violator\n  {}\n\nwhat it cannot see\n  {}\n", law.name, law.id, law.statement,
                     law.violated_by, law.fooled_by.empty() ? "nothing known" : law.fooled_by);
}

std::string flow_page(const FlowSpec& spec, int dim) {
  const Flow<double> flow = make_flow<double>(spec, dim);
  std::vector<std::vector<std::string>> rows{{"  ", "layer", "parameters", "inverse"}};
  for (std::size_t l = 0; l < flow.layers().size(); ++l) {
    const LayerInfo& info = flow.layers()[l].info();
    const char* const inverse = info.facts.inverse == InverseKind::closed      ? "closed form"
                                : info.facts.inverse == InverseKind::iterative ? "root search"
                                                                               : "none";
    rows.push_back({fmt::format("  {}", l + 1), info.text, std::to_string(info.parameters), inverse});
  }
  return fmt::format("{}: a flow, data -> latent\n\nat dim {}: {} layer{}, {} parameters\n{}", flow.text(), dim, flow.layers().size(),
                     flow.layers().size() == 1 ? "" : "s", flow.theta().size(), text_table(rows, "><><"));
}

std::string model_page(const Model& model) {
  std::string text = flow_page(parse_flow(model.flow), model.dim) + fmt::format("\nfitted as {}\n", model.dtype);
  for (const auto& [key, value] : model.notes) text += fmt::format("  {}: {}\n", key, value);
  return text;
}

std::string block_page(const MemberInfo& member, const Item& item, int dim) {
  std::string text = fmt::format("{}: a block\n  {}\n\noptions\n{}\n", to_text(item), member.summary, options_text(member.options));
  return text + flow_page(canonical(FlowSpec{{item}}), dim) + fmt::format("\nsource\n  {}\n", member.source);
}

template <class All>
auto named(const All& all, const std::string& name) {
  return std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
}

/// A model file, a law, a source, a layer or a flow, in this order.
std::string page_of(const Options& o) {
  if (o.name.ends_with(".json")) return model_page(load_model(o.name));
  const std::vector<verify::LawInfo> laws = verify::list_laws();
  for (const verify::LawInfo& law : laws)
    if (law.name == o.name || law.id == o.name) return law_page(law);

  const FlowSpec spec = parse_flow(o.name);
  const std::vector<MemberInfo> members = list_members();
  const std::vector<distributions::SourceInfo> sources = distributions::list_sources();
  const Item& first = spec.items.front();
  if (spec.items.size() > 1) return flow_page(canonical(spec), static_cast<int>(o.dim));
  if (const auto source = named(sources, first.name); source != sources.end()) return source_page(*source, *distributions::make_source(first));
  if (const auto member = named(members, first.name); member != members.end()) {
    const auto page = member->kind == MemberKind::block ? block_page : layer_page;
    return page(*member, canonical(first), static_cast<int>(o.dim));
  }

  std::vector<std::string> names;
  for (const auto& m : members) names.push_back(m.name);
  for (const auto& s : sources) names.push_back(s.name);
  for (const auto& l : laws) names.push_back(l.name);
  throw ConfigError(unknown_name("name", first.name, names));
}

}  // namespace

Command show_command() {
  return {"show", "Tells what is known of a layer, a source, a law, a flow or a model.",
          "flowgauge show rational_quadratic_spline --dim 3\nflowgauge show '3*(triangular softlog)'", [](CLI::App& app) -> Action {
            const auto o = std::make_shared<Options>();
            text_option(app, "name", o->name, "NAME", "a name, a flow's spec or a model.json", Need::required);
            whole_option(app, "--dim", o->dim, 1, 100'000, "number of coordinates");
            return [o](const Console& console) { return console.print(page_of(*o)), 0; };
          }};
}

}  // namespace flowgauge::cli
