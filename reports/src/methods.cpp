// SPDX-License-Identifier: MIT
#include "comparison_tables.hpp"

#include <set>

#include <fmt/format.h>

#include "html.hpp"
#include "words.hpp"

namespace flowgauge::reports {
namespace {

/// "2 000", or "2 000 to 50 000"; empty where no row says.
std::string range_of(const std::set<std::int64_t>& numbers) {
  if (numbers.empty()) return {};
  const auto text = [](std::int64_t number) { return html::count(static_cast<double>(number)); };
  return numbers.size() == 1 ? text(*numbers.begin()) : text(*numbers.begin()) + " to " + text(*numbers.rbegin());
}

}  // namespace

std::string methods(const Comparison& comparison) {
  std::set<std::int64_t> rows, steps, seeds, fitted;
  std::set<std::string> types;
  bool integrated = false, data = false;
  for (const Cell& cell : comparison.cells) {
    for (const CellRow* row : cell.rows) {
      if (row->metric == "kl" && row->estimator == "mc" && row->n_eval) rows.insert(*row->n_eval);
      integrated = integrated || (row->metric == "kl" && row->estimator == "quadrature");
      data = data || row->metric == "cross_entropy_held_out";
    }
    const CellRow& any = cell.any();
    if (any.steps_done) steps.insert(*any.steps_done);
    if (any.seed) seeds.insert(*any.seed);
    if (any.n_train) fitted.insert(*any.n_train);
    if (!any.dtype.empty()) types.insert(plain_words(any.dtype));
  }
  std::string text;
  const auto say = [&text](const std::string& sentence) { text += html::text("li", "", sentence); };
  if (!rows.empty()) {
    say(
        fmt::format("Monte Carlo: the mean of log p(x) − log q(x) over {} fresh rows of the source, the same rows for every flow with the same seed, "
                    "in 64-bit numbers; 95 % interval by Student's t.",
                    range_of(rows)));
  }
  if (integrated) say("Dim 1: the same integral by adaptive quadrature, to 1e-9 of its value; where it is there, it is the value shown.");
  if (!rows.empty()) say("Whether a KL is finite is decided from the tails of source and flow, before any row is drawn.");
  if (data) say("Data sets: −log q(x) averaged over rows that were held out of the fit, and over the rows that were fitted.");
  std::string fit;
  if (!steps.empty()) fit = fmt::format("Fits: Adam on the mean negative log-likelihood, {} steps", range_of(steps));
  if (!fit.empty() && !fitted.empty()) fit += fmt::format(", {} rows drawn once", range_of(fitted));
  for (const std::string& type : types) fit += fit.empty() ? "" : ", " + type;
  if (!fit.empty()) say(fit + ".");
  if (seeds.size() == 1) say("One seed: how far a fit moves with its seed is not known from this run.");
  if (seeds.size() > 1) say(fmt::format("{} seeds.", html::count(static_cast<double>(seeds.size()))));
  return text.empty() ? text : html::element("ul", "", text);
}

}  // namespace flowgauge::reports
