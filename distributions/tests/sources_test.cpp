// SPDX-License-Identifier: MIT
#include "specimens.hpp"

#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/error.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

// What every source must do, by the shelf: no test here knows a name.
namespace flowgauge::distributions {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

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

TEST(Sources, ARowOfASampleDependsOnItsNumberOnly) {
  for (const std::string& text : specimen_texts()) {
    const auto source = make_source(text);
    const RandomStream stream(3, "source-sample", text);
    Batch<double> all(700, source->dim()), part(100, source->dim());
    source->sample(stream, 0, all);
    source->sample(stream, 555, part);
    for (Index i = 0; i < part.rows(); ++i) {
      for (Index j = 0; j < part.dim(); ++j) ASSERT_EQ(part(i, j), all(555 + i, j)) << text;
    }
    Batch<double> other(100, source->dim());
    source->sample(RandomStream(4, "source-sample", text), 555, other);
    EXPECT_NE(other(0, 0), part(0, 0)) << text;
  }
}

TEST(Sources, SamplesLieInTheSupportWithFiniteDensity) {
  for (const std::string& text : specimen_texts()) {
    const auto source = make_source(text);
    Batch<double> x(5000, source->dim());
    std::vector<double> log_p(5000);
    source->sample(RandomStream(5, "source-sample", text), 0, x);
    source->log_prob(x, log_p);
    for (Index i = 0; i < x.rows(); ++i) {
      ASSERT_TRUE(std::isfinite(log_p[static_cast<std::size_t>(i)])) << text << " row " << i;
      for (int j = 0; j < source->dim(); ++j) {
        const Marginal m = source->marginal(j);
        ASSERT_TRUE(x(i, j) >= m.low && x(i, j) <= m.high) << text;
      }
    }
  }
}

TEST(Sources, LogProbIsNeverNaNForFiniteNumbers) {
  const double largest = std::numeric_limits<double>::max();
  const std::vector<double> numbers = {0.,   -0., 5e-324, -5e-324, 1e-310, 1e-300, 1.,     -1.,     4.5,
                                       -4.5, 1e6, -1e6,   1e150,   -1e150, 1e300,  -1e300, largest, -largest};
  for (const std::string& text : specimen_texts()) {
    const auto source = make_source(text);
    for (const double a : numbers) {
      for (const double b : numbers) {
        Batch<double> x(1, source->dim());
        std::vector<double> log_p(1, 1.0);
        for (Index j = 0; j < x.dim(); ++j) x(0, j) = j % 2 == 0 ? a : b;
        source->log_prob(x, log_p);
        // Only what is no number at all, or is +∞, is wrong: −∞ may be the nearest double.
        EXPECT_LT(log_p[0], std::numeric_limits<double>::infinity()) << text << " at " << a << ", " << b;
      }
    }
    Batch<double> x(1, source->dim());
    std::vector<double> log_p(1, 1.0);
    for (Index j = 0; j < x.dim(); ++j) x(0, j) = std::numeric_limits<double>::quiet_NaN();
    source->log_prob(x, log_p);
    EXPECT_TRUE(std::isnan(log_p[0])) << text << ": a NaN must show";
  }
}

/// The bound of Dvoretzky, Kiefer and Wolfowitz with Massart's constant: sup|F_n − F| exceeds it with probability at most α = 1e-9.
double dkw_bound(Index n) { return std::sqrt(std::log(2 / 1e-9) / (2 * static_cast<double>(n))); }

TEST(Sources, SamplesFollowTheCdf) {
  constexpr Index n = 100000;
  for (const std::string& text : univariate_texts()) {
    const auto owner = make_source(text);
    const auto& source = dynamic_cast<const Univariate&>(*owner);
    Batch<double> x(n, 1);
    source.sample(RandomStream(6, "source-sample", text), 0, x);
    std::sort(x.column(0).begin(), x.column(0).end());
    double worst = 0;
    for (Index i = 0; i < n; ++i) {
      const double f = source.cdf(x(i, 0));
      worst = std::max({worst, static_cast<double>(i + 1) / n - f, f - static_cast<double>(i) / n});
    }
    EXPECT_LT(worst, dkw_bound(n)) << text;
    EXPECT_GT(worst, 0.1 / std::sqrt(double(n))) << text << ": closer than chance allows";
  }
}

/// Mass nearer to an end of the support than any double: no quantile can tell it apart.
double unheld(const Univariate& source) {
  const Marginal m = source.marginal(0);
  return source.cdf(std::nextafter(m.low, m.high)) + source.upper_cdf(std::nextafter(m.high, m.low));
}

TEST(Sources, QuantilesInvertTheCdfInBothTails) {
  for (const std::string& text : univariate_texts()) {
    const auto owner = make_source(text);
    const auto& source = dynamic_cast<const Univariate&>(*owner);
    const double middle = std::abs(source.quantile(0.5));
    for (int i = 1; i < 1200; ++i) {
      const double p = std::exp(-0.58 * i);  // down to 1e-302
      // x is rounded, and so is what it was computed from: a few ε of |x| and of the location, weighed by the density; and a few ε of p itself.
      const auto allowed = [&](double x) { return 32 * epsilon * (p + std::exp(source.log_density(x)) * (std::abs(x) + middle)) + unheld(source); };
      const double low = source.quantile(p), high = source.upper_quantile(p);
      EXPECT_NEAR(source.cdf(low), p, allowed(low)) << text << " lower p = " << p;
      EXPECT_NEAR(source.upper_cdf(high), p, allowed(high)) << text << " upper p = " << p;
    }
    for (int i = 1; i < 1000; ++i) {
      const double p = i / 1000.0, x = source.quantile(p);
      const double allowed = 32 * epsilon * (1 + std::exp(source.log_density(x)) * (std::abs(x) + middle)) + unheld(source);
      EXPECT_NEAR(source.cdf(x), p, allowed) << text;
      EXPECT_NEAR(source.cdf(x) + source.upper_cdf(x), 1, 4 * epsilon) << text;
      EXPECT_NEAR(source.cdf(source.upper_quantile(p)), 1 - p, allowed) << text;
    }
  }
}

TEST(Sources, CdfReachesItsEnds) {
  for (const std::string& text : univariate_texts()) {
    const auto owner = make_source(text);
    const auto& source = dynamic_cast<const Univariate&>(*owner);
    const double far = std::numeric_limits<double>::infinity();
    EXPECT_EQ(source.cdf(-far), 0) << text;
    EXPECT_EQ(source.cdf(far), 1) << text;
    EXPECT_EQ(source.upper_cdf(-far), 1) << text;
    EXPECT_EQ(source.upper_cdf(far), 0) << text;
  }
}

}  // namespace
}  // namespace flowgauge::distributions
