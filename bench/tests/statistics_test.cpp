// SPDX-License-Identifier: MIT
#include "statistics.hpp"

#include "cell.hpp"
#include "sha256.hpp"

#include <flowgauge/random.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace flowgauge::bench {
namespace {

TEST(Statistics, StudentQuantiles) {
  // Tables of Student's t, 97.5 %.
  EXPECT_NEAR(student_t_975(5), 2.570582, 2e-3);
  EXPECT_NEAR(student_t_975(10), 2.228139, 5e-5);
  EXPECT_NEAR(student_t_975(30), 2.042272, 1e-6);
  EXPECT_NEAR(student_t_975(1e6), 1.959966, 1e-6);
}

TEST(Statistics, MomentsDoNotDependOnTheChunks) {
  std::vector<double> v;
  for (int i = 0; i < 1000; ++i) v.push_back(1e8 + std::sin(i));
  Moments whole, parts;
  whole.add(v);
  for (std::size_t at = 0; at < v.size(); at += 100) parts.add(std::span<const double>(v).subspan(at, 100));
  EXPECT_NEAR(whole.mean().value, parts.mean().value, 11 * std::ldexp(1.0, -26));  // one rounding of 1e8 a chunk, and one of the whole
  EXPECT_NEAR(whole.mean().std_deviation, std::sqrt(0.5), 0.01);
  EXPECT_NEAR(whole.mean().std_deviation, parts.mean().std_deviation, 1e-7);
}

TEST(Statistics, MeanDoesNotDependOnTheOrder) {
  std::vector<double> up, down;
  double size = 0;
  for (int i = 0; i < 100'000; ++i) {
    up.push_back((i % 2 == 0 ? 1 : -0.9) * std::exp(20.0 * i / 100'000));
    size += std::abs(up.back()) / 100'000;
  }
  down.assign(up.rbegin(), up.rend());
  Moments a, b;
  a.add(up);
  for (std::size_t i = 0; i < down.size(); i += 999) b.add(std::span(down).subspan(i, std::min<std::size_t>(999, down.size() - i)));
  EXPECT_NEAR(a.value(), b.value(), 4 * 0x1p-53 * size);
}

TEST(Statistics, ParetoShapeOfParetoNumbers) {
  const RandomStream stream(1, "pareto");
  for (const double k : {0.2, 0.5, 1.0, 2.0}) {
    std::vector<double> v;
    for (std::uint64_t i = 0; i < 20'000; ++i) v.push_back(std::pow(stream.uniform(i, 0), -k));
    EXPECT_NEAR(pareto_shape(v), k, 5 * (1 + k) / std::sqrt(424.0)) << k;  // 424 = 3·√20000 numbers, asymptotic error (1 + k)/√M
  }
}

TEST(Statistics, ParetoShapeOfExponentialNumbersIsZero) {
  const RandomStream stream(2, "exponential");
  std::vector<double> v;
  for (std::uint64_t i = 0; i < 20'000; ++i) v.push_back(-std::log(stream.uniform(i, 0)));
  EXPECT_NEAR(pareto_shape(v), 0, 5 / std::sqrt(424.0));
}

TEST(Statistics, ParetoShapeOfConstantOrFewNumbersIsNotANumber) {
  EXPECT_TRUE(std::isnan(pareto_shape(std::vector<double>(1000, 3.0))));
  EXPECT_TRUE(std::isnan(pareto_shape({1, 2, 3})));
}

// FIPS 180-4, examples of the standard; the last one is two blocks long.
TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(TraceSteps, AreLogSpacedAndEndAtTheLast) {
  EXPECT_EQ(trace_steps(0, 50), (std::vector<Index>{0}));
  EXPECT_EQ(trace_steps(1, 50), (std::vector<Index>{0, 1}));
  EXPECT_EQ(trace_steps(1000, 4), (std::vector<Index>{0, 1, 10, 100, 1000}));
  EXPECT_EQ(trace_steps(1000, 1), (std::vector<Index>{0, 1000}));
  const std::vector<Index> many = trace_steps(2000, 50);
  EXPECT_LE(many.size(), 51u);
  for (std::size_t i = 1; i < many.size(); ++i) EXPECT_LT(many[i - 1], many[i]);
}

}  // namespace
}  // namespace flowgauge::bench
