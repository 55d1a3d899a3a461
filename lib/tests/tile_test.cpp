// SPDX-License-Identifier: MIT
#include <flowgauge/random.hpp>
#include <flowgauge/tile.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace flowgauge {
namespace {

/// Products against plain loops in long double, for every shape around the blocks of the kernels. The allowed error is that of a sum of `terms`
/// products in any order: terms·u·Σ|products| (Higham, Accuracy and Stability of Numerical Algorithms, 2002, eq. 3.5), and one more for the addition
/// of what was there.
template <class S>
class Tile : public ::testing::Test {
 protected:
  static constexpr double u = std::numeric_limits<S>::epsilon() / 2;

  static BatchOut<S> draw(Scratch& scratch, Index rows, Index dim, std::uint32_t which) {
    const BatchOut<S> b = scratch.take<S>(rows, dim);
    const RandomStream stream(which, "tile-test");
    for (Index i = 0; i < rows * dim; ++i) b.data[i] = static_cast<S>(stream.normal(static_cast<std::uint64_t>(i), 0));
    return b;
  }
  static S* draw(Scratch& scratch, Index count, std::uint32_t which) { return draw(scratch, count, 1, which).data; }

  /// Each entry of a result is start + Σ of products.
  struct Sum {
    long double value = 0, size = 0;
    int terms = 1;
    void add(long double a, long double b = 1) {
      value += a * b;
      size += std::abs(a * b);
      ++terms;
    }
    void expect(S got, const std::string& where) const {
      EXPECT_LE(std::abs(static_cast<double>(value - got)), terms * u * static_cast<double>(size) * 1.01) << where;
    }
  };
  static std::string place(Index rows, Index in, Index out, Index i, Index j) {
    return std::to_string(rows) + " x " + std::to_string(in) + " to " + std::to_string(out) + ", entry " + std::to_string(i) + ", " +
           std::to_string(j);
  }
  template <class Use>
  static void shapes(Use use) {
    for (const Index rows : {Index{1}, Index{3}, Index{4}, Index{10}})
      for (const Index in : {0, 1, 2, 7, 17})
        for (const Index out : {1, 2, 3, 5, 8, 9, 15, 23}) use(rows * lane_width<S>, in, out);
  }
};
using Native = ::testing::Types<float, double>;
TYPED_TEST_SUITE(Tile, Native);

TYPED_TEST(Tile, ProductAddsTheBiasAndActivates) {
  using S = TypeParam;
  this->shapes([&](Index rows, Index in, Index out) {
    Scratch scratch;
    const Index stride = out + 2;
    const BatchOut<S> x = this->draw(scratch, rows, in, 1), y = scratch.take<S>(rows, out);
    const S *w = this->draw(scratch, in * stride + 1, 2), *bias = this->draw(scratch, out, 3);
    for (const Activation a : {Activation::none, Activation::relu}) {
      product<S>(x, w, stride, bias, a, y);
      for (Index i = 0; i < rows; ++i)
        for (Index j = 0; j < out; ++j) {
          typename TestFixture::Sum sum;
          sum.add(bias[j]);
          for (Index k = 0; k < in; ++k) sum.add(x(i, k), w[k * stride + j]);
          if (a == Activation::relu && sum.value < 0) {
            EXPECT_LE(y(i, j), static_cast<S>(sum.terms * this->u * static_cast<double>(sum.size)));
            EXPECT_GE(y(i, j), 0);
          } else {
            sum.expect(y(i, j), this->place(rows, in, out, i, j));
          }
        }
    }
  });
}

TYPED_TEST(Tile, TransposedAndOuterProductsGain) {
  using S = TypeParam;
  this->shapes([&](Index rows, Index in, Index out) {
    if (in == 0) return;
    Scratch scratch;
    const BatchOut<S> x = this->draw(scratch, rows, in, 4), g = this->draw(scratch, rows, out, 5);
    const BatchOut<S> y = this->draw(scratch, rows, in, 6), y_before = this->draw(scratch, rows, in, 6);
    S *w = this->draw(scratch, in * out, 7), *w_before = this->draw(scratch, in * out, 7);
    add_product_transposed<S>(g, w, out, y);
    for (Index i = 0; i < rows; ++i)
      for (Index k = 0; k < in; ++k) {
        typename TestFixture::Sum sum;
        sum.add(y_before(i, k));
        for (Index j = 0; j < out; ++j) sum.add(g(i, j), w[k * out + j]);
        sum.expect(y(i, k), this->place(rows, out, in, i, k));
      }
    add_outer<S>(x, g, w, out);
    for (Index k = 0; k < in; ++k)
      for (Index j = 0; j < out; ++j) {
        typename TestFixture::Sum sum;
        sum.add(w_before[k * out + j]);
        for (Index i = 0; i < rows; ++i) sum.add(x(i, k), g(i, j));
        sum.expect(w[k * out + j], this->place(rows, in, out, k, j));
      }
  });
}

TYPED_TEST(Tile, TriangularSolveUndoesTheProduct) {
  using S = TypeParam;
  for (const Index rows : {Index{1} * lane_width<S>, Index{6} * lane_width<S>})
    for (const Index d : {1, 2, 3, 7, 8, 9, 16, 21})
      for (const bool upper : {false, true}) {
        Scratch scratch;
        const BatchOut<S> x = this->draw(scratch, rows, d, 8), y = scratch.take<S>(rows, d), back = scratch.take<S>(rows, d);
        S *w = this->draw(scratch, d * d, 9), *bias = this->draw(scratch, d, 10), *reciprocal = scratch.take<S>(d);
        // Rows of W sum to 1/2 beside a diagonal of 1, so |W⁻¹| ≤ 2 in the largest-row norm and the solution's error is at most 2·(2d)·u·(|y| + |b|).
        for (Index k = 0; k < d; ++k)
          for (Index j = 0; j < d; ++j) w[k * d + j] = k == j ? S(1) : std::tanh(w[k * d + j]) / S(2 * d);
        for (Index j = 0; j < d; ++j) reciprocal[j] = 1;
        triangular_product<S>(upper, x, w, bias, y);
        triangular_solve<S>(upper, y, w, reciprocal, bias, back);
        for (Index i = 0; i < rows; ++i) {
          double largest = 0;
          for (Index j = 0; j < d; ++j) {
            typename TestFixture::Sum sum;
            sum.add(bias[j]);
            for (Index k = upper ? j : 0; k <= (upper ? d - 1 : j); ++k) sum.add(x(i, k), w[k * d + j]);
            sum.expect(y(i, j), this->place(rows, d, d, i, j));
            largest = std::max(largest, static_cast<double>(sum.size));
          }
          for (Index j = 0; j < d; ++j)
            EXPECT_LE(std::abs(back(i, j) - x(i, j)), 8 * static_cast<double>(d) * this->u * largest) << d << (upper ? " upper" : " lower");
        }
      }
}

/// The other triangle is never multiplied: not even by 0, which would make NaN of ∞.
TYPED_TEST(Tile, InfinityStaysWhereItBelongs) {
  using S = TypeParam;
  const Index rows = lane_width<S>, d = 11;
  Scratch scratch;
  const BatchOut<S> x = this->draw(scratch, rows, d, 11), y = scratch.take<S>(rows, d);
  S* w = this->draw(scratch, d * d, 12);
  x(0, 4) = std::numeric_limits<S>::infinity();
  triangular_product<S>(true, x, w, static_cast<const S*>(nullptr), y);
  for (Index j = 0; j < d; ++j) EXPECT_EQ(std::isfinite(y(0, j)), j > 4) << j;
  triangular_product<S>(false, x, w, static_cast<const S*>(nullptr), y);
  for (Index j = 0; j < d; ++j) EXPECT_EQ(std::isfinite(y(0, j)), j < 4) << j;
}

}  // namespace
}  // namespace flowgauge
