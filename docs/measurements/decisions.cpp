// SPDX-License-Identifier: MIT
/// The measurements behind docs/architecture.md, on numbers of one thread: `decisions --benchmark_filter=layout`. What each costs is compared with
/// what was decided against, in the same run.
#include <flowgauge/conditioners/mlp.hpp>
#include <flowgauge/pack.hpp>
#include <flowgauge/tile.hpp>
#include <flowgauge/verify/wide.hpp>

#include <benchmark/benchmark.h>
#include <Eigen/Core>

#include <vector>

namespace {

using namespace flowgauge;
using S = float;
using T = Pack<S>;
constexpr Index W = T::width, rows = 480;

std::vector<S> numbers(Index count, S first, S last) {
  std::vector<S> v(count);
  for (Index i = 0; i < count; ++i) v[i] = first + (last - first) * static_cast<S>((i * 7919) % count) / static_cast<S>(count);
  return v;
}
void per_number(benchmark::State& state, Index count) {
  const auto inverse_rate = benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert;
  state.counters["a number"] = benchmark::Counter(static_cast<double>(count), inverse_rate);
}
void flops(benchmark::State& state, double count) {
  state.counters["FLOP/s"] = benchmark::Counter(count, benchmark::Counter::kIsIterationInvariantRate);
}

// layout: y = sign(x)·log(1 + |x|) with log_det, a tile of 480 rows. Column by column a pack is 16 rows; sample by sample it is 16 neighbouring
// coordinates, and log_det a sum inside packs.
void layout_columns(benchmark::State& state) {
  const Index d = state.range(0);
  const std::vector<S> x = numbers(rows * d, -3, 3);
  std::vector<S> y(rows * d), log_det(rows);
  for (auto _ : state) {
    std::fill(log_det.begin(), log_det.end(), S(0));
    for (Index j = 0; j < d; ++j)
      for (Index i = 0; i < rows; i += W) {
        const T v = T::load(x.data() + j * rows + i), l = log1p(abs(v));
        copysign(l, v).store(y.data() + j * rows + i);
        (T::load(log_det.data() + i) - l).store(log_det.data() + i);
      }
    benchmark::ClobberMemory();
  }
  per_number(state, rows * d);
}
void layout_samples(benchmark::State& state) {
  const Index d = state.range(0);
  const std::vector<S> x = numbers(rows * d, -3, 3);
  std::vector<S> y(rows * d), slope(rows * d), log_det(rows);
  for (auto _ : state) {
    for (Index i = 0; i < rows * d; i += W) {
      const T v = T::load(x.data() + i), l = log1p(abs(v));
      copysign(l, v).store(y.data() + i);
      l.store(slope.data() + i);
    }
    for (Index i = 0; i < rows; ++i) {
      S sum(0);
      for (Index j = 0; j < d; ++j) sum -= slope[i * d + j];
      log_det[i] = sum;
    }
    benchmark::ClobberMemory();
  }
  per_number(state, rows * d);
}

// tile: the network of a coupling, 32 → 64 → 64 → 64, over 9600 rows in tiles of so many.
void tile_rows_of(benchmark::State& state) {
  const Index all = 9600, tile = state.range(0);
  const Mlp<S> net(32, {64, 64}, 64, Activation::relu);
  const std::vector<S> theta = numbers(32 * 64 + 64 + 2 * (64 * 64 + 64), -0.1f, 0.1f), x = numbers(all * 32, -1, 1);
  std::vector<S> hidden(tile * 128), out(tile * 64);
  for (auto _ : state) {
    for (Index first = 0; first < all; first += tile) {
      const BatchIn<S> in{x.data() + first, tile, 32, all};
      const BatchOut<S> h{hidden.data(), tile, 128, tile}, y{out.data(), tile, 64, tile};
      net.hidden(theta.data(), in, h);
      net.output(theta.data(), in, h, 0, y);
    }
    benchmark::ClobberMemory();
  }
  flops(state, 2.0 * all * (32 * 64 + 2 * 64 * 64));
}

// product: 480 × 64 by 64 × 64, ours with bias and relu against Eigen's, and what a gradient needs.
struct Product {
  std::vector<S> x = numbers(rows * 64, -1, 1), w = numbers(64 * 64, -0.1f, 0.1f), bias = numbers(64, -1, 1), y = std::vector<S>(rows * 64);
  BatchIn<S> in{x.data(), rows, 64, rows};
  BatchOut<S> out{y.data(), rows, 64, rows};
};
constexpr double product_flops = 2.0 * rows * 64 * 64;
void product_ours(benchmark::State& state) {
  Product p;
  for (auto _ : state) {
    product<S>(p.in, p.w.data(), 64, p.bias.data(), Activation::relu, p.out);
    benchmark::ClobberMemory();
  }
  flops(state, product_flops);
}
void product_eigen(benchmark::State& state) {
  Product p;
  using Matrix = Eigen::MatrixXf;
  const Eigen::Map<const Matrix> x(p.x.data(), rows, 64);
  const Eigen::Map<const Eigen::Matrix<S, -1, -1, Eigen::RowMajor>> w(p.w.data(), 64, 64);
  const Eigen::Map<const Eigen::RowVectorXf> bias(p.bias.data(), 64);
  Eigen::Map<Matrix> y(p.y.data(), rows, 64);
  for (auto _ : state) {
    y.noalias() = x * w;
    y = (y.rowwise() + bias).cwiseMax(S(0));
    benchmark::ClobberMemory();
  }
  flops(state, product_flops);
}
void product_transposed(benchmark::State& state) {
  Product p;
  for (auto _ : state) {
    add_product_transposed<S>(p.in, p.w.data(), 64, p.out);
    benchmark::ClobberMemory();
  }
  flops(state, product_flops);
}
void product_outer(benchmark::State& state) {
  Product p;
  std::vector<S> gradient(64 * 64);
  for (auto _ : state) {
    add_outer<S>(p.in, p.in, gradient.data(), 64);
    benchmark::ClobberMemory();
  }
  flops(state, product_flops);
}

// formula: softlog with log_det on a column of 480 rows, a loop over packs against Eigen's array expressions.
void formula_packs(benchmark::State& state) {
  const std::vector<S> x = numbers(rows, -3, 3);
  std::vector<S> y(rows), log_det(rows);
  for (auto _ : state) {
    for (Index i = 0; i < rows; i += W) {
      const T v = T::load(x.data() + i), l = log1p(abs(v));
      copysign(l, v).store(y.data() + i);
      (T(0.0) - l).store(log_det.data() + i);
    }
    benchmark::ClobberMemory();
  }
  per_number(state, rows);
}
void formula_eigen(benchmark::State& state) {
  const std::vector<S> data = numbers(rows, -3, 3);
  const Eigen::Map<const Eigen::ArrayXf> x(data.data(), rows);
  Eigen::ArrayXf y(rows), log_det(rows);
  for (auto _ : state) {
    log_det = -x.abs().log1p();
    y = -x.sign() * log_det;
    benchmark::ClobberMemory();
  }
  per_number(state, rows);
}

// functions: libmvec, which pack.hpp calls, against xsimd's own.
template <class Real, class F>
void function(benchmark::State& state, F f) {
  const Index count = 4800;
  std::vector<Real> x(count), y(count);
  for (Index i = 0; i < count; ++i) x[i] = Real(0.01) + Real(i % 997) / 500;
  for (auto _ : state) {
    for (Index i = 0; i < count; i += Pack<Real>::width) f(Pack<Real>::load(x.data() + i)).store(y.data() + i);
    benchmark::ClobberMemory();
  }
  per_number(state, count);
}
#define FLOWGAUGE_COMPARE(name) \
  benchmark::RegisterBenchmark("functions/" #name "/float/libmvec", [](auto& s) { function<float>(s, [](Pack<float> x) { return name(x); }); }); \
  benchmark::RegisterBenchmark("functions/" #name "/float/xsimd", \
                               [](auto& s) { function<float>(s, [](Pack<float> x) { return Pack<float>(xsimd::name(x.v)); }); }); \
  benchmark::RegisterBenchmark("functions/" #name "/double/libmvec", [](auto& s) { function<double>(s, [](Pack<double> x) { return name(x); }); }); \
  benchmark::RegisterBenchmark("functions/" #name "/double/xsimd", \
                               [](auto& s) { function<double>(s, [](Pack<double> x) { return Pack<double>(xsimd::name(x.v)); }); })

// wide: 50 digits, a call.
template <class F>
void wide(benchmark::State& state, F f) {
  Wide x = Wide::from_text("1.2345678901234567890123456789012345678901234567890");
  for (auto _ : state) {
    Wide y = f(x);
    benchmark::DoNotOptimize(y);
  }
}

}  // namespace

int main(int argc, char** argv) {
  for (const Index d : {2, 16, 64}) {
    benchmark::RegisterBenchmark("layout/column_by_column", layout_columns)->Arg(d)->ArgName("d");
    benchmark::RegisterBenchmark("layout/sample_by_sample", layout_samples)->Arg(d)->ArgName("d");
  }
  for (const Index r : {48, 96, 192, 480, 960, 2400, 9600}) benchmark::RegisterBenchmark("tile/network", tile_rows_of)->Arg(r)->ArgName("rows");
  benchmark::RegisterBenchmark("product/ours", product_ours);
  benchmark::RegisterBenchmark("product/eigen", product_eigen);
  benchmark::RegisterBenchmark("product/ours_transposed", product_transposed);
  benchmark::RegisterBenchmark("product/ours_outer", product_outer);
  benchmark::RegisterBenchmark("formula/packs", formula_packs);
  benchmark::RegisterBenchmark("formula/eigen_arrays", formula_eigen);
  FLOWGAUGE_COMPARE(exp);
  FLOWGAUGE_COMPARE(log);
  FLOWGAUGE_COMPARE(log1p);
  FLOWGAUGE_COMPARE(expm1);
  FLOWGAUGE_COMPARE(tanh);
  FLOWGAUGE_COMPARE(erf);
  benchmark::RegisterBenchmark("wide/multiply", [](auto& s) { wide(s, [](const Wide& x) { return x * x; }); });
  benchmark::RegisterBenchmark("wide/exp", [](auto& s) { wide(s, [](const Wide& x) { return exp(x); }); });
  benchmark::RegisterBenchmark("wide/log", [](auto& s) { wide(s, [](const Wide& x) { return log(x); }); });
  benchmark::RegisterBenchmark("wide/tanh", [](auto& s) { wide(s, [](const Wide& x) { return tanh(x); }); });
  benchmark::RegisterBenchmark("wide/erfc", [](auto& s) { wide(s, [](const Wide& x) { return erfc(x); }); });
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
