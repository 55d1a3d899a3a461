// SPDX-License-Identifier: MIT
#include <flowgauge/drivers/coupling.hpp>
#include <flowgauge/drivers/glow_block.hpp>
#include <flowgauge/drivers/inverse.hpp>
#include <flowgauge/catalogue.hpp>
#include <flowgauge/member.hpp>

#include <algorithm>

namespace flowgauge {

std::vector<MemberInfo> list_members() {
  std::vector<MemberInfo> all;
  for (const Member<double>& m : catalogue<double>()) all.push_back(m.info);
  MemberInfo coupling;
  coupling.name = "coupling";
  coupling.kind = MemberKind::driver;
  coupling.summary =
      "half of the coordinates pass; the others go through a transformer whose parameters an MLP makes of the passed half and the context; "
      "hidden=[] is a linear map without an MLP";
  coupling.hazard = "what the transformer's file says; the MLP extrapolates without bound where the transformer lets it";
  coupling.source = "Dinh, Sohl-Dickstein, Bengio, Density estimation using Real NVP, arXiv 1605.08803, eq. 7-8";
  coupling.options = list_options<CouplingOptions>();
  coupling.specimens = {"coupling(affine)", "coupling(rational_quadratic_spline)", "coupling(affine, hidden=[])"};
  coupling.canonical = [](const Item& item) {
    CouplingOptions o = read_options<CouplingOptions>(item);
    o.transformer = make_transformer<double>(o.transformer).info->spec;
    return canonical_item("coupling", o);
  };
  MemberInfo glow;
  glow.name = "glow_block";
  glow.kind = MemberKind::block;
  glow.summary = "actnorm, a linear map that mixes the coordinates, a coupling: three layers of a flow";
  glow.source = "Kingma, Dhariwal, Glow, arXiv 1807.03039, section 3";
  glow.options = list_options<GlowBlockOptions>();
  glow.specimens = {"glow_block(affine)"};
  glow.canonical = [](const Item& item) {
    GlowBlockOptions o = read_options<GlowBlockOptions>(item);
    o.transformer = make_transformer<double>(o.transformer).info->spec;
    return canonical_item("glow_block", o);
  };
  glow.layers = [](const Item& item) { return read_options<GlowBlockOptions>(item).layers(); };
  MemberInfo inverse;
  inverse.name = "inverse";
  inverse.kind = MemberKind::driver;
  inverse.summary = "y = f^-1(x): the layer with its directions exchanged";
  inverse.options = list_options<InverseOptions>();
  inverse.specimens = {"inverse(softlog)"};
  inverse.canonical = [](const Item& item) { return canonical_item("inverse", InverseOptions{canonical(read_options<InverseOptions>(item).layer)}); };
  all.push_back(coupling);
  all.push_back(glow);
  all.push_back(inverse);
  std::sort(all.begin(), all.end(), [](const MemberInfo& a, const MemberInfo& b) { return a.name < b.name; });
  return all;
}

Item canonical(const Item& item) {
  std::vector<std::string> names;
  for (const MemberInfo& m : list_members()) {
    if (m.name == item.name) return m.canonical(item);
    names.push_back(m.name);
  }
  throw ConfigError(unknown_name("layer", item.name, names));
}
FlowSpec canonical(const FlowSpec& spec) {
  FlowSpec result;
  for (const Item& item : unfolded(spec).items) result.items.push_back(canonical(item));
  return result;
}
FlowSpec unfolded(const FlowSpec& spec) {
  static const std::vector<MemberInfo> members = list_members();
  FlowSpec result;
  for (const Item& item : spec.items) {
    std::vector<Item> layers{item};
    for (const MemberInfo& m : members)
      if (m.name == item.name && m.layers) layers = m.layers(item);
    result.items.insert(result.items.end(), layers.begin(), layers.end());
  }
  return result;
}

}  // namespace flowgauge
