// SPDX-License-Identifier: MIT
#include <flowgauge/model.hpp>
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <cmath>
#include <set>

namespace flowgauge::verify {

namespace {

/// Only these can be written as a model.
bool in_the_catalogue(const Subject& subject) {
  try {
    make_flow<double>(subject.spec(), subject.dim(), subject.context());
  } catch (const std::invalid_argument&) {
    return false;
  }
  return true;
}

}  // namespace

Law text_gives_the_layer_back() {
  return {
      .id = "L33",
      .statement =
          "the layer made from its own canonical text has the same text, and its parameters written to a model's text and read back, or written as a "
          "case and read back, have the same bits; so has what it computes",
      .advice = "an option is printed as something else than was read, or two blocks have one name",
      .wants = {.stress = true, .largest_dim = 5, .rows = 1},
      .examine =
          [](const Trial& trial) {
            Examined result;
            const Subject& subject = trial.subject();
            const auto bits = [&](const std::string& what, bool same) { result.compare(0, what, 1, same ? 1 : 0, same ? 0 : 1, 0, "bits"); };
            const Subject again = subject.made_again(parse_flow(subject.text()));
            bits("the canonical text '" + subject.text() + "' against that of the layer made from it, '" + again.text() + "'",
                 again.text() == subject.text());
            if (again.parameters() != subject.parameters()) {
              bits("the number of parameters", false);
              return result;
            }
            Flow<double>& flow = subject.flow<double>();
            std::copy(trial.sample().theta.begin(), trial.sample().theta.end(), flow.theta().begin());
            Case read = case_from_text(to_text(trial.sample()));
            bits("parameters after a case's text", read.theta == trial.sample().theta);
            // A model's text keeps parameters by the names of their blocks.
            std::set<std::string> names;
            for (const Block& block : subject.blocks()) bits("the block '" + block.name + "', named once", names.insert(block.name).second);
            if (in_the_catalogue(subject)) {
              read.theta = parse_model(model_text(to_model(flow)), "the model's text").theta;
              bits("parameters after a model's text", read.theta == trial.sample().theta);
            }
            if (read.theta.size() != trial.sample().theta.size()) return result;
            const Image<double> before = trial.call(Way::forward, trial.row(0), trial.context(0));
            const Image<double> after = Trial(again, read).call(Way::forward, read.rows[0], trial.context(0));
            const auto compare = [&](const std::string& what, double a, double b) {
              const bool same = a == b || (a != a && b != b);
              result.compare(0, what + " of the layer that was read back", a, b, same ? 0 : std::abs(a - b), 0, "bits");
            };
            for (std::size_t j = 0; j < before.value.size(); ++j) compare(fmt::format("y[{}]", j), before.value[j], after.value[j]);
            compare("log_det", before.log_det, after.log_det);
            return result;
          },
      .violated_by = "an option that is doubled after it was read",
      .fooled_by = "an option that nothing depends on (A2 speaks of parameters only)"};
}

}  // namespace flowgauge::verify
