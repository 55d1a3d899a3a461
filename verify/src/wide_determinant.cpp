// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/verify/jacobian.hpp>

#include <Eigen/LU>

/// The one place where Eigen sees a number that is not native: small matrices, LU only.
namespace Eigen {
template <>
struct NumTraits<flowgauge::Wide> : GenericNumTraits<flowgauge::Wide> {
  enum { IsSigned = 1, RequireInitialization = 1, ReadCost = 5, AddCost = 20, MulCost = 20 };
  static flowgauge::Wide epsilon() { return flowgauge::RealTraits<flowgauge::Wide>::epsilon(); }
  static flowgauge::Wide dummy_precision() { return epsilon(); }
};
}  // namespace Eigen

namespace flowgauge {
namespace {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class T>
Eigen::Map<const Matrix<T>> square(std::span<const T> a, int d, const char* what) {
  if (d < 1 || a.size() != static_cast<std::size_t>(d) * d)
    throw ShapeError(std::string("the ") + what + " of a determinant of dimension " + std::to_string(d) + " needs " + std::to_string(d) +
                     "² entries, d ≥ 1; got " + std::to_string(a.size()));
  return {a.data(), d, d};
}
bool finite(double x) { return std::isfinite(x); }
bool finite(const Wide& x) { return is_finite(x); }
/// |x| of every entry; Eigen's own abs() would ask Wide for more than it has.
template <class T>
Matrix<T> magnitudes(Matrix<T> a) {
  for (T& entry : a.reshaped()) entry = abs(entry);
  return a;
}

template <class T>
struct Decomposed {
  Eigen::FullPivLU<Matrix<T>> lu;
  T log_abs = T(0.0);
  T sum_abs_log = T(0.0);  ///< Σ|log|û_ii||
  int sign = 1;

  explicit Decomposed(const Matrix<T>& a) : lu(a) {
    lu.setThreshold(T(0.0));  // no pivot is too small to count: ρ judges
    for (int i = 0; i < a.rows(); ++i) {
      const T pivot = lu.matrixLU()(i, i);
      const T l = log(abs(pivot));
      log_abs += l;
      sum_abs_log += abs(l);
      sign *= (pivot > T(0.0)) - (pivot < T(0.0));
    }
    sign *= static_cast<int>(lu.permutationP().determinant() * lu.permutationQ().determinant());
  }
};

template <class T>
T sum_of_squares(const Matrix<T>& m) {
  T sum(0.0);
  for (const T& entry : m.reshaped()) sum += entry * entry;
  return sum;
}

/// D⁻¹MD with D that makes the entries' squares sum to less: det(I + E) does not change with it, and |E| ≤ M holds for both sides of it. Without it
/// coordinates of different size would find each other's noise too large. Source: Osborne 1960, "On pre-conditioning of matrices".
template <class T>
void balance(Matrix<T>& m) {
  const auto d = m.rows();
  for (int sweep = 0; sweep < 4; ++sweep)
    for (Eigen::Index i = 0; i < d; ++i) {
      T row(0.0), column(0.0);
      for (Eigen::Index j = 0; j < d; ++j)
        if (j != i) row += m(i, j) * m(i, j), column += m(j, i) * m(j, i);
      if (!(row > T(0.0)) || !(column > T(0.0)) || !finite(row) || !finite(column)) continue;
      const T factor = sqrt(sqrt(row / column));
      for (Eigen::Index j = 0; j < d; ++j)
        if (j != i) m(j, i) *= factor, m(i, j) /= factor;
    }
}

template <class T>
bool all_finite(std::span<const T> a) {
  for (const T& entry : a)
    if (!finite(entry)) return false;
  return true;
}

}  // namespace

WideLogDeterminant log_abs_determinant(std::span<const Wide> a, int d) {
  const Matrix<Wide> matrix = square(a, d, "matrix");
  if (!all_finite(a)) return {Constants<Wide>::not_a_number(), 0};
  const Decomposed<Wide> decomposed(matrix);
  return {decomposed.log_abs, decomposed.sign};
}

namespace verify {

template <class T>
BoundedLogDet<T> bounded_log_det(std::span<const T> a, std::span<const T> bound, int d) {
  const Matrix<T> matrix = square(a, d, "matrix");
  const Matrix<T> error = square(bound, d, "error bound");
  const T infinite = Constants<T>::infinity();
  if (!all_finite(a) || !all_finite(bound)) return {Constants<T>::not_a_number(), 0, infinite, std::numeric_limits<double>::infinity()};
  const Decomposed<T> decomposed(matrix);
  BoundedLogDet<T> result{decomposed.log_abs, decomposed.sign, infinite, std::numeric_limits<double>::infinity()};
  if (decomposed.sign == 0) return result;

  const auto& lu = decomposed.lu;
  const Matrix<T> inverse = magnitudes<T>(lu.solve(Matrix<T>::Identity(d, d)));
  Matrix<T> spread = inverse * error;  // |A⁻¹|·B
  T squares = sum_of_squares(spread);
  if (squares > T(0x1p-12)) {
    balance(spread);
    squares = sum_of_squares(spread);
  }
  T first_order(0.0);
  for (int i = 0; i < d; ++i) first_order += spread(i, i);
  const T rho = sqrt(squares);
  result.rho = to_double(rho);
  if (!result.resolved()) return result;

  Matrix<T> lower = Matrix<T>::Identity(d, d);
  lower.template triangularView<Eigen::StrictlyLower>() = lu.matrixLU();
  const Matrix<T> upper = lu.matrixLU().template triangularView<Eigen::Upper>();
  const Matrix<T> product = lu.permutationP().inverse() * (magnitudes<T>(lower) * magnitudes<T>(upper)) * lu.permutationQ().inverse();
  T backward_error(0.0);  // ⟨|A⁻ᵀ|, |L̂||Û|⟩
  for (int i = 0; i < d; ++i)
    for (int j = 0; j < d; ++j) backward_error += inverse(j, i) * product(i, j);
  const T unit = T(0.5 * d) * RealTraits<T>::epsilon();
  const T gamma = unit / (T(1.0) - unit);
  result.tolerance = first_order + squares / (T(2.0) * (T(1.0) - rho)) + gamma * (backward_error + decomposed.sum_abs_log);
  return result;
}
template BoundedLogDet<double> bounded_log_det(std::span<const double>, std::span<const double>, int);
template BoundedLogDet<Wide> bounded_log_det(std::span<const Wide>, std::span<const Wide>, int);

BoundedLogDet<Wide> bounded_log_det_of_duals(std::span<const Wide> jacobian, int d) {
  square(jacobian, d, "Jacobian");
  const Wide unit = scaled_by_power_of_two(Wide(1.0), 53 - Wide::bits);
  std::vector<Wide> bound;
  for (int i = 0; i < d; ++i) {
    Wide largest;
    for (int j = 0; j < d; ++j) largest = max(largest, abs(jacobian[i * d + j]));
    bound.insert(bound.end(), d, unit * largest);
  }
  return bounded_log_det<Wide>(jacobian, bound, d);
}

}  // namespace verify
}  // namespace flowgauge
