// SPDX-License-Identifier: MIT
#include <flowgauge/verify/guarded.hpp>
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <fmt/format.h>
#include <cmath>
#include <exception>
#include <thread>

namespace flowgauge::verify {

namespace {

/// Three packs of any width: a whole tile, which is read and written where it lies.
constexpr Index rows = 48;

/// What one call of the layer's inside reads and writes, in memory of its own.
struct Call {
  std::vector<double> theta, grad_theta;
  Batch<double> x, context, grad_context;
  Guarded<double> y, log_det, prepared;
};

enum class Kind { forward, inverse, backward };
const char* to_text(Kind kind) { return kind == Kind::forward ? "forward" : kind == Kind::inverse ? "inverse" : "backward"; }

Call prepared_call(const Trial& trial, const Layer<double>& layer, std::vector<double> theta, Index shift, double outputs) {
  Call c;
  c.theta = std::move(theta);
  c.x = Batch<double>(rows, trial.subject().dim());
  c.context = Batch<double>(trial.subject().context() == 0 ? 0 : rows, trial.subject().context());
  for (Index i = 0; i < rows; ++i) {
    const Index row = (i + shift) % trial.rows();
    for (Index j = 0; j < c.x.dim(); ++j) c.x(i, j) = trial.row(row)[j];
    for (Index j = 0; j < c.context.dim(); ++j) c.context(i, j) = trial.context(row)[j];
  }
  c.y = Guarded<double>(rows, c.x.dim());
  c.log_det = Guarded<double>(rows, 1);
  c.prepared = Guarded<double>(layer.body().prepared_size(), 1);
  for (Guarded<double>* output : {&c.y, &c.log_det, &c.prepared}) output->fill(outputs);
  c.grad_theta.assign(c.theta.size(), 0.0);
  c.grad_context = Batch<double>(c.context.rows(), c.context.dim());
  return c;
}

/// Scratch memory that holds `what` wherever the call will take some.
void fill(Scratch& scratch, double what) {
  const Scratch::Scope scope(scratch);
  constexpr Index numbers = 1 << 14;
  std::fill_n(scratch.take<double>(numbers), numbers, what);
}

void run(const Layer<double>& layer, Kind kind, Call& c, double before) {
  Scratch scratch;
  fill(scratch, before);
  double* const prepared = c.prepared.column().data();
  layer.body().prepare(c.theta, prepared, scratch);
  const Given<double> given{c.theta, c.context, prepared};
  if (kind == Kind::forward) layer.body().forward(given, c.x, c.y.out(), c.log_det.column().data(), nullptr, scratch);
  if (kind == Kind::inverse) layer.body().inverse(given, c.x, c.y.out(), c.log_det.column().data(), scratch);
  if (kind == Kind::backward) {
    Batch<double> grad_y(rows, c.x.dim());
    std::vector<double> grad_log_det(rows);
    for (Index i = 0; i < rows; ++i) {
      grad_log_det[i] = 1 + 0.125 * static_cast<double>(i % 5);
      for (Index j = 0; j < grad_y.dim(); ++j) grad_y(i, j) = 0.5 - 0.25 * static_cast<double>((i + j) % 7);
    }
    layer.body().backward(given, c.x, nullptr, grad_y, grad_log_det.data(), {c.y.out(), c.grad_theta, c.grad_context}, scratch);
  }
  for (const Guarded<double>* output : {&c.y, &c.log_det, &c.prepared}) output->check();
}

bool same(double a, double b) { return a == b || (a != a && b != b); }
bool same(std::span<const double> a, std::span<const double> b) {
  for (std::size_t k = 0; k < a.size(); ++k)
    if (!same(a[k], b[k])) return false;
  return true;
}
bool same(BatchIn<double> a, BatchIn<double> b) {
  for (Index j = 0; j < a.dim; ++j)
    for (Index i = 0; i < a.rows; ++i)
      if (!same(a(i, j), b(i, j))) return false;
  return true;
}

void compare(Examined& result, const Call& first, const Call& again, Kind kind, const std::string& when) {
  const auto say = [&](const std::string& what, bool equal) {
    if (!equal) result.compare(0, fmt::format("{} of {} {}", what, to_text(kind), when), 1, 0, 1, 0, "bits");
  };
  say(kind == Kind::backward ? "grad_x" : "y", same(first.y.in(), again.y.in()));
  if (kind != Kind::backward) say("log_det", same(first.log_det.in(), again.log_det.in()));
  say("grad_theta", same(first.grad_theta, again.grad_theta));
  say("grad_context", same(first.grad_context.in(), again.grad_context.in()));
}

/// Of others' layers: the same question twice, with another in between.
Examined calls_leave_by_values(const Trial& trial) {
  Examined result;
  Case other = trial.sample();
  for (double& v : other.theta) v = static_cast<float>(0.5 * v + 0.0625);
  const Trial between(trial.subject(), other);
  const Batch<double> rows = trial.batch_of_rows(trial.rows()), context = trial.batch_of_contexts(trial.rows());
  for (const Way way : {Way::forward, Way::inverse}) {
    if (way == Way::inverse && trial.subject().facts().inverse == InverseKind::none) continue;
    const std::optional<Batch<double>> inputs = inputs_of(trial, way, rows, context);
    if (!inputs) continue;
    const auto ask = [&](const Trial& whom, const Batch<double>& x) {
      std::pair<Batch<double>, std::vector<double>> out{Batch<double>(x.rows(), x.dim()), std::vector<double>(x.rows())};
      whom.call(way, x.in(), context.in(), out.first.out(), out.second);
      return out;
    };
    const auto first = ask(trial, *inputs);
    if (const auto others = inputs_of(between, way, rows, context)) ask(between, *others);
    const auto again = ask(trial, *inputs);
    const std::string of = way == Way::forward ? "" : " of the inverse";
    for (Index i = 0; i < rows.rows(); ++i) {
      const auto judge = [&](const std::string& what, double a, double b) {
        if (!same(a, b)) result.compare(i, what + of + " when it is asked again", a, b, std::abs(a - b), 0, "bits");
      };
      for (Index j = 0; j < rows.dim(); ++j) judge(fmt::format("y[{}]", j), first.first(i, j), again.first(i, j));
      judge("log_det", first.second[i], again.second[i]);
    }
  }
  if (result.findings.empty()) result.compare(0, "different bits", 0, 0, 0, 0, "bits");
  else result.words = "the same question gets another answer: noise such as dropout is on, or a call leaves something for the next";
  return result;
}

}  // namespace

Law calls_leave_nothing_behind() {
  return {.id = "L18",
          .statement =
              "a call of forward, inverse or backward gives the same bits whatever its outputs and scratch memory held, after calls with other "
              "points and "
              "parameters, and in two threads at once; it changes no input, and nothing beside its outputs",
          .advice = "an output is added to instead of written, memory is read before it is written, a cache or a static remembers another call",
          .wants = {.stress = false, .largest_dim = 5},
          .examine =
              [](const Trial& trial) {
                if (!trial.subject().is_layer()) return Examined::not_applicable("the inside of a layer is looked at");
                Examined result;
                const Layer<double>& layer = trial.subject().flow<double>().layers().front();
                const std::vector<double> theta = trial.theta<double>();
                std::vector<double> other = theta;
                for (std::size_t k = 0; k < other.size(); ++k) other[k] = 0.5 * other[k] + 0.0625;
                const double nan = std::numeric_limits<double>::quiet_NaN();
                for (const Kind kind : {Kind::forward, Kind::inverse, Kind::backward}) {
                  if (kind == Kind::inverse && trial.subject().facts().inverse == InverseKind::none) continue;
                  const Call before = prepared_call(trial, layer, theta, 0, 0);
                  Call first = before;
                  run(layer, kind, first, 0);
                  const bool kept =
                      same(first.x.in(), before.x.in()) && same(first.context.in(), before.context.in()) && same(first.theta, before.theta);
                  if (!kept) result.compare(0, fmt::format("an input after {}", to_text(kind)), 1, 0, 1, 0, "bits");
                  Call poisoned = prepared_call(trial, layer, theta, 0, nan);
                  run(layer, kind, poisoned, nan);
                  compare(result, first, poisoned, kind, "into memory that held NaN");
                  Call between = prepared_call(trial, layer, other, 1, 0);
                  run(layer, kind, between, 0);
                  Call again = prepared_call(trial, layer, theta, 0, 7);
                  run(layer, kind, again, 7);
                  compare(result, first, again, kind, "after a call with other parameters");
                  if (trial.sample().seed % 4 != 0) continue;
                  std::exception_ptr thrown[2];
                  Call beside[2] = {prepared_call(trial, layer, theta, 0, 3), prepared_call(trial, layer, other, 1, 3)};
                  const auto work = [&](int which) {
                    try {
                      for (int k = 0; k < 3; ++k) {
                        std::fill(beside[which].grad_theta.begin(), beside[which].grad_theta.end(), 0.0);
                        for (Index j = 0; j < beside[which].grad_context.dim(); ++j)
                          std::fill_n(beside[which].grad_context.column(j).begin(), beside[which].grad_context.rows(), 0.0);
                        run(layer, kind, beside[which], 3);
                      }
                    } catch (...) {
                      thrown[which] = std::current_exception();
                    }
                  };
                  std::thread second(work, 1);
                  work(0);
                  second.join();
                  for (const std::exception_ptr& error : thrown)
                    if (error) std::rethrow_exception(error);
                  compare(result, first, beside[0], kind, "while another thread calls");
                  compare(result, between, beside[1], kind, "while another thread calls");
                }
                if (result.findings.empty()) result.compare(0, "different bits", 0, 0, 0, 0, "bits");
                else result.words = "a call sees what was there before it, or leaves something for the next";
                return result;
              },
          .examine_values = calls_leave_by_values,
          .violated_by = "a forward that adds its log_det to what the buffer held",
          .fooled_by = "a race that the drawn calls do not run into"};
}

}  // namespace flowgauge::verify
