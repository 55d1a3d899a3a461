// SPDX-License-Identifier: MIT
#include "words.hpp"

#include <array>
#include <utility>

namespace flowgauge::reports {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 21> meanings{{
    {"mc", "Monte Carlo"},
    {"exact", "formula"},
    {"exact_quadrature", "integrated exactly"},
    {"mc_ok", "Monte Carlo, nothing to object"},
    {"mc_infinite_variance", "tails too heavy: the error is larger than stated"},
    {"infinite_proved", "infinite: proved from the tails"},
    {"infinite_suspected", "perhaps infinite: the sample says so"},
    {"support_violation", "the source has rows where the flow's density is 0"},
    {"invalid", "no value: a row was not a number"},
    {"not_distinguishable", "not distinguishable"},
    {"not_applicable", "not applicable"},
    {"oracles_differ", "the two references do not agree with each other"},
    {"ill_conditioned", "so badly conditioned that no tolerance can be stated"},
    {"twin_not_finite", "the tolerance is not finite there"},
    {"held_out", "held out"},
    {"cross_entropy", "cross-entropy"},
    {"cross_entropy_held_out", "cross-entropy on held-out rows"},
    {"kl", "KL"},
    {"kl_reverse", "reverse KL"},
    {"float32", "32-bit numbers"},
    {"float64", "64-bit numbers"},
}};

}  // namespace

std::string plain_words(std::string_view code) {
  for (const auto& [name, meaning] : meanings) {
    if (name == code) return std::string{meaning};
  }
  return std::string{code};
}

}  // namespace flowgauge::reports
