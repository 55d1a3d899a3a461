// SPDX-License-Identifier: MIT
#include "estimators.hpp"

#include <flowgauge/bench/kl.hpp>
#include <flowgauge/bench/quadrature.hpp>

namespace flowgauge::cli {
namespace {

verify::Estimated estimated(const bench::Mean& m) { return {m.value, m.std_error, m.ci_low, m.ci_high}; }

}  // namespace

verify::Estimator kl_estimator() {
  verify::Estimator estimator{"kl", "KL of a flow from a source: by fresh rows, after every layer, and by quadrature in one dimension", {}, {}, {},
                              {}};
  estimator.kl = [](const Flow<double>& flow, const Distribution& source, Index rows, std::uint64_t seed) {
    Workspace workspace;
    const bench::KlEstimate e = bench::estimate_kl(flow, source, rows, seed, workspace);
    verify::EstimatedKl result{estimated(e.kl), std::string(bench::text_of(e.status)), {}};
    for (const bench::PrefixKl& p : e.trace) result.trace.push_back({estimated(p.kl), estimated(p.delta)});
    return result;
  };
  estimator.quick_kl = [](const Flow<double>& flow, const Distribution& source, Index rows, std::uint64_t seed) {
    Workspace workspace;
    return estimated(bench::estimate_kl_quickly(flow, source, rows, seed, workspace));
  };
  estimator.cross_entropy = [](const Flow<double>& flow, BatchIn<double> rows) {
    Workspace workspace;
    return estimated(bench::cross_entropy(flow, rows, workspace).nats);
  };
  estimator.quadrature = [](const Flow<double>& flow, const Univariate& source) {
    Workspace workspace;
    const bench::ExactKl e = bench::exact_kl(flow, source, workspace).kl;
    return verify::IntegratedKl{e.kl.value, e.kl.error, std::string(bench::text_of(e.status))};
  };
  return estimator;
}

}  // namespace flowgauge::cli
