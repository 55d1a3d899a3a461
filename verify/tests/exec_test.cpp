// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/verify/case.hpp>
#include <flowgauge/verify/exec.hpp>
#include <flowgauge/verify/verify.hpp>

#include "child.hpp"
#include "peers.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// What a layer in another process does wrong becomes an error with a name, and the run goes on. The peer is tests/peers/faulty.py, which needs
/// Python's own library alone.
namespace flowgauge::verify {
namespace {

using ::testing::HasSubstr;

class Exec : public testing::Test {
 protected:
  void SetUp() override {
    if (python().empty()) GTEST_SKIP() << "python3 is not installed: no peer can be started";
  }
  static std::string peer(const std::string& fault, int dim = 1) {
    return peer_command(python(), "faulty.py", fault + " " + std::to_string(dim));
  }
  static Family family(const std::string& fault, int dim = 1) {
    ExecLimits limits;
    limits.call_seconds = 0.5;
    limits.resident_bytes = std::size_t{200} << 20;
    return family_of_command(peer(fault, dim), ExecReal::best, limits);
  }
  /// L1 of the peer with this fault, at one row.
  static VerifyResult examined(const std::string& fault, const std::string& row = "dim=1 | x=0.5", const std::string& law = "L1") {
    const Family layer = family(fault, row.rfind("dim=64", 0) == 0 ? 64 : 1);
    VerifyOptions options;
    options.law = law;
    options.replay = {"doubled | " + row};
    return run({layer}, options);
  }
  static void expect_error(const std::string& fault, const std::string& kind, const std::string& sentence) {
    SCOPED_TRACE(fault);
    const auto start = std::chrono::steady_clock::now();
    const VerifyResult result = examined(fault);
    ASSERT_EQ(result.rows.size(), 1u);
    EXPECT_EQ(result.rows.front().verdict, "error");
    EXPECT_THAT(result.rows.front().reason, HasSubstr(kind + ": "));
    EXPECT_THAT(result.rows.front().reason, HasSubstr(sentence));
    EXPECT_FALSE(result.passed());
    ASSERT_EQ(result.failures.size(), 1u);
    EXPECT_THAT(result.failures.front().reproduce, HasSubstr("--exec"));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  }
  static void expect_refused(const std::string& fault, const std::string& sentence) {
    SCOPED_TRACE(fault);
    try {
      family(fault);
      ADD_FAILURE() << "it was taken for a layer";
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(sentence));
    }
  }
};

TEST(Words, AreThoseOfAShell) {
  EXPECT_EQ(words_of("python3 'my layer.py' --k=\"a b\" c\\ d ''"), (std::vector<std::string>{"python3", "my layer.py", "--k=a b", "c d", ""}));
  EXPECT_THROW(words_of("sh -c 'x"), ConfigError);
  EXPECT_THROW(words_of("   "), ConfigError);
}

TEST_F(Exec, ARightLayerObeysEveryLawThatItsValuesCanTell) {
  for (const int dim : {1, 2}) {
    const VerifyResult result = run({family("none", dim)}, {});
    for (const reports::VerdictRow& row : result.rows) {
      EXPECT_THAT(row.verdict, testing::AnyOf("holds", "not_applicable")) << row.law << ": " << row.reason;
      if (row.worst_margin) {
        EXPECT_LE(*row.worst_margin, 0.5) << row.law;
      }
    }
    for (const char* const id : {"L1", "L3", "L4", "L8", "L9", "L15", "L16", "L17", "L23"}) {
      const auto row = std::find_if(result.rows.begin(), result.rows.end(), [&](const auto& r) { return r.law_id == id; });
      ASSERT_NE(row, result.rows.end()) << id;
      EXPECT_EQ(row->verdict, "holds") << id << " " << row->reason;
    }
    const auto l6 = std::find_if(result.rows.begin(), result.rows.end(), [](const auto& r) { return r.law_id == "L6"; });
    EXPECT_THAT(l6->reason, HasSubstr("only values are known"));
  }
}

TEST_F(Exec, GivesTheSameRowsForAnyNumberOfJobs) {
  const Family layer = family("none", 2);
  VerifyOptions options;
  const VerifyResult one = run({layer}, options);
  options.jobs = 3;
  const VerifyResult three = run({layer}, options);
  ASSERT_EQ(one.rows.size(), three.rows.size());
  for (std::size_t k = 0; k < one.rows.size(); ++k) {
    EXPECT_EQ(one.rows[k].verdict, three.rows[k].verdict) << one.rows[k].law;
    EXPECT_EQ(one.rows[k].worst_margin, three.rows[k].worst_margin) << one.rows[k].law;
  }
}

TEST_F(Exec, WhatSaysNothingOfALayerIsRefused) {
  try {
    family_of_command("/no/such/program");
    ADD_FAILURE() << "it was started";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("no_start: /no/such/program cannot be started: No such file or directory"));
  }
  expect_refused("leaves_before_hello", "no_start: it left before it said what it is; died: it ended with code 7");
  expect_refused("other_protocol", "wrong_protocol: it speaks protocol 2, this program speaks 1");
  expect_refused("banner", "garbage: 'Welcome to my library 1.2' came where the answer to question 1 was due; keep stdout for frames");
  expect_refused("bad_name", "its hello has a name of letters, digits and _, got \"my layer\"");
  expect_refused("bad_role", "unknown role 'scale'; role is one of: shift, log_scale");
  expect_refused("no_dim", "its hello has a whole number from 1 as dim, got null");
  ExecLimits limits;
  limits.hello_seconds = 0.3;
  try {
    family_of_command(peer("silent_hello"), ExecReal::best, limits);
    ADD_FAILURE() << "silence was an answer";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("timeout: no answer in 0.3 s"));
  }
  try {
    family_of_command(peer("none"), ExecReal::float32);
    ADD_FAILURE() << "it offers f64 alone";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("it was asked for f32, and offers f64"));
  }
}

TEST_F(Exec, NoiseOnStdoutIsNamed) {
  expect_error("garbage", "garbage", "'step 1: loss 0.3' came where the answer");
  expect_error("endless_line", "garbage", "'xxxx");
  expect_error("wrong_id", "garbage", "keep stdout for frames");
  expect_error("no_bytes", "garbage", "keep stdout for frames");
}

TEST_F(Exec, BytesThatNobodyAskedForAreNamed) {
  const VerifyResult result = examined("extra_output", "dim=1 | x=0.5; 0.25");
  ASSERT_EQ(result.rows.size(), 1u);
  EXPECT_EQ(result.rows.front().verdict, "error");
  EXPECT_THAT(result.rows.front().reason, HasSubstr("extra_output: nobody asked for 'done\\n'"));
}

TEST_F(Exec, WrongSizesSayWhatWasAskedAndWhatCame) {
  expect_error("bytes_and_shapes_differ", "wrong_size", R"(asked for [["y",[1,1]],["log_det",[1]]] of f64, 16 bytes; got)");
  expect_error("other_dtype", "wrong_size", "of f32");
  expect_error("too_many_bytes", "frame_too_large", "announces 1099511627776 bytes");
  const VerifyResult result = examined("summed_log_det", "dim=1 | batch=7 | x=0.5", "L15");
  EXPECT_THAT(result.rows.front().reason, HasSubstr(R"(["log_det",[7]]] of f64, 112 bytes; got [["y",[7,1]],["log_det",[1]]])"));
}

TEST_F(Exec, SilenceIsNamed) {
  expect_error("silent", "timeout", "no answer in 0.5 s; did it flush?");
  expect_error("silent_in_mid_frame", "partial_frame", "5 of 16 bytes");
  const VerifyResult result = examined("reads_nothing", "dim=64 | batch=481 | x=0" + [] {
    std::string zeros;
    for (int k = 1; k < 64; ++k) zeros += ",0";
    return zeros;
  }(), "L15");
  EXPECT_THAT(result.rows.front().reason, HasSubstr("bytes of its question"));
}

TEST_F(Exec, DeathIsNamed) {
  expect_error("ends", "died", "it ended with code 3 before it answered");
  expect_error("killed", "died", "it died of signal 9");
  expect_error("dies_in_mid_frame", "died", "5 of 16 bytes");
  expect_error("grandchild_holds_the_pipe", "died", "it died of signal 9");
  expect_error("closes_stdout", "died", "it closed its stdout and lives on");
  expect_error("memory", "out_of_memory", "200 MiB are allowed");
}

TEST_F(Exec, ARefusalIsAnErrorWithItsMessage) { expect_error("refuses", "refused", "ValueError: x outside the domain"); }

TEST_F(Exec, NaNIsANumberThatTheLawJudges) {
  const VerifyResult result = examined("nan");
  EXPECT_EQ(result.rows.front().verdict, "fails");
  EXPECT_THAT(result.failures.front().message, HasSubstr("not a number"));
}

TEST_F(Exec, AnUnreadStderrHoldsNobodyUp) { EXPECT_EQ(examined("floods_stderr").rows.front().verdict, "holds"); }

TEST_F(Exec, TheRunGoesOnAfterAFault) {
  const VerifyResult result = run({family("inverse_dies", 2)}, {});
  for (const reports::VerdictRow& row : result.rows) {
    if (row.law_id == "L8" || row.law_id == "L1") {
      EXPECT_EQ(row.verdict, "holds") << row.law << " " << row.reason;
    }
    if (row.law_id == "L3" || row.law_id == "L4" || row.law_id == "L9") {
      EXPECT_EQ(row.verdict, "error") << row.law;
      EXPECT_THAT(row.reason, HasSubstr("died: it ended with code 4")) << row.law;
    }
  }
}

TEST_F(Exec, TheCaseThatKillsIsShrunkAndComesBack) {
  const Family layer = family("far_point_kills", 2);
  VerifyOptions options;
  options.law = "L8";
  const VerifyResult result = run({layer}, options);
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_THAT(result.failures.front().message, HasSubstr("died: it died of signal 11"));
  const Case small = case_from_text(result.failures.front().case_text);
  EXPECT_EQ(small.rows.size(), 1u);
  EXPECT_EQ(std::count(small.rows[0].begin(), small.rows[0].end(), 0.0), 1) << result.failures.front().case_text;
  options.replay = {result.failures.front().case_text};
  EXPECT_EQ(run({layer}, options).rows.front().verdict, "error");
}

class Adapter : public testing::Test {
 protected:
  void SetUp() override {
    python_ = python("numpy");
    if (python_.empty()) GTEST_SKIP() << "python3-numpy is not installed: the adapter is not tried";
  }
  Family coupling(const std::string& defect, const std::string& dtypes = "f64", ExecReal real = ExecReal::best) const {
    return family_of_command(peer_command(python_, "coupling.py", defect + " " + dtypes), real);
  }
  std::string python_;
};

TEST_F(Adapter, ARightLayerObeysEveryLawInBothTypes) {
  for (const ExecReal real : {ExecReal::float64, ExecReal::float32})
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      VerifyOptions options;
      options.seed = seed;
      const VerifyResult result = run({coupling("none", "f64 f32", real)}, options);
      for (const Failure& failure : result.failures) ADD_FAILURE() << failure.law_id << "\n" << failure.message << failure.reproduce;
      for (const reports::VerdictRow& row : result.rows)
        if (row.worst_margin) {
          EXPECT_LE(*row.worst_margin, 0.5) << row.law << ", seed " << seed;
        }
    }
}

TEST_F(Adapter, AWrongLayerIsKilledByTheLawThatSaysSo) {
  const std::vector<std::pair<std::string, std::string>> defects{
      {"summand_dropped", "L8"},    {"mean_over_batch", "L15"},          {"inverse_adds", "L3"},         {"inverse_sign", "L9"},
      {"context_ignored", "A2"},    {"gradient_lacks_log_det", "L12"},   {"gradient_of_first_row", "L12b"}, {"batch_scale", "L17"},
      {"claims_volume", "A1"},      {"leaks", "L8"},          {"dropout", "L18"},
      {"nan_to_num", "L32"},        {"place", "L16"},         {"falls", "L24"},
      {"kink", "L25"}};
  for (const auto& [defect, law] : defects) {
    SCOPED_TRACE(defect);
    VerifyOptions options;
    options.law = law;
    const Family layer = coupling(defect);
    const VerifyResult result = run({layer}, options);
    ASSERT_EQ(result.failures.size(), 1u);
    EXPECT_EQ(result.failures.front().verdict, Verdict::fails) << result.failures.front().message;
    EXPECT_THAT(result.failures.front().reproduce, HasSubstr("flowgauge verify --exec '"));
    const std::string small = result.failures.front().case_text;
    EXPECT_LE(case_from_text(small).rows.size(), 2u) << small;
    options.replay = {small};
    EXPECT_EQ(run({layer}, options).rows.front().verdict, "fails") << small;
  }
}

TEST_F(Adapter, ATorchModuleIsALayer) {
  if (std::system((python_ + " -c 'import torch' >/dev/null 2>&1").c_str()) != 0) GTEST_SKIP() << "python3-torch is not installed";
  const auto examined = [&](const std::string& defect) {
    const std::string command = peer_command(python_, "torch_module.py", defect);
    VerifyOptions options;
    options.jobs = 2;
    return run({family_of_command(command, ExecReal::float64)}, options);
  };
  const VerifyResult right = examined("none");
  EXPECT_TRUE(right.passed());
  for (const Failure& failure : right.failures) ADD_FAILURE() << failure.law_id << "\n" << failure.message << failure.reproduce;
  for (const auto& [defect, law] : {std::pair("log_det_sign", "L8"), std::pair("inverse_adds", "L3"), std::pair("detached", "L12")}) {
    const VerifyResult wrong = examined(defect);
    const bool seen = std::any_of(wrong.rows.begin(), wrong.rows.end(), [id = std::string(law)](const reports::VerdictRow& row) {
      return row.law_id == id && row.verdict == "fails";
    });
    EXPECT_TRUE(seen) << law << " does not see " << defect;
  }
}

TEST_F(Adapter, AResultOfAnotherTypeIsRefused) {
  const VerifyResult result = run({coupling("other_type")}, {});
  const auto row = std::find_if(result.rows.begin(), result.rows.end(), [](const auto& r) { return r.law_id == "L8"; });
  ASSERT_NE(row, result.rows.end());
  EXPECT_EQ(row->verdict, "error");
  EXPECT_THAT(row->reason, HasSubstr("refused: TypeError: forward returned log_det as float32, float64 was asked for"));
}

}  // namespace
}  // namespace flowgauge::verify
