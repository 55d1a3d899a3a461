// SPDX-License-Identifier: MIT
#include "vocabulary.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <span>
#include <vector>

// The worst error of every function of the vocabulary in units in the last place, for single numbers and for packs. The bounds are those that
// docs/architecture.md states
// for libmvec; the C library is held to the same.
namespace flowgauge::test {
namespace {

constexpr double float_limit = 4.0;
constexpr double double_limit = 2.9;

struct Worst {
  double ulps = 0;
  double at = 0;
  void see(double error, double x) {
    if (error > ulps) ulps = error, at = x;
  }
};

/// Both readings of one function over these inputs, a multiple of the pack's width.
template <Native S, class Exact>
void sweep(const std::vector<S>& inputs, S (*scalar)(S), Pack<S> (*pack)(Pack<S>), Exact (*oracle)(Exact), Worst& worst_scalar, Worst& worst_pack) {
  std::array<S, Pack<S>::width> lanes;
  for (std::size_t i = 0; i < inputs.size(); i += lanes.size()) {
    pack(Pack<S>::load(&inputs[i])).store(lanes.data());
    for (std::size_t k = 0; k < lanes.size(); ++k) {
      const S x = inputs[i + k];
      const Exact exact = oracle(Exact(x));
      worst_scalar.see(ulps(scalar(x), exact), x);
      worst_pack.see(ulps(lanes[k], exact), x);
    }
  }
}

/// Where implementations change their method or their answer leaves the range.
constexpr double switch_points[] = {0,       0x1p-126, 0x1p-149, 0x1p-25,   0x1p-12,  0.25,     0.34657359, 0.5,      0.625,    0.70710678,
                                    0.84375, 1,        1.25,     1.4142135, 2,        2.8571,   3.92,       4,        5.8636,   9.01,
                                    9.2,     10.05,    17.3,     22,        87.33654, 88.02969, 88.37,      88.72284, 103.2789, 103.97208};

std::vector<float> float_inputs() {
  std::vector<float> inputs;
  for (std::uint64_t bits = 0; bits < 0x100000000; bits += 1024) inputs.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  for (double point : switch_points)
    for (std::uint32_t sign : {0u, 0x80000000u})
      for (int k = -2048; k < 2048; ++k) inputs.push_back(std::bit_cast<float>((std::bit_cast<std::uint32_t>(static_cast<float>(point)) + k) ^ sign));
  return inputs;
}

/// 32 numbers of every binade of both signs, and the neighbourhoods of the switch points of double.
std::vector<double> double_inputs() {
  std::vector<double> inputs;
  std::uint64_t draw = 1;
  for (std::uint64_t head = 0; head < 4096; ++head)  // sign and exponent
    for (int k = 0; k < 32; ++k) {
      draw = draw * 6364136223846793005 + 1442695040888963407;  // Knuth's linear congruence
      inputs.push_back(std::bit_cast<double>(head << 52 | draw >> 12));
    }
  std::vector<double> points(std::begin(switch_points), std::end(switch_points));
  for (double p : {0x1p-1022, 0x1p-1074, 0x1p-54, 0x1p-28, 5.921587195794508, 18.7, 26.5432, 27.2269, 36.7368, 708.39641853226408, 709.78271289338397,
                   745.13321910194122})
    points.push_back(p);
  for (double point : points)
    for (std::uint64_t sign : {std::uint64_t{0}, std::uint64_t{1} << 63})
      for (int k = -64; k < 64; ++k) inputs.push_back(std::bit_cast<double>((std::bit_cast<std::uint64_t>(point) + k) ^ sign));
  return inputs;
}

void judge(const char* name, const Worst& worst_scalar, const Worst& worst_pack, double limit) {
  ::testing::Test::RecordProperty(fmt::format("{}_ulps", name), fmt::format("{:.3f}", worst_scalar.ulps));
  ::testing::Test::RecordProperty(fmt::format("{}_pack_ulps", name), fmt::format("{:.3f}", worst_pack.ulps));
  EXPECT_LE(worst_scalar.ulps, limit) << name << "(" << fmt::format("{:a}", worst_scalar.at) << ")";
  EXPECT_LE(worst_pack.ulps, limit) << name << " of a pack, at " << fmt::format("{:a}", worst_pack.at);
}

TEST(Ulp, FloatStaysWithinFour) {
  const std::vector<float> inputs = float_inputs();
  ASSERT_EQ(inputs.size() % Pack<float>::width, 0u);
  for (const Function& f : functions) {
    Worst worst_scalar, worst_pack;
    sweep(inputs, f.in_float, f.in_float_pack, f.oracle, worst_scalar, worst_pack);
    judge(f.name, worst_scalar, worst_pack, float_limit);
  }
}

TEST(Ulp, DoubleStaysWithinTwoPointNine) {
  const std::vector<double> inputs = double_inputs();
  ASSERT_EQ(inputs.size() % Pack<double>::width, 0u);
  for (const Function& f : functions) {
    Worst worst_scalar, worst_pack;
    sweep(inputs, f.in_double, f.in_double_pack, f.long_oracle, worst_scalar, worst_pack);
    judge(f.name, worst_scalar, worst_pack, double_limit);
  }
}

/// A yardstick that cannot see is no yardstick.
TEST(Ulp, TheYardstickSeesOneUnit) {
  EXPECT_EQ(ulps(std::nextafter(1.0, 2.0), 1.0L), 1);
  EXPECT_EQ(ulps(std::nextafter(1.0f, 0.0f), 1.0), 0.5);
  EXPECT_EQ(ulps(0x1p-149f, 0.0), 1);
  EXPECT_EQ(ulps(std::numeric_limits<float>::infinity(), 0x1p128), 0);
  EXPECT_EQ(ulps(std::numeric_limits<double>::infinity(), 0x1p1023L), 0x1p52);
  EXPECT_TRUE(std::isinf(ulps(std::numeric_limits<float>::quiet_NaN(), 1.0)));
  EXPECT_TRUE(std::isinf(ulps(1.0f, std::numeric_limits<double>::quiet_NaN())));
}

}  // namespace
}  // namespace flowgauge::test
