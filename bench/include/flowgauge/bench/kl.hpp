// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/bench/tail.hpp>
#include <flowgauge/distribution.hpp>
#include <flowgauge/flow.hpp>

#include <string>
#include <string_view>
#include <vector>

/// Kullback–Leibler divergence KL(P‖q) = E_P[log p(x) − log q(x)] of a flow q from a source P, by Monte Carlo over fresh rows, in nats. Always
/// in
/// double. Sums run on one thread in chunks of a fixed size that are joined in order: the same bits on any machine load.
namespace flowgauge::bench {

/// What a KL value may be taken for (column kl_status).
enum class KlStatus { exact_quadrature, mc_ok, mc_infinite_variance, infinite_proved, infinite_suspected, support_violation, invalid };
std::string_view text_of(KlStatus);

/// A mean with its standard error and 95 % Student-t interval; std_error and interval are NaN for a single row.
struct Mean {
  double value = 0, std_error = 0, ci_low = 0, ci_high = 0, std_deviation = 0;
  Index rows = 0;
};

/// Rows whose log-ratio is not a finite number, by cause. One such row makes a mean NaN (+∞ for rows outside the flow's support): none is left out.
struct NonFinite {
  Index outside_support = 0;  ///< q(x) = 0: x outside the domain of the flow, or p(x) = 0
  Index overflow = 0;         ///< an infinite latent or log density
  Index not_a_number = 0;
  Index total() const { return outside_support + overflow + not_a_number; }
};

/// KL after the first layers of a flow; `delta` is the change by the last of them, with the standard error of the paired difference.
struct PrefixKl {
  std::string layer;  ///< canonical text; empty for the empty prefix
  Mean kl;
  Mean delta;         ///< zero rows for the empty prefix
  NonFinite non_finite;
  TailVerdict tails;  ///< kl.value is +∞ where these prove it
};

struct KlEstimate {
  Mean kl;
  NonFinite non_finite;
  KlStatus status = KlStatus::invalid;
  std::string reason;          ///< of a status that is not mc_ok; mc_infinite_variance also where only the sample says so
  double khat_energy = 0;      ///< generalised Pareto shape of the largest |z|²/2; NaN when it was not fitted
  double khat_log_det = 0;     ///< the same of the largest −log_det
  std::vector<PrefixKl> trace; ///< layers + 1 entries; the last one repeats kl
};

/// The stream of the evaluation sample of a source: one and the same for all flows, whatever grid they stand in.
RandomStream evaluation_stream(const Distribution& source, std::uint64_t seed);

/// k1 = mean(log p − log q) over the first `rows` rows of the evaluation stream, and after every prefix. ShapeError when dims differ, ConfigError
/// when rows < 1.
KlEstimate estimate_kl(const Flow<double>&, const Distribution& source, Index rows, std::uint64_t seed, Workspace&);
/// The headline alone: for step traces. +∞ where the tail algebra proves it or a row lies outside the support of the flow, NaN where another row is
/// not finite.
Mean estimate_kl_quickly(const Flow<double>&, const Distribution& source, Index rows, std::uint64_t seed, Workspace&);

struct CrossEntropy {
  Mean nats;  ///< −mean log q(x) a row
  NonFinite non_finite;
};
/// Of a data set: KL + its unknown entropy.
CrossEntropy cross_entropy(const Flow<double>&, BatchIn<double> rows, Workspace&);
/// The mean over the same rows of −log q(x) − other, `other` one number a row: a paired difference, with its own standard error.
Mean cross_entropy_difference(const Flow<double>&, BatchIn<double> rows, ColumnIn<double> other, Workspace&);

/// Means over rows from the source and rows of the flow itself, all bounded, so that they hold whatever the tails.
struct Overlap {
  Mean leak;        ///< share of the flow's own rows that lie outside the support of P
  Mean balance;     ///< mean_P[r/(1 + r)] − mean_Q[1/(1 + r)], r = q/p: 0 when log_det is right
  Mean js;          ///< Jensen–Shannon divergence, nats, in [0, log 2]
  Mean hellinger2;  ///< squared Hellinger distance, in [0, 1]
  Mean tv;          ///< total variation, in [0, 1]
  Index overflow = 0;      ///< rows of the flow that left the range of double; p counts as 0 there
  Index not_inverted = 0;  ///< rows of the flow that its inverse did not find: where one is, every mean above is NaN
};
/// Whether f⁻¹ takes every normal number: each layer has an inverse and reaches all of ℝ.
bool can_be_sampled(const Flow<double>&);
/// `rows` rows of each side; nothing when a layer has no inverse or its range is not the whole line. The rows of the flow are inverse images of the
/// stream ("flow-sample"), the same for all flows.
std::optional<Overlap> estimate_overlap(const Flow<double>&, const Distribution& source, Index rows, std::uint64_t seed, Workspace&);

}  // namespace flowgauge::bench
