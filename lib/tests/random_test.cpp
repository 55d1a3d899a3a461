// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/random.hpp>

#include <cmath>
#include <set>
#include <vector>

#include <gtest/gtest.h>
#include <Random123/philox.h>

namespace flowgauge {
namespace {

using Words = std::array<std::uint32_t, 4>;

/// Philox4x32-10 once more, written from Salmon et al. 2011, section 3.3: ten rounds of two 32 × 32 → 64 products, the key raised by the Weyl
/// constants.
Words philox(Words c, std::array<std::uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53u} * c[0], b = std::uint64_t{0xCD9E8D57u} * c[2];
    c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ k[1],
         static_cast<std::uint32_t>(a)};
    k[0] += 0x9E3779B9u, k[1] += 0xBB67AE85u;
  }
  return c;
}

// The three philox4x32 10 lines of kat_vectors, the known answers that come with Random123.
struct KnownAnswer {
  Words counter;
  std::array<std::uint32_t, 2> key;
  Words answer;
};
const std::vector<KnownAnswer> known_answers = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}, {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

TEST(Random, PhiloxGivesTheKnownAnswers) {
  for (const KnownAnswer& known : known_answers) {
    const Words& c = known.counter;
    const auto library = r123::Philox4x32()({{c[0], c[1], c[2], c[3]}}, {{known.key[0], known.key[1]}});
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(library[i], known.answer[i]);
    EXPECT_EQ(philox(known.counter, known.key), known.answer);
  }
}

TEST(Random, AStreamIsPhiloxAtRowDrawAndHash) {
  const std::uint64_t hash = hash_text("source-sample\nlaplace(scale=2)");
  const auto stream_number = static_cast<std::uint32_t>(hash ^ hash >> 32);
  const RandomStream stream(2147483647, "source-sample", "laplace(scale=2)");
  for (const std::uint64_t row : {0ull, 1ull, 4294967295ull, 4294967296ull, ~0ull}) {
    for (const std::uint32_t draw : {0u, 1u, ~0u}) {
      const Words w = philox({static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(row >> 32), draw, stream_number}, {2147483647, 0});
      EXPECT_EQ(stream.bits(row, draw), std::uint64_t{w[1]} << 32 | w[0]);
    }
  }
}

TEST(Random, HashIsFnv1a) {
  // Test vectors of the authors (Fowler, Noll, Vo), 64-bit FNV-1a.
  EXPECT_EQ(hash_text(""), 0xcbf29ce484222325u);
  EXPECT_EQ(hash_text("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(hash_text("foobar"), 0x85944171f73967e8u);
}

TEST(Random, SeedPurposeSubjectRowAndDrawAllMatter) {
  std::set<std::uint64_t> seen;
  int count = 0;
  for (const std::uint64_t seed : {0, 1, 2}) {
    for (const char* purpose : {"source-sample", "initial-theta"}) {
      for (const char* subject : {"", "normal", "laplace"}) {
        const RandomStream stream(seed, purpose, subject);
        for (std::uint64_t row = 0; row < 10; ++row) {
          for (std::uint32_t draw = 0; draw < 10; ++draw, ++count) seen.insert(stream.bits(row, draw));
        }
      }
    }
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(count));
  EXPECT_NE(RandomStream(1, "a", "bc").bits(0, 0), RandomStream(1, "ab", "c").bits(0, 0));
}

TEST(Random, ANumberDependsOnNothingDrawnBefore) {
  const RandomStream one(5, "prefix"), other(5, "prefix");
  std::vector<double> forwards, backwards;
  for (std::uint64_t i = 0; i < 100; ++i) forwards.push_back(one.normal(i, 3));
  for (std::uint64_t i = 1000; i-- > 0;) {
    const double x = other.normal(i, 3);
    if (i < 100) backwards.insert(backwards.begin(), x);
  }
  EXPECT_EQ(forwards, backwards);
}

TEST(Random, UniformsAreOddMultiplesOfTheSmallestSoThatOneMinusUIsExact) {
  const RandomStream stream(3, "uniform");
  double sum = 0, sum_of_squares = 0, low = 1, high = 0;
  constexpr int n = 200000;
  for (int i = 0; i < n; ++i) {
    const double u = stream.uniform(i, 0);
    const double k = u * 0x1p53;
    ASSERT_EQ(k, std::floor(k));
    ASSERT_EQ(std::fmod(k, 2), 1);
    ASSERT_TRUE(u > 0 && u < 1);
    ASSERT_EQ(1 - (1 - u), u);
    sum += u, sum_of_squares += u * u;
    low = std::min(low, u), high = std::max(high, u);
  }
  // Six standard errors: 6/√(12 n) and 6·√(4/45/n).
  EXPECT_NEAR(sum / n, 0.5, 6 / std::sqrt(12.0 * n));
  EXPECT_NEAR(sum_of_squares / n, 1.0 / 3, 6 * std::sqrt(4.0 / 45 / n));
  EXPECT_LT(low, 1e-4);
  EXPECT_GT(high, 1 - 1e-4);
}

TEST(Random, NormalsAreTheQuantilesOfTheUniforms) {
  const RandomStream stream(4, "normal");
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const double u = stream.uniform(i, 1), z = stream.normal(i, 1);
    const double tail = std::min(u, 1 - u);
    // A quantile off by a few units in the last place moves Φ by |z|·φ(z)·ε, at most |z|²·tail·ε: 16 of them.
    EXPECT_NEAR(0.5 * std::erfc(std::abs(z) / std::sqrt(2.0)), tail, 16 * 2.3e-16 * (1 + z * z) * tail);
    EXPECT_EQ(z < 0, u < 0.5);
  }
}

TEST(Random, BelowStaysBelowAndReachesEveryValue) {
  const RandomStream stream(6, "below");
  std::vector<int> count(7);
  constexpr int n = 70000;
  for (int i = 0; i < n; ++i) ++count.at(stream.below(7, i, 0));
  // Six standard deviations of a binomial count.
  for (const int c : count) EXPECT_NEAR(c, n / 7.0, 6 * std::sqrt(n * 6.0 / 49));
  EXPECT_EQ(stream.below(1, 0, 0), 0u);
  EXPECT_LT(stream.below(~0ull, 0, 0), ~0ull);
  EXPECT_THROW(stream.below(0, 0, 0), ConfigError);
}

TEST(Random, SeedsHave31Bits) {
  EXPECT_NO_THROW(RandomStream(2147483647, "x"));
  try {
    RandomStream(2147483648u, "x");
    FAIL() << "accepted 2³¹";
  } catch (const ConfigError& e) {
    EXPECT_STREQ(e.what(), "a seed is a whole number from 0 to 2147483647, got 2147483648");
  }
}

}  // namespace
}  // namespace flowgauge
