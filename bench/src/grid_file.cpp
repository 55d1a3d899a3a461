// SPDX-License-Identifier: MIT
#include "grid_file.hpp"

#include <flowgauge/error.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <limits>
#include <span>

namespace flowgauge::bench {
namespace {

constexpr std::int64_t most = 1'000'000'000;

int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

std::string what_it_is(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string: return fmt::format("the text \"{}\"", node.as_string()->get());
    case toml::node_type::integer: return fmt::format("the integer {}", node.as_integer()->get());
    case toml::node_type::floating_point: return fmt::format("the number {}", node.as_floating_point()->get());
    case toml::node_type::boolean: return node.as_boolean()->get() ? "true" : "false";
    case toml::node_type::array: return node.as_array()->empty() ? "an empty list" : "a list";
    case toml::node_type::table: return "a table";
    default: return "a date or time";
  }
}

/// One table of the file, read key by key; finish() refuses what nobody asked for.
class Section {
 public:
  Section(const toml::table& table, std::string name, const std::string& origin) : table_(table), name_(std::move(name)), origin_(origin) {}

  const toml::node* find(const char* key) {
    known_.push_back(key);
    return table_.get(key);
  }
  [[noreturn]] void refuse(const toml::node& at, const std::string& sentence) const {
    throw ConfigError(fmt::format("{}:{}: {}", origin_, line_of(at), sentence));
  }
  [[noreturn]] void refuse_type(const toml::node& at, const char* key, const std::string& expected) const {
    refuse(at, fmt::format("{} must be {}, got {}", key, expected, what_it_is(at)));
  }
  void finish() const {
    for (const auto& [key, node] : table_) {
      const std::string word(key.str());
      if (std::find(known_.begin(), known_.end(), word) == known_.end())
        throw ConfigError(
            fmt::format("{}:{}: {}", origin_, key.source().begin.line, unknown_name(name_.empty() ? "key" : "key of " + name_, word, known_)));
    }
  }

  void read(const char* key, Index& value, std::int64_t low, std::int64_t high = most) {
    const toml::node* node = find(key);
    if (!node) return;
    if (!node->is_integer() || node->as_integer()->get() < low || node->as_integer()->get() > high)
      refuse_type(*node, key, fmt::format("an integer from {} to {}", low, high));
    value = node->as_integer()->get();
  }
  /// A number above `above`, or from `above` on where `closed`, and below `below`.
  void read(const char* key, double& value, double above, bool closed, double below) {
    const toml::node* node = find(key);
    if (!node) return;
    value = number(*node, key, above, closed, below);
  }
  double number(const toml::node& node, const char* key, double above, bool closed, double below) const {
    const std::string limits = below < std::numeric_limits<double>::infinity() ? fmt::format(" and below {}", below) : "";
    const std::string expected = fmt::format("a number {} {}{}", closed ? "from" : "above", above, limits);
    if (!node.is_number()) refuse_type(node, key, expected);
    const double v = *node.value<double>();
    if (!(closed ? v >= above : v > above) || !(v < below)) refuse_type(node, key, expected);
    return v;
  }
  void read(const char* key, std::string& value) {
    const toml::node* node = find(key);
    if (!node) return;
    if (!node->is_string()) refuse_type(*node, key, "a text");
    value = node->as_string()->get();
  }
  /// The place of a word among the choices.
  std::optional<std::size_t> read_choice(const char* key, const std::vector<std::string>& choices) {
    const toml::node* node = find(key);
    if (!node) return std::nullopt;
    if (!node->is_string()) refuse_type(*node, key, fmt::format("one of {}", fmt::join(choices, ", ")));
    const std::string& word = node->as_string()->get();
    const auto at = std::find(choices.begin(), choices.end(), word);
    if (at == choices.end()) refuse(*node, unknown_name(key, word, choices));
    return static_cast<std::size_t>(at - choices.begin());
  }
  bool read(const char* key, std::vector<Placed>& value) {
    const toml::node* node = find(key);
    if (!node) return false;
    value.clear();
    const toml::array* list = node->as_array();
    if (!list || list->empty()) refuse_type(*node, key, "a list of one or more texts");
    for (const toml::node& entry : *list) {
      if (!entry.is_string()) refuse_type(entry, key, "a list of texts");
      value.push_back({entry.as_string()->get(), line_of(entry)});
    }
    return true;
  }
  const toml::table* read_table(const char* key) {
    const toml::node* node = find(key);
    if (!node) return nullptr;
    if (!node->is_table()) refuse_type(*node, key, "a table");
    return node->as_table();
  }

 private:
  const toml::table& table_;
  std::string name_;
  const std::string& origin_;
  std::vector<std::string> known_;
};

void read_fit(const toml::table& table, const std::string& origin, FitPlan& fit) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Section s(table, "fit", origin);
  FitOptions& o = fit.options;
  const toml::node *steps = table.get("steps"), *epochs = table.get("epochs");
  if (steps && epochs) s.refuse(*epochs, "give either steps or epochs, not both");
  if (steps) fit.epochs = 0;
  s.read("steps", o.steps, 0);
  s.read("epochs", fit.epochs, 1);
  s.read("batch", o.batch, 1);
  s.read("learning_rate", o.learning_rate, 0, false, infinity);
  if (const auto choice = s.read_choice("schedule", {"constant", "cosine"})) o.schedule = *choice == 0 ? Schedule::constant : Schedule::cosine;
  if (const toml::node* betas = s.find("betas")) {
    const toml::array* list = betas->as_array();
    if (!list || list->size() != 2) s.refuse_type(*betas, "betas", "a list of two numbers");
    o.beta1 = s.number(*list->get(0), "betas", 0, true, 1);
    o.beta2 = s.number(*list->get(1), "betas", 0, true, 1);
  }
  s.read("epsilon", o.epsilon, 0, false, infinity);
  s.read("weight_decay", o.weight_decay, 0, true, infinity);
  s.read("clip_norm", o.clip_norm, 0, true, infinity);
  if (const auto choice = s.read_choice("order", {"shuffled", "in_order"})) o.order = *choice == 0 ? Order::shuffled : Order::in_order;
  if (const toml::node* rows = s.find("n_train")) {
    const std::string expected = "\"fresh\" or an integer from 1 on";
    if (rows->is_string() && rows->as_string()->get() == "fresh") fit.training = Training::fresh, fit.n_train = 0;
    else if (rows->is_integer() && rows->as_integer()->get() >= 1 && rows->as_integer()->get() <= most)
      fit.training = Training::fixed, fit.n_train = rows->as_integer()->get();
    else s.refuse_type(*rows, "n_train", expected);
  }
  s.finish();
}

void read_evaluation(const toml::table& table, const std::string& origin, EvaluationPlan& e) {
  Section s(table, "evaluate", origin);
  s.read("n_eval", e.n_eval, 2);
  s.read("n_trace", e.n_trace, 2);
  s.read("trace_points", e.trace_points, 0, 10'000);
  s.read("held_out", e.held_out, 0, false, 1);
  s.finish();
}

/// What a block and the top level have in common.
void read_block(Section& s, const std::string& origin, GridBlock& b) {
  const bool sources = s.read("sources", b.sources), data = s.read("data", b.data);
  if (sources && !data) b.data.clear();
  if (data && !sources) b.sources.clear();
  if (const toml::node* seeds = s.find("seeds")) {
    const std::string expected = "a list of integers from 0 to 2147483647";
    const toml::array* list = seeds->as_array();
    if (!list || list->empty()) s.refuse_type(*seeds, "seeds", expected);
    b.seeds.clear();
    for (const toml::node& seed : *list) {
      if (!seed.is_integer() || seed.as_integer()->get() < 0 || seed.as_integer()->get() > 2147483647)
        s.refuse(seed, fmt::format("seeds must be {}, got {} in it", expected, what_it_is(seed)));
      b.seeds.push_back(static_cast<std::uint64_t>(seed.as_integer()->get()));
    }
  }
  if (const auto choice = s.read_choice("dtype", {"float32", "float64"})) b.dtype = *choice == 0 ? "float32" : "float64";
  using distributions::Colours;
  if (const auto choice = s.read_choice("colours", {"dequantised", "raw"})) b.colours = *choice == 0 ? Colours::dequantised : Colours::raw;
  if (const toml::table* fit = s.read_table("fit")) {
    read_fit(*fit, origin, b.fit);
    if (const toml::node* epochs = fit->get("epochs")) b.epochs_line = line_of(*epochs);
  }
  if (const toml::table* evaluation = s.read_table("evaluate")) read_evaluation(*evaluation, origin, b.evaluation);
}

std::vector<std::pair<std::string, Placed>> read_flows(Section& s) {
  std::vector<std::pair<std::string, Placed>> flows;
  const toml::node* node = s.find("flows");
  if (!node) return flows;
  if (const toml::table* table = node->as_table()) {
    for (const auto& [name, spec] : *table) {
      if (!spec.is_string()) s.refuse_type(spec, std::string(name.str()).c_str(), "the spec of a flow, a text");
      flows.push_back({std::string(name.str()), {spec.as_string()->get(), line_of(spec)}});
    }
    // The parser sorts keys by name; the order of the file is the author's.
    std::stable_sort(flows.begin(), flows.end(), [](const auto& a, const auto& b) { return a.second.line < b.second.line; });
  } else {
    std::vector<Placed> specs;
    s.read("flows", specs);
    for (Placed& spec : specs) flows.push_back({spec.text, spec});
  }
  return flows;
}

}  // namespace

GridFile parse_grid_file(std::string_view text, const std::string& origin) {
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& e) {
    throw ConfigError(fmt::format("{}:{}: this is not TOML: {}", origin, e.source().begin.line, e.description()));
  }
  Section top(root, "", origin);
  GridFile file;
  top.read("name", file.name);
  file.flows = read_flows(top);
  GridBlock common;
  common.line = 1;
  for (const auto& [name, spec] : file.flows) common.flows.push_back({name, spec.line});
  read_block(top, origin, common);
  const toml::node* cells = top.find("cells");
  top.finish();
  if (!cells) {
    file.blocks.push_back(common);
    return file;
  }
  const toml::array* list = cells->as_array();
  if (!list || !list->is_homogeneous(toml::node_type::table)) top.refuse_type(*cells, "cells", "a list of tables: [[cells]]");
  for (const toml::node& node : *list) {
    Section section(*node.as_table(), "cells", origin);
    GridBlock block = common;
    block.line = line_of(node);
    section.read("flows", block.flows);
    read_block(section, origin, block);
    section.finish();
    file.blocks.push_back(std::move(block));
  }
  return file;
}

}  // namespace flowgauge::bench
