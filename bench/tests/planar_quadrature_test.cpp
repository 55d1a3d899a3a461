// SPDX-License-Identifier: MIT
#include <flowgauge/bench/planar_quadrature.hpp>
#include <flowgauge/distributions/sources.hpp>

#include <array>
#include <cmath>
#include <memory>

#include <gtest/gtest.h>

namespace flowgauge::bench {
namespace {

using distributions::make_source;

/// Parameters that are no specimen's: every entry shifted by its own amount.
Flow<double> some_flow(const char* spec, double size) {
  Flow<double> flow = make_flow<double>(std::string_view(spec), 2);
  flow.initialise(3);
  const RandomStream stream(5, "planar-test", spec);
  for (std::size_t i = 0; i < flow.theta().size(); ++i) flow.theta()[i] += size * stream.normal(i, 0);
  return flow;
}

/// KL(N(m, S) ‖ N(b, C)) = ½·[tr(C⁻¹S) + (m − b)ᵀC⁻¹(m − b) − 2 + log(det C/det S)], here with q given by z = A·x + a: C⁻¹ = AᵀA, b = −A⁻¹a.
TEST(PlanarQuadrature, NormalAgainstAffineHasItsClosedForm) {
  const auto source = make_source("mvn(mean=[1,-2], covariance=[2,0.6,0.6,0.5])");
  Flow<double> flow = some_flow("triangular", 0.4);
  Workspace workspace;
  Batch<double> x(3, 2), z(3, 2);
  x(1, 0) = x(2, 1) = 1;
  x(0, 0) = x(0, 1) = x(1, 1) = x(2, 0) = 0;
  std::array<double, 3> log_det{};
  flow.forward(x, z, log_det, workspace);
  const double a11 = z(1, 0) - z(0, 0), a21 = z(1, 1) - z(0, 1), a12 = z(2, 0) - z(0, 0), a22 = z(2, 1) - z(0, 1);
  const double image1 = z(0, 0) + a11 - 2 * a12, image2 = z(0, 1) + a21 - 2 * a22;  // of the mean (1, −2)
  const auto spread = [](double u, double v) { return 2 * u * u + 1.2 * u * v + 0.5 * v * v; };
  const double closed = 0.5 * (spread(a11, a12) + spread(a21, a22) + image1 * image1 + image2 * image2 - 2) - log_det[0] -
                        0.5 * std::log(2 * 0.5 - 0.36);
  const PlanarKl kl = planar_kl(flow, *source, 10'000, 1, workspace);
  ASSERT_EQ(kl.status, KlStatus::exact_quadrature) << kl.reason;
  EXPECT_NEAR(kl.kl.value, closed, 1e-9);
  EXPECT_LE(std::abs(kl.kl.value - closed), kl.inside.error + 1e-9);
  EXPECT_NEAR(kl.mass.value, 1, 1e-10);
}

/// Smooth flows and bent ones, sources with holes and edges: Monte Carlo over 200 000 rows agrees within 4.5 standard errors, and the interval is
/// narrower than its.
TEST(PlanarQuadrature, AgreesWithMonteCarlo) {
  Workspace workspace;
  const std::array<std::pair<const char*, const char*>, 6> cells{{{"eight_gaussians", "triangular planar triangular"},
                                                                  {"banana", "2*(triangular softlog) triangular"},
                                                                  {"seed_gmm(seed=1)", "triangular rational_quadratic_spline triangular"},
                                                                  {"moons(sigma=0.2)", "2*(coupling(affine, hidden=[8]) permutation) triangular"},
                                                                  {"circles", "2*(coupling(affine, hidden=[8]) permutation) triangular"},
                                                                  {"checkerboard", "triangular softexp triangular"}}};
  for (const auto& [name, spec] : cells) {
    const auto source = make_source(name);
    const Flow<double> flow = some_flow(spec, 0.2);
    const PlanarKl kl = planar_kl(flow, *source, 20'000, 1, workspace);
    const KlEstimate mc = estimate_kl(flow, *source, 200'000, 7, workspace);
    ASSERT_EQ(kl.status, KlStatus::exact_quadrature) << name << ": " << kl.reason;
    EXPECT_NEAR(kl.kl.value, mc.kl.value, 4.5 * mc.kl.std_error + kl.inside.error) << name;
    EXPECT_LT(kl.kl.ci_high - kl.kl.ci_low, mc.kl.ci_high - mc.kl.ci_low) << name;
    std::printf("%-18s KL %.8f, error %.1e, %d points; Monte Carlo ± %.1e\n", name, kl.kl.value, kl.kl.std_error, static_cast<int>(kl.evaluations),
                mc.kl.std_error);
  }
}

/// What lies outside the box is not lost: half of a normal source lies outside of this one, and the KL is that of the whole.
TEST(PlanarQuadrature, RowsOutsideTheBoxCount) {
  Workspace workspace;
  const auto source = make_source("mvn(mean=[0,0], covariance=[1,0,0,1])");
  const Flow<double> flow = some_flow("triangular", 0.4);
  const PlanarKl whole = planar_kl(flow, *source, 200'000, 1, workspace);
  const PlanarKl cut = planar_kl_in_box(flow, *source, {{-1, -1}, {1, 1}}, 200'000, 1, workspace);
  ASSERT_EQ(cut.status, KlStatus::exact_quadrature) << cut.reason;
  const double side = std::erf(1 / std::sqrt(2.0));
  EXPECT_NEAR(cut.mass.value, side * side, 1e-9);
  EXPECT_GT(cut.outside.std_error, 0);
  EXPECT_NEAR(cut.kl.value, whole.kl.value, 4.5 * cut.outside.std_error);
  EXPECT_GT(std::abs(cut.inside.value - whole.kl.value), 20 * cut.outside.std_error);
}
/// A source that no row is drawn of outside the box, and whose panels do not hold it, is not called integrated.
TEST(PlanarQuadrature, MissingMassIsSaid) {
  Workspace workspace;
  const auto source = make_source("mvn(mean=[0,0], covariance=[1,0,0,1])");
  const PlanarKl kl = planar_kl_in_box(some_flow("triangular", 0.1), *source, {{-3, -3}, {3, 3}}, 10, 1, workspace);
  EXPECT_EQ(kl.status, KlStatus::invalid);
  EXPECT_NE(kl.reason.find("of the source, not 1"), std::string::npos) << kl.reason;
  EXPECT_THROW(planar_kl(some_flow("triangular", 0.1), *make_source("normal"), 10, 1, workspace), ShapeError);
}

TEST(PlanarQuadrature, SameBitsAgain) {
  Workspace workspace;
  const Flow<double> flow = some_flow("triangular softlog triangular", 0.3);
  const auto source = make_source("eight_gaussians");
  EXPECT_EQ(planar_kl(flow, *source, 5000, 1, workspace).kl.value, planar_kl(flow, *source, 5000, 1, workspace).kl.value);
}

}  // namespace
}  // namespace flowgauge::bench
