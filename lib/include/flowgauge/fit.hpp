// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/flow.hpp>

namespace flowgauge {

enum class Schedule { constant, cosine };
enum class Order { shuffled, in_order };

/// Adam (Kingma, Ba, arXiv 1412.6980) on the mean negative log-likelihood.
struct FitOptions {
  Index steps = 1000;          ///< Adam steps; of a fixed data set, epochs·⌈rows/batch⌉
  Index batch = 1000;          ///< rows a step; the last batch of an epoch may be short
  double learning_rate = 1e-3;
  Schedule schedule = Schedule::constant;  ///< cosine: from learning_rate to 0 over `steps`
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double weight_decay = 0;     ///< adds weight_decay·θ to the gradient (as torch.optim.Adam does)
  double clip_norm = 0;        ///< scales a gradient whose norm is larger down to it; 0: never
  Order order = Order::shuffled;  ///< of a fixed data set
  bool start_from_data = true; ///< Flow::initialise_from the first batch; false: go on from θ as it is
};

/// What a fit is fed with: the rows of a fixed data set, or fresh rows of an endless sample, row i depending on i alone.
struct TrainingData {
  BatchIn<double> rows = {};
  std::function<void(std::uint64_t first_row, BatchOut<double>)> fresh = {};
};

struct FitProgress {
  Index step, steps;           ///< step ≥ 1 was just done
  double loss, gradient_norm;  ///< nats; before the step was taken
};

struct FitResult {
  bool finite = true;          ///< false: loss or gradient was not finite; θ is that of the step before
  Index steps_done = 0;
  double loss = 0;             ///< of the last step
  std::string detail;          ///< why it stopped early
};

/// Fits θ in place. Deterministic: the same (θ, data, options, seed) gives the same bits on any number of threads, because a fit runs on one and
/// sums gradients in
/// the order of the rows. `watch` is called after each step and may stop the fit by returning false. ConfigError for options that make no sense.
template <class S>
FitResult fit(Flow<S>&, const TrainingData&, const FitOptions&, std::uint64_t seed,
              const std::function<bool(const FitProgress&, const Flow<S>&)>& watch = {});

}  // namespace flowgauge
