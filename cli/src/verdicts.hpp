// SPDX-License-Identifier: MIT
#pragma once
#include "console.hpp"

#include <flowgauge/reports/datapackage.hpp>
#include <flowgauge/verify/verify.hpp>

#include <string>
#include <vector>

/// Verdicts as text and as a page.
namespace flowgauge::cli {

/// Every failure with its case and its command; empty when there is none.
std::string failures_text(const verify::VerifyResult&, const Console&);
/// subject × law, a table for each kind of subject: the worst margin where a law holds; a word where it does not.
std::string matrix_text(const std::vector<reports::VerdictRow>&);
/// "7 layers × 17 laws: 101 hold, 0 fail, 0 unresolved, 18 not applicable, 0 errors."
std::string verdict_sentence(const std::vector<reports::VerdictRow>&);
std::string verdict_page(const std::vector<reports::VerdictRow>&, const reports::Provenance&);

}  // namespace flowgauge::cli
