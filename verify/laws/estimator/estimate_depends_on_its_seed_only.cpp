// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/verify/estimator.hpp>
#include <flowgauge/verify/law.hpp>

#include <bit>
#include <thread>

namespace flowgauge::verify {

Law estimate_depends_on_its_seed_only() {
  return {.id = "K11",
          .statement =
              "the same seed gives the same bits, alone, after other estimates and beside another thread; all flows meet the same rows of a "
              "source; another seed gives other rows",
          .advice = "a generator that threads share, a sum in the order in which threads end, or rows that depend on the flow",
          .wants = {.sample = true},
          .examine_estimator =
              [](const EstimatorTrial& trial) {
                Examined result;
                const auto source = distributions::make_source("eight_gaussians");
                const Flow<double> flow = flow_drawn("triangular planar", 2, trial.seed(2)),
                                   other = flow_drawn("permutation triangular", 2, trial.seed(3));
                const auto estimate = [&](const Flow<double>& q, std::uint64_t seed) { return trial.estimator().kl(q, *source, trial.rows(), seed); };
                const auto judge = [&](const char* what, double expected, double observed) {
                  const bool same = std::bit_cast<std::uint64_t>(expected) == std::bit_cast<std::uint64_t>(observed);
                  result.compare(0, what, expected, observed, same ? 0 : 1, 0, "bits");
                };
                const std::uint64_t seed = trial.seed(1);
                const EstimatedKl first = estimate(flow, seed);
                const EstimatedKl between = estimate(other, seed);
                judge("the KL a second time", first.kl.value, estimate(flow, seed).kl.value);
                judge("its standard error a second time", first.kl.std_error, estimate(flow, seed).kl.std_error);
                judge("the headline alone", first.kl.value, trial.estimator().quick_kl(flow, *source, trial.rows(), seed).value);
                double left = 0, right = 0;
                std::thread beside([&] { right = estimate(flow, seed).kl.value; });
                left = estimate(flow, seed).kl.value;
                beside.join();
                judge("the KL beside another thread", first.kl.value, left);
                judge("the KL in another thread", first.kl.value, right);
                if (!first.trace.empty() && !between.trace.empty())
                  judge("the KL before any layer, which all flows share", first.trace.front().kl.value, between.trace.front().kl.value);
                const double elsewhere = estimate(flow, seed ^ 1).kl.value;
                result.compare(0, "the KL with another seed, the same", first.kl.value, elsewhere, elsewhere == first.kl.value ? 1 : 0, 0, "bits");
                return result;
              },
          .violated_by = "an estimator that does not read its seed",
          .fooled_by = "the same wrong rows every time: K4"};
}

}  // namespace flowgauge::verify
