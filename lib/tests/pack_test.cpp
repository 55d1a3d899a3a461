// SPDX-License-Identifier: MIT
#include "vocabulary.hpp"

#include <flowgauge/dual.hpp>
#include <flowgauge/normal_quantile.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace flowgauge::test {
namespace {

static_assert(Real<Pack<float>> && Real<Pack<double>>);
static_assert(std::is_same_v<Lane<float>, Pack<float>> && lane_width<float> == Pack<float>::width);
static_assert(std::is_same_v<Lane<Dual<double, 1>>, Dual<double, 1>> && lane_width<Dual<double, 1>> == 1);

template <class S>
class PackOf : public ::testing::Test {
 protected:
  static constexpr int width = Pack<S>::width;
  using Lanes = std::array<S, width>;
  using Bits = std::conditional_t<std::is_same_v<S, float>, std::uint32_t, std::uint64_t>;

  static Lanes lanes_of(Pack<S> x) {
    Lanes lanes;
    x.store(lanes.data());
    return lanes;
  }
  static Pack<S> counting() {
    Lanes lanes;
    for (int i = 0; i < width; ++i) lanes[i] = S(i + 1);
    return Pack<S>::load(lanes.data());
  }
  static Bits bits(S x) { return std::bit_cast<Bits>(x); }
};
using Scalars = ::testing::Types<float, double>;
TYPED_TEST_SUITE(PackOf, Scalars);

TYPED_TEST(PackOf, LoadsAndStoresAnywhere) {
  using S = TypeParam;
  std::vector<S> memory(3 * this->width);
  for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = S(i);
  for (int offset = 0; offset <= this->width; ++offset) {
    std::vector<S> out(memory.size(), S(-1));
    store(&out[offset], load(&memory[offset]));
    for (std::size_t i = 0; i < out.size(); ++i) {
      const bool written = static_cast<int>(i) >= offset && static_cast<int>(i) < offset + this->width;
      EXPECT_EQ(out[i], written ? S(i) : S(-1));
    }
  }
}

TYPED_TEST(PackOf, ArithmeticIsThatOfItsLanes) {
  using S = TypeParam;
  const Pack<S> a = this->counting(), b = Pack<S>(0.3) * a + Pack<S>(0.7);
  const auto x = this->lanes_of(a), y = this->lanes_of(b);
  const auto plus = this->lanes_of(a + b), minus = this->lanes_of(a - b), times = this->lanes_of(a * b), over = this->lanes_of(a / b),
             negative = this->lanes_of(-a);
  const auto fused = this->lanes_of(mul_add(a, b, Pack<S>(-2.0)));
  Pack<S> c = a;
  c += b, c -= a, c *= b, c /= a;
  const auto compound = this->lanes_of(c);
  for (int i = 0; i < this->width; ++i) {
    EXPECT_EQ(plus[i], x[i] + y[i]);
    EXPECT_EQ(minus[i], x[i] - y[i]);
    EXPECT_EQ(times[i], x[i] * y[i]);
    EXPECT_EQ(over[i], x[i] / y[i]);
    EXPECT_EQ(negative[i], -x[i]);
    EXPECT_EQ(compound[i], (x[i] + y[i] - x[i]) * y[i] / x[i]);
    EXPECT_TRUE(fused[i] == std::fma(x[i], y[i], S(-2)) || fused[i] == x[i] * y[i] - S(2));
  }
}

TYPED_TEST(PackOf, MasksChooseLaneByLane) {
  using S = TypeParam;
  const Pack<S> a = this->counting(), two(2.0), nan = Constants<Pack<S>>::not_a_number();
  const auto chosen = this->lanes_of(select(a <= two, a, -a));
  for (int i = 0; i < this->width; ++i) EXPECT_EQ(chosen[i], i < 2 ? S(i + 1) : S(-i - 1));
  EXPECT_TRUE(any(a == two));
  EXPECT_FALSE(all(a == two));
  EXPECT_TRUE(all(a > Pack<S>(0.0)));
  EXPECT_FALSE(any(a < Pack<S>(1.0)));
  EXPECT_TRUE(all((a < two) | (a >= two)));
  EXPECT_FALSE(any((a < two) & (a >= two)));
  EXPECT_TRUE(all(!(a < Pack<S>(1.0))));
  EXPECT_TRUE(all(nan != nan));
  EXPECT_FALSE(any((nan < a) | (nan > a) | (nan <= a) | (nan >= a) | (nan == a)));
}

TYPED_TEST(PackOf, SumIsAHalvingTree) {
  using S = TypeParam;
  EXPECT_EQ(sum(this->counting()), S(this->width * (this->width + 1) / 2));
  // Big numbers that cancel between the halves leave what a sum from the left would lose.
  auto lanes = this->lanes_of(Pack<S>(0.0));
  lanes[0] = S(0x1p100), lanes[this->width / 2] = S(-0x1p100);
  if (this->width > 2) lanes[1] = S(1);
  EXPECT_EQ(sum(Pack<S>::load(lanes.data())), this->width > 2 ? S(1) : S(0));
  EXPECT_EQ(sum(S(3)), S(3));
}

/// A lane's result is a function of that lane alone, with the same bits in every lane and whatever the others hold: rows of a batch rest on this.
TYPED_TEST(PackOf, LanesDoNotSeeEachOther) {
  using S = TypeParam;
  using P = Pack<S>;
  std::vector<std::pair<const char*, P (*)(P)>> readings;
  for (const Function& f : functions) {
    if constexpr (std::is_same_v<S, float>) readings.emplace_back(f.name, f.in_float_pack);
    else readings.emplace_back(f.name, f.in_double_pack);
  }
  readings.emplace_back("softplus", [](P x) { return softplus(x); });
  readings.emplace_back("sigmoid", [](P x) { return sigmoid(x); });
  readings.emplace_back("sech_squared", [](P x) { return sech_squared(x); });
  readings.emplace_back("normal_cdf", [](P x) { return normal_cdf(x); });
  readings.emplace_back("normal_quantile", [](P x) { return normal_quantile(x); });
  readings.emplace_back("mul_add", [](P x) { return mul_add(x, P(0.3), x); });

  std::uint64_t draw = 7;
  const auto next = [&draw] { return draw = draw * 6364136223846793005 + 1442695040888963407; };
  // Subnormal, huge and NaN neighbours included: any bits. Every second number is of ordinary size, where the functions do something.
  const auto any_number = [&](int k) {
    if (k % 2 == 0) return S(static_cast<std::int32_t>(next() >> 32) * (0x1p-31 * 4));
    if constexpr (std::is_same_v<S, float>) return std::bit_cast<float>(static_cast<std::uint32_t>(next() >> 32));
    else return std::bit_cast<double>(next());
  };
  for (const auto& [name, f] : readings)
    for (int repetition = 0; repetition < 2000; ++repetition) {
      auto lanes = this->lanes_of(P(0.0));
      for (int i = 0; i < this->width; ++i) lanes[i] = any_number(repetition + i);
      const auto together = this->lanes_of(f(P::load(lanes.data())));
      const int lane = static_cast<int>(next() >> 33) % this->width;
      const auto alone = this->lanes_of(f(P(lanes[lane])));
      for (int i = 0; i < this->width; ++i) {
        const bool same = this->bits(alone[i]) == this->bits(together[lane]) || (std::isnan(alone[i]) && std::isnan(together[lane]));
        ASSERT_TRUE(same) << name << "(" << lanes[lane] << "): lane " << i << " alone " << alone[i] << ", lane " << lane << " among others "
                          << together[lane];
      }
    }
}

}  // namespace
}  // namespace flowgauge::test
