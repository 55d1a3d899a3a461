// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_subject.hpp>

namespace flowgauge::verify {

SourceTrial::SourceTrial(const SourceFamily& family, std::shared_ptr<const Distribution> source, const Case& sample)
    : family_(family), source_(std::move(source)), univariate_(dynamic_cast<const Univariate*>(source_.get())), sample_(sample) {
  if (source_->dim() != sample.dim)
    throw ConfigError(source_->text() + " has dim " + std::to_string(source_->dim()) + ", the case says " + std::to_string(sample.dim));
  formula_ = family.formula(*source_);
}

double SourceTrial::log_p(std::span<const double> x) const {
  double log_p = 0;
  source_->log_prob({x.data(), 1, static_cast<Index>(x.size()), 1}, {&log_p, 1});
  return log_p;
}

Batch<double> SourceTrial::draw(std::string_view purpose, std::uint64_t first, Index n) const {
  Batch<double> x(n, source_->dim());
  source_->sample(stream(purpose), first, x);
  return x;
}

}  // namespace flowgauge::verify
