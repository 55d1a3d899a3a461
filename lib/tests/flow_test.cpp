// SPDX-License-Identifier: MIT
#include <flowgauge/catalogue.hpp>
#include <flowgauge/error.hpp>
#include <flowgauge/flow.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <set>

namespace flowgauge {
namespace {

/// Every specimen of the catalogue, and every transformer in a coupling that may stand in one.
std::vector<std::string> subjects() {
  std::vector<std::string> specs;
  for (const MemberInfo& m : list_members()) {
    if (m.kind != MemberKind::driver) specs.insert(specs.end(), m.specimens.begin(), m.specimens.end());
    if (m.kind != MemberKind::transformer) continue;
    const Facts facts = make_transformer<double>(Item{m.name, {}}).info->facts;
    const bool onto_itself = facts.domain.low == facts.codomain.low && facts.domain.high == facts.codomain.high;
    if (onto_itself) specs.push_back("coupling(" + m.name + ", hidden=[8, 8])");
  }
  return specs;
}
template <class S>
bool same_bits(S a, S b) {
  return std::memcmp(&a, &b, sizeof(S)) == 0;
}

template <class S>
struct Results {
  Batch<S> z, x;
  std::vector<S> log_det, back;
};
template <class S>
Results<S> run(const Flow<S>& flow, BatchIn<S> x) {
  Workspace workspace;
  Results<S> r{Batch<S>(x.rows, x.dim), Batch<S>(x.rows, x.dim), std::vector<S>(x.rows), std::vector<S>(x.rows)};
  flow.forward(x, r.z, r.log_det, workspace);
  flow.inverse(r.z, r.x, r.back, workspace);
  return r;
}

/// A row alone, in another place and in a batch of a million: the same bits, forward and back.
template <class S>
void expect_rows_alone(Index many) {
  const int dim = 3;
  for (const std::string& spec : subjects()) {
    Flow<S> flow = make_flow<S>(std::string_view(spec), dim);
    flow.randomise(3, 1);
    Batch<S> x(many, dim);
    const RandomStream stream(1, "flow-test");
    // Inside (0, 1) every domain of the catalogue is at home; the bits of a row do not care.
    for (Index i = 0; i < many; ++i)
      for (Index j = 0; j < dim; ++j) x(i, j) = static_cast<S>(stream.uniform(static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(j)));
    const Results<S> all = run<S>(flow, x);
    for (const Index at : {Index{0}, Index{479}, Index{480}, many / 2 + 1, many - 1}) {
      Batch<S> one(1, dim), other_place(26, dim);
      for (Index j = 0; j < dim; ++j) {
        one(0, j) = x(at, j);
        for (Index i = 0; i < 26; ++i) other_place(i, j) = i == 19 ? x(at, j) : std::numeric_limits<S>::quiet_NaN();
      }
      const Results<S> alone = run<S>(flow, one), elsewhere = run<S>(flow, other_place);
      for (Index j = 0; j < dim; ++j) {
        EXPECT_TRUE(same_bits(all.z(at, j), alone.z(0, j)) && same_bits(all.z(at, j), elsewhere.z(19, j))) << spec << " row " << at;
        EXPECT_TRUE(same_bits(all.x(at, j), alone.x(0, j)) && same_bits(all.x(at, j), elsewhere.x(19, j))) << spec << " inverse, row " << at;
      }
      EXPECT_TRUE(same_bits(all.log_det[at], alone.log_det[0]) && same_bits(all.log_det[at], elsewhere.log_det[19])) << spec << " row " << at;
      EXPECT_TRUE(same_bits(all.back[at], alone.back[0]) && same_bits(all.back[at], elsewhere.back[19])) << spec << " inverse, row " << at;
    }
  }
}
TEST(Flow, RowsAreTheSameAloneAndAmongAMillionInFloat) { expect_rows_alone<float>(1'000'000); }
TEST(Flow, RowsAreTheSameAloneAndAmongManyInDouble) { expect_rows_alone<double>(50'000); }

/// train against backward by finite differences of its own loss, where that is smooth: (L(θ + h) − L(θ − h))/2h misses by h²/6·|L‴| + u·|L|/h,
/// at h = 1e-5 about 1e-10 for losses of order 1. float follows double within its own rounding.
TEST(Flow, TrainIsTheGradientOfTheLoss) {
  const int dim = 3;
  const Index n = 1003;
  Batch<double> x(n, dim);
  Batch<float> x_float(n, dim);
  const RandomStream stream(2, "flow-test");
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < dim; ++j) {
      x_float(i, j) = static_cast<float>(stream.normal(static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(j)));
      x(i, j) = x_float(i, j);
    }
  for (const char* spec :
       {"triangular", "triangular(lower, diagonal=free)", "planar", "softlog(steepness=trained)", "rational_quadratic_spline(bins=4)", "affine",
        "coupling(affine, hidden=[5], activation=tanh)", "coupling(rational_quadratic_spline(bins=3), hidden=[5, 4], activation=tanh)",
        "inverse(triangular)", "triangular softlog planar permutation coupling(affine, hidden=[5], activation=tanh, keep=last)"}) {
    Flow<double> flow = make_flow<double>(std::string_view(spec), dim);
    flow.randomise(4, 0.5);
    Workspace workspace;
    std::vector<double> gradient(flow.theta().size(), 1.0), nothing(flow.theta().size());
    const double loss = flow.negative_log_likelihood(x, gradient, workspace);
    for (std::size_t k = 0; k < gradient.size(); k += 1 + gradient.size() / 40) {
      const double kept = flow.theta()[k], h = 1e-5;
      flow.theta()[k] = kept + h;
      const double above = flow.negative_log_likelihood(x, nothing, workspace);
      flow.theta()[k] = kept - h;
      const double below = flow.negative_log_likelihood(x, nothing, workspace);
      flow.theta()[k] = kept;
      EXPECT_NEAR(gradient[k] - 1, (above - below) / (2 * h), 1e-7 * std::max(1.0, std::abs(loss)))
          << spec << ": " << flow.parameter_name(static_cast<Index>(k));
    }
    const Flow<float> narrow = convert<float>(flow);
    std::vector<float> narrow_gradient(gradient.size(), 1.0f);
    EXPECT_NEAR(narrow.negative_log_likelihood(x_float, narrow_gradient, workspace), loss, 1e-4 * std::max(1.0, std::abs(loss))) << spec;
    for (std::size_t k = 0; k < gradient.size(); ++k)
      EXPECT_NEAR(narrow_gradient[k], gradient[k], 1e-3 * std::max(1.0, std::abs(gradient[k]))) << spec << " " << k;
  }
}

TEST(Flow, TraceEndsWithLogProbAndStartsWithTheBase) {
  Flow<double> flow = make_flow<double>("triangular softlog planar", 2);
  flow.randomise(5, 1);
  Batch<double> x(7, 2), z(7, 2), trace(7, 4);
  for (Index i = 0; i < 7; ++i) x(i, 0) = 0.3 * static_cast<double>(i) - 1, x(i, 1) = 1 - 0.1 * static_cast<double>(i);
  std::vector<double> log_det(7), log_q(7);
  Workspace workspace;
  flow.trace(x, trace, workspace);
  flow.log_prob(x, log_q, workspace);
  flow.forward(x, z, log_det, workspace);
  const double constant = std::log(2 * std::acos(-1.0));
  for (Index i = 0; i < 7; ++i) {
    EXPECT_NEAR(trace(i, 0), -0.5 * (x(i, 0) * x(i, 0) + x(i, 1) * x(i, 1)) - constant, 1e-14);
    EXPECT_NEAR(log_q[i], -0.5 * (z(i, 0) * z(i, 0) + z(i, 1) * z(i, 1)) - constant + log_det[i], 1e-13);
    EXPECT_NEAR(trace(i, 3), log_q[i], 1e-13);
  }
}

TEST(FlowErrors, ShapesAreCheckedBeforeAnythingIsWritten) {
  const Flow<double> flow = make_flow<double>("triangular", 2);
  Workspace workspace;
  Batch<double> x(4, 2), z(4, 2), narrow(4, 1);
  std::vector<double> log_det(4, 7), few(3);
  const auto sentence = [&](auto call) {
    try {
      call();
    } catch (const ShapeError& e) {
      return std::string(e.what());
    }
    return std::string("no refusal");
  };
  EXPECT_EQ(sentence([&] { flow.forward(narrow, z, log_det, workspace); }), "forward: the input must be 4 x 2, got 4 x 1");
  EXPECT_EQ(sentence([&] { flow.forward(x, narrow, log_det, workspace); }), "forward: the output must be 4 x 2, got 4 x 1");
  EXPECT_EQ(sentence([&] { flow.forward(x, z, few, workspace); }), "forward: log_det must be 4 x 1, got 3 x 1");
  EXPECT_EQ(sentence([&] { flow.forward(x, x, log_det, workspace); }), "forward: the output overlaps the input; give it memory of its own");
  EXPECT_EQ(sentence([&] { flow.forward(x, z, log_det, workspace, narrow); }), "forward: the context must be 4 x 0, got 4 x 1");
  EXPECT_THAT(log_det, ::testing::Each(7));
  EXPECT_EQ(sentence([&] { make_flow<double>("triangular", 0); }), "a layer needs dim >= 1, got 0");
}

}  // namespace
}  // namespace flowgauge
