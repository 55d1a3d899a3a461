// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/options.hpp>

namespace flowgauge {

/// glow_block(transformer, mixing=invertible_convolution_qr, hidden=[64,64], activation=relu, keep=first, seed=1) stands for three layers of a flow:
/// actnorm, a linear map that mixes the coordinates, a coupling. `seed` is that of the mixing, mixing=lu is lu(reverse). A flow holds, names and
/// saves the three. source: Kingma, Dhariwal, "Glow", arXiv 1807.03039, section 3.
struct GlowBlockOptions {
  Item transformer{"affine", {}};
  int mixing = 0;
  std::vector<int> hidden{64, 64};
  int activation = 0;
  int keep = 0;
  int seed = 1;
  template <class V>
  void options(V& v) {
    v("transformer", transformer);
    v("mixing", mixing, {"invertible_convolution_qr", "lu"});
    v("hidden", hidden, 1, 4096);
    v("activation", activation, {"relu", "tanh"});
    v("keep", keep, {"first", "last"});
    v("seed", seed, 0, 2147483647);
  }

  std::vector<Item> layers() const {
    const auto word = [](const char* name) { return Value{std::vector<Item>{{name, {}}}}; };
    const Argument own_seed{"seed", Value{static_cast<double>(seed)}};
    const Item mix = mixing == 0 ? Item{"invertible_convolution_qr", {own_seed}} : Item{"lu", {{"permutation", word("reverse")}, own_seed}};
    const Item coupling{"coupling",
                        {{"transformer", Value{std::vector<Item>{transformer}}},
                         {"hidden", Value{std::vector<double>(hidden.begin(), hidden.end())}},
                         {"activation", word(activation == 0 ? "relu" : "tanh")},
                         {"keep", word(keep == 0 ? "first" : "last")}}};
    return {{"actnorm", {}}, mix, coupling};
  }
};

}  // namespace flowgauge
