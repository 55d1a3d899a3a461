// SPDX-License-Identifier: MIT
#include <flowgauge/detail/flow_methods.hpp>

namespace flowgauge {
namespace shelf {
template <class S>
std::vector<Member<S>> lib_members();
}

namespace {
template <class S>
std::vector<Member<S>>& members() {
  static std::vector<Member<S>> all = shelf::lib_members<S>();
  return all;
}
}  // namespace

template <>
const std::vector<Member<float>>& catalogue<float>() {
  return members<float>();
}
template <>
const std::vector<Member<double>>& catalogue<double>() {
  return members<double>();
}
template <>
void extend_catalogue<float>(std::vector<Member<float>> more) {
  detail::extend(members<float>(), std::move(more));
}
template <>
void extend_catalogue<double>(std::vector<Member<double>> more) {
  detail::extend(members<double>(), std::move(more));
}

template class Layer<float>;
template class Layer<double>;
template class Flow<float>;
template class Flow<double>;
template Layer<float> make_layer<float>(const Item&, int, int);
template Layer<double> make_layer<double>(const Item&, int, int);
template Flow<float> make_flow<float>(const FlowSpec&, int, int);
template Flow<double> make_flow<double>(const FlowSpec&, int, int);
template Transformer<float> make_transformer<float>(const Item&);
template Transformer<double> make_transformer<double>(const Item&);

}  // namespace flowgauge
