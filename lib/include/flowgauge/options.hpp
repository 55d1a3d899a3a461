// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/error.hpp>
#include <flowgauge/spec.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

/// A member declares its options once, as plain fields with defaults and one function that visits them:
///
///   struct Bump {
///     double width = 1;
///     int sign = 0;
///     template <class V> void options(V& v) { v("width", width, 1e-3, 1e6); v("sign", sign, {"plus", "minus"}); }
///   };
///
/// The spec reader, the canonical printer, `show`, the generators and the shrinker all use that one visit.
namespace flowgauge {

/// One option as data: for `show`, generators, docs.
struct OptionInfo {
  enum class Kind { integer, real, choice, list, item, flow };
  std::string name;
  Kind kind;
  double low = 0, high = 0;           ///< integer, real, and the entries of a list
  std::vector<std::string> choices;   ///< choice
  std::string default_text;
};

/// Visits options and describes them.
class OptionLister {
 public:
  std::vector<OptionInfo> options;
  void operator()(std::string_view name, int& value, int low, int high);
  void operator()(std::string_view name, double& value, double low, double high);
  void operator()(std::string_view name, int& value, std::initializer_list<const char*> choices);
  void operator()(std::string_view name, std::vector<int>& value, int low, int high);
  void operator()(std::string_view name, std::vector<double>& value, double low, double high);
  void operator()(std::string_view name, Item& value);
  void operator()(std::string_view name, FlowSpec& value);
};

/// Visits options and sets them from an item's arguments: named ones by name, positional ones in declared order. ConfigError: unknown name (nearest
/// one),
/// wrong type, out of range, given twice.
class OptionReader {
 public:
  explicit OptionReader(const Item& item) : item_(item), used_(item.arguments.size(), false) {}
  void operator()(std::string_view name, int& value, int low, int high);
  void operator()(std::string_view name, double& value, double low, double high);
  void operator()(std::string_view name, int& value, std::initializer_list<const char*> choices);
  void operator()(std::string_view name, std::vector<int>& value, int low, int high);
  void operator()(std::string_view name, std::vector<double>& value, double low, double high);
  void operator()(std::string_view name, Item& value);
  void operator()(std::string_view name, FlowSpec& value);
  /// Call last: refuses what no option took.
  void finish() const;

 private:
  const Value* find(std::string_view name);
  [[noreturn]] void refuse(std::string_view name, std::string_view expected, const Value& got) const;
  const Item& item_;
  std::vector<bool> used_;
  std::vector<std::string> names_;
};

/// Visits options and prints the arguments that differ from the defaults, in declared order. A first option that is a choice or an item stands
/// without its key,
/// and a first item is always printed: triangular(lower), coupling(affine, hidden=[8]).
class OptionPrinter {
 public:
  explicit OptionPrinter(std::vector<OptionInfo> defaults) : defaults_(std::move(defaults)) {}
  std::vector<Argument> arguments;
  void operator()(std::string_view name, int& value, int low, int high);
  void operator()(std::string_view name, double& value, double low, double high);
  void operator()(std::string_view name, int& value, std::initializer_list<const char*> choices);
  void operator()(std::string_view name, std::vector<int>& value, int low, int high);
  void operator()(std::string_view name, std::vector<double>& value, double low, double high);
  void operator()(std::string_view name, Item& value);
  void operator()(std::string_view name, FlowSpec& value);

 private:
  enum class Style { keyed, word, item };
  void add(std::string_view name, Value value, Style style = Style::keyed);
  std::vector<OptionInfo> defaults_;
  std::size_t at_ = 0;
};

template <class F>
concept HasOptions = requires(F f, OptionLister v) { f.options(v); };

/// The options of F, in declared order.
template <class F>
std::vector<OptionInfo> list_options() {
  OptionLister v;
  F f{};
  if constexpr (HasOptions<F>) f.options(v);
  return v.options;
}
/// An F with the options that `item` gives.
template <class F>
F read_options(const Item& item) {
  F f{};
  OptionReader v(item);
  if constexpr (HasOptions<F>) f.options(v);
  v.finish();
  return f;
}
/// The item in canonical form: defaults left out, keys named and in declared order.
template <class F>
Item canonical_item(std::string name, F f) {
  OptionPrinter v(list_options<F>());
  if constexpr (HasOptions<F>) f.options(v);
  return {std::move(name), std::move(v.arguments)};
}

}  // namespace flowgauge
