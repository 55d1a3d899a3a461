// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/flow.hpp>
#include <flowgauge/member.hpp>
#include <flowgauge/verify/case.hpp>
#include <flowgauge/verify/rounding.hpp>
#include <flowgauge/verify/wide.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace flowgauge::verify {

using WideDual = Dual<Wide, 1>;

/// What a subject in a process of its own did instead of answering: `kind` is one word (timeout, died, garbage, …), what() a sentence.
struct SubjectFault : std::runtime_error {
  SubjectFault(std::string fault, const std::string& sentence, std::string stderr_tail = {})
      : std::runtime_error(fault + ": " + sentence), kind(std::move(fault)), said(std::move(stderr_tail)) {}
  std::string kind;
  std::string said;  ///< the end of what it wrote to its stderr
};

/// What is known of the arithmetic of a layer that exists at one real only.
struct Arithmetic {
  bool whole = false;          ///< takes a batch as it comes: any number of rows in one call, no padding
  bool backward = true;        ///< offers the gradient
  double unit = 0x1p-53;       ///< its unit round-off: 2^-53, or 2^-24 where it computes in float
  /// The codomain is no box but what forward reaches: points for the inverse are images of drawn ones.
  bool image = false;
  bool jumps = false;          ///< not continuous: a map of one number need not be monotone then
  bool smooth = false;         ///< declared: neither y nor log_det has a kink
  std::optional<double> ulps;  ///< by how many ulp of the result a row may change with the batch that it comes in; nothing: within its noise
};

/// Makes one layer at every real. An empty function: the layer does not exist at that real, and laws that need it say so.
struct Workshop {
  template <class S>
  using Make = std::function<Layer<S>(const Item&, int dim, int context)>;
  std::tuple<Make<double>, Make<Wide>, Make<WideDual>, Make<Rounding>, Make<float>> make;
  Arithmetic arithmetic = {};  ///< of what exists in double only
  /// θ at this dim as the layer's own library initialises it; empty: as the blocks' roles say.
  std::function<std::vector<double>(int dim, std::uint32_t seed)> initial = {};

  template <class S>
  bool has() const {
    return static_cast<bool>(std::get<Make<S>>(make));
  }
};

/// Everything that the catalogues hold.
Workshop catalogue_workshop();
/// The layer of one struct (a transformer, a samplewise or a tile formula) under `name`; other names are the catalogues'.
template <class F>
Workshop workshop_of(const std::string& name);

/// Subjects of one name: what options they are drawn from.
struct Family {
  std::string name;
  std::string help;                  ///< its summary
  std::vector<OptionInfo> options;
  Workshop workshop;
  bool chain = false;                ///< more than one layer: a block, or random flows of 2 to 4 layers
  std::optional<FlowSpec> fixed;     ///< this spec and no other
  std::vector<int> dims = {};        ///< the dims that there are; empty: any
  int context = 0;                   ///< of a family whose dims are listed
  std::string exec = {};             ///< `--exec '…'` of its command line, for replay lines
};
/// Every member of the catalogue, and "flow".
std::vector<Family> all_families();
/// The family of one struct.
template <class F>
Family family_of(const std::string& name);

enum class Way { forward, inverse };

/// f(x) or f⁻¹(y) of one row, and the log_det of that direction in nats.
template <class S>
struct Image {
  std::vector<S> value;
  S log_det{};
  bool converged = true;
};

/// What backward gives.
template <class S>
struct Gradient {
  Batch<S> x;
  std::vector<S> theta;
  Batch<S> context;
};

/// A layer or a flow at a dim and a context, without numbers: made once for each real when it is first asked for.
class Subject {
 public:
  /// ConfigError as make_layer.
  Subject(Workshop, const FlowSpec&, int dim, int context);

  /// The subject of another spec by the same workshop, at the same dim and context.
  Subject made_again(const FlowSpec& spec) const { return {workshop_, spec, dim(), context()}; }

  const FlowSpec& spec() const { return plain_.spec(); }
  std::string text() const { return plain_.text(); }
  int dim() const { return plain_.dim(); }
  int context() const { return plain_.context(); }
  bool is_layer() const { return plain_.layers().size() == 1; }
  /// Of the layer; of a flow what holds for all of its layers.
  const Facts& facts() const { return facts_; }
  /// Of all layers.
  const std::vector<Block>& blocks() const { return blocks_; }
  Index parameters() const { return static_cast<Index>(plain_.theta().size()); }
  /// Whether the context changes anything: its size changes the number of parameters.
  bool uses_context() const { return uses_context_; }
  /// "slopes[3]", "layer 2 affine: shift".
  std::string parameter_name(Index k) const;
  template <class S>
  bool has() const {
    return workshop_.has<S>();
  }
  /// Known by its function values alone: written in another language, or for double only.
  bool by_values() const { return !has<Wide>(); }
  const Arithmetic& arithmetic() const { return workshop_.arithmetic; }
  const auto& initial() const { return workshop_.initial; }
  /// With θ of whoever used it last.
  template <class S>
  Flow<S>& flow() const;

 private:
  Workshop workshop_;
  Flow<double> plain_;
  Facts facts_;
  std::vector<Block> blocks_;
  bool uses_context_ = false;
  mutable std::tuple<std::unique_ptr<Flow<double>>, std::unique_ptr<Flow<Wide>>, std::unique_ptr<Flow<WideDual>>, std::unique_ptr<Flow<Rounding>>,
                     std::unique_ptr<Flow<float>>>
      flows_;
};

/// A subject with the numbers of a case: what a law examines. Calls take and give plain vectors; none of them remembers another.
class Trial {
 public:
  Trial(const Subject&, const Case&);

  const Subject& subject() const { return subject_; }
  const Case& sample() const { return sample_; }
  Index rows() const { return static_cast<Index>(sample_.rows.size()); }

  /// One row through the flow at real S, with θ of the case or with other numbers.
  template <class S>
  Image<S> map(Way, std::span<const S> x, std::span<const S> context, std::span<const S> other_theta = {}) const;
  /// Row i of the case, converted.
  template <class S>
  std::vector<S> row_at(Index i) const {
    return converted<S>(row(i));
  }
  template <class S>
  std::vector<S> context_at(Index i) const {
    return converted<S>(context(i));
  }
  /// The layer's own backward on a batch: the gradient of Σ_rows ⟨grad_y, y⟩ + grad_log_det·log_det, added to `theta`, which is 0 unless given. Of a
  /// layer only. S: double, float, Wide, Rounding.
  template <class S>
  Gradient<S> backward(const Batch<S>& x, const Batch<S>& context, const Batch<S>& grad_y, const std::vector<S>& grad_log_det,
                       std::vector<S> theta = {}) const;
  /// The same by the way that a fit goes, Flow::train with its tapes; without the context's gradient. S: double, float.
  template <class S>
  Gradient<S> train(const Batch<S>& x, const Batch<S>& context, const Batch<S>& grad_y, const std::vector<S>& grad_log_det,
                    std::vector<S> theta) const;
  /// Forward or inverse in the double that users run: the public call of the layer, or of the flow, on a batch.
  Convergence call(Way, BatchIn<double> x, BatchIn<double> context, BatchOut<double> y, ColumnOut<double> log_det) const;
  Image<double> call(Way, std::span<const double> x, std::span<const double> context) const;
  /// The same call at another scalar. S: double, float.
  template <class S>
  Convergence call_at(Way, BatchIn<S> x, BatchIn<S> context, BatchOut<S> y, ColumnOut<S> log_det) const;
  /// θ at S.
  template <class S>
  std::vector<S> theta() const {
    return converted<S>(sample_.theta);
  }
  std::span<const double> row(Index i) const { return sample_.rows[i]; }
  std::span<const double> context(Index i) const {
    return sample_.contexts.empty() ? std::span<const double>() : std::span<const double>(sample_.contexts[i]);
  }

  template <class S>
  static std::vector<S> converted(std::span<const double> numbers) {
    std::vector<S> result;
    for (double v : numbers) result.push_back(S(v));
    return result;
  }
  /// As batches: `n` rows, the case's rows again and again.
  Batch<double> batch_of_rows(Index n) const;
  Batch<double> batch_of_contexts(Index n) const;

 private:
  const Subject& subject_;
  const Case& sample_;
  template <class S>
  Flow<S>& flow() const;
  mutable Workspace workspace_;
  mutable std::tuple<std::optional<std::vector<double>>, std::optional<std::vector<Wide>>, std::optional<std::vector<WideDual>>,
                     std::optional<std::vector<Rounding>>, std::optional<std::vector<float>>>
      theta_;
};

template <class F>
Workshop workshop_of(const std::string& name) {
  Workshop all = catalogue_workshop();
  const auto put = [&]<class S>(Workshop::Make<S>& make) {
    const Member<S> member = make_member<S, F>(name);
    make = [member, name, others = make](const Item& item, int dim, int context) {
      if (item.name != name) return others(item, dim, context);
      if (member.layer) return member.layer(item, dim, context);
      return detail::elementwise_layer(member.transformer(item), dim, context);
    };
  };
  std::apply([&](auto&... make) { (put(make), ...); }, all.make);
  return all;
}

template <class F>
Family family_of(const std::string& name) {
  const MemberInfo info = make_member<double, F>(name).info;
  return {name, info.summary, info.options, workshop_of<F>(name), false, {}};
}

}  // namespace flowgauge::verify
