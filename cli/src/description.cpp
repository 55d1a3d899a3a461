// SPDX-License-Identifier: MIT
#include "description.hpp"
#include "console.hpp"

#include <flowgauge/spec.hpp>

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace flowgauge::cli {
namespace {

std::string range_text(const OptionInfo& o) {
  using Kind = OptionInfo::Kind;
  const std::string range = fmt::format("{} … {}", number_text(o.low), number_text(o.high));
  switch (o.kind) {
    case Kind::integer: return "whole number, " + range;
    case Kind::real: return "number, " + range;
    case Kind::choice: return fmt::format("{}", fmt::join(o.choices, " | "));
    case Kind::list: return "list of numbers, " + range;
    case Kind::item: return "a layer's name with its options";
    case Kind::flow: return "a flow";
  }
  return {};
}

std::string_view role_text(Role role) {
  switch (role) {
    case Role::shift: return "shift";
    case Role::log_scale: return "log of a scale";
    case Role::weight: return "weight";
    case Role::logits: return "logits";
    case Role::direction: return "direction";
    case Role::multiplier: return "multiplier";
    case Role::free: return "free";
    case Role::fixed: return "fixed, not trained";
  }
  return {};
}

std::string interval_text(const Interval& i) { return fmt::format("({}, {})", number_text(i.low), number_text(i.high)); }

std::string jacobian_text(const Facts& f) {
  switch (f.structure) {
    case Structure::diagonal: return "diagonal";
    case Structure::lower: return "lower triangular";
    case Structure::upper: return "upper triangular";
    case Structure::coupling:
      return fmt::format("the {} {} coordinates pass, the others are scaled one by one", f.kept_first ? "first" : "last", f.kept);
    case Structure::dense: return "dense";
  }
  return {};
}

std::string smoothness_text(int continuous_derivatives) {
  if (continuous_derivatives >= 99) return "all derivatives are continuous";
  if (continuous_derivatives == 0) return "continuous; the slope jumps at knots";
  return fmt::format("{} continuous derivative{}", continuous_derivatives, continuous_derivatives == 1 ? "" : "s");
}

}  // namespace

std::string nats_text(double value, double std_error) {
  if (!std::isfinite(value)) return fmt::format("{}", value);
  const double size = std::max(std::abs(value), std_error);
  const bool tiny = size != 0 && size < 5e-4;
  const int decimals = std_error > 0 ? std::clamp(1 - static_cast<int>(std::floor(std::log10(std_error))), 4, 8) : 4;
  const auto text = [&](double x) { return tiny ? fmt::format("{:.1e}", x) : fmt::format("{:.{}f}", x, decimals); };
  return std_error > 0 ? text(value) + " ± " + text(std_error) : text(value);
}
std::string six_digits(double x) { return fmt::format("{:.6f}", std::abs(x) < 5e-7 ? 0.0 : x); }

std::string options_text(const std::vector<OptionInfo>& options) {
  if (options.empty()) return "  none\n";
  std::vector<std::vector<std::string>> rows;
  for (const OptionInfo& o : options) rows.push_back({"  " + o.name, range_text(o), "default " + o.default_text});
  return text_table(rows, "<<<");
}

std::string blocks_text(const std::vector<Block>& blocks) {
  if (blocks.empty()) return "  none\n";
  std::vector<std::vector<std::string>> rows;
  for (const Block& b : blocks) {
    const std::string spread = b.role == Role::weight && b.spread > 0 ? fmt::format(" ± {:.3g}", b.spread) : std::string();
    rows.push_back(
        {"  " + b.name, std::to_string(b.count), std::string(role_text(b.role)), fmt::format("at first {}{}", number_text(b.initial), spread)});
  }
  if (blocks.size() > 1) rows.push_back({"  together", std::to_string(total_count(blocks)), "", ""});
  return text_table(rows, "<><<");
}

std::string growth_text(const Growth& growth) {
  switch (growth.kind) {
    case Growth::Kind::linear: return "|y| grows like |x|: tails keep their class";
    case Growth::Kind::power:
      if (std::isnan(growth.exponent)) return "|y| grows like a power of |x| that the parameters set";
      return fmt::format("|y| grows like |x|^{}", number_text(growth.exponent));
    case Growth::Kind::logarithm: return "|y| grows like log|x|: a power tail becomes an exponential one";
    case Growth::Kind::exponential:
      if (std::isnan(growth.exponent)) return "|y| grows like e^(r|x|), r of the parameters: an exponential tail becomes a power";
      return "|y| grows like e^|x|: an exponential tail becomes a power";
    case Growth::Kind::unknown: return "not known";
  }
  return {};
}

std::string facts_text(const Facts& f) {
  std::vector<std::vector<std::string>> rows;
  rows.push_back({"  domain", fmt::format("{} -> {} in each coordinate", interval_text(f.domain), interval_text(f.codomain))});
  rows.push_back({"  inverse", f.inverse == InverseKind::closed ? "closed form" : f.inverse == InverseKind::iterative ? "root search" : "none"});
  rows.push_back({"  Jacobian", jacobian_text(f) + (f.volume_preserving ? "; its determinant is 1" : "")});
  rows.push_back({"  smoothness", smoothness_text(f.continuous_derivatives)});
  if (f.increasing) rows.push_back({"  order", "y_j grows with x_j"});
  if (f.initial_is_identity) rows.push_back({"  at first", "the identity"});
  if (f.identity_outside) rows.push_back({"  far out", fmt::format("y = x where every |x_j| ≥ {}", number_text(*f.identity_outside))});
  rows.push_back({"  tails", growth_text(f.growth)});
  return text_table(rows, "<<");
}

std::string tail_text(double end, const TailClass& tail) {
  using Kind = TailClass::Kind;
  const std::string shape = number_text(tail.shape), rate = tail.rate == 1 ? "" : number_text(tail.rate) + " ";
  std::string text;
  switch (tail.kind) {
    case Kind::bounded: text = "bounded"; break;
    case Kind::super_stretched: text = "lighter than exp(-c t^b) for every b"; break;
    case Kind::stretched: text = fmt::format("exp(-{}t{})", rate, tail.shape == 1 ? "" : "^" + shape); break;
    case Kind::log_normal_like: text = fmt::format("exp(-{}(log t)^{})", rate, shape); break;
    case Kind::power: text = tail.edge ? fmt::format("u^{}", shape) : fmt::format("t^-{}", shape); break;
    case Kind::slower_than_power: text = "slower than any power"; break;
    case Kind::unknown: text = "not known"; break;
  }
  if (std::isfinite(end)) return fmt::format("ends at {}, P(distance < u) ~ {}", number_text(end), text);
  return fmt::format("P(|x| > t) ~ {}", text);
}

}  // namespace flowgauge::cli
