// SPDX-License-Identifier: MIT
#include <flowgauge/verify/law.hpp>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace flowgauge::verify {

double Finding::margin() const {
  if (outcome == Outcome::unresolved || outcome == Outcome::not_applicable) return 0;
  if (std::isnan(observed) || std::isnan(allowed)) return std::numeric_limits<double>::infinity();
  if (observed == 0) return 0;
  return observed / allowed;
}

Outcome Examined::outcome() const {
  bool unresolved = false, agree = false, not_applicable = false;
  for (const Finding& f : findings) {
    if (f.outcome == Outcome::disagree) return Outcome::disagree;
    unresolved |= f.outcome == Outcome::unresolved;
    agree |= f.outcome == Outcome::agree;
    not_applicable |= f.outcome == Outcome::not_applicable;
  }
  if (unresolved) return Outcome::unresolved;
  return not_applicable && !agree ? Outcome::not_applicable : Outcome::agree;
}

const Finding* Examined::worst() const {
  const Finding* worst = nullptr;
  for (const Finding& f : findings) {
    const bool better = !worst || (f.outcome == Outcome::disagree && worst->outcome != Outcome::disagree);
    const bool alike = worst && (f.outcome == Outcome::disagree) == (worst->outcome == Outcome::disagree);
    if (better || (alike && f.margin() > worst->margin())) worst = &f;
  }
  return worst;
}

Finding& Examined::compare(Index row, std::string what, double expected, double observed, double error, double allowed, std::string unit) {
  Finding f;
  f.outcome = std::isfinite(error) && error <= allowed ? Outcome::agree : Outcome::disagree;  // a NaN disagrees
  if (std::isfinite(error) && !std::isfinite(allowed)) f.outcome = Outcome::unresolved, f.reason = "twin_not_finite";
  f.observed = error;
  f.allowed = allowed;
  f.unit = std::move(unit);
  f.expected_value = expected;
  f.observed_value = observed;
  f.what = std::move(what);
  f.row = row;
  findings.push_back(std::move(f));
  return findings.back();
}

void Examined::unresolved(Index row, std::string reason) {
  Finding f;
  f.outcome = Outcome::unresolved;
  f.reason = std::move(reason);
  f.row = row;
  findings.push_back(std::move(f));
}

Examined Examined::not_applicable(std::string reason) {
  Examined e;
  Finding f;
  f.outcome = Outcome::not_applicable;
  f.reason = std::move(reason);
  e.findings.push_back(std::move(f));
  return e;
}

std::string to_text(About about) {
  switch (about) {
    case About::layer: return "layer";
    case About::composition: return "composition";
    case About::source: return "source";
    case About::estimator: return "estimator";
  }
  return "";
}

double drawn_weight(const RandomStream& stream, std::uint64_t row, std::uint32_t draw) {
  const double v = std::round(8 * stream.normal(row, draw)) / 8;
  return v == 0 ? 0.125 : v;
}

void sort_by_id(std::vector<Law>& laws) {
  const auto key = [](const Law& law) { return std::tuple(law.id.substr(0, 1), std::stoi(law.id.substr(1)), law.id); };
  std::sort(laws.begin(), laws.end(), [&](const Law& a, const Law& b) { return key(a) < key(b); });
}

}  // namespace flowgauge::verify
