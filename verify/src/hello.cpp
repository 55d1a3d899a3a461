// SPDX-License-Identifier: MIT
#include "hello.hpp"

#include <flowgauge/error.hpp>

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace flowgauge::verify {

using nlohmann::json;

bool Description::offers(const std::string& op) const { return std::find(has.begin(), has.end(), op) != has.end(); }

void Reader::refuse(const std::string& sentence) const { throw ConfigError(fmt::format("--exec '{}': {}", command_, sentence)); }

std::vector<int> Reader::dims() const {
  if (!hello_.contains("dims")) return {whole("dim", 1, 100'000)};
  std::vector<int> dims;
  const json& list = hello_["dims"];
  if (list.is_array())
    for (const json& d : list)
      if (d.is_number_integer() && d >= 1 && d <= 100'000) dims.push_back(d);
  if (dims.empty() || dims.size() != list.size()) refuse("its hello has a list of whole numbers from 1 as dims, got " + list.dump());
  return dims;
}

Description Reader::description(ExecReal real) const {
  Description d;
  d.name = word("name", "");
  try {
    if (to_text(parse_item(d.name)) != d.name || d.name.find('(') != std::string::npos) d.name.clear();
  } catch (const ConfigError&) {
    d.name.clear();
  }
  if (d.name.empty()) refuse("its hello has a name of letters, digits and _, got " + (hello_.contains("name") ? hello_["name"].dump() : "none"));
  d.dim = whole("dim", 1, 100'000);
  if (hello_.contains("context")) d.context = whole("context", 0, 100'000);
  d.has = words("has");
  if (!d.offers("forward") && !d.is_source())
    refuse("its hello names the operations that it has, forward among them, or log_prob and sample; got " + json(d.has).dump());
  if (d.offers("forward") && (d.offers("log_prob") || d.offers("sample")))
    refuse("it offers forward as a layer does, and log_prob or sample as a source: they are two subjects, each for a command of its own; got " +
           json(d.has).dump());
  read_blocks(d);
  if (d.is_source()) read_source(d);
  else read_layer(d);
  choose_real(d, real);
  return d;
}

void Reader::read_layer(Description& d) const {
  d.facts.inverse = d.offers("inverse") ? InverseKind::closed : InverseKind::none;
  d.arithmetic.whole = true;
  d.arithmetic.backward = d.offers("backward");
  d.facts.domain = interval("domain");
  d.facts.codomain = interval("codomain");
  const std::string structure = word("structure", "dense");
  const std::map<std::string, Structure> structures{
      {"diagonal", Structure::diagonal}, {"lower", Structure::lower}, {"upper", Structure::upper}, {"dense", Structure::dense}};
  if (!structures.contains(structure)) refuse("structure is diagonal, lower, upper or dense, got " + structure);
  d.facts.structure = structures.at(structure);
  d.facts.volume_preserving = claim("volume_preserving");
  d.facts.increasing = claim("increasing");
  d.facts.initial_is_identity = claim("initial_is_identity");
  if (d.facts.initial_is_identity && !d.offers("initial"))
    refuse("initial_is_identity speaks of what initial gives; initial is not among its operations " + json(d.has).dump());
  d.arithmetic.image = claim("image");
  d.arithmetic.jumps = claim("jumps");
  d.arithmetic.smooth = claim("smooth");
  d.facts.identity_outside = number("identity_outside");
  if (d.facts.identity_outside && !(*d.facts.identity_outside > 0))
    refuse("identity_outside is a number above 0, got " + hello_["identity_outside"].dump());
  if (const auto ulps = number("ulps")) {
    if (!(*ulps >= 0)) refuse("ulps is a number from 0, got " + hello_["ulps"].dump());
    d.arithmetic.ulps = *ulps;
  }
}

void Reader::read_source(Description& d) const {
  if (!d.blocks.empty() || d.context > 0) refuse("a source has neither parameters nor a context");
  d.support = interval("support");
  d.entropy = number("entropy");
}

int Reader::whole(const char* key, int low, int high) const {
  const json v = hello_.contains(key) ? hello_[key] : json();
  if (!v.is_number_integer() || v < low || v > high) refuse(fmt::format("its hello has a whole number from {} as {}, got {}", low, key, v.dump()));
  return v;
}

std::string Reader::word(const char* key, const std::string& otherwise) const {
  if (!hello_.contains(key)) return otherwise;
  if (!hello_[key].is_string()) refuse(fmt::format("its hello has text as {}, got {}", key, hello_[key].dump()));
  return hello_[key];
}

std::vector<std::string> Reader::words(const char* key) const {
  std::vector<std::string> list;
  if (hello_.contains(key) && hello_[key].is_array())
    for (const json& w : hello_[key])
      if (w.is_string()) list.push_back(w);
  if (list.empty()) refuse(fmt::format("its hello has a list of words as {}, got {}", key, hello_.contains(key) ? hello_[key].dump() : "none"));
  return list;
}

bool Reader::claim(const char* key) const {
  if (!hello_.contains(key)) return false;
  if (!hello_[key].is_boolean()) refuse(fmt::format("{} is true or false, got {}", key, hello_[key].dump()));
  return hello_[key];
}

std::optional<double> Reader::number(const char* key) const {
  if (!hello_.contains(key)) return {};
  if (!hello_[key].is_number()) refuse(fmt::format("{} is a number, got {}", key, hello_[key].dump()));
  return hello_[key].get<double>();
}

Interval Reader::interval(const char* key) const {
  Interval range;
  if (!hello_.contains(key) || hello_[key].is_null()) return range;
  const json& ends = hello_[key];
  const auto end = [](const json& v) { return v.is_null() || v.is_number(); };
  if (!ends.is_array() || ends.size() != 2 || !end(ends[0]) || !end(ends[1]))
    refuse(fmt::format("{} is [low, high] of every coordinate, null where there is no end; got {}", key, ends.dump()));
  if (ends[0].is_number()) range.low = ends[0];
  if (ends[1].is_number()) range.high = ends[1];
  if (!(range.low < range.high)) refuse(fmt::format("the low end of {} lies below the high one, got {}", key, ends.dump()));
  return range;
}

void Reader::read_blocks(Description& d) const {
  static const std::vector<std::string> names{"shift", "log_scale", "weight", "logits", "direction", "multiplier", "free", "fixed"};
  if (!hello_.contains("parameters")) return;
  const json& list = hello_["parameters"];
  if (!list.is_array()) refuse("parameters is a list of [name, count, role], got " + list.dump());
  for (const json& p : list) {
    if (!p.is_array() || p.size() != 3 || !p[0].is_string() || !p[1].is_number_unsigned() || !p[2].is_string())
      refuse("a block of parameters is [name, count, role], got " + p.dump());
    const auto role = std::find(names.begin(), names.end(), p[2].get<std::string>());
    if (role == names.end()) refuse(unknown_name("role", p[2].get<std::string>(), names));
    Block block{p[0].get<std::string>(), p[1].get<Index>(), static_cast<Role>(role - names.begin())};
    if (block.role == Role::multiplier) block.initial = 1;
    if (block.role == Role::weight) block.spread = 1 / std::sqrt(static_cast<double>(d.dim));
    d.blocks.push_back(block);
  }
}

void Reader::choose_real(Description& d, ExecReal real) const {
  const std::vector<std::string> offered = words("dtypes");
  const auto offers = [&](const char* type) { return std::find(offered.begin(), offered.end(), type) != offered.end(); };
  if (!offers("f32") && !offers("f64")) refuse("it offers f32 or f64 as dtypes, got " + json(offered).dump());
  d.both_types = offers("f32") && offers("f64");
  d.in_float = real == ExecReal::float32 || (real == ExecReal::best && !offers("f64"));
  if (d.in_float && d.is_source()) refuse("a source is examined in f64, and it offers " + json(offered).dump());
  if (!offers(d.in_float ? "f32" : "f64"))
    refuse(fmt::format("it was asked for {}, and offers {}", d.in_float ? "f32" : "f64", fmt::join(offered, ", ")));
  if (d.in_float) d.arithmetic.unit = 0x1p-24;
}

}  // namespace flowgauge::verify
