// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/fit.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace flowgauge {
namespace {

using testing::HasSubstr;

Batch<double> normal_rows(Index n, int dim, const char* purpose) {
  const RandomStream stream(7, purpose);
  Batch<double> x(n, dim);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < dim; ++j) x(i, j) = stream.normal(i, static_cast<std::uint32_t>(j));
  return x;
}

template <class S>
void runs(const std::string& specimen, int dim) {
  Flow<S> flow = make_flow<S>(std::string_view(specimen), dim);
  flow.initialise(3);
  const Interval domain = flow.layers().front().info().facts.domain;
  const Batch<double> drawn = normal_rows(9, dim, "members");
  Batch<S> x(9, dim), y(9, dim);
  for (Index i = 0; i < 9; ++i)
    for (Index j = 0; j < dim; ++j) {
      double v = drawn(i, j);
      if (std::isfinite(domain.low) && std::isfinite(domain.high)) v = domain.low + (domain.high - domain.low) / (1 + std::exp(-v));
      else if (std::isfinite(domain.low)) v = domain.low + std::exp(v);
      else if (std::isfinite(domain.high)) v = domain.high - std::exp(v);
      x(i, j) = static_cast<S>(v);
    }
  std::vector<S> log_det(9);
  Workspace workspace;
  flow.forward(x, y, log_det, workspace);
  for (Index i = 0; i < 9; ++i) {
    EXPECT_TRUE(std::isfinite(log_det[i])) << specimen << " at dim " << dim;
    for (Index j = 0; j < dim; ++j) EXPECT_TRUE(std::isfinite(y(i, j))) << specimen << " at dim " << dim;
  }
}

/// Every specimen of every member is a flow at d = 1, 2, an odd d and 17: its output and log_det are finite, in float and in double. What they must
/// be is for the laws.
TEST(Members, SpecimensWorkAtEveryDim) {
  for (const MemberInfo& member : list_members())
    for (const std::string& specimen : member.specimens)
      for (const int dim : {1, 2, 5, 17}) {
        runs<float>(specimen, dim);
        runs<double>(specimen, dim);
      }
}

/// What an earlier call of another flow left in the workspace reaches no result: fresh memory is 0, used memory is not.
TEST(Members, ReadNothingOfAUsedWorkspace) {
  constexpr Index n = 9;
  constexpr int dim = 5;
  for (const MemberInfo& member : list_members())
    for (const std::string& specimen : member.specimens) {
      Flow<double> flow = make_flow<double>(std::string_view(specimen), dim);
      flow.initialise(3);
      Batch<double> x(n, dim), fresh(n, dim), used(n, dim);
      for (Index j = 0; j < dim; ++j)
        for (Index i = 0; i < n; ++i) x(i, j) = 0.1 + 0.8 * RandomStream(7, "used").uniform(i, static_cast<std::uint32_t>(j));
      std::vector<double> of_fresh(n), of_used(n), gradient(flow.theta().size()), again(gradient.size());
      Workspace clean, dirty;
      const Flow<double> other = make_flow<double>("invertible_convolution_qr coupling(softlog)", 33);
      const Batch<double> drawn = normal_rows(700, 33, "dirt");
      Batch<double> there(700, 33);
      std::vector<double> log_det(700);
      other.forward(drawn, there, log_det, dirty);
      flow.forward(x, fresh, of_fresh, clean);
      flow.forward(x, used, of_used, dirty);
      other.inverse(drawn, there, log_det, dirty);
      EXPECT_EQ(flow.negative_log_likelihood(x, gradient, clean), flow.negative_log_likelihood(x, again, dirty)) << specimen;
      EXPECT_EQ(gradient, again) << specimen;
      EXPECT_EQ(of_fresh, of_used) << specimen;
      for (Index j = 0; j < dim; ++j) EXPECT_TRUE(std::equal(fresh.column(j).begin(), fresh.column(j).end(), used.column(j).begin())) << specimen;
    }
}

/// hidden=[]: y_moved = e^{s}·x + t with (s, t) linear in the kept coordinate.
TEST(Members, CouplingWithoutHiddenLayersIsLinearInTheKept) {
  Flow<double> flow = make_flow<double>("coupling(affine(clamp=0), hidden=[])", 2);
  EXPECT_EQ(flow.text(), "coupling(affine(clamp=0), hidden=[])");
  ASSERT_EQ(flow.theta().size(), 4u);  // weights of s and t, their biases
  const double theta[] = {0.25, -0.5, 0.125, 2};
  std::copy(theta, theta + 4, flow.theta().begin());
  Batch<double> x(1, 2), y(1, 2);
  x(0, 0) = 2, x(0, 1) = 3;
  double log_det = 0;
  Workspace workspace;
  flow.forward(x, y, {&log_det, 1}, workspace);
  EXPECT_EQ(y(0, 0), 2);
  EXPECT_DOUBLE_EQ(y(0, 1), std::exp(0.625) * 3 + 1);
  EXPECT_DOUBLE_EQ(log_det, 0.625);
}

TEST(Members, ABlockIsItsLayers) {
  const Flow<double> flow = make_flow<double>("2*(glow_block(softlog, mixing=lu, hidden=[8]))", 4);
  EXPECT_EQ(flow.text(), "2*(actnorm lu(reverse) coupling(softlog, hidden=[8]))");
  EXPECT_EQ(flow.layers().size(), 6u);
  EXPECT_EQ(to_text(canonical(parse_flow("glow_block"))), "actnorm invertible_convolution_qr coupling(affine)");
  try {
    make_flow<double>("inverse(glow_block)", 2);
    ADD_FAILURE() << "a block was taken for a layer";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("several layers"));
  }
}

/// Every parameter that is a direction at 0: 0/0 in a formula that divides by its length. Values and gradients stay numbers.
TEST(Members, NoDirectionIsNotNotANumber) {
  int seen = 0;
  for (const MemberInfo& member : list_members())
    for (const std::string& specimen : member.specimens)
      for (const int dim : {1, 2, 5}) {
        Flow<double> flow = make_flow<double>(std::string_view(specimen), dim);
        flow.initialise(3);
        std::size_t k = 0;
        bool directed = false;
        for (const Layer<double>& layer : flow.layers())
          for (const Block& b : layer.info().blocks)
            for (Index i = 0; i < b.count; ++i, ++k)
              if (b.role == Role::direction) flow.theta()[k] = 0, directed = true;
        if (!directed) continue;
        ++seen;
        std::vector<double> gradient(flow.theta().size());
        Workspace workspace;
        EXPECT_TRUE(std::isfinite(flow.negative_log_likelihood(normal_rows(5, dim, "members"), gradient, workspace))) << specimen << " " << dim;
        for (const double g : gradient) EXPECT_TRUE(std::isfinite(g)) << specimen << " at dim " << dim;
      }
  EXPECT_GT(seen, 0);
}

/// W046: |v|² of a long or a short v is no double; the reflection along it is the same map. Powers of 2 change no bit.
TEST(Members, TheLengthOfAReflectionsVectorDoesNotMatter) {
  const Batch<double> x = normal_rows(4, 3, "members");
  for (const char* const spec : {"householder", "scaled_householder(t=3)"}) {
    Flow<double> flow = make_flow<double>(spec, 3);
    flow.initialise(2);
    const std::vector<double> v(flow.theta().begin(), flow.theta().end());
    Batch<double> y(4, 3), there(4, 3);
    std::vector<double> log_det(4);
    Workspace workspace;
    flow.forward(x, y, log_det, workspace);
    for (const double length : {0x1p-600, 0x1p600}) {
      for (std::size_t j = 0; j < 3; ++j) flow.theta()[j] = length * v[j];
      flow.forward(x, there, log_det, workspace);
      for (Index i = 0; i < 4; ++i)
        for (Index j = 0; j < 3; ++j) EXPECT_EQ(there(i, j), y(i, j)) << spec << " with a vector " << length << " times as long";
    }
  }
}

TEST(Members, AReflectionThatIsNoneOrSingularIsRefused) {
  EXPECT_THROW(make_flow<double>("scaled_householder(t=0)", 2), ConfigError);
  EXPECT_THROW(make_flow<double>("scaled_householder(t=-1)", 2), ConfigError);
}

struct MeanAndVariance {
  double mean = 0, variance = 0;
};
MeanAndVariance of_column(const Batch<double>& y, Index j) {
  MeanAndVariance m;
  for (Index i = 0; i < y.rows(); ++i) m.mean += y(i, j) / static_cast<double>(y.rows());
  for (Index i = 0; i < y.rows(); ++i) m.variance += (y(i, j) - m.mean) * (y(i, j) - m.mean) / static_cast<double>(y.rows());
  return m;
}

/// The second actnorm stands behind a rotation: it must see what the first one, already started, and the rotation make of the batch.
TEST(DataDependentStart, EveryCoordinateHasMeanZeroAndVarianceOne) {
  const int dim = 3;
  Flow<double> flow = make_flow<double>("actnorm invertible_convolution_qr softlog actnorm", dim);
  flow.initialise(1);
  const std::vector<double> between(flow.theta(1).begin(), flow.theta(1).end());
  Batch<double> x = normal_rows(1000, dim, "rows"), y(1000, dim);
  for (Index i = 0; i < x.rows(); ++i) x(i, 0) = 40 + 0.01 * x(i, 0), x(i, 1) = 300 * x(i, 1) + x(i, 2);
  flow.initialise_from(x);
  Workspace workspace;
  std::vector<double> log_det(1000);
  flow.forward(x, y, log_det, workspace);
  for (Index j = 0; j < dim; ++j) {
    const MeanAndVariance m = of_column(y, j);
    // s·x + b with |b| = |mean|/sd ≤ 4000: its rounding, and that of two sums of 1000.
    EXPECT_NEAR(m.mean, 0, 4000 * 1000 * 0x1p-52);
    EXPECT_NEAR(m.variance, 1, 4000 * 1000 * 0x1p-52);
  }
  EXPECT_TRUE(std::equal(between.begin(), between.end(), flow.theta(1).begin()));
}

/// A constant column and a batch of one row have no spread: the scale stays 1. What is not finite changes nothing.
TEST(DataDependentStart, NoSpreadKeepsTheScale) {
  Flow<double> flow = make_flow<double>("actnorm", 2);
  Batch<double> x(1, 2);
  x(0, 0) = 5, x(0, 1) = std::numeric_limits<double>::infinity();
  flow.initialise_from(x);
  EXPECT_THAT(std::vector<double>(flow.theta().begin(), flow.theta().end()), testing::ElementsAre(0, 0, -5, 0));
  EXPECT_THROW(flow.initialise_from(Batch<double>(1, 3)), ShapeError);
}

TEST(DataDependentStart, FitTakesItFromTheFirstMiniBatchUnlessToldNot) {
  const Batch<double> x = normal_rows(64, 2, "fit");
  Batch<double> moved(64, 2);
  for (Index i = 0; i < 64; ++i)
    for (Index j = 0; j < 2; ++j) moved(i, j) = 8 * x(i, j) + 3;
  FitOptions options;
  options.steps = 1, options.batch = 64, options.learning_rate = 1e-12, options.order = Order::in_order;
  for (const bool start : {true, false}) {
    options.start_from_data = start;
    Flow<double> flow = make_flow<double>("actnorm", 2);
    fit<double>(flow, {.rows = moved}, options, 1);
    if (start) EXPECT_NEAR(flow.theta()[0], -0.5 * std::log(of_column(moved, 0).variance), 1e-9);
    else EXPECT_NEAR(flow.theta()[0], 0, 1e-9);
  }
}

}  // namespace
}  // namespace flowgauge
