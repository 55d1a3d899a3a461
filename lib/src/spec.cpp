// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/spec.hpp>

#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

namespace flowgauge {
namespace {

constexpr int most_items = 10000;
constexpr int most_nesting = 32;
constexpr std::size_t most_numbers = 1000;  ///< in one list

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Items and how many there are with those inside their arguments: the size that the limit is about.
struct Counted {
  std::vector<Item> items;
  int count = 0;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Counted whole() {
    Counted flow = items();
    if (at_ < text_.size()) fail(at_, "a name, a repeat such as 3*, or the end");
    return flow;
  }

 private:
  /// item+
  Counted items() {
    Counted flow;
    skip_spaces();
    if (!starts_item()) fail(at_, "a name or a repeat such as 3*");
    while (starts_item()) {
      append(flow, item(), at_);
      skip_spaces();
    }
    return flow;
  }

  bool starts_item() const { return at_ < text_.size() && (is_name_start(text_[at_]) || is_digit(text_[at_])); }

  void append(Counted& flow, Counted&& more, std::size_t where) {
    flow.count += more.count;
    if (flow.count > most_items) too_many(where);
    std::move(more.items.begin(), more.items.end(), std::back_inserter(flow.items));
  }

  Counted item() { return is_digit(text_[at_]) ? repeated() : named(); }

  /// INT '*' '(' flow ')' | INT '*' name…
  Counted repeated() {
    const std::size_t start = at_;
    const int times = repeat_count();
    skip_spaces();
    if (!take('*')) fail(at_, "'*' after the number of repeats");
    skip_spaces();
    Counted body;
    if (open()) {
      body = items();
      close("a name, a repeat such as 3*, or ')'");
    } else if (at_ < text_.size() && is_name_start(text_[at_])) {
      body = named();
    } else {
      fail(at_, "a name or '('");
    }
    if (static_cast<std::int64_t>(times) * body.count > most_items) too_many(start);
    Counted all;
    all.items.reserve(body.items.size() * static_cast<std::size_t>(times));
    for (int i = 0; i < times; ++i) all.items.insert(all.items.end(), body.items.begin(), body.items.end());
    all.count = times * body.count;
    return all;
  }

  int repeat_count() {
    int times = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), times);
    if (error != std::errc() || times > most_items) too_many(at_);
    if (times == 0) fail(at_, "at least 1 repeat");
    at_ = static_cast<std::size_t>(end - text_.data());
    return times;
  }

  /// name ['(' arg {',' arg} ')']
  Counted named() {
    Counted one{{Item{std::string(name()), {}}}, 1};
    skip_spaces();
    if (!open()) return one;
    std::vector<Argument>& arguments = one.items.front().arguments;
    do {
      arguments.push_back(argument(one.count));
      skip_spaces();
    } while (take(','));
    close("',' or ')'");
    return one;
  }

  std::string_view name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && (is_name_start(text_[at_]) || is_digit(text_[at_]))) ++at_;
    return text_.substr(start, at_ - start);
  }

  /// [key '='] (number | word | list | flow)
  Argument argument(int& count) {
    skip_spaces();
    const std::size_t start = at_;
    std::string key(name());
    skip_spaces();
    if (key.empty() || is_digit(key.front()) || !take('=')) at_ = start, key.clear();
    skip_spaces();
    return {std::move(key), value(count)};
  }

  Value value(int& count) {
    if (take('[')) return {list()};
    if (const std::optional<double> x = number()) return {*x};
    if (!starts_item()) fail(at_, "a number, a word, a list such as [64,64], or a flow");
    const std::size_t start = at_;
    Counted flow = items();
    count += flow.count;
    if (count > most_items) too_many(start);
    return {std::move(flow.items)};
  }

  /// {number ','} ']' after '['
  std::vector<double> list() {
    std::vector<double> numbers;
    skip_spaces();
    if (take(']')) return numbers;
    do {
      skip_spaces();
      const std::optional<double> x = number();
      if (!x) fail(at_, "a number");
      if (numbers.size() == most_numbers) fail(at_, fmt::format("at most {} numbers in a list", most_numbers));
      numbers.push_back(*x);
      skip_spaces();
    } while (take(','));
    if (!take(']')) fail(at_, "',' or ']'");
    return numbers;
  }

  /// A number here, or nothing: the digits before '*' are a repeat, and a word that merely starts with inf or nan is a word.
  std::optional<double> number() {
    std::size_t from = at_;
    const bool sign = from < text_.size() && (text_[from] == '+' || text_[from] == '-');
    const bool minus = sign && text_[from] == '-';
    if (sign) ++from;
    const std::size_t back = std::exchange(at_, from);
    const std::string_view word = at_ < text_.size() && is_name_start(text_[at_]) ? name() : std::string_view();
    if (word == "inf") return minus ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    if (word == "nan" && !sign) return std::numeric_limits<double>::quiet_NaN();
    at_ = back;
    if (from >= text_.size() || !(is_digit(text_[from]) || text_[from] == '.')) {
      if (sign) fail(from, "a number after the sign");
      return std::nullopt;
    }
    double x = 0;
    const auto [end, error] = std::from_chars(text_.data() + from, text_.data() + text_.size(), x);
    if (error == std::errc::result_out_of_range) fail(back, "a number within the range of a double (about 1e-308 to 1e308)");
    if (error != std::errc()) fail(back, "a number");
    std::size_t after = static_cast<std::size_t>(end - text_.data());
    while (after < text_.size() && is_space(text_[after])) ++after;
    if (after < text_.size() && text_[after] == '*') return std::nullopt;
    at_ = static_cast<std::size_t>(end - text_.data());
    return minus ? -x : x;
  }

  bool open() {
    if (at_ >= text_.size() || text_[at_] != '(') return false;
    if (++nesting_ > most_nesting) fail(at_, fmt::format("at most {} brackets inside each other", most_nesting));
    ++at_;
    return true;
  }
  void close(std::string_view expected) {
    if (!take(')')) fail(at_, expected);
    --nesting_;
  }

  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  [[noreturn]] void too_many(std::size_t where) const {
    throw ConfigError(fmt::format("{}: a flow of at most {} items, got more{}", place(where), most_items, caret(where)));
  }
  [[noreturn]] void fail(std::size_t where, std::string_view expected) const {
    const std::string got = where < text_.size() ? fmt::format("'{}'", character(where)) : std::string("the end");
    throw ConfigError(fmt::format("{}: expected {}, got {}{}", place(where), expected, got, caret(where)));
  }
  std::string place(std::size_t where) const { return fmt::format("cannot read the flow at character {}", letters(text_.substr(0, where)) + 1); }
  /// The line of the text that `where` stands in, and a caret below that place.
  std::string caret(std::size_t where) const {
    const std::size_t newline = where == 0 ? std::string_view::npos : text_.rfind('\n', where - 1);
    const std::size_t first = newline == std::string_view::npos ? 0 : newline + 1;
    const std::string_view line = text_.substr(first, text_.find('\n', first) - first);
    return fmt::format("\n  {}\n  {}^", line, std::string(letters(text_.substr(first, where - first)), ' '));
  }
  /// The whole UTF-8 character at `where`.
  std::string_view character(std::size_t where) const {
    std::size_t end = where + 1;
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) ++end;
    return text_.substr(where, end - where);
  }
  static std::size_t letters(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    return count;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int nesting_ = 0;
};

/// The widest stretch of whole repeats among `ids`; of equally wide ones the shortest period, then the first.
struct Repeat {
  std::size_t start = 0, period = 0, width = 0;
};
Repeat widest_repeat(std::span<const int> ids) {
  Repeat best;
  for (std::size_t period = 1; 2 * period <= ids.size(); ++period) {
    if (ids.size() / period * period <= best.width) continue;
    std::size_t run = 0;
    for (std::size_t i = 0; i + period < ids.size(); ++i) {
      run = ids[i] == ids[i + period] ? run + 1 : 0;
      if (run < period) continue;
      const std::size_t width = (run / period + 1) * period;
      if (width > best.width) best = {i + 1 - run, period, width};
    }
  }
  return best;
}

std::string fold(std::span<const int> ids, const std::vector<std::string>& texts) {
  const Repeat repeat = widest_repeat(ids);
  std::string out;
  const auto add = [&out](const std::string& text) { out += out.empty() || text.empty() ? text : ' ' + text; };
  if (repeat.width == 0) {
    for (const int id : ids) add(texts[static_cast<std::size_t>(id)]);
    return out;
  }
  // All stretches as wide as this one and like it in period at once: a search for each would be slow where there are many.
  std::size_t done = 0;
  for (std::size_t i = repeat.start; i + repeat.width <= ids.size();) {
    bool repeats = true;
    for (std::size_t j = i; repeats && j + repeat.period < i + repeat.width; ++j) repeats = ids[j] == ids[j + repeat.period];
    if (!repeats) {
      ++i;
      continue;
    }
    if (i > done) add(fold(ids.subspan(done, i - done), texts));
    const std::string body = fold(ids.subspan(i, repeat.period), texts);
    const std::size_t times = repeat.width / repeat.period;
    add(repeat.period == 1 ? fmt::format("{}*{}", times, body) : fmt::format("{}*({})", times, body));
    done = i += repeat.width;
  }
  if (done < ids.size()) add(fold(ids.subspan(done), texts));
  return out;
}

std::string items_text(const std::vector<Item>& items) {
  std::map<std::string, int> known;
  std::vector<int> ids;
  std::vector<std::string> texts;
  for (const Item& item : items) {
    std::string text = to_text(item);
    const auto [at, is_new] = known.emplace(text, static_cast<int>(texts.size()));
    if (is_new) texts.push_back(std::move(text));
    ids.push_back(at->second);
  }
  return fold(ids, texts);
}

std::string value_text(const Value& value) {
  if (const double* x = std::get_if<double>(&value.content)) return number_text(*x);
  if (const auto* items = std::get_if<std::vector<Item>>(&value.content)) return items_text(*items);
  std::string out = "[";
  for (const double x : std::get<std::vector<double>>(value.content)) {
    if (out.size() > 1) out += ',';
    out += number_text(x);
  }
  return out + ']';
}

}  // namespace

FlowSpec parse_flow(std::string_view text) { return {Parser(text).whole().items}; }

Item parse_item(std::string_view text) {
  std::vector<Item> items = Parser(text).whole().items;
  if (items.size() != 1) throw ConfigError(fmt::format("expected one name with its options, got {} in '{}'", items.size(), text));
  return std::move(items.front());
}

std::string to_text(const FlowSpec& flow) { return items_text(flow.items); }

std::string to_text(const Item& item) {
  std::string out = item.name;
  for (std::size_t i = 0; i < item.arguments.size(); ++i) {
    const Argument& argument = item.arguments[i];
    out += i == 0 ? "(" : ", ";
    if (!argument.key.empty()) out += argument.key + '=';
    out += value_text(argument.value);
  }
  return item.arguments.empty() ? out : out + ')';
}

std::string number_text(double x) {
  if (std::isnan(x)) return "nan";
  return fmt::format("{}", x);
}

}  // namespace flowgauge
