// SPDX-License-Identifier: MIT
#include <flowgauge/detail/flow_methods.hpp>
#include <flowgauge/detail/tile_definitions.hpp>
#include <flowgauge/verify/rounding.hpp>
#include <flowgauge/verify/wide.hpp>

/// Everything of lib at Wide.
namespace flowgauge {
namespace verify_shelf {
template <class S>
std::vector<Member<S>> verify_members();
}

namespace {
using Number = Wide;
std::vector<Member<Number>>& members() {
  static std::vector<Member<Number>> all = verify_shelf::verify_members<Number>();
  return all;
}
}  // namespace

template <>
const std::vector<Member<Number>>& catalogue<Number>() {
  return members();
}
template <>
void extend_catalogue<Number>(std::vector<Member<Number>> more) {
  detail::extend(members(), std::move(more));
}

template class Layer<Number>;
template class Flow<Number>;
template Layer<Number> make_layer<Number>(const Item&, int, int);
template Flow<Number> make_flow<Number>(const FlowSpec&, int, int);
template Transformer<Number> make_transformer<Number>(const Item&);
FLOWGAUGE_TILE_PRIMITIVES(Number)

}  // namespace flowgauge
