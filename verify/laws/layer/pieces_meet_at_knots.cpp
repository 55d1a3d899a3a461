// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

Law pieces_meet_at_knots() {
  return {.id = "L25",
          .statement = "at every knot the values of both sides meet, and the log-slopes too where f is declared once continuously differentiable",
          .advice = "an off-by-one bin, a boundary slope that does not match the tail, a derivative of the neighbour bin",
          .wants = {.knots = true, .stress = false, .largest_dim = 1, .rows = 2},
          .examine = [](const Trial& trial) {
            const Facts& facts = trial.subject().facts();
            if (facts.continuous_derivatives >= 99) return Examined::not_applicable("is declared smooth: it has no knots");
            if (trial.subject().dim() != 1) return Examined::not_applicable("knots are looked for at dim 1");
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i) {
              // The knot in 50 digits lies within some ulp of the double: look from both sides of that gap, and let the two outer steps say how steep
              // it is there.
              const double knot = trial.row(i)[0];
              if (!std::isfinite(knot) || std::abs(knot) > 1e100) continue;
              const Wide step = Wide(256 * unit_roundoff * std::max(std::abs(knot), 0x1p-10));
              const auto at = [&](double k) {
                const std::vector<Wide> x{Wide(knot) + Wide(k) * step}, given = trial.context_at<Wide>(i);
                return trial.map<Wide>(Way::forward, x, given);
              };
              const Image<Wide> a = at(-2), b = at(-1), c = at(1), d = at(2);
              if (!representable(a) || !representable(d)) continue;
              const auto meet = [&](const std::string& what, const Wide& va, const Wide& vb, const Wide& vc, const Wide& vd) {
                const double jump = to_double(abs(vc - vb)), steep = to_double(abs(vb - va)) + to_double(abs(vd - vc));
                result.compare(i, what, to_double(vb), to_double(vc), jump, 8 * steep + wide_tolerance(std::abs(to_double(vb))), "value");
              };
              meet("y just right of the knot, against just left of it", a.value[0], b.value[0], c.value[0], d.value[0]);
              if (facts.continuous_derivatives >= 1)
                meet("log_det just right of the knot, against just left of it", a.log_det, b.log_det, c.log_det, d.log_det);
            }
            return result;
          },
          .violated_by = "a spline whose end slopes are free while its tails are the identity",
          .fooled_by = "knots that the layer does not declare; jumps smaller than the change over 10^-13 of the knot"};
}

}  // namespace flowgauge::verify
