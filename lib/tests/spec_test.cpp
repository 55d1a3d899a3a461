// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/random.hpp>
#include <flowgauge/spec.hpp>

#include <bit>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace flowgauge {
namespace {

std::string canonical(std::string_view text) { return to_text(parse_flow(text)); }

std::string refusal(std::string_view text) {
  try {
    parse_flow(text);
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Spec, RepeatsAreUnfolded) {
  const FlowSpec flow = parse_flow("2*(triangular(upper) softlog) 3*softexp");
  ASSERT_EQ(flow.items.size(), 7u);
  EXPECT_EQ(flow.items[0].name, "triangular");
  EXPECT_EQ(flow.items[3].name, "softlog");
  EXPECT_EQ(flow.items[6].name, "softexp");
}

TEST(Spec, ArgumentsAreNumbersWordsListsAndFlows) {
  const Item item = parse_item("coupling(rational_quadratic_spline(bins=8), hidden=[64, 32], flow = 2*(a b) c, side=left, slope=-1.5e-3, limit=inf)");
  ASSERT_EQ(item.arguments.size(), 6u);
  EXPECT_EQ(item.arguments[0].key, "");
  EXPECT_EQ(std::get<2>(item.arguments[0].value.content).at(0).arguments.at(0).key, "bins");
  EXPECT_EQ(std::get<1>(item.arguments[1].value.content), (std::vector<double>{64, 32}));
  EXPECT_EQ(std::get<2>(item.arguments[2].value.content).size(), 5u);
  EXPECT_EQ(std::get<2>(item.arguments[3].value.content).at(0).name, "left");
  EXPECT_EQ(std::get<0>(item.arguments[4].value.content), -1.5e-3);
  EXPECT_EQ(std::get<0>(item.arguments[5].value.content), std::numeric_limits<double>::infinity());
}

TEST(Spec, NumbersOfEveryForm) {
  const auto number = [](std::string text) { return std::get<0>(parse_item("f(" + text + ")").arguments.at(0).value.content); };
  EXPECT_EQ(number("8"), 8.0);
  EXPECT_EQ(number("+.5"), 0.5);
  EXPECT_EQ(number("-0"), 0.0);
  EXPECT_TRUE(std::signbit(number("-0")));
  EXPECT_EQ(number("1E+3"), 1000.0);
  EXPECT_EQ(number("5e-324"), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(number("-inf"), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(number("nan")));
  EXPECT_EQ(std::get<1>(parse_item("f([])").arguments.at(0).value.content), std::vector<double>());
}

TEST(Spec, AWordThatStartsLikeANumberIsAWord) {
  EXPECT_EQ(canonical("f(infinite, nano, side=inf_side)"), "f(infinite, nano, side=inf_side)");
}

TEST(Spec, WidestRepeatsAreFolded) {
  EXPECT_EQ(canonical("softlog softlog softlog"), "3*softlog");
  EXPECT_EQ(canonical("1*softlog"), "softlog");
  EXPECT_EQ(canonical("3*(triangular(upper) triangular(lower) softlog) triangular(upper)"),
            "3*(triangular(upper) triangular(lower) softlog) triangular(upper)");
  EXPECT_EQ(canonical("3*(scale_bias softlog scale_bias)"), "3*(scale_bias softlog scale_bias)");
  EXPECT_EQ(canonical("4*(2*(a b) c)"), "4*(2*(a b) c)");
  EXPECT_EQ(canonical("2*(2*(a b))"), "4*(a b)");
  EXPECT_EQ(canonical("a b b a b b"), "2*(a 2*b)");
  EXPECT_EQ(canonical("a a b a b a b"), "a 3*(a b)");
  EXPECT_EQ(canonical("a a b b c d d"), "2*a 2*b c 2*d");
  EXPECT_EQ(canonical("inverse(a a a, flow=b  b) inverse(3*a, flow=2*b)"), "2*inverse(3*a, flow=2*b)");
  EXPECT_EQ(canonical("f( x=1 )f(x=1.0)  f(x=1e0)"), "3*f(x=1)");
  EXPECT_EQ(canonical("f(x=0) f(x=-0)"), "f(x=0) f(x=-0)");
}

/// A random flow as text, with repeats, spaces and every kind of argument.
class Writer {
 public:
  explicit Writer(std::uint64_t seed) : stream_(seed, "spec-test") {}
  std::string flow(int depth) {
    std::string out;
    for (std::uint64_t n = 1 + below(4); n > 0; --n) out += (out.empty() ? "" : " ") + item(depth);
    return out;
  }

 private:
  std::string item(int depth) {
    switch (depth > 0 ? below(5) : 0) {
      case 1: return std::to_string(1 + below(4)) + " * ( " + flow(depth - 1) + ")";
      case 2: return std::to_string(1 + below(4)) + "*" + name();
      case 3: return name() + "(" + value(depth - 1) + ")";
      case 4: return name() + " (" + value(depth - 1) + ", key= " + value(depth - 1) + ",other =" + value(depth - 1) + ")";
      default: return name();
    }
  }
  std::string value(int depth) {
    switch (below(4)) {
      case 0: return number_text(std::sinh(40 * stream_.normal(at_++, 0)));
      case 1: return "[" + std::to_string(below(100)) + ", " + number_text(stream_.uniform(at_++, 0)) + "]";
      case 2: return name();
      default: return flow(depth);
    }
  }
  std::string name() { return std::string(1, static_cast<char>('a' + below(3))); }
  std::uint64_t below(std::uint64_t n) { return stream_.below(n, at_++, 0); }

  RandomStream stream_;
  std::uint64_t at_ = 0;
};

/// Every item and argument, one a line: independent of how repeats are printed.
std::string spelled_out(const std::vector<Item>& items) {
  std::string out;
  for (const Item& item : items) {
    out += item.name + "(\n";
    for (const Argument& argument : item.arguments) {
      out += argument.key + "=";
      if (argument.value.is_number()) out += number_text(std::get<0>(argument.value.content));
      if (argument.value.is_list()) {
        for (const double x : std::get<1>(argument.value.content)) out += number_text(x) + ";";
      }
      if (argument.value.is_flow()) out += spelled_out(std::get<2>(argument.value.content));
      out += "\n";
    }
    out += ")\n";
  }
  return out;
}

TEST(Spec, PrintedTextReadsBackToTheSameItemsAndPrintsTheSame) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const std::string text = Writer(seed).flow(3);
    const FlowSpec flow = parse_flow(text);
    const std::string printed = to_text(flow);
    const FlowSpec again = parse_flow(printed);
    EXPECT_EQ(spelled_out(again.items), spelled_out(flow.items)) << text << "\n" << printed;
    EXPECT_EQ(to_text(again), printed) << text;
  }
}

TEST(Spec, EveryPrefixAndEveryDamagedTextIsReadOrRefusedWithACaret) {
  const std::string text = "4*(coupling(spline(bins=8, x=-1.5e-3), hidden=[64,64]) permutation) a";
  for (std::size_t i = 0; i <= text.size(); ++i) {
    for (const char c : std::string("()[]=*,.9a- \n\xC3")) {
      std::string damaged = text;
      damaged.insert(i, 1, c);
      for (const std::string& t : {damaged, text.substr(0, i)}) {
        const std::string sentence = refusal(t);
        EXPECT_TRUE(sentence == "accepted" || sentence.find('^') != std::string::npos) << sentence;
      }
    }
  }
}

TEST(Spec, ErrorSentences) {
  EXPECT_EQ(refusal(""), "cannot read the flow at character 1: expected a name or a repeat such as 3*, got the end\n  \n  ^");
  EXPECT_EQ(refusal("softlog)"),
            "cannot read the flow at character 8: expected a name, a repeat such as 3*, or the end, got ')'\n  softlog)\n         ^");
  EXPECT_EQ(refusal("3*(a b"), "cannot read the flow at character 7: expected a name, a repeat such as 3*, or ')', got the end\n  3*(a b\n        ^");
  EXPECT_EQ(refusal("3 a"), "cannot read the flow at character 3: expected '*' after the number of repeats, got 'a'\n  3 a\n    ^");
  EXPECT_EQ(refusal("0*a"), "cannot read the flow at character 1: expected at least 1 repeat, got '0'\n  0*a\n  ^");
  EXPECT_EQ(refusal("3*4*a"), "cannot read the flow at character 3: expected a name or '(', got '4'\n  3*4*a\n    ^");
  EXPECT_EQ(refusal("f(bins=)"),
            "cannot read the flow at character 8: expected a number, a word, a list such as [64,64], or a flow, got ')'\n  f(bins=)\n         ^");
  EXPECT_EQ(refusal("f(8x)"), "cannot read the flow at character 4: expected ',' or ')', got 'x'\n  f(8x)\n     ^");
  EXPECT_EQ(refusal("f([64,a])"), "cannot read the flow at character 7: expected a number, got 'a'\n  f([64,a])\n        ^");
  EXPECT_EQ(refusal("f([64;8])"), "cannot read the flow at character 6: expected ',' or ']', got ';'\n  f([64;8])\n       ^");
  EXPECT_EQ(refusal("f(-a)"), "cannot read the flow at character 4: expected a number after the sign, got 'a'\n  f(-a)\n     ^");
  EXPECT_EQ(
      refusal("f(1e999)"),
      "cannot read the flow at character 3: expected a number within the range of a double (about 1e-308 to 1e308), got '1'\n  f(1e999)\n    ^");
  EXPECT_EQ(refusal("a\nb é"), "cannot read the flow at character 5: expected a name, a repeat such as 3*, or the end, got 'é'\n  b é\n    ^");
  EXPECT_EQ(refusal("20000*a"), "cannot read the flow at character 1: a flow of at most 10000 items, got more\n  20000*a\n  ^");
  EXPECT_EQ(refusal("a 101*(100*f(b))"), "cannot read the flow at character 3: a flow of at most 10000 items, got more\n  a 101*(100*f(b))\n    ^");
  EXPECT_EQ(refusal("2*((a))"), "cannot read the flow at character 4: expected a name or a repeat such as 3*, got '('\n  2*((a))\n     ^");
  std::string deep = "a";
  for (int i = 0; i < 33; ++i) deep = "f(" + deep + ")";
  EXPECT_EQ(refusal(deep).substr(0, 93), "cannot read the flow at character 66: expected at most 32 brackets inside each other, got '('");
}

TEST(Spec, ParseItemWantsOne) {
  EXPECT_EQ(to_text(parse_item(" normal( mean = 1 ) ")), "normal(mean=1)");
  try {
    parse_item("normal laplace");
    FAIL() << "accepted two items";
  } catch (const ConfigError& e) {
    EXPECT_STREQ(e.what(), "expected one name with its options, got 2 in 'normal laplace'");
  }
}

TEST(Spec, LargeFlowsFoldQuickly) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += (i % 3 == 0 ? "2*" : "") + std::string("a") + std::to_string(i * i % 97) + " ";
  const FlowSpec flow = parse_flow("2*(" + text + ")");
  EXPECT_EQ(spelled_out(parse_flow(to_text(flow)).items), spelled_out(flow.items));
}

TEST(Spec, NumberTextIsTheShortestThatReadsBack) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(64), "64");
  EXPECT_EQ(number_text(100000), "100000");
  EXPECT_EQ(number_text(1e300), "1e+300");
  EXPECT_EQ(number_text(-0.0), "-0");
  EXPECT_EQ(number_text(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(number_text(-std::numeric_limits<double>::quiet_NaN()), "nan");
  const RandomStream stream(7, "number-text");
  for (std::uint64_t i = 0; i < 10000; ++i) {
    const std::uint64_t bits = stream.bits(i, 0);
    const double x = std::bit_cast<double>(bits);
    if (!std::isfinite(x)) continue;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(std::get<0>(parse_item("f(" + number_text(x) + ")").arguments.at(0).value.content)), bits);
  }
}

}  // namespace
}  // namespace flowgauge
