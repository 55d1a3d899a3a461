// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/error.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <utility>

/// From a source's struct (source.hpp) to a Distribution, with a sentence for every member that is missing.
namespace flowgauge::distributions {

template <class F>
concept DescribedSource = requires {
  { F::summary } -> std::convertible_to<std::string_view>;
  { F::reference } -> std::convertible_to<std::string_view>;
};
/// One number: what sets it apart from a source of several.
template <class F>
concept UnivariateSource = requires(const F f, double x) {
  { f.log_prob(x) } -> std::same_as<double>;
};
template <class F>
concept RowDensity = requires(const F f, std::span<const double> x) {
  { f.log_prob(x) } -> std::same_as<double>;
};
template <class F>
concept BatchDensity = requires(const F f, BatchIn<double> x, ColumnOut<double> log_p) { f.log_prob(x, log_p); };
/// One number straight, where the inverse cdf is slow.
template <class F>
concept NumberSampler = requires(const F f, const RandomStream& stream) {
  { f.sample(stream, std::uint64_t{}) } -> std::same_as<double>;
};
template <class F>
concept RowSampler = requires(const F f, const RandomStream& stream, std::span<double> x) { f.sample(stream, std::uint64_t{}, x); };
template <class F>
concept BatchSampler = requires(const F f, const RandomStream& stream, BatchOut<double> x) { f.sample(stream, std::uint64_t{}, x); };

/// Refuses at compile time, in words, a source that lacks a member.
template <class F>
constexpr void require_source() {
  static_assert(std::default_initializable<F>, "a source is constructible without arguments: its options are fields with defaults");
  static_assert(DescribedSource<F>, "a source declares `static constexpr std::string_view summary, reference`");
  if constexpr (UnivariateSource<F>) {
    static_assert(
        requires(const F f, double x) {
          { f.cdf(x) } -> std::same_as<double>;
        },
        "a source of one number declares `double cdf(double x) const`");
    static_assert(requires(const F f, double x) { { f.upper_cdf(x) } -> std::same_as<double>; },
                  "a source of one number declares `double upper_cdf(double x) const`: P(X > x)");
    static_assert(
        requires(const F f, double p) {
          { f.quantile(p) } -> std::same_as<double>;
        },
        "a source of one number declares `double quantile(double p) const`");
    static_assert(requires(const F f, double p) { { f.upper_quantile(p) } -> std::same_as<double>; },
                  "a source of one number declares `double upper_quantile(double p) const`: the x with P(X > x) = p");
    static_assert(
        requires(const F f) {
          { f.entropy() } -> std::convertible_to<std::optional<Estimate>>;
        },
        "a source declares `Estimate entropy() const`");
    static_assert(requires(const F f) { { f.moments() } -> std::same_as<Moments>; }, "a source of one number declares `Moments moments() const`");
    static_assert(requires(const F f) { { f.marginal() } -> std::same_as<Marginal>; }, "a source of one number declares `Marginal marginal() const`");
    static_assert(requires(const F f) { { f.kinks() } -> std::same_as<std::vector<double>>; },
                  "a source of one number declares `std::vector<double> kinks() const`");
  } else {
    static_assert(
        RowDensity<F> || BatchDensity<F>,
        "a source declares `template <Real T> T log_prob(T x) const` (one number), `template <Real T> T log_prob(std::span<const T> x) const` "
        "(several), or `void log_prob(BatchIn<double> x, ColumnOut<double> log_p) const`");
    static_assert(
        RowSampler<F> || BatchSampler<F>,
        "a source of several numbers declares `void sample(const RandomStream&, std::uint64_t row, std::span<double> x) const`, or the same for a "
        "BatchOut<double>");
    static_assert(requires(const F f) { { f.dim() } -> std::same_as<int>; }, "a source of several numbers declares `int dim() const`");
    static_assert(
        requires(const F f) {
          { f.independent() } -> std::same_as<bool>;
        },
        "a source of several numbers declares `bool independent() const`");
    static_assert(requires(const F f) { { f.entropy() } -> std::convertible_to<std::optional<Estimate>>; },
                  "a source declares `std::optional<Estimate> entropy() const`");
    static_assert(
        requires(const F f) {
          { f.marginal(0) } -> std::same_as<Marginal>;
        },
        "a source of several numbers declares `Marginal marginal(int) const`");
    static_assert(requires(const F f) {
      { f.mean() } -> std::same_as<std::optional<std::vector<double>>>;
      { f.covariance() } -> std::same_as<std::optional<std::vector<double>>>;
    }, "a source of several numbers declares `std::optional<std::vector<double>> mean() const` and `covariance() const`");
  }
}

/// ShapeError unless x is n × dim and log_p has n numbers.
void check_log_prob_shapes(const Distribution&, BatchIn<double> x, ColumnOut<double> log_p);
/// ShapeError unless x has dim columns.
void check_sample_shape(const Distribution&, BatchOut<double> x);

/// A source of one number.
template <class F>
class UnivariateAdaptor final : public Univariate {
 public:
  UnivariateAdaptor(F source, std::string text) : source_(std::move(source)), text_(std::move(text)) {}
  const F& source() const { return source_; }

  std::string text() const override { return text_; }
  void log_prob(BatchIn<double> x, ColumnOut<double> log_p) const override {
    check_log_prob_shapes(*this, x, log_p);
    for (Index i = 0; i < x.rows; ++i) log_p[static_cast<std::size_t>(i)] = source_.log_prob(x(i, 0));
  }
  /// By the source's own sampler, else by the inverse cdf of uniform(row, 0), from the nearer end.
  void sample(const RandomStream& stream, std::uint64_t first_row, BatchOut<double> x) const override {
    check_sample_shape(*this, x);
    for (Index i = 0; i < x.rows; ++i) {
      const std::uint64_t row = first_row + static_cast<std::uint64_t>(i);
      if constexpr (NumberSampler<F>) {
        x(i, 0) = source_.sample(stream, row);
      } else {
        const double u = stream.uniform(row, 0);
        x(i, 0) = u < 0.5 ? source_.quantile(u) : source_.upper_quantile(1 - u);
      }
    }
  }
  std::optional<Estimate> entropy() const override { return source_.entropy(); }
  Marginal marginal(int) const override { return source_.marginal(); }
  std::optional<std::vector<double>> mean() const override { return one(source_.moments().mean); }
  std::optional<std::vector<double>> covariance() const override { return one(source_.moments().variance); }

  double log_density(double x) const override { return source_.log_prob(x); }
  double cdf(double x) const override { return source_.cdf(x); }
  double upper_cdf(double x) const override { return source_.upper_cdf(x); }
  double quantile(double p) const override { return source_.quantile(p); }
  double upper_quantile(double p) const override { return source_.upper_quantile(p); }
  std::vector<double> kinks() const override { return source_.kinks(); }

 private:
  static std::optional<std::vector<double>> one(std::optional<double> value) {
    if (!value) return std::nullopt;
    return std::vector<double>{*value};
  }
  F source_;
  std::string text_;
};

/// A source of several numbers.
template <class F>
class JointAdaptor final : public Distribution {
 public:
  JointAdaptor(F source, std::string text) : source_(std::move(source)), text_(std::move(text)) {}
  const F& source() const { return source_; }

  int dim() const override { return source_.dim(); }
  std::string text() const override { return text_; }
  void log_prob(BatchIn<double> x, ColumnOut<double> log_p) const override {
    check_log_prob_shapes(*this, x, log_p);
    if constexpr (BatchDensity<F>) {
      source_.log_prob(x, log_p);
    } else {
      std::vector<double> row(static_cast<std::size_t>(x.dim));
      for (Index i = 0; i < x.rows; ++i) {
        for (Index j = 0; j < x.dim; ++j) row[static_cast<std::size_t>(j)] = x(i, j);
        log_p[static_cast<std::size_t>(i)] = source_.log_prob(std::span<const double>(row));
      }
    }
  }
  void sample(const RandomStream& stream, std::uint64_t first_row, BatchOut<double> x) const override {
    check_sample_shape(*this, x);
    if constexpr (BatchSampler<F>) {
      source_.sample(stream, first_row, x);
    } else {
      std::vector<double> row(static_cast<std::size_t>(x.dim));
      for (Index i = 0; i < x.rows; ++i) {
        source_.sample(stream, first_row + static_cast<std::uint64_t>(i), std::span<double>(row));
        for (Index j = 0; j < x.dim; ++j) x(i, j) = row[static_cast<std::size_t>(j)];
      }
    }
  }
  std::optional<Estimate> entropy() const override { return source_.entropy(); }
  Marginal marginal(int coordinate) const override { return source_.marginal(coordinate); }
  bool independent() const override { return source_.independent(); }
  std::optional<std::vector<double>> mean() const override { return source_.mean(); }
  std::optional<std::vector<double>> covariance() const override { return source_.covariance(); }

 private:
  F source_;
  std::string text_;
};

/// The options of `item` in an F, as a Distribution. ConfigError as read_options.
template <class F>
std::unique_ptr<Distribution> adapt(const Item& item) {
  require_source<F>();
  F source = read_options<F>(item);
  if constexpr (requires { source.prepare(); }) source.prepare();
  std::string text = to_text(canonical_item(item.name, source));
  if constexpr (UnivariateSource<F>) {
    return std::make_unique<UnivariateAdaptor<F>>(std::move(source), std::move(text));
  } else {
    return std::make_unique<JointAdaptor<F>>(std::move(source), std::move(text));
  }
}

/// The F behind a distribution that make_source returned, or null when it is another.
template <class F>
const F* source_as(const Distribution& distribution) {
  if constexpr (UnivariateSource<F>) {
    const auto* adaptor = dynamic_cast<const UnivariateAdaptor<F>*>(&distribution);
    return adaptor ? &adaptor->source() : nullptr;
  } else {
    const auto* adaptor = dynamic_cast<const JointAdaptor<F>*>(&distribution);
    return adaptor ? &adaptor->source() : nullptr;
  }
}

/// What the shelf's table holds of one source.
template <class F>
SourceEntry source_entry(std::string name) {
  const std::unique_ptr<Distribution> with_defaults = adapt<F>(Item{name, {}});
  std::vector<std::string> specimens{with_defaults->text()};
  if constexpr (requires { F::specimens; })
    for (const std::string_view text : F::specimens) specimens.emplace_back(text);
  return {{name, std::string(F::summary), std::string(F::reference), list_options<F>(), with_defaults->text(), with_defaults->dim(), specimens},
          &adapt<F>};
}

}  // namespace flowgauge::distributions
