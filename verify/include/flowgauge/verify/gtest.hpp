// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/plain_layer.hpp>
#include <flowgauge/verify/verify.hpp>

#include <gtest/gtest.h>

/// Layers in tests of one's own. The answer carries the shrunk counterexample of every law that is broken, and the option that brings it back.
///   EXPECT_TRUE(obeys_every_law<acme::Spiral>("spiral", {.seed = 1}));
namespace flowgauge::verify {

inline testing::AssertionResult obeys_every_law(const Family& family, const VerifyOptions& options) {
  const VerifyResult result = run({family}, options);
  if (result.passed()) return testing::AssertionSuccess();
  testing::AssertionResult wrong = testing::AssertionFailure();
  for (const Failure& f : result.failures) {
    wrong << f.subject << " " << f.law << " (" << f.law_id << "): " << to_text(f.verdict) << "\n" << f.message;
    if (!f.case_text.empty()) wrong << "again: {.replay = {R\"(law=" << f.law_id << " | " << f.case_text << ")\"}}\n";
  }
  return wrong;
}
/// A struct with a formula on a generic real (docs/adding.md), over its options, blocks and dims.
template <class F>
testing::AssertionResult obeys_every_law(const std::string& name, const VerifyOptions& options) {
  return obeys_every_law(family_of<F>(name), options);
}
/// Plain functions in double.
inline testing::AssertionResult obeys_every_law(const PlainLayer& layer, const VerifyOptions& options) {
  return obeys_every_law(family_of(layer), options);
}

}  // namespace flowgauge::verify
