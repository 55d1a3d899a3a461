// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/verify/jacobian.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace flowgauge::verify {
namespace {

/// Weights of f(x + kh) − f(x − kh), k = 1 … reach, over h (central), and of f(x ± kh), k = 0 … reach, over ±h (one-sided), with the next
/// lower order on the same
/// nodes. noise is Λ, the sum of the weights' magnitudes; the weights are integers over a divisor, exact in every T.
template <int Reach>
struct Weights {
  std::array<double, Reach> central, central_lower;
  double central_divisor, central_noise;
  std::array<double, Reach + 1> one_sided, one_sided_lower;
  double one_sided_divisor, one_sided_noise;
};

template <class T>
struct Scheme;
template <>
struct Scheme<double> {
  static constexpr int reach = 3;
  static constexpr Weights<3> weights{{45, -9, 1}, {40, -5, 0}, 60, 11.0 / 6, {-11, 18, -9, 2}, {-9, 12, -3, 0}, 6, 20.0 / 3};
  static constexpr double unit = 0x1p-53;
  static constexpr std::array<double, 4> steps{9e-3, 9e-3 / 8, 9e-3 / 64, 9e-3 / 512};
  static constexpr int candidates = 3;  // the last step only bears witness
};
template <>
struct Scheme<Wide> {
  static constexpr int reach = 2;
  static constexpr Weights<2> weights{{8, -1}, {6, 0}, 12, 3.0 / 2, {-3, 4, -1}, {-2, 2, 0}, 2, 4};
  static constexpr double unit = 0x1p-168;
  static constexpr std::array<double, 1> steps{1e-20};
  static constexpr int candidates = 1;
};

/// Values of f along coordinate j: at[reach + k] = f(x + k·h·e_j).
template <class T>
struct Line {
  static constexpr int reach = Scheme<T>::reach;
  std::array<std::vector<T>, 2 * reach + 1> at;
  T step;
  T node_error = T(0.0);  // x + kh is not always a number of T

  Line(const VectorMap<T>& f, std::span<const T> x, int rows, int j, double h, const std::vector<T>& centre, bool in_float) : step(h) {
    std::vector<T> point(x.begin(), x.end());
    for (int k = -reach; k <= reach; ++k) {
      std::vector<T>& values = at[reach + k];
      if (k == 0) {
        values = centre;
        continue;
      }
      const T offset = T(static_cast<double>(k)) * step;
      point[j] = x[j] + offset;
      if (in_float) point[j] = T(static_cast<double>(static_cast<float>(to_double(point[j]))));
      node_error = max(node_error, abs((point[j] - x[j]) - offset));
      values.assign(rows, Constants<T>::not_a_number());
      f(point, values);
    }
  }
  const T& value(int k, int row) const { return at[reach + k][row]; }
  T largest(int row) const {
    T result(0.0);
    for (const auto& values : at) result = max(result, abs(values[row]));
    return result;
  }
};

template <class T>
struct Entry {
  T value, bound;
};
/// The higher order and its bound: what the orders differ by, and noise.
template <class T>
Entry<T> entry(const T& higher, const T& lower, double lambda, const T& noise, const Line<T>& line) {
  return {higher, abs(higher - lower) + T(lambda) * (noise + line.node_error * abs(higher)) / line.step};
}
template <class T>
Entry<T> central(const Line<T>& line, int row, const T& noise) {
  const auto& w = Scheme<T>::weights;
  T higher(0.0), lower(0.0);
  for (int k = 1; k <= Line<T>::reach; ++k) {
    const T change = line.value(k, row) - line.value(-k, row);
    higher += T(w.central[k - 1]) * change;
    lower += T(w.central_lower[k - 1]) * change;
  }
  const T divisor = T(w.central_divisor) * line.step;
  return entry(higher / divisor, lower / divisor, w.central_noise, noise, line);
}
template <class T>
Entry<T> one_sided(const Line<T>& line, int row, const T& noise, int side) {
  const auto& w = Scheme<T>::weights;
  T higher(0.0), lower(0.0);
  for (int k = 0; k <= Line<T>::reach; ++k) {
    higher += T(w.one_sided[k]) * line.value(side * k, row);
    lower += T(w.one_sided_lower[k]) * line.value(side * k, row);
  }
  const T divisor = T(side * w.one_sided_divisor) * line.step;
  return entry(higher / divisor, lower / divisor, w.one_sided_noise, noise, line);
}

/// step·max(1, |x|), at most a share of the distance to the domain's nearer end, rounded down to a power of two so that most nodes are exact. 0: x
/// is on the end.
double step_within(double x, double step, double widest, const Interval& domain, int reach, bool& at_edge) {
  const double wanted = step * std::max(1.0, std::abs(x));
  const double distance = std::min(x - domain.low, domain.high - x);
  // A narrower step of a ladder shrinks with the widest one: each must stay a stencil of its own.
  const double allowed = std::max(distance, 0.0) / (reach + 1) * (step / widest);
  at_edge = at_edge || allowed < wanted;
  const double h = std::min(wanted, allowed);
  return h > 0 ? std::exp2(std::floor(std::log2(h))) : 0.0;
}

template <class T>
Derivatives<T> unknown(std::size_t size) {
  return {std::vector<T>(size, Constants<T>::not_a_number()), std::vector<T>(size, Constants<T>::infinity())};
}

template <class T>
Differences<T> differences_within(const VectorMap<T>& f, std::span<const T> x, int rows, double step, double widest, const DifferenceFacts& facts) {
  if (!facts.internal_magnitude.empty() && facts.internal_magnitude.size() != static_cast<std::size_t>(rows))
    throw ShapeError("internal_magnitude needs one number for each of the " + std::to_string(rows) + " outputs, or none; got " +
                     std::to_string(facts.internal_magnitude.size()));
  const int columns = static_cast<int>(x.size());
  const std::size_t size = static_cast<std::size_t>(rows) * columns;
  Differences<T> result{unknown<T>(size), unknown<T>(size), unknown<T>(size)};
  std::vector<T> centre(rows, Constants<T>::not_a_number());
  f(x, centre);
  for (int j = 0; j < columns; ++j) {
    const double h = step_within(to_double(x[j]), step, widest, facts.domain, Scheme<T>::reach, result.at_edge);
    if (!(h > 0)) continue;
    const Line<T> line(f, x, rows, j, h, centre, facts.unit > Scheme<T>::unit);
    for (int i = 0; i < rows; ++i) {
      const T inside = T(facts.internal_magnitude.empty() ? 0.0 : facts.internal_magnitude[i]);
      const T noise = T(8 * std::max(facts.unit, Scheme<T>::unit)) * (line.largest(i) + inside);
      const std::size_t at = static_cast<std::size_t>(i) * columns + j;
      const auto put = [at](Derivatives<T>& d, const Entry<T>& e) { d.value[at] = e.value, d.bound[at] = e.bound; };
      const Entry<T> below = one_sided(line, i, noise, -1), above = one_sided(line, i, noise, 1);
      put(result.central, central(line, i, noise));
      put(result.below, below);
      put(result.above, above);
      result.kink = result.kink || abs(above.value - below.value) > above.bound + below.bound;
    }
  }
  return result;
}

/// Whether two estimates of the same derivatives agree within their bounds.
template <class T>
bool agree(const Derivatives<T>& a, const Derivatives<T>& b) {
  for (std::size_t k = 0; k < a.value.size(); ++k)
    if (!(abs(a.value[k] - b.value[k]) <= a.bound[k] + b.bound[k])) return false;
  return true;
}

template <class T>
BoundedLogDet<T> bounded(const Derivatives<T>& d, std::size_t dimension) {
  return bounded_log_det<T>(d.value, d.bound, static_cast<int>(dimension));
}

}  // namespace

template <class T>
Differences<T> differences(const VectorMap<T>& f, std::span<const T> x, int rows, double step, const DifferenceFacts& facts) {
  return differences_within(f, x, rows, step, step, facts);
}

template <class T>
LogDetByDifferences<T> log_det_by_differences(const VectorMap<T>& f, std::span<const T> x, const DifferenceFacts& facts) {
  using S = Scheme<T>;
  std::array<Differences<T>, S::steps.size()> rungs;
  const double wider = facts.unit > S::unit ? steps_of_float : 1;
  for (std::size_t r = 0; r < rungs.size(); ++r)
    rungs[r] = differences_within(f, x, static_cast<int>(x.size()), wider * S::steps[r], wider * S::steps[0], facts);

  LogDetByDifferences<T> result;
  result.estimate.tolerance = Constants<T>::infinity();
  bool found = false, straddled = false, unusable = false;
  for (int r = 0; r < S::candidates; ++r) {
    const BoundedLogDet<T> estimate = bounded(rungs[r].central, x.size());
    const bool confirmed = r + 1 == static_cast<int>(rungs.size()) || agree(rungs[r].central, rungs[r + 1].central);
    if (estimate.log_abs != estimate.log_abs) {
      unusable = true;
    } else if (rungs[r].kink || !confirmed) {
      straddled = true;
    } else if (estimate.resolved() && (!found || estimate.tolerance < result.estimate.tolerance)) {
      result.estimate = estimate;
      found = true;
    }
  }
  if (found) return result;
  const Differences<T>& narrowest = rungs[S::candidates - 1];
  if (straddled) {
    result.unresolved = Unresolved::kink;
    result.below = bounded(narrowest.below, x.size());
    result.above = bounded(narrowest.above, x.size());
  } else {
    result.unresolved = narrowest.at_edge ? Unresolved::domain_edge : unusable ? Unresolved::not_finite : Unresolved::ill_conditioned;
  }
  return result;
}

std::vector<Wide> jacobian_by_duals(const VectorMap<Dual<Wide, 1>>& f, std::span<const Wide> x, int rows) {
  using D = Dual<Wide, 1>;
  std::vector<D> point;
  for (const Wide& coordinate : x) point.push_back(D::constant(coordinate));
  std::vector<Wide> jacobian(rows * x.size());
  for (std::size_t j = 0; j < x.size(); ++j) {
    std::vector<D> values(rows, Constants<D>::not_a_number());
    point[j].tangent[0] = Wide(1.0);
    f(point, values);
    point[j].tangent[0] = Wide();
    for (int i = 0; i < rows; ++i) jacobian[i * x.size() + j] = values[i].tangent[0];
  }
  return jacobian;
}

template Differences<double> differences(const VectorMap<double>&, std::span<const double>, int, double, const DifferenceFacts&);
template Differences<Wide> differences(const VectorMap<Wide>&, std::span<const Wide>, int, double, const DifferenceFacts&);
template LogDetByDifferences<double> log_det_by_differences(const VectorMap<double>&, std::span<const double>, const DifferenceFacts&);
template LogDetByDifferences<Wide> log_det_by_differences(const VectorMap<Wide>&, std::span<const Wide>, const DifferenceFacts&);

}  // namespace flowgauge::verify
