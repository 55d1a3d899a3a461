// SPDX-License-Identifier: MIT
#include "defects/planted.hpp"
#include "generators.hpp"

#include <flowgauge/error.hpp>
#include <flowgauge/verify/case.hpp>
#include <flowgauge/verify/law.hpp>
#include <flowgauge/verify/verify.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <tuple>

#include <unistd.h>

namespace flowgauge::verify {
namespace {

using testing::HasSubstr;

/// What an exception of this type says; empty, with a failure, where none comes.
template <class Error, class Call>
std::string sentence(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

VerifyOptions options_for(const std::string& only, const std::string& law) {
  VerifyOptions options;
  options.only = only;
  options.law = law;
  options.seed = 5;
  return options;
}

/// All of a row but its wall time.
std::string text_of(const reports::VerdictRow& row) {
  std::string text =
      row.layer + "|" + row.law + "|" + row.law_id + "|" + row.verdict + "|" + row.reason + "|" + row.counterexample + "|" + row.reproduce;
  for (const auto& n : {row.cases, row.cases_unresolved, row.cases_discarded}) text += "|" + (n ? std::to_string(*n) : std::string("-"));
  for (const auto& n : {row.worst_margin, row.worst_error, row.tolerance, row.worst_ulp, row.digits_lost})
    text += "|" + (n ? exact_text(*n) : std::string("-"));
  return text;
}

class TemporaryFile {
 public:
  TemporaryFile() : path(std::filesystem::temp_directory_path() / ("flowgauge-failures-" + std::to_string(::getpid()) + ".txt")) {}
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
  const std::filesystem::path path;
};

TEST(CaseText, ReadsBackToTheSameBits) {
  Case c;
  c.spec = parse_flow("affine(clamp=0)");
  c.dim = 2;
  c.context_size = 1;
  c.theta = {0.1, -0.0, 1.0 / 3, 0x1p-1074};
  c.rows = {{-1e300, 5e-324}, {0.5, std::nextafter(1.0, 2.0)}};
  c.contexts = {{0.25}, {-std::numeric_limits<double>::max()}};
  c.batch = 481;
  c.seed = 2147483647;
  const std::string text = to_text(c);
  const Case back = case_from_text(text);
  EXPECT_EQ(to_text(back), text);
  const auto same = [](const Numbers& a, const Numbers& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t k = 0; k < a.size(); ++k) {
      EXPECT_EQ(a[k], b[k]);
      EXPECT_EQ(std::signbit(a[k]), std::signbit(b[k]));
    }
  };
  same(back.theta, c.theta);
  ASSERT_EQ(back.rows.size(), 2u);
  for (int i = 0; i < 2; ++i) same(back.rows[i], c.rows[i]), same(back.contexts[i], c.contexts[i]);
  EXPECT_EQ(back.batch, 481);
  EXPECT_EQ(back.seed, 2147483647u);
}

TEST(CaseText, SaysWhatIsWrong) {
  EXPECT_THAT(sentence<ConfigError>([] { case_from_text("softlog | dim=2 | x=1"); }), HasSubstr("expects 2 numbers a row, got 1"));
  EXPECT_THAT(sentence<ConfigError>([] { case_from_text("softlog | dim=1 | x=one"); }), HasSubstr("got 'one'"));
  EXPECT_THAT(sentence<ConfigError>([] { case_from_text("softlog | dim=1.5 | x=1"); }), HasSubstr("whole number"));
  EXPECT_THAT(sentence<ConfigError>([] { case_from_text("softlog | width=1"); }), HasSubstr("width=1"));
  EXPECT_THAT(sentence<ConfigError>([] { case_from_text(""); }), HasSubstr("empty"));
}

TEST(Run, UnknownNamesGetTheNearestOne) {
  EXPECT_THAT(sentence<ConfigError>([] { run(options_for("softlok", "*")); }), HasSubstr("softlog"));
  EXPECT_THAT(sentence<ConfigError>([] { run(options_for("softlog", "log_det_matches_jacobean")); }), HasSubstr("log_det_matches_jacobian"));
  EXPECT_THAT(sentence<ConfigError>([] { tier_from("quik"); }), HasSubstr("quick"));
  EXPECT_THAT(sentence<ConfigError>([] { run(options_for("affine(clmp=0)", "*")); }), HasSubstr("clamp"));
}

TEST(Run, TakesALawByIdAndByName) {
  const VerifyResult by_id = run(options_for("softlog", "L6")), by_name = run(options_for("softlog", "log_det_matches_jacobian"));
  ASSERT_EQ(by_id.rows.size(), 1u);
  ASSERT_EQ(by_name.rows.size(), 1u);
  EXPECT_EQ(text_of(by_id.rows[0]), text_of(by_name.rows[0]));
  EXPECT_EQ(by_id.rows[0].verdict, "holds");
  EXPECT_EQ(by_id.rows[0].cases, 30);
}

TEST(Run, FindsNoFaultWhereItOnceFoundOne) {
  VerifyOptions options;
  // w = 0 has no direction, but w moves.
  options.replay = {"law=L12 | inverse(planar) | dim=1 | theta=0,1,1 | x=0"};
  const VerifyResult result = run(options);
  ASSERT_EQ(result.rows.size(), 1u);
  EXPECT_EQ(result.rows[0].verdict, "holds") << result.rows[0].reason;
}

TEST(Run, GivesTheSameRowsForAnyNumberOfJobs) {
  VerifyOptions options = options_for("*o*", "L*");
  options.cases = 8;
  const VerifyResult one = run(options);
  for (const int jobs : {2, 3}) {
    options.jobs = jobs;
    const VerifyResult many = run(options);
    ASSERT_EQ(many.rows.size(), one.rows.size());
    for (std::size_t k = 0; k < one.rows.size(); ++k) EXPECT_EQ(text_of(many.rows[k]), text_of(one.rows[k])) << jobs << " jobs";
    ASSERT_EQ(many.failures.size(), one.failures.size());
    for (std::size_t k = 0; k < one.failures.size(); ++k) EXPECT_EQ(many.failures[k].message, one.failures[k].message);
  }
}

TEST(Run, ReportsProgressOfEveryUnit) {
  VerifyOptions options = options_for("softlog", "L*");
  options.cases = 2;
  int calls = 0;
  const VerifyResult result = run(options, [&](const Progress& progress) {
    EXPECT_EQ(progress.done, ++calls);
    EXPECT_EQ(progress.subject, "softlog");
  });
  EXPECT_EQ(calls, static_cast<int>(result.rows.size()));
}

TEST(Run, WhatWasNotExaminedBeforeTheStopIsUnresolved) {
  const std::atomic<bool> stop{true};
  VerifyOptions options;
  options.only = "permutation";
  options.stop = &stop;
  const VerifyResult result = run(options);
  EXPECT_EQ(result.not_examined, static_cast<int>(result.rows.size()));
  EXPECT_FALSE(result.passed());
  for (const auto& row : result.rows) EXPECT_EQ(row.reason, "interrupted before it was examined");
}

TEST(Run, AnotherSeedDrawsOtherCases) {
  VerifyOptions options = options_for("softlog", "L7");
  const VerifyResult a = run(options);
  options.seed = 6;
  const VerifyResult b = run(options);
  EXPECT_NE(text_of(a.rows.at(0)), text_of(b.rows.at(0)));
}

TEST(Run, ALayerThatThrowsIsAnErrorAndTheRunGoesOn) {
  const Family throwing = defects::family_for("bad_affine(throws)"), healthy = defects::family_for("bad_arsinh");
  for (const int jobs : {1, 2}) {
    VerifyOptions options = options_for("*", "L1");
    options.jobs = jobs;
    const VerifyResult result = run({throwing, healthy}, options);
    ASSERT_EQ(result.rows.size(), 2u);
    EXPECT_FALSE(result.passed());
    EXPECT_EQ(result.rows[0].layer, "bad_affine");
    EXPECT_EQ(result.rows[0].verdict, "error");
    EXPECT_THAT(result.rows[0].reason, HasSubstr("the planted layer cannot go forward"));
    EXPECT_EQ(result.rows[1].verdict, "holds") << result.rows[1].reason;
  }
}

TEST(Run, AWorkerThatThrowsReportsItAndTheRunGoesOn) {
  // Not while a law looks, but while a failure is shrunk: the workshop breaks on the plain spec, which no draw asks for.
  Family family = defects::family_for("bad_affine(sign)");
  auto& make = std::get<Workshop::Make<double>>(family.workshop.make);
  make = [whole = make](const Item& item, int dim, int context) {
    if (item.arguments.empty()) throw std::runtime_error("the workshop is on fire");
    return whole(item, dim, context);
  };
  for (const int jobs : {1, 2}) {
    VerifyOptions options = options_for("*", "L6");
    options.jobs = jobs;
    const VerifyResult result = run({family, defects::family_for("bad_arsinh")}, options);
    ASSERT_EQ(result.rows.size(), 2u);
    EXPECT_EQ(result.rows[0].verdict, "error");
    EXPECT_THAT(result.rows[0].reason, HasSubstr("the workshop is on fire"));
    EXPECT_EQ(result.rows[1].verdict, "holds") << result.rows[1].reason;
  }
}

TEST(SubjectStore, KeepsWhatItGaveUntilItIsTidied) {
  SubjectStore store;
  const Workshop workshop = catalogue_workshop();
  const Subject& first = store.get(workshop, parse_flow("affine"), 1, 0);
  for (int dim = 2; dim < 400; ++dim) store.get(workshop, parse_flow("permutation"), dim, 0);
  EXPECT_EQ(&store.get(workshop, parse_flow("affine"), 1, 0), &first);
  EXPECT_EQ(first.text(), "affine");
}

TEST(Run, ALogDetMayBeSmall) {
  const VerifyResult result = run(options_for("affine(clamp=0.001)", "A1"));
  ASSERT_EQ(result.rows.size(), 1u);
  EXPECT_EQ(result.rows[0].verdict, "holds") << result.rows[0].reason;
}

TEST(Run, ASearchedInverseIsRightToTheBitsOfItsPoint) {
  for (const char* const spec : {"steep", "steep(steepness=1e10)"})
    for (int seed = 1; seed <= 3; ++seed) {
      VerifyOptions options = options_for("*", "L7");
      options.seed = static_cast<std::uint64_t>(seed);
      const VerifyResult result = run({defects::family_for(spec)}, options);
      ASSERT_EQ(result.rows.size(), 1u);
      EXPECT_EQ(result.rows[0].verdict, "holds") << spec << ", seed " << seed << ": " << result.rows[0].reason;
    }
}

TEST(Finding, NeedsAFiniteBound) {
  const double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  const auto outcome = [](double error, double allowed) { return Examined().compare(0, "y", 1, 1, error, allowed).outcome; };
  EXPECT_EQ(outcome(0.5, 1), Outcome::agree);
  EXPECT_EQ(outcome(2, 1), Outcome::disagree);
  EXPECT_EQ(outcome(nan, 1), Outcome::disagree);
  EXPECT_EQ(outcome(1e-15, nan), Outcome::unresolved);
  EXPECT_EQ(outcome(1e300, infinity), Outcome::unresolved);
  EXPECT_EQ(outcome(infinity, infinity), Outcome::disagree);
  EXPECT_EQ(outcome(nan, nan), Outcome::disagree);
}

reports::VerdictRow replayed(const std::string& line) {
  VerifyOptions options = options_for("*", "*");
  options.replay = {line};
  const VerifyResult result = run(options);
  EXPECT_EQ(result.rows.size(), 1u);
  return result.rows.at(0);
}

TEST(Replay, HealthyLayersThatWereAccusedHold) {
  const auto thetas = [](int count, std::initializer_list<std::pair<int, double>> set) {
    std::vector<double> theta(count, 0.0);
    for (const auto& [k, v] : set) theta[k] = v;
    std::string text;
    for (const double v : theta) text += (text.empty() ? "" : ",") + exact_text(v);
    return text;
  };
  for (const std::string& line : std::initializer_list<std::string>{
           // A slope of 2^332: ξ rounds to 1 and beyond, and 1 − ξ with it.
           "law=L7 | coupling(rational_quadratic_spline(bins=7), hidden=[], keep=last) | dim=2 | theta=" + thetas(40, {{11, 1}, {18, 1}}) +
               " | x=0,0x1p+332",
           // At a knot, where the second derivative jumps.
           "law=L12 | inverse(rational_quadratic_spline) | dim=1 | theta=" + thetas(23, {{9, 4}, {12, 4}}) + " | x=0",
           // At the end of a bin of width 0.02 and height 3: f'' jumps by 10^6, and so the differences' error.
           "law=L9 | rational_quadratic_spline(bins=2) | dim=1 | seed=3 | theta=-4,4,0,0,0 | x=0; -3",
           // Where f⁻¹ is 1 in 50 digits too, the gradient of f there says nothing.
           "law=L12 | inverse(coupling(logit, hidden=[], activation=tanh, keep=last)) | dim=1 | x=67108864",
           // What rounding leaves of û along v is divided by s = 9e-9.
           "law=L5 | inverse(rank_one) | dim=3 | theta=0.5,0,3,-1,0,-6 | x=0,0,1",
           "law=L5 | inverse(rank_one) | dim=2 | theta=2.171875,-2.65625,-3.3125,4.0625 | x=0x1.4p+32,-0x1.ap+32",
           // x² is beyond every double, e^-128·x² is not.
           "law=L12 | coupling(softsquare, hidden=[], keep=last) | dim=4 | theta=0,0,0,0,0,-1,0,0,0,0,0,0 | x=0x1p+550,0,0,128",
           // A slope of e^1024 times 0.
           "law=L1 | coupling(sum_of_squares, hidden=[], keep=last) | dim=3 | theta=" + thetas(24, {{7, 1}}) + " | x=0,0,1024",
           // log f′ of a slope beyond every double, and a gradient beyond it.
           "law=L2 | coupling(sum_of_squares, hidden=[]) | dim=2 | theta=0,-1,0,0,0,0,0,0,0,0,0,0 | x=-131072,0",
           "law=L12 | inverse(power) | dim=1 | theta=1 | x=-5e-324",
           // What one layer hands to the next is rounded: sigmoid(18) is 1 − 1.5e-8 with eight digits of its distance from 1.
           "law=C2 | sigmoid logit sum_of_squares | dim=3 | theta=0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0.5,0 | x=0,0,512",
           "law=C2 | logit 2*householder actnorm | dim=4 | theta=3,-3,1.5,6,-6,6,-3,-12,0,0,0,-4,0,0,0,0 | x=0.5,0.5,0.5,0.75",
           // Φ next to 1 between two layers: the differences' noise is larger than their outputs tell.
           "law=C4 | sigmoid normal_quantile 2*planar | dim=1 | seed=4 | theta=0.6171875,0.4140625,-0.51171875,-0.0546875,0.23046875,-0.953125"
           " | x=3.60546875",
           // |v|^2.4 is flat at 0; what rounding leaves there of a neighbour's 2^997 is not.
           "law=C2 | householder_qr softexp power | dim=5 | theta=" + thetas(40, {{28, 0.5}, {29, 1}, {38, 1}}) + " | x=0,0,0,5e-324,0x1p+997",
           // Quantiles below ½ that were found as 1 − x; the mass beyond an infinite distance.
           "law=D6 | beta(a=0.1, b=400) | dim=1 | seed=157450150 | x=0x0.0004p-1022",
           "law=D5 | beta(a=0.5, b=0.5) | dim=1 | seed=302799588 | x=0x1.2be5cp-49",
           "law=D5 | gamma(shape=2048) | dim=1 | seed=1387473698 | x=256",
           "law=D5 | student_t(nu=4096) | dim=1 | seed=1840636913 | x=-16",
       }) {
    const reports::VerdictRow row = replayed(line);
    EXPECT_EQ(row.verdict, "holds") << line << "\n" << row.reason;
  }
}

/// 50 digits do not hold the pre-image of what a householder mixes with 10^111: nothing can be said, and nobody is accused.
TEST(Replay, AnIllConditionedPreimageIsUnresolved) {
  const reports::VerdictRow row = replayed("law=C4 | power scaled_householder(t=8) softlog | dim=2 | theta=0,0,1,1 | x=-256,0");
  EXPECT_EQ(row.verdict, "unresolved");
  EXPECT_THAT(row.reason, HasSubstr("ill_conditioned"));
}

/// 1 beside 2^168 is not held by 50 digits: what the gradient of an inverse makes of it is rounding.
TEST(Replay, AGradientThatComesAndGoesWithTheLastBitIsUnresolved) {
  const reports::VerdictRow row = replayed("law=L12 | inverse(lu(cycle, seed=96)) | dim=2 | theta=0,0,1,0,0,0 | x=-0x1p+168,1");
  EXPECT_EQ(row.verdict, "unresolved");
  EXPECT_THAT(row.reason, HasSubstr("ill_conditioned"));
}

/// |x|^0.24 is continuous, and at no double near 0 does its slope say how far 0 is.
TEST(Replay, AContinuousMapThatIsInfinitelySteepAtItsKnotKeepsItsMargin) {
  const reports::VerdictRow row = replayed("law=L25 | power | dim=1 | theta=-3 | x=0");
  EXPECT_EQ(row.verdict, "holds");
  EXPECT_LE(row.worst_margin.value_or(1), 0.25);
}

TEST(Replay, AGoodLinePassesAndABadOneFails) {
  VerifyOptions options = options_for("*", "*");
  options.replay = {"law=log_det_matches_jacobian | softlog | dim=1 | x=0.5"};
  const VerifyResult good = run(options);
  ASSERT_EQ(good.rows.size(), 1u);
  EXPECT_EQ(good.rows[0].verdict, "holds");
  EXPECT_TRUE(good.passed());

  options.replay = {"law=L6 | bad_affine(scale_twice) | dim=1 | theta=0.5,0 | x=1"};
  const VerifyResult bad = run({defects::family_for("bad_affine(scale_twice)")}, options);
  ASSERT_EQ(bad.rows.size(), 1u);
  EXPECT_EQ(bad.rows[0].verdict, "fails");
  EXPECT_THAT(bad.failures.at(0).message, HasSubstr("counted twice"));
}

TEST(Replay, SaysWhatItDoesNotKnow) {
  VerifyOptions options = options_for("*", "*");
  options.replay = {"softlok | dim=1 | x=0.5"};
  EXPECT_THAT(sentence<ConfigError>([&] { run(options); }), HasSubstr("softlog"));
  options.replay = {"law=L99 | softlog | dim=1 | x=0.5"};
  EXPECT_THAT(sentence<ConfigError>([&] { run(options); }), HasSubstr("L99"));
  options.replay = {"affine | dim=1 | theta=0.5 | x=0.5"};
  EXPECT_THAT(sentence<ConfigError>([&] { run(options); }), HasSubstr("has 2 parameters, the case gives 1"));
}

TEST(Failures, GoThroughAFileAndComeBack) {
  const TemporaryFile file;
  const Family family = defects::family_for("bad_affine(scale_twice)");
  const VerifyResult result = run({family}, options_for("*", "L6"));
  ASSERT_EQ(result.failures.size(), 1u);
  write_failures(file.path, result);
  VerifyOptions again = options_for("*", "*");
  again.replay = read_failures(file.path);
  ASSERT_EQ(again.replay.size(), 1u);
  const VerifyResult replayed = run({family}, again);
  ASSERT_EQ(replayed.rows.size(), 1u);
  EXPECT_EQ(replayed.rows[0].verdict, "fails");

  write_failures(file.path, run(options_for("softlog", "L6")));
  EXPECT_FALSE(std::filesystem::exists(file.path)) << "nothing failed: an old file must not be left behind";
}

TEST(Failures, AreExaminedFirstTheNextTime) {
  const Family family = defects::family_for("bad_logit(nudged)");
  VerifyOptions options = options_for("*", "L4");
  const VerifyResult found = run({family}, options);
  ASSERT_EQ(found.failures.size(), 1u);
  ASSERT_GT(found.rows[0].cases.value_or(0), 1) << "the first case finds it anyway: choose another defect";
  const std::string line = "law=L4 | " + found.failures[0].case_text;
  options.first = {line, "law=L3 | " + found.failures[0].case_text, "law=L4 | bad_logit | dim=1 | theta=1 | x=0.5", "law=L4 | gone | dim=1 | x=0.5"};
  const VerifyResult again = run({family}, options);
  EXPECT_EQ(again.first, 1) << "neither another law's, nor one with parameters that there are not, nor one of a layer that there is not";
  EXPECT_EQ(again.rows[0].verdict, "fails");
  EXPECT_EQ(again.rows[0].cases, 1);

  // Mended, the layer is examined as ever, by one case more.
  VerifyOptions healthy = options_for("softlog", "L6");
  healthy.first = {"law=log_det_matches_jacobian | softlog | dim=1 | x=0.5"};
  const VerifyResult mended = run(healthy);
  EXPECT_EQ(mended.first, 1);
  EXPECT_EQ(mended.rows[0].cases, 31);
  EXPECT_TRUE(mended.passed());
}

TEST(Failures, OfAnotherVersionOrAbsentAreRefused) {
  const TemporaryFile file;
  EXPECT_THAT(sentence<DataError>([&] { read_failures(file.path); }), HasSubstr("cannot read"));
  std::ofstream(file.path) << "flowgauge failures 2\nsoftlog | dim=1 | x=0.5\n";
  EXPECT_THAT(sentence<DataError>([&] { read_failures(file.path); }), HasSubstr("flowgauge failures 2"));
  const VerifyResult failing = run({defects::family_for("bad_affine(scale_twice)")}, options_for("*", "L6"));
  EXPECT_THAT(sentence<DataError>([&] { write_failures(file.path / "below", failing); }), HasSubstr("cannot write"));
}

}  // namespace
}  // namespace flowgauge::verify
