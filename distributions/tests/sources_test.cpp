// SPDX-License-Identifier: MIT
#include "specimens.hpp"

#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/error.hpp>

#include <set>

#include <gtest/gtest.h>

// What every source must do, by the shelf: no test here knows a name.
namespace flowgauge::distributions {
namespace {

std::string refusal(std::string_view text) {
  try {
    make_source(text);
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Sources, TheShelfSaysEverythingOfEverySource) {
  std::set<std::string> names;
  for (const SourceInfo& info : list_sources()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name << " twice";
    EXPECT_FALSE(info.summary.empty()) << info.name;
    EXPECT_FALSE(info.reference.empty()) << info.name;
    EXPECT_EQ(info.default_text, info.name);
    EXPECT_EQ(make_source(info.default_text)->dim(), info.dim);
    ASSERT_FALSE(info.specimens.empty());
    EXPECT_EQ(info.specimens.front(), info.default_text);
    for (const std::string& text : info.specimens) EXPECT_EQ(make_source(text)->text(), text);
  }
  EXPECT_GE(names.size(), 6u);
}

TEST(Sources, CanonicalTextMakesTheSameSource) {
  for (const std::string& text : specimen_texts()) EXPECT_EQ(make_source(text)->text(), text);
  EXPECT_EQ(make_source("laplace(0, scale=2.0)")->text(), "laplace(scale=2)");
  EXPECT_EQ(make_source("normal(sd=1)")->text(), "normal");
}

TEST(Sources, ErrorSentences) {
  EXPECT_EQ(refusal("lapalce").substr(0, 68), "unknown source 'lapalce'; did you mean 'laplace'? source is one of: ");
  EXPECT_EQ(refusal("laplace(scal=2)"), "laplace: unknown option 'scal'; did you mean 'scale'? option is one of: location, scale");
  EXPECT_EQ(refusal("laplace(scale=0)"), "laplace: option 'scale' expects a number from 1e-06 to 1000000; got 0");
  EXPECT_EQ(refusal("seed_mvn(2)"), "seed_mvn has no options; got 'seed_mvn(2)'");
  EXPECT_EQ(refusal("laplace normal"), "expected one name with its options, got 2 in 'laplace normal'");
}

TEST(Sources, ShapeSentences) {
  const auto source = make_source("seed_mvn");
  Batch<double> wrong(3, 1), right(3, 2);
  std::vector<double> two(2);
  try {
    source->log_prob(wrong, two);
    FAIL();
  } catch (const ShapeError& e) {
    EXPECT_STREQ(e.what(), "log_prob of seed_mvn expects rows of 2 numbers, got 1");
  }
  try {
    source->log_prob(right, two);
    FAIL();
  } catch (const ShapeError& e) {
    EXPECT_STREQ(e.what(), "log_prob of seed_mvn expects room for 3 numbers, one a row, got 2");
  }
  try {
    source->sample(RandomStream(1, "x"), 0, wrong);
    FAIL();
  } catch (const ShapeError& e) {
    EXPECT_STREQ(e.what(), "sample of seed_mvn expects rows of 2 numbers, got 1");
  }
}

}  // namespace
}  // namespace flowgauge::distributions
