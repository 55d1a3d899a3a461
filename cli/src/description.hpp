// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distribution.hpp>
#include <flowgauge/options.hpp>
#include <flowgauge/parameters.hpp>

#include <string>
#include <vector>

/// What the library knows of its members, as text.
namespace flowgauge::cli {

/// Six decimals; what rounds to 0 has no sign.
std::string six_digits(double);
/// A value in nats with the digits that its error leaves standing, four decimals or more: "0.0178 ± 0.0028", "0.002310 ± 0.000058",
/// "-1.3e-05 ± 3.1e-05". Without an error four decimals, or two digits below 5e-4.
std::string nats_text(double value, double std_error = 0);
/// name, range or choices, default: a line an option.
std::string options_text(const std::vector<OptionInfo>&);
/// name, count, role, initial value: a line a block, and the sum.
std::string blocks_text(const std::vector<Block>&);
/// Domain, inverse, Jacobian, smoothness and growth as sentences.
std::string facts_text(const Facts&);
/// "W(1)", "S(2, 0.5)", "edge": the class of one end.
std::string tail_text(double end, const TailClass&);
/// "y grows like log|x|".
std::string growth_text(const Growth&);

}  // namespace flowgauge::cli
