// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {
namespace {

bool refused_as_range(const std::string& sentence) {
  return sentence.find("expects a number from") != std::string::npos || sentence.find("expects a whole number from") != std::string::npos;
}

}  // namespace

Law bad_options_are_refused() {
  return {.id = "D19",
          .statement =
              "NaN, ±∞ and numbers beyond an option's range are refused in a sentence; its ends, unless another option excludes them, make a "
              "source whose density is a number",
          .advice = "an option without a range, or a range whose end makes the formula divide by 0",
          .wants = {.sample = true},
          .examine_source =
              [](const SourceTrial& trial) {
                Examined result;
                bool any = false;
                for (const OptionInfo& option : trial.family().options) {
                  const bool real = option.kind == OptionInfo::Kind::real, whole = option.kind == OptionInfo::Kind::integer;
                  if (!real && !whole) continue;
                  any = true;
                  const auto make = [&](double value) { return trial.family().make({trial.family().name, {{option.name, {value}}}}); };
                  constexpr double infinity = std::numeric_limits<double>::infinity();
                  const double below = real ? std::nextafter(option.low, -infinity) : option.low - 1;
                  const double above = real ? std::nextafter(option.high, infinity) : option.high + 1;
                  for (const double bad : {std::nan(""), infinity, -infinity, below, above}) {
                    double accepted = 1;
                    try {
                      make(bad);
                    } catch (const ConfigError& error) {
                      accepted = std::string(error.what()).find(option.name) == std::string::npos;  // a sentence names the option
                    }
                    result.compare(0, fmt::format("{} = {}, accepted or refused without its name", option.name, bad), 0, accepted, accepted, 0,
                                   "kind");
                  }
                  for (const double end : {option.low, option.high}) {
                    if (whole && end > 1000) continue;  // a source of a million coordinates is no corner case
                    double wrong = 0;
                    try {
                      const auto extreme = make(end);
                      Batch<double> x(8, extreme->dim());
                      std::vector<double> log_p(8);
                      extreme->sample(trial.stream("ends"), 0, x);
                      extreme->log_prob(x, log_p);
                      for (const double l : log_p) wrong += !std::isfinite(l);
                    } catch (const ConfigError& error) {
                      wrong = refused_as_range(error.what());
                    }
                    result.compare(0, fmt::format("{} = {}: refused, or draws without a density", option.name, end), 0, wrong, wrong, 0, "draws");
                  }
                }
                return any ? result : Examined::not_applicable("the source has no numeric options");
              },
          .violated_by = "a scale that may be 0",
          .fooled_by = "options that are wrong together; the tests of a source say which those are"};
}

}  // namespace flowgauge::verify
