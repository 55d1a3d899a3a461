// SPDX-License-Identifier: MIT
#include <flowgauge/options.hpp>

#include <limits>

#include <gtest/gtest.h>

namespace flowgauge {
namespace {

struct Everything {
  int bins = 8;
  double box = 3;
  int side = 0;
  std::vector<int> hidden = {64, 64};
  std::vector<double> knots = {0.5};
  Item transformer = parse_item("affine(clamp=2)");
  FlowSpec flow = parse_flow("2*softlog");
  template <class V>
  void options(V& v) {
    v("bins", bins, 1, 64);
    v("box", box, 1e-3, 1e6);
    v("side", side, {"upper", "lower"});
    v("hidden", hidden, 1, 1024);
    v("knots", knots, -1, 1);
    v("transformer", transformer);
    v("flow", flow);
  }
};
struct Plain {};

Everything read(std::string_view text) { return read_options<Everything>(parse_item(text)); }
std::string canonical(std::string_view text) { return to_text(canonical_item("everything", read(text))); }

template <class F>
std::string refusal(std::string_view text) {
  try {
    read_options<F>(parse_item(text));
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Options, ListedWithKindsRangesAndDefaults) {
  const std::vector<OptionInfo> options = list_options<Everything>();
  ASSERT_EQ(options.size(), 7u);
  const std::vector<std::string> defaults = {"8", "3", "upper", "[64,64]", "[0.5]", "affine(clamp=2)", "2*softlog"};
  for (std::size_t i = 0; i < options.size(); ++i) EXPECT_EQ(options[i].default_text, defaults[i]) << options[i].name;
  EXPECT_EQ(options[0].kind, OptionInfo::Kind::integer);
  EXPECT_EQ(options[0].low, 1);
  EXPECT_EQ(options[1].high, 1e6);
  EXPECT_EQ(options[2].choices, (std::vector<std::string>{"upper", "lower"}));
  EXPECT_EQ(options[4].low, -1);
  EXPECT_EQ(options[6].kind, OptionInfo::Kind::flow);
  EXPECT_TRUE(list_options<Plain>().empty());
}

TEST(Options, ReadByNameAndByPlace) {
  const Everything e = read("everything(16, 2.5, lower, knots=[], hidden=[8], flow=a b)");
  EXPECT_EQ(e.bins, 16);
  EXPECT_EQ(e.box, 2.5);
  EXPECT_EQ(e.side, 1);
  EXPECT_EQ(e.hidden, std::vector<int>{8});
  EXPECT_TRUE(e.knots.empty());
  EXPECT_EQ(to_text(e.transformer), "affine(clamp=2)");
  EXPECT_EQ(to_text(e.flow), "a b");
}

TEST(Options, CanonicalFormLeavesDefaultsOutAndNamesKeysInDeclaredOrder) {
  EXPECT_EQ(canonical("everything"), "everything");
  EXPECT_EQ(canonical("everything(8, 3.0, upper, hidden=[64,64], transformer=affine(clamp=2.0), flow=softlog softlog)"), "everything");
  EXPECT_EQ(canonical("everything(flow=a a, hidden=[1], side=lower, bins=9)"), "everything(bins=9, side=lower, hidden=[1], flow=2*a)");
  EXPECT_EQ(canonical("everything(transformer=affine(clamp=3), box=1e-3)"), "everything(box=0.001, transformer=affine(clamp=3))");
  const std::string text = canonical("everything(1, 2, lower, [3], [-0.25,1], a(b=c), a(b=c))");
  EXPECT_EQ(canonical(text), text);
}

TEST(Options, ErrorSentences) {
  EXPECT_EQ(refusal<Everything>("f(bins=0)"), "f: option 'bins' expects a whole number from 1 to 64; got 0");
  EXPECT_EQ(refusal<Everything>("f(2.5)"), "f: option 'bins' expects a whole number from 1 to 64; got 2.5");
  EXPECT_EQ(refusal<Everything>("f(bins=many)"), "f: option 'bins' expects a whole number from 1 to 64; got many");
  EXPECT_EQ(refusal<Everything>("f(bins=nan)"), "f: option 'bins' expects a whole number from 1 to 64; got nan");
  EXPECT_EQ(refusal<Everything>("f(box=inf)"), "f: option 'box' expects a number from 0.001 to 1000000; got inf");
  EXPECT_EQ(refusal<Everything>("f(box=nan)"), "f: option 'box' expects a number from 0.001 to 1000000; got nan");
  EXPECT_EQ(refusal<Everything>("f(box=[1])"), "f: option 'box' expects a number from 0.001 to 1000000; got [1]");
  EXPECT_EQ(refusal<Everything>("f(side=uper)"), "f: option 'side' expects one of upper, lower; got 'uper'; did you mean 'upper'?");
  EXPECT_EQ(refusal<Everything>("f(side=1)"), "f: option 'side' expects one of upper, lower; got '1'");
  EXPECT_EQ(refusal<Everything>("f(hidden=64)"), "f: option 'hidden' expects a list such as [8,8] of whole numbers from 1 to 1024; got 64");
  EXPECT_EQ(refusal<Everything>("f(hidden=[64,0.5])"),
            "f: option 'hidden' expects a list such as [8,8] of whole numbers from 1 to 1024; got [64,0.5]");
  EXPECT_EQ(refusal<Everything>("f(knots=[nan])"), "f: option 'knots' expects a list such as [0.5,2] of numbers from -1 to 1; got [nan]");
  EXPECT_EQ(refusal<Everything>("f(transformer=2*a)"), "f: option 'transformer' expects one name with its options; got 2*a");
  EXPECT_EQ(refusal<Everything>("f(flow=3)"), "f: option 'flow' expects a flow; got 3");
  EXPECT_EQ(refusal<Everything>("f(bin=3)"),
            "f: unknown option 'bin'; did you mean 'bins'? option is one of: bins, box, side, hidden, knots, transformer, flow");
  EXPECT_EQ(refusal<Everything>("f(bins=3, bins=4)"), "f: option 'bins' is given twice in 'f(bins=3, bins=4)'");
  EXPECT_EQ(refusal<Everything>("f(3, bins=4)"), "f: option 'bins' is given twice in 'f(3, bins=4)'");
  EXPECT_EQ(refusal<Everything>("f(bins=3, 4)"), "f: an option without a name cannot follow a named one; got 4 after 'bins='");
  EXPECT_EQ(
      refusal<Everything>("f(1, 2, upper, [1], [1], a, b, c)"),
      "f: too many options, expected at most 7 (bins, box, side, hidden, knots, transformer, flow); got 8 in 'f(1, 2, upper, [1], [1], a, b, c)'");
  EXPECT_EQ(refusal<Plain>("plain(3)"), "plain has no options; got 'plain(3)'");
}

}  // namespace
}  // namespace flowgauge
