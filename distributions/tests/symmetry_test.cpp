// SPDX-License-Identifier: MIT
// What must leave a density as it is: other words for the same mixture, and the symmetries of the shapes in the plane.
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/random.hpp>
#include <flowgauge/real.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <tuple>

namespace flowgauge::distributions {
namespace {

constexpr Index rows = 200;

/// Rows of the source itself, and twice as far out.
Batch<double> rows_of(const Distribution& source) {
  Batch<double> x(rows, source.dim());
  source.sample(RandomStream(3, "symmetry"), 0, x);
  for (Index i = 0; i < rows; i += 2)
    for (Index j = 0; j < x.dim(); ++j) x(i, j) *= 2;
  return x;
}
std::vector<double> log_p_of(const Distribution& source, const Batch<double>& x) {
  std::vector<double> log_p(rows);
  source.log_prob(x, log_p);
  return log_p;
}
void expect_alike(const std::vector<double>& one, const std::vector<double>& other, double most) {
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (std::isinf(one[i]) || std::isinf(other[i])) EXPECT_EQ(one[i], other[i]) << "row " << i;
    else EXPECT_NEAR(one[i], other[i], most * std::max(1.0, std::abs(one[i]))) << "row " << i;
  }
}

TEST(Mixture, IsTheSameInOtherWords) {
  const auto plain = make_source("gmm(weights=[0.25,0.75], means=[-1,1,2,0], covariances=[1,0.5,0.5,1,0.25,0,0,0.5])");
  const Batch<double> x = rows_of(*plain);
  const std::vector<double> log_p = log_p_of(*plain, x);
  for (const char* const text : {
           "gmm(weights=[0.75,0.25], means=[2,0,-1,1], covariances=[0.25,0,0,0.5,1,0.5,0.5,1])",  // the other order
           "gmm(weights=[0.25,0,0.75], means=[-1,1,9,9,2,0], covariances=[1,0.5,0.5,1,1,0,0,1,0.25,0,0,0.5])",  // one that is nothing
           "gmm(weights=[0.25,0.5,0.25], means=[-1,1,2,0,2,0], covariances=[1,0.5,0.5,1,0.25,0,0,0.5,0.25,0,0,0.5])"}) {  // one in two parts
    SCOPED_TRACE(text);
    const auto other = make_source(text);
    expect_alike(log_p, log_p_of(*other, x), 1e-14);
    EXPECT_NEAR(other->entropy()->value, plain->entropy()->value, plain->entropy()->std_error + other->entropy()->std_error + 1e-8);
  }
  const auto one = make_source("gmm(weights=[1], means=[1,-1], covariances=[3,2,2,3])");
  const auto normal = make_source("mvn(mean=[1,-1], covariance=[3,2,2,3])");
  const Batch<double> y = rows_of(*normal);
  expect_alike(log_p_of(*normal, y), log_p_of(*one, y), 1e-14);
}

TEST(Plane, ShapesHaveTheirSymmetries) {
  using Map = std::function<std::pair<double, double>(double, double)>;
  const auto turned = [](double angle) -> Map {
    return [c = std::cos(angle), s = std::sin(angle)](double x, double y) { return std::pair(c * x - s * y, s * x + c * y); };
  };
  const Map opposite = [](double x, double y) { return std::pair(-x, -y); }, exchanged = [](double x, double y) { return std::pair(y, x); };
  const double pi = Constants<double>::pi();
  for (const auto& [text, map] : std::vector<std::pair<std::string, Map>>{{"moons", opposite},
                                                                          {"moons(sigma=0.5, offset=-1)", opposite},
                                                                          {"circles", turned(1)},
                                                                          {"circles", turned(-2.5)},
                                                                          {"eight_gaussians", turned(pi / 4)},
                                                                          {"eight_gaussians", exchanged},
                                                                          {"checkerboard", opposite},
                                                                          {"checkerboard", exchanged}}) {
    SCOPED_TRACE(text);
    const auto source = make_source(text);
    const Batch<double> x = rows_of(*source);
    Batch<double> there(rows, 2);
    for (Index i = 0; i < rows; ++i) std::tie(there(i, 0), there(i, 1)) = map(x(i, 0), x(i, 1));
    expect_alike(log_p_of(*source, x), log_p_of(*source, there), 1e-11);
  }
}

}  // namespace
}  // namespace flowgauge::distributions
