// SPDX-License-Identifier: MIT
#include <flowgauge/options.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace flowgauge {
namespace {

Value word_value(std::string word) { return {std::vector<Item>{Item{std::move(word), {}}}}; }

template <class T>
Value list_value(const std::vector<T>& numbers) {
  return {std::vector<double>(numbers.begin(), numbers.end())};
}

/// As it stands in a spec.
std::string value_text(const Value& value) {
  // An item with this one argument is printed as NAME(VALUE): what is between the brackets.
  const std::string text = to_text(Item{"v", {Argument{"", value}}});
  return text.substr(2, text.size() - 3);
}

/// Between the two, NaN excluded.
bool within(double x, double low, double high) { return x >= low && x <= high; }

std::string range_text(std::string_view kind, double low, double high) {
  return fmt::format("{} from {} to {}", kind, number_text(low), number_text(high));
}

}  // namespace

void OptionLister::operator()(std::string_view name, int& value, int low, int high) {
  options.push_back({std::string(name), OptionInfo::Kind::integer, double(low), double(high), {}, number_text(value)});
}
void OptionLister::operator()(std::string_view name, double& value, double low, double high) {
  options.push_back({std::string(name), OptionInfo::Kind::real, low, high, {}, number_text(value)});
}
void OptionLister::operator()(std::string_view name, int& value, std::initializer_list<const char*> choices) {
  const std::vector<std::string> words(choices.begin(), choices.end());
  options.push_back({std::string(name), OptionInfo::Kind::choice, 0, 0, words, words.at(static_cast<std::size_t>(value))});
}
void OptionLister::operator()(std::string_view name, std::vector<int>& value, int low, int high) {
  options.push_back({std::string(name), OptionInfo::Kind::list, double(low), double(high), {}, value_text(list_value(value))});
}
void OptionLister::operator()(std::string_view name, std::vector<double>& value, double low, double high) {
  options.push_back({std::string(name), OptionInfo::Kind::list, low, high, {}, value_text(list_value(value))});
}
void OptionLister::operator()(std::string_view name, Item& value) {
  options.push_back({std::string(name), OptionInfo::Kind::item, 0, 0, {}, to_text(value)});
}
void OptionLister::operator()(std::string_view name, FlowSpec& value) {
  options.push_back({std::string(name), OptionInfo::Kind::flow, 0, 0, {}, to_text(value)});
}

void OptionReader::operator()(std::string_view name, int& value, int low, int high) {
  const Value* const got = find(name);
  if (!got) return;
  const double* const x = std::get_if<double>(&got->content);
  if (!x || !within(*x, low, high) || *x != std::floor(*x)) refuse(name, range_text("a whole number", low, high), *got);
  value = static_cast<int>(*x);
}
void OptionReader::operator()(std::string_view name, double& value, double low, double high) {
  const Value* const got = find(name);
  if (!got) return;
  const double* const x = std::get_if<double>(&got->content);
  if (!x || !within(*x, low, high)) refuse(name, range_text("a number", low, high), *got);
  value = *x;
}
void OptionReader::operator()(std::string_view name, int& value, std::initializer_list<const char*> choices) {
  const Value* const got = find(name);
  if (!got) return;
  const std::vector<std::string> words(choices.begin(), choices.end());
  const std::string word = value_text(*got);
  const auto at = std::find(words.begin(), words.end(), word);
  if (at == words.end()) {
    const std::string near = nearest(word, words);
    const std::string hint = near.empty() ? std::string() : fmt::format("; did you mean '{}'?", near);
    throw ConfigError(fmt::format("{}: option '{}' expects one of {}; got '{}'{}", item_.name, name, fmt::join(words, ", "), word, hint));
  }
  value = static_cast<int>(at - words.begin());
}
void OptionReader::operator()(std::string_view name, std::vector<int>& value, int low, int high) {
  const Value* const got = find(name);
  if (!got) return;
  const auto* const numbers = std::get_if<std::vector<double>>(&got->content);
  const auto fits = [&](double x) { return within(x, low, high) && x == std::floor(x); };
  if (!numbers || !std::all_of(numbers->begin(), numbers->end(), fits))
    refuse(name, range_text("a list such as [8,8] of whole numbers", low, high), *got);
  value.assign(numbers->begin(), numbers->end());
}
void OptionReader::operator()(std::string_view name, std::vector<double>& value, double low, double high) {
  const Value* const got = find(name);
  if (!got) return;
  const auto* const numbers = std::get_if<std::vector<double>>(&got->content);
  const auto fits = [&](double x) { return within(x, low, high); };
  if (!numbers || !std::all_of(numbers->begin(), numbers->end(), fits))
    refuse(name, range_text("a list such as [0.5,2] of numbers", low, high), *got);
  value = *numbers;
}
void OptionReader::operator()(std::string_view name, Item& value) {
  const Value* const got = find(name);
  if (!got) return;
  const auto* const items = std::get_if<std::vector<Item>>(&got->content);
  if (!items || items->size() != 1) refuse(name, "one name with its options", *got);
  value = items->front();
}
void OptionReader::operator()(std::string_view name, FlowSpec& value) {
  const Value* const got = find(name);
  if (!got) return;
  const auto* const items = std::get_if<std::vector<Item>>(&got->content);
  if (!items) refuse(name, "a flow", *got);
  value.items = *items;
}

/// The argument for the next option in declared order: by its name, or the positional one at its place.
const Value* OptionReader::find(std::string_view name) {
  const std::size_t place = names_.size();
  names_.emplace_back(name);
  const Value* found = nullptr;
  for (std::size_t i = 0; i < item_.arguments.size(); ++i) {
    const Argument& argument = item_.arguments[i];
    if (argument.key.empty() ? i != place : argument.key != name) continue;
    if (found) throw ConfigError(fmt::format("{}: option '{}' is given twice in '{}'", item_.name, name, to_text(item_)));
    used_[i] = true;
    found = &argument.value;
  }
  return found;
}

void OptionReader::refuse(std::string_view name, std::string_view expected, const Value& got) const {
  throw ConfigError(fmt::format("{}: option '{}' expects {}; got {}", item_.name, name, expected, value_text(got)));
}

void OptionReader::finish() const {
  for (std::size_t i = 0; i < item_.arguments.size(); ++i) {
    const Argument& argument = item_.arguments[i];
    if (argument.key.empty() && i > 0 && !item_.arguments[i - 1].key.empty()) {
      throw ConfigError(fmt::format("{}: an option without a name cannot follow a named one; got {} after '{}='", item_.name,
                                    value_text(argument.value), item_.arguments[i - 1].key));
    }
    if (used_[i]) continue;
    if (names_.empty()) throw ConfigError(fmt::format("{} has no options; got '{}'", item_.name, to_text(item_)));
    if (!argument.key.empty()) throw ConfigError(fmt::format("{}: {}", item_.name, unknown_name("option", argument.key, names_)));
    throw ConfigError(fmt::format("{}: too many options, expected at most {} ({}); got {} in '{}'", item_.name, names_.size(),
                                  fmt::join(names_, ", "), item_.arguments.size(), to_text(item_)));
  }
}

/// Appends the argument unless it prints as the default does.
void OptionPrinter::add(std::string_view name, Value value, Style style) {
  const bool first = at_ == 0;
  const std::string& default_text = defaults_.at(at_++).default_text;
  if (value_text(value) == default_text && !(first && style == Style::item)) return;
  const bool positional = first && style != Style::keyed;  // triangular(lower), coupling(affine)
  arguments.push_back({positional ? std::string() : std::string(name), std::move(value)});
}
void OptionPrinter::operator()(std::string_view name, int& value, int, int) { add(name, {double(value)}); }
void OptionPrinter::operator()(std::string_view name, double& value, double, double) { add(name, {value}); }
void OptionPrinter::operator()(std::string_view name, int& value, std::initializer_list<const char*> choices) {
  add(name, word_value(std::data(choices)[value]), Style::word);
}
void OptionPrinter::operator()(std::string_view name, std::vector<int>& value, int, int) { add(name, list_value(value)); }
void OptionPrinter::operator()(std::string_view name, std::vector<double>& value, double, double) { add(name, {value}); }
void OptionPrinter::operator()(std::string_view name, Item& value) { add(name, {std::vector<Item>{value}}, Style::item); }
void OptionPrinter::operator()(std::string_view name, FlowSpec& value) { add(name, {value.items}); }

}  // namespace flowgauge
