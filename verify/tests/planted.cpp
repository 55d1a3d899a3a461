// SPDX-License-Identifier: MIT
#include "defects/planted.hpp"

#include "defects/bad_actnorm.hpp"
#include "defects/bad_affine.hpp"
#include "defects/bad_arsinh.hpp"
#include "defects/bad_bias.hpp"
#include "defects/bad_convolution.hpp"
#include "defects/bad_half.hpp"
#include "defects/bad_householder.hpp"
#include "defects/bad_householder_qr.hpp"
#include "defects/bad_leaky.hpp"
#include "defects/bad_logit.hpp"
#include "defects/bad_lu.hpp"
#include "defects/bad_normal_cdf.hpp"
#include "defects/bad_permutation.hpp"
#include "defects/bad_planar.hpp"
#include "defects/bad_power.hpp"
#include "defects/bad_rank_one.hpp"
#include "defects/bad_scale.hpp"
#include "defects/bad_scaled_householder.hpp"
#include "defects/bad_sigmoid.hpp"
#include "defects/bad_softexp.hpp"
#include "defects/bad_softlog.hpp"
#include "defects/bad_softsquare.hpp"
#include "defects/bad_spline.hpp"
#include "defects/bad_sum_of_squares.hpp"
#include "defects/bad_triangular.hpp"
#include "defects/steep.hpp"

#include <flowgauge/spec.hpp>

#include <stdexcept>

namespace flowgauge::verify::defects {

const std::vector<Planted>& planted() {
  static const std::vector<Planted> all{
      {"bad_softlog(inverse_sign)", {"L9"}, "sign of the other direction"},
      {"bad_softlog(slope_term_dropped)", {"L6"}, "log_det"},
      {"bad_softlog(no_abs)", {"L1", "L3"}, "not a number"},
      {"bad_softlog(gradient_lacks_log_det)", {"L12"}, "the gradient of"},
      {"bad_softlog(nan_gradient_at_zero)", {"L12"}, "not a number"},
      {"bad_softlog(digits_lost_near_zero)", {"L2", "L3"}, "y["},
      {"bad_affine(sign)", {"L6", "L9"}, "sign of the other direction"},
      {"bad_affine(scale_twice)", {"L6"}, "counted twice"},
      {"bad_affine(constant)", {"L6"}, "log_det"},
      {"bad_affine(determinant)", {"L6"}, "log_det"},
      {"bad_affine(absolute)", {"L6"}, "sign of the other direction"},
      {"bad_affine(log_det_in_float)", {"L7"}, "precision of float"},
      {"bad_affine(value_in_float)", {"L2"}, "y["},
      {"bad_affine(clamp_in_map_only)", {"L6"}, "log_det"},
      {"bad_affine(inverse_adds_shift)", {"L3", "L4"}, "after there and back"},
      {"bad_affine(wrong_start)", {"L28"}, "y["},
      {"bad_affine(vacuous)", {"A1", "A2"}, "changes anything"},
      {"bad_affine(not_a_number)", {"L1"}, "not a number"},
      {"in_double(sign)", {"L8"}, "sign of the other direction"},
      {"in_double(scale_twice)", {"L8"}, "counted twice"},
      {"in_double(clamp_in_map_only)", {"L8"}, "log_det"},
      {"in_double(log_det_in_float)", {"L8"}, "log_det"},
      {"in_double(inverse_adds_shift)", {"L3", "L4"}, "after there and back"},
      {"in_double(vacuous)", {"A2"}, "changes anything"},
      {"in_double(not_a_number)", {"L1"}, "not a number"},
      {"bad_arsinh(log_of_subtraction)", {"L7"}, "log_det"},
      {"bad_arsinh(square_overflows)", {"L1"}, "y["},
      {"bad_arsinh(float_constant)", {"L9"}, "off by a constant"},
      {"bad_bias(inverse_adds)", {"L3", "L4"}, "after there and back"},
      {"bad_bias(hidden_scale)", {"A1"}, "volume preserving"},
      {"bad_scale(inverse_sign)", {"L9"}, "sign of the other direction"},
      {"bad_scale(inverse_reciprocal)", {"L9"}, "log_det of the inverse"},
      {"bad_scale(no_abs)", {"L1"}, "not a number"},
      {"bad_scale(guarded_log)", {"L6"}, "log_det"},
      {"bad_sigmoid(log_of_quotient)", {"L1"}, "log_det"},
      {"bad_sigmoid(log_of_subtraction)", {"L7"}, "log_det"},
      {"bad_sigmoid(inverse_clamped)", {"L3"}, "after there and back"},
      {"bad_sigmoid(gradient_lacks_log_det)", {"L12"}, "the gradient of x"},
      {"bad_logit(inverse_plus)", {"L9"}, "log_det of the inverse"},
      {"bad_logit(nudged)", {"L4"}, "after there and back"},
      {"bad_logit(squeezed)", {"L3", "L4"}, "after there and back"},
      {"bad_softexp(no_expm1)", {"L2"}, "y["},
      {"bad_softexp(log_of_slope)", {"L1"}, "log_det"},
      {"bad_softexp(clamped_value)", {"L12"}, "the gradient of rate"},
      {"bad_softexp(detached_gradient)", {"L12"}, "the gradient of rate"},
      {"bad_softsquare(cancelling_inverse)", {"L4"}, "after there and back"},
      {"bad_softsquare(half_the_curve)", {"L6"}, "log_det"},
      {"bad_softsquare(inverse_sign)", {"L9"}, "sign of the other direction"},
      {"bad_power(inverse_sign)", {"L9"}, "sign of the other direction"},
      {"bad_power(clamp_in_map_only)", {"L6"}, "log_det"},
      {"bad_power(log_after_power)", {"L1"}, "log_det"},
      {"bad_normal_cdf(log_of_density)", {"L1"}, "log_det"},
      {"bad_normal_cdf(shrunk)", {"L6", "L9"}, "log_det"},
      {"bad_normal_cdf(half_of_erf)", {"L2"}, "y["},
      {"bad_normal_cdf(no_constant)", {"L6"}, "log_det"},
      {"bad_spline(neighbour_bin)", {"L6", "L25"}, "log_det"},
      {"bad_spline(boundary_slope)", {"L25"}, "knot"},
      {"bad_spline(bound_ignored)", {"L6", "L25"}, "knot"},
      {"bad_spline(tail_adds_slope)", {"L6"}, "log_det"},
      {"bad_spline(wrong_axis)", {"L4"}, "after there and back"},
      {"bad_spline(height_for_width)", {"L3", "L4"}, "after there and back"},
      {"bad_planar(constraint_absent)", {"L3", "L27"}, "after there and back"},
      {"bad_planar(wrong_slope)", {"L6"}, "log_det"},
      {"bad_planar(inverse_off_by_norm)", {"L3"}, "after there and back"},
      {"bad_planar(inverse_sign)", {"L9"}, "sign of the other direction"},
      {"bad_triangular(wrong_triangle)", {"L3", "L4"}, "after there and back"},
      {"bad_triangular(first_log_det_only)", {"L6"}, "log_det"},
      {"bad_triangular(bias_not_subtracted)", {"L3"}, "after there and back"},
      {"bad_triangular(leak)", {"L23"}, "when coordinate"},
      {"bad_triangular(gradient_lacks_log_det)", {"L12"}, "the gradient of log_diagonal"},
      {"bad_triangular(superdiagonal_only)", {"A2"}, "triangle"},
      {"bad_triangular(first_row_only)", {"L12b"}, "over"},
      {"bad_triangular(row_leak)", {"L15", "L17"}, "row"},
      {"bad_permutation(not_inverted)", {"L3", "L4"}, "after there and back"},
      {"bad_permutation(one_lost)", {"L4"}, "after there and back"},
      {"bad_permutation(log_det_of_sign)", {"L6"}, "log_det"},
      {"bad_half(kept_changed)", {"L23"}, "kept"},
      {"bad_half(sees_moved)", {"L23"}, "when coordinate"},
      {"bad_half(context_ignored)", {"A2"}, "context"},
      {"bad_half(last_log_det_only)", {"L6"}, "log_det"},
      {"bad_half(forward_clamp)", {"L3"}, "after there and back"},
      {"bad_householder(detached_v)", {"L12"}, "the gradient of v"},
      {"bad_householder(nan_at_zero)", {"L1"}, "not a number"},
      {"bad_scaled_householder(inverse_reuses_t)", {"L3", "L4"}, "after there and back"},
      {"bad_scaled_householder(inverse_sign)", {"L9"}, "sign of the other direction"},
      {"bad_scaled_householder(reciprocal)", {"L9"}, "log_det of the inverse"},
      {"bad_scaled_householder(no_abs)", {"L1"}, "not a number"},
      {"bad_rank_one(constraint_absent)", {"L1"}, "not a number"},
      {"bad_rank_one(recomputed_s)", {"L7"}, "log_det", 8},
      {"bad_rank_one(inverse_lacks_s)", {"L3", "L4"}, "after there and back"},
      {"bad_rank_one(nan_at_zero)", {"L1"}, "not a number"},
      {"bad_householder_qr(same_order)", {"L3", "L4"}, "after there and back"},
      {"bad_householder_qr(last_lost)", {"L3", "L4"}, "after there and back"},
      {"bad_householder_qr(sum_of_diagonal)", {"L6"}, "log_det"},
      {"bad_householder_qr(superdiagonal_only)", {"A2"}, "triangle"},
      {"bad_convolution(reciprocal)", {"L9"}, "log_det of the inverse"},
      {"bad_convolution(superdiagonal_only)", {"A2"}, "triangle"},
      {"bad_convolution(not_orthogonal)", {"L6"}, "log_det"},
      {"bad_convolution(inverse_turns_on)", {"L3", "L4"}, "after there and back"},
      {"bad_lu(permutes_on)", {"L3", "L4"}, "after there and back"},
      {"bad_lu(upper_first)", {"L3", "L4"}, "after there and back"},
      {"bad_lu(floor_everywhere)", {"L6"}, "log_det"},
      {"bad_lu(sum_of_diagonal)", {"L6"}, "log_det"},
      {"bad_lu(bias_not_subtracted)", {"L3", "L4"}, "after there and back"},
      {"bad_actnorm(sign)", {"L6", "L9"}, "sign of the other direction"},
      {"bad_actnorm(reciprocal)", {"L9"}, "log_det of the inverse"},
      {"bad_actnorm(times_dim_in_inverse)", {"L9"}, "log_det of the inverse"},
      {"bad_actnorm(scale_shared)", {"L6"}, "too small by a factor d"},
      {"bad_actnorm(gradient_lacks_log_det)", {"L12"}, "the gradient of log_scale"},
      {"bad_sum_of_squares(inverse_forgets_shift)", {"L3", "L4"}, "after there and back"},
      {"bad_sum_of_squares(epsilon_in_log_det)", {"L6"}, "log_det"},
      {"bad_sum_of_squares(fixed_bracket)", {"L4"}, "after there and back"},
      {"bad_sum_of_squares(cardano_alone)", {"L7"}, "log_det of the inverse"},
      {"bad_affine(coarse_in_float)", {"L22"}, "in float"},
      {"bad_affine(decreasing)", {"L24"}, "which is larger"},
      {"bad_affine(nan_to_zero)", {"L32"}, "no ordinary number"},
      {"bad_affine(option_doubled, offset=1)", {"L33"}, "the canonical text"},
      {"bad_spline(tail_slope_rounded)", {"L26"}, "outside the box"},
      {"bad_spline(cancelling_root)", {"L9"}, "log_det of the inverse", 8},
      {"bad_sum_of_squares(stops_early)", {"L5"}, "from the inverse's x"},
      {"bad_triangular(stops_at_eight)", {"L11"}, "by backward", 9},
      {"bad_triangular(sixteen_only)", {"L21"}, "log_det", 17},
      {"bad_triangular(lanes_exchanged)", {"L16"}, "in float"},
      {"bad_triangular(adds_to_log_det)", {"L18"}, "memory that held NaN"},
      {"bad_triangular(shared_prepared) bad_triangular(shared_prepared)", {"C3", "C7"}, "two parts"},
      {"bad_triangular(adds_to_log_det) bad_triangular(adds_to_log_det)", {"C7"}, "called in order"},
      {"bad_softexp(log_det_at_image)", {"L9"}, "log_det of the inverse"},
      {"bad_spline(wide_floor)", {"L3"}, "after there and back"},
      {"bad_affine(hidden_from_duals)", {"L3", "L35"}, "the length of the image"},
      {"bad_affine(log_det_in_float) bad_affine", {"C8"}, "log_det of the flow"},
      {"bad_affine(shared_storage)", {"A2"}, "shift"},
      {"bad_affine(inverse_is_forward)", {"L3", "L4"}, "after there and back"},
      {"bad_actnorm(times_dim)", {"L6"}, "off by a factor d"},
      {"bad_sigmoid(tiny_in_log)", {"L6"}, "log_det"},
      {"bad_sigmoid(not_onto)", {"L4"}, "no x has this image"},
      {"bad_sum_of_squares(cube_root_of_positive)", {"L4"}, "after there and back"},
      {"bad_sum_of_squares(worst_of_the_pack)", {"L15"}, "in row"},
      {"bad_sum_of_squares(three_steps)", {"L3", "L4"}, "after there and back"},
      {"bad_half(joins_as_halves)", {"L3", "L23"}, "after there and back"},
      {"bad_half(interleaved)", {"L3", "L4"}, "after there and back"},
      {"bad_half(frozen)", {"A2"}, "weight"},
      {"bad_leaky(slope_squared)", {"L9"}, "log_det of the inverse"},
      {"bad_leaky(slope_negated)", {"L1"}, "not a number"},
      {"bad_leaky(dead_at_kink)", {"L6", "L28"}, "log_det"},
      {"bad_leaky(wrong_root)", {"L3", "L4"}, "after there and back"},
      {"bad_triangular(stale_prepared)", {"A2", "L6"}, "log_det"},
      {"bad_triangular(stops_one_short)", {"L3", "L4"}, "after there and back"},
      {"bad_triangular(adds_to_y)", {"L18"}, "memory that held NaN"},
      {"bad_triangular(changes_input)", {"L18"}, "an input after forward"},
      {"bad_triangular(cached_inverse)", {"L4"}, "after there and back"},
      {"bad_scale(inverse_sign) bad_scale", {"C4"}, "log_det of the inverse"},
      {"bad_affine(sign) bad_affine", {"C1"}, "log_det of the flow"},
      {"bad_affine(inverse_adds_shift) bad_affine", {"C2"}, "after there and back"},
  };
  return all;
}

std::vector<Survivor> survivors() {
  return {{"bad_lu(product_of_pivots)", "right to rounding while the product has a number: some 230 pivots of e^3 have none, and no law draws so many"},
          {"bad_spline(tail_through_bin)", "select picks tangents as it picks values: what is thrown away reaches no output and no gradient"},
          {"bad_softsquare(linear_when_flat)", "drawn curves are at least 0.018; the quick tier does not come below 1e-3"}};
}

std::vector<std::string> twins() {
  return {"bad_softlog",
          "bad_affine",
          "in_double",
          "bad_arsinh",
          "bad_spline",
          "bad_planar",
          "bad_triangular",
          "bad_permutation",
          "bad_half",
          "bad_affine bad_affine",
          "bad_actnorm",
          "bad_convolution",
          "bad_householder",
          "bad_householder_qr",
          "bad_leaky",
          "bad_lu",
          "bad_rank_one",
          "bad_scaled_householder",
          "bad_sum_of_squares",
          "bad_bias",
          "bad_scale",
          "bad_sigmoid",
          "bad_logit",
          "bad_softexp",
          "bad_softsquare",
          "bad_power",
          "bad_normal_cdf"};
}

/// As somebody's own code enters: it exists in double and in no other type.
Family in_double_only(Family family) {
  Workshop workshop;
  std::get<Workshop::Make<double>>(workshop.make) = std::get<Workshop::Make<double>>(family.workshop.make);
  family.workshop = workshop;
  return family;
}

Family family_for(const std::string& text) {
  const FlowSpec spec = parse_flow(text);
  const std::string name = spec.items.front().name;
  const auto fixed = [&](Family family) {
    family.chain = spec.items.size() > 1;
    family.fixed = spec;
    return family;
  };
  if (name == "bad_softlog") return fixed(family_of<BadSoftlog>(name));
  if (name == "bad_affine") return fixed(family_of<BadAffine>(name));
  if (name == "in_double") return fixed(in_double_only(family_of<BadAffine>(name)));
  if (name == "bad_arsinh") return fixed(family_of<BadArsinh>(name));
  if (name == "bad_bias") return fixed(family_of<BadBias>(name));
  if (name == "bad_scale") return fixed(family_of<BadScale>(name));
  if (name == "bad_sigmoid") return fixed(family_of<BadSigmoid>(name));
  if (name == "bad_logit") return fixed(family_of<BadLogit>(name));
  if (name == "bad_softexp") return fixed(family_of<BadSoftexp>(name));
  if (name == "bad_softsquare") return fixed(family_of<BadSoftsquare>(name));
  if (name == "bad_power") return fixed(family_of<BadPower>(name));
  if (name == "bad_normal_cdf") return fixed(family_of<BadNormalCdf>(name));
  if (name == "bad_spline") return fixed(family_of<BadSpline>(name));
  if (name == "bad_planar") return fixed(family_of<BadPlanar>(name));
  if (name == "bad_triangular") return fixed(family_of<BadTriangular>(name));
  if (name == "bad_permutation") return fixed(family_of<BadPermutation>(name));
  if (name == "steep") return fixed(family_of<Steep>(name));
  if (name == "bad_actnorm") return fixed(family_of<BadActnorm>(name));
  if (name == "bad_convolution") return fixed(family_of<BadConvolution>(name));
  if (name == "bad_householder") return fixed(family_of<BadHouseholder>(name));
  if (name == "bad_householder_qr") return fixed(family_of<BadHouseholderQr>(name));
  if (name == "bad_leaky") return fixed(family_of<BadLeaky>(name));
  if (name == "bad_lu") return fixed(family_of<BadLu>(name));
  if (name == "bad_rank_one") return fixed(family_of<BadRankOne>(name));
  if (name == "bad_scaled_householder") return fixed(family_of<BadScaledHouseholder>(name));
  if (name == "bad_sum_of_squares") return fixed(family_of<BadSumOfSquares>(name));
  if (name == "bad_half") return fixed(family_of<BadHalf>(name));
  throw std::invalid_argument("no planted layer is called " + name);
}

}  // namespace flowgauge::verify::defects
