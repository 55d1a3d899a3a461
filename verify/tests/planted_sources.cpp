// SPDX-License-Identifier: MIT
#include "defects/planted.hpp"

#include "defects/bad_pair.hpp"
#include "defects/bad_source.hpp"

namespace flowgauge::verify::defects {

const std::vector<Planted>& planted_sources() {
  static const std::vector<Planted> all{
      {"constant_dropped", {"D1", "D5"}, "the mass"},
      {"weights_sum", {"D1", "D5"}, "the mass"},
      {"underflow", {"D2"}, "log p"},
      {"float_constant", {"D1"}, "the mass"},
      {"nan_in_dual", {"D3"}, "∂log p/∂x"},
      {"no_edge", {"D4"}, "outside the support"},
      {"zero_outside", {"D4"}, "outside the support"},
      {"nan_hidden", {"D4"}, "is NaN"},
      {"upper_by_difference", {"D5"}, "F rises from 0 to 1"},
      {"swapped_tails", {"D6"}, "S(S⁻¹(p))"},
      {"variance", {"D7", "D11"}, "sup|F_n − F|"},
      {"rate", {"D7", "D11"}, "sup|F_n − F|"},
      {"light_tail", {"D7"}, "largest draw"},
      {"entropy_of_variance", {"D11"}, "−∫p·log p"},
      {"scale_dropped", {"D1", "D12"}, "log p of"},
      {"seed_ignored", {"D13"}, "another seed"},
      {"row_ignored", {"D13"}, "second call"},
      {"remembers", {"D14"}, "after other draws"},
      {"infinite_draw", {"D15"}, "draws outside the support"},
      {"scale_may_be_zero", {"D19"}, "scale = "},
      {"antithetic", {"D16"}, "rows 1 apart"},
      {"second_moment", {"D10"}, "over the variance"},
      {"finite_variance", {"D10"}, "has no moment of order 2"},
      {"uneven", {"D8", "D10"}, "against its density"},
      {"mirrored", {"D8", "D10", "D11"}, "against its density"},
      {"covariance_mirrored", {"D10"}, "the variance along"},
  };
  return all;
}

const std::vector<Planted>& planted_estimators() {
  static const std::vector<Planted> all{
      {"swapped", {"K4", "K6"}, "the KL after"},
      {"p_of_latents", {"K4"}, "the KL after"},
      {"divided_by_n", {"K9", "K10"}, "SE·√n"},
      {"mean_of_chunks", {"K12"}, "in another order"},
      {"naive_sum", {"K12"}, "in another order"},
      {"nan_skipped", {"K8"}, "with a row of nan"},
      {"finite_status", {"K8"}, "the KL of cauchy"},
      {"one_layer_off", {"K3", "K4"}, "delta of layer"},
      {"log_det_twice", {"K1", "K2", "K4", "K6", "K13"}, "seen through"},
      {"tails_cut", {"K6"}, "by quadrature"},
      {"recycled", {"K10"}, "at n ="},
      {"seed_ignored", {"K11"}, "another seed"},
  };
  return all;
}

namespace {

/// Options that a law makes keep the defect.
template <class F>
SourceFamily family_of_defect(const std::string& name, const std::string& defect) {
  SourceFamily family = source_family_of<F>(name);
  family.specimens = {name + "(" + defect + ")"};
  family.make = [defect](Item item) {
    bool given = false;
    for (const Argument& argument : item.arguments) given |= argument.key == "defect" || argument.value.is_flow();
    if (!given) item.arguments.insert(item.arguments.begin(), {"defect", {parse_flow(defect).items}});
    return distributions::adapt<F>(item);
  };
  return family;
}

}  // namespace

SourceFamily source_family_for(const std::string& defect) {
  for (const char* const of_a_pair : {"pair", "uneven", "mirrored", "covariance_mirrored"})
    if (defect == of_a_pair) return family_of_defect<BadPair>("bad_pair", defect);
  SourceFamily family = family_of_defect<BadSource>("bad_source", defect);
  family.specimens.push_back("bad_source(" + defect + ", scale=2)");
  return family;
}

}  // namespace flowgauge::verify::defects
