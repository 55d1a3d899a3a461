// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Flows, layers and sources as text. Grammar:
///   flow := item+      item := INT '*' '(' flow ')' | INT '*' name… | name ['(' arg {',' arg} ')']      arg := [key '='] (number | word | list |
///   flow)
/// Example: `4*(coupling(rational_quadratic_spline(bins=8), hidden=[64,64]) permutation)`. A spec is a plain value and knows no number type.
namespace flowgauge {

struct Item;

/// The value of one argument: a number, a list of numbers, or a flow (a bare word is a flow of one item without arguments).
struct Value {
  std::variant<double, std::vector<double>, std::vector<Item>> content;
  bool is_number() const { return content.index() == 0; }
  bool is_list() const { return content.index() == 1; }
  bool is_flow() const { return content.index() == 2; }
};

struct Argument {
  std::string key;  ///< empty when positional
  Value value;
};

/// name(arguments); repeats are unfolded.
struct Item {
  std::string name;
  std::vector<Argument> arguments;
};

/// Items in order of application, data → latent.
struct FlowSpec {
  std::vector<Item> items;
};

/// Text → items. ConfigError with position and a caret line when it does not parse.
FlowSpec parse_flow(std::string_view text);
/// The same for exactly one item: a source, a layer.
Item parse_item(std::string_view text);

/// Items → text, arguments as given, repeats folded.
std::string to_text(const FlowSpec&);
std::string to_text(const Item&);

/// Shortest decimal that reads back to the same double; `inf`, `nan` as words.
std::string number_text(double);

}  // namespace flowgauge
