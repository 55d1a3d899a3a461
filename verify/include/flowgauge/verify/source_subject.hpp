// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/adapt.hpp>
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/verify/case.hpp>
#include <flowgauge/verify/rounding.hpp>
#include <flowgauge/verify/subject.hpp>
#include <flowgauge/verify/wide.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace flowgauge::verify {

/// What a source's own text says beyond a Distribution; each is empty where it says nothing.
struct SourceFormula {
  template <class T>
  using Density = std::function<T(std::span<const T> x)>;
  Density<Wide> wide;          ///< log p(x) of one row, where the formula is on a generic real
  Density<WideDual> dual;
  Density<Rounding> rounding;
  using Moved = std::function<std::unique_ptr<Distribution>(double)>;
  Moved scaled, shifted;       ///< the source of b·x, and of x + a
};

/// Sources of one name: what options they are drawn from.
struct SourceFamily {
  std::string name;
  std::string help;  ///< its summary
  std::vector<OptionInfo> options;
  std::vector<std::string> specimens;  ///< canonical texts; the first has every option at its default
  std::function<std::unique_ptr<Distribution>(const Item&)> make;
  /// Of a distribution that `make`, `scaled` or `shifted` returned, which must outlive it.
  std::function<SourceFormula(const Distribution&)> formula;
  std::string exec = {};  ///< `--exec '…'` of its command line, for replay lines: it draws and computes in another process
};
/// Every member of the shelf of sources.
const std::vector<SourceFamily>& all_source_families();
/// The family of one struct.
template <class F>
SourceFamily source_family_of(const std::string& name);

/// A source with the numbers of a case: what a law examines.
class SourceTrial {
 public:
  /// ConfigError as make_source.
  SourceTrial(const SourceFamily&, std::shared_ptr<const Distribution>, const Case&);

  const SourceFamily& family() const { return family_; }
  const Distribution& source() const { return *source_; }
  /// Null when the source has several coordinates.
  const Univariate* univariate() const { return univariate_; }
  const SourceFormula& formula() const { return formula_; }
  /// Known by its values alone, in another process: it draws n rows by a seed, and refuses what it does not like.
  bool by_values() const { return !family_.exec.empty(); }
  const Case& sample() const { return sample_; }
  Index rows() const { return static_cast<Index>(sample_.rows.size()); }
  std::span<const double> row(Index i) const { return sample_.rows[static_cast<std::size_t>(i)]; }
  double log_p(std::span<const double> x) const;
  /// Rows first … first + n − 1 of the case's own sample for this purpose.
  Batch<double> draw(std::string_view purpose, std::uint64_t first, Index n) const;
  RandomStream stream(std::string_view purpose) const { return {sample_.seed, purpose, source_->text()}; }

 private:
  const SourceFamily& family_;
  std::shared_ptr<const Distribution> source_;
  const Univariate* univariate_;
  SourceFormula formula_;
  const Case& sample_;
};

namespace source_detail {

template <class T, class F>
SourceFormula::Density<T> density_at(const F& source) {
  if constexpr (requires(T x) {
                  { source.log_prob(x) } -> std::same_as<T>;
                }) {
    return [&source](std::span<const T> x) { return source.log_prob(x[0]); };
  } else if constexpr (requires(std::span<const T> x) {
                         { source.log_prob(x) } -> std::same_as<T>;
                       }) {
    return [&source](std::span<const T> x) { return source.log_prob(x); };
  } else {
    return {};
  }
}

template <class F>
std::unique_ptr<Distribution> adapted(const std::string& name, F source) {
  if constexpr (requires { source.prepare(); }) source.prepare();
  std::string text = to_text(canonical_item(name, source));
  if constexpr (distributions::UnivariateSource<F>)
    return std::make_unique<distributions::UnivariateAdaptor<F>>(std::move(source), std::move(text));
  else return std::make_unique<distributions::JointAdaptor<F>>(std::move(source), std::move(text));
}

}  // namespace source_detail

template <class F>
SourceFamily source_family_of(const std::string& name) {
  SourceFamily family{name, std::string(F::summary), list_options<F>(), distributions::source_entry<F>(name).info.specimens, &distributions::adapt<F>,
                      {}};
  family.formula = [name](const Distribution& distribution) {
    SourceFormula formula;
    const F* const source = distributions::source_as<F>(distribution);
    if (!source) return formula;
    formula.wide = source_detail::density_at<Wide>(*source);
    formula.dual = source_detail::density_at<WideDual>(*source);
    formula.rounding = source_detail::density_at<Rounding>(*source);
    if constexpr (requires { source->scaled(2.0); })
      formula.scaled = [source, name](double factor) { return source_detail::adapted(name, source->scaled(factor)); };
    if constexpr (requires { source->shifted(2.0); })
      formula.shifted = [source, name](double shift) { return source_detail::adapted(name, source->shifted(shift)); };
    return formula;
  };
  return family;
}

}  // namespace flowgauge::verify
