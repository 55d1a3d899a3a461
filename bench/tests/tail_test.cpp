// SPDX-License-Identifier: MIT
#include <flowgauge/bench/tail.hpp>

#include "specimens.hpp"

#include <flowgauge/distributions/sources.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace flowgauge::bench {
namespace {

using Kind = TailClass::Kind;
using specimens::TailsOnly;

constexpr double infinity = std::numeric_limits<double>::infinity();
const TailClass normal{Kind::stretched, 2, 0.5}, laplace{Kind::stretched, 1, 1}, cauchy{Kind::power, 1, 0}, log_normal{Kind::log_normal_like, 2, 0.5};
TailClass student(double nu) { return {Kind::power, nu, 0}; }

TailsOnly one(const TailClass& both) { return {{{-infinity, infinity, both, both}}, true}; }
TailStep step(Growth growth, double scale = std::nan("")) {
  Facts facts;
  facts.structure = Structure::diagonal;
  facts.increasing = true;
  facts.growth = growth;
  return {"step", facts, scale};
}
const TailStep linear = step({Growth::Kind::linear}), softlog = step({Growth::Kind::logarithm}), exponential_e = step({Growth::Kind::exponential}),
               unknown = step({Growth::Kind::unknown});
TailStep scale(double s) { return step({Growth::Kind::linear}, s); }
TailStep raise(double m) { return step({Growth::Kind::power, m}); }
/// softexp(a) = e^(x log a).
std::vector<TailStep> softexp(double a) { return {scale(std::log(a)), exponential_e}; }

std::vector<TailStep> chain(std::initializer_list<std::vector<TailStep>> parts) {
  std::vector<TailStep> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}
std::string class_after(const TailClass& source, const std::vector<TailStep>& steps) { return text_of(push_tails(one(source), steps).back().value); }
TailVerdict verdict(const TailClass& source, const std::vector<TailStep>& steps) { return judge_tails(one(source), steps).back(); }

struct Expected {
  const char* name;
  TailClass source;
  std::vector<TailStep> steps;
  const char* tail;
  Finiteness kl, variance;
};
void check(const std::vector<Expected>& table) {
  for (const Expected& e : table) {
    EXPECT_EQ(class_after(e.source, e.steps), e.tail) << e.name;
    const TailVerdict v = verdict(e.source, e.steps);
    EXPECT_EQ(v.kl, e.kl) << e.name << ": " << v.reason;
    EXPECT_EQ(v.variance, e.variance) << e.name << ": " << v.reason;
  }
}

constexpr auto finite = Finiteness::finite, infinite = Finiteness::infinite;

// The unit tests of the algebra whose layers these growths can say; each agrees with exponents at tail masses e^-60 … e^-120 in 60 digits.
TEST(TailAlgebra, InfiniteKl) {
  check({{"cauchy -> softlog -> softexp(e)", cauchy, chain({{softlog}, softexp(std::exp(1.0))}), "W(1)", infinite, infinite},
         {"cauchy -> softlog -> scale 3 -> softexp(1.2)", cauchy, chain({{softlog, scale(3)}, softexp(1.2)}), "W(1.83)", infinite, infinite},
         {"laplace -> softexp(1.7)", laplace, softexp(1.7), "W(1.88)", infinite, infinite},
         {"student_t(3) -> softsquare", student(3), {raise(2)}, "W(1.5)", infinite, infinite},
         {"cauchy -> sinh_arcsinh(t=.6)", cauchy, {raise(0.6)}, "W(1.67)", infinite, infinite},
         {"log_normal -> softexp(e)", log_normal, {exponential_e}, "V", infinite, infinite},
         {"normal -> softsquare -> softexp(e)", normal, {raise(2), exponential_e}, "W(0.5)", infinite, infinite},
         {"cauchy -> linear", cauchy, {linear}, "W(1)", infinite, infinite},
         {"student_t(2) at the threshold, a pure power", student(2), {linear}, "W(2)", infinite, infinite}});
}

TEST(TailAlgebra, FiniteKlWithInfiniteVariance) {
  check({{"laplace -> softexp(1.5)", laplace, softexp(1.5), "W(2.47)", finite, infinite},
         {"student_t(5) -> softsquare", student(5), {raise(2)}, "W(2.5)", finite, infinite},
         {"student_t(3) -> yeo_johnson(1.2)", student(3), {raise(1.2)}, "W(2.5)", finite, infinite},
         {"student_t(3)", student(3), {}, "W(3)", finite, infinite}});
}

TEST(TailAlgebra, BothFinite) {
  check({{"cauchy -> softlog", cauchy, {softlog}, "S(1, 1)", finite, finite},
         {"cauchy -> softlog -> scale 1.2 -> softexp(1.2)", cauchy, chain({{softlog, scale(1.2)}, softexp(1.2)}), "W(4.57)", finite, finite},
         {"laplace -> softexp(1.25)", laplace, softexp(1.25), "W(4.48)", finite, finite},
         {"student_t(9) -> softsquare", student(9), {raise(2)}, "W(4.5)", finite, finite},
         {"normal -> softexp(e)", normal, {exponential_e}, "L(2, 0.5)", finite, finite},
         {"normal -> linear of unknown scale", normal, {linear}, "S(2, ?)", finite, finite},
         {"normal -> softlog -> linear", normal, {softlog, linear}, "SS", finite, finite},
         {"log_normal -> softsquare", log_normal, {raise(2)}, "L(2, 0.125)", finite, finite}});
}

TEST(TailAlgebra, LogarithmUndoesExponential) {
  EXPECT_EQ(class_after(log_normal, {exponential_e, softlog}), "L(2, 0.5)");
  EXPECT_EQ(class_after(cauchy, {exponential_e, exponential_e, softlog, softlog}), "W(1)");
  EXPECT_EQ(class_after(laplace, {softlog, exponential_e}), "S(1, 1)");
  EXPECT_EQ(class_after({Kind::stretched, 0.5, 2}, {exponential_e}), "V");
  EXPECT_EQ(class_after({Kind::stretched, 0.5, 2}, {exponential_e, softlog}), "S(0.5, 2)");
}

TEST(TailAlgebra, UnknownIsReportedWithItsLayer) {
  const std::vector<TailVerdict> v = judge_tails(one(normal), {linear, unknown, softlog});
  EXPECT_EQ(v[1].kl, finite);
  EXPECT_EQ(v[2].kl, Finiteness::unknown);
  EXPECT_EQ(v[3].kl, Finiteness::unknown);
  EXPECT_EQ(v[3].reason, "tail unknown at layer 2: step");
  EXPECT_EQ(verdict({}, {linear}).reason, "tail of the source unknown");
}

TEST(TailAlgebra, LaplaceAtTheThresholdOfAnUnknownScaleIsUnknown) {
  EXPECT_EQ(class_after(laplace, {linear, exponential_e}), "W(?)");
  EXPECT_EQ(verdict(laplace, {linear, exponential_e}).kl, Finiteness::unknown);
}

TEST(TailAlgebra, EdgesAreBounded) {
  const TailsOnly half({{0, infinity, {Kind::power, 1, 0, true}, laplace}}, true);
  EXPECT_EQ(judge_tails(half, {linear}).back().kl, finite);
}

TEST(TailAlgebra, ALayerThatMissesRowsOfTheSourceIsAViolation) {
  TailStep logit = softlog;
  logit.facts.domain = {0, 1};
  const TailVerdict v = verdict(laplace, {logit});
  EXPECT_TRUE(v.support_violation);
  EXPECT_EQ(v.reason, "the source reaches from -inf to inf, the first layer takes 0 to 1");
}

TailsOnly two(const TailClass& first, const TailClass& second, bool independent) {
  return {{{-infinity, infinity, first, first}, {-infinity, infinity, second, second}}, independent};
}
TailStep mixing(Structure structure, Growth growth = {}) {
  TailStep s = step(growth);
  s.facts.structure = structure;
  s.name = "mixing";
  return s;
}

TEST(TailAlgebra, IndependentCoordinatesKeepTheirHeaviest) {
  EXPECT_EQ(judge_tails(two(normal, cauchy, true), {mixing(Structure::lower)}).back().kl, infinite);
  EXPECT_EQ(judge_tails(two(normal, cauchy, true), {mixing(Structure::upper)}).back().kl, infinite);
}

TEST(TailAlgebra, DependentCoordinatesMayCancel) {
  const TailVerdict v = judge_tails(two(cauchy, cauchy, false), {mixing(Structure::dense)}).back();
  EXPECT_EQ(v.kl, Finiteness::unknown);
  EXPECT_EQ(v.reason, "tail unknown at layer 1: mixing (coordinates that may depend on each other are mixed)");
  EXPECT_EQ(judge_tails(two(normal, laplace, false), {mixing(Structure::dense)}).back().kl, finite);  // at most is enough for finite
}

TEST(TailAlgebra, CouplingKeepsWhatItKeeps) {
  TailStep coupling = mixing(Structure::coupling);
  coupling.facts.kept = 1;
  EXPECT_EQ(judge_tails(two(cauchy, normal, false), {coupling}).back().kl, infinite);  // the first coordinate passes unchanged
  coupling.facts.kept_first = false;
  EXPECT_EQ(judge_tails(two(cauchy, normal, false), {coupling}).back().kl, Finiteness::unknown);
}

/// z₂ = exp(0.2·e^{0.2 x₁} x₂) is reachable with clamp=0, and E z₂² = ∞ for a Gaussian x: what a network drives may grow faster than its transformer.
TEST(TailAlgebra, NetworkMayOutgrowItsTransformer) {
  const auto source = distributions::make_source("seed_mvn");
  const auto kl = [&](const char* spec) { return judge_tails(*source, make_flow<double>(spec, 2)).back().kl; };
  EXPECT_EQ(kl("2*(coupling(affine(clamp=0), hidden=[]) permutation)"), Finiteness::unknown);
  EXPECT_EQ(kl("coupling(softlog(steepness=trained))"), Finiteness::unknown);
  EXPECT_EQ(kl("2*(coupling(affine) permutation)"), finite);
  EXPECT_EQ(kl("2*(coupling(rational_quadratic_spline) permutation)"), finite);
  EXPECT_EQ(kl("coupling(softlog)"), finite);
  EXPECT_EQ(judge_tails(*specimens::univariate("laplace"), make_flow<double>("coupling(affine(clamp=0))", 1)).back().kl, finite);  // a bias drives it
}

TEST(TailAlgebra, ReadsTheScaleOfALayerOfOneCoordinate) {
  // cauchy -> softlog -> scale s -> e^x - 1 is W(1/s): finite below s = 1/2, with finite variance below 1/4.
  const auto source = specimens::univariate("cauchy");
  for (const double s : {0.2, 0.3, 0.6}) {
    const TailVerdict v = judge_tails(*source, specimens::with_affines("softlog triangular inverse(softlog)", {{std::log(s), 5}})).back();
    EXPECT_EQ(v.kl, s < 0.5 ? finite : infinite) << s;
    EXPECT_EQ(v.variance, s < 0.25 ? finite : infinite) << s;
  }
}

TEST(TailAlgebra, OrderOfWeights) {
  const std::vector<Tail> lightest_first{{}, {normal}, {laplace}, {log_normal}, {student(3)}, {cauchy}, {cauchy, 1}, {cauchy, 2}};
  for (std::size_t i = 0; i < lightest_first.size(); ++i)
    for (std::size_t j = 0; j < lightest_first.size(); ++j)
      EXPECT_EQ(compare_weight(lightest_first[i], lightest_first[j]), i < j ? -1 : i > j ? 1 : 0) << i << " " << j;
  EXPECT_EQ(compare_weight({{Kind::unknown}}, {cauchy}), std::nullopt);
}

}  // namespace
}  // namespace flowgauge::bench
