// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/layer.hpp>
#include <flowgauge/options.hpp>
#include <flowgauge/transformer.hpp>

#include <functional>

namespace flowgauge {

enum class MemberKind { transformer, layer, driver, block };

/// What a member's file says of it, without a number type.
struct MemberInfo {
  std::string name;  ///< the file's stem
  MemberKind kind = MemberKind::layer;
  std::string summary, hazard, source;
  std::vector<OptionInfo> options;
  std::vector<std::string> specimens;  ///< specs for lists and benchmarks; the bare name where the file names none
  /// Canonical form of an item of this name; ConfigError if an option is wrong.
  std::function<Item(const Item&)> canonical;
  /// A block: the layers that it stands for.
  std::function<std::vector<Item>(const Item&)> layers;
};

/// A member at scalar S: makes bodies. One of the two is set.
template <class S>
struct Member {
  MemberInfo info;
  std::function<Transformer<S>(const Item&)> transformer;
  std::function<Layer<S>(const Item&, int dim, int context)> layer;
};

/// All members at scalar S, in alphabetical order; a value made once. lib holds float and double, verify its own scalars.
template <class S>
const std::vector<Member<S>>& catalogue();
/// Adds the members of a suite outside this tree; called once, before the first use of the catalogue. ConfigError when a name is taken.
template <class S>
void extend_catalogue(std::vector<Member<S>> more);

/// A layer from its spec at `dim` coordinates and `context` numbers of context. A transformer's bare name is its elementwise layer. ConfigError as in
/// options.hpp.
template <class S>
Layer<S> make_layer(const Item&, int dim, int context = 0);
template <class S>
Transformer<S> make_transformer(const Item&);

/// Canonical form: known names, defaults left out, keys in declared order; in a flow each block is the layers that it stands for.
Item canonical(const Item&);
FlowSpec canonical(const FlowSpec&);
/// The same layers with every block unfolded.
FlowSpec unfolded(const FlowSpec&);
/// The description of every member and driver, by name.
std::vector<MemberInfo> list_members();

}  // namespace flowgauge
