// SPDX-License-Identifier: MIT
#pragma once
#include "child.hpp"

#include <flowgauge/batch.hpp>

#include <optional>
#include <span>
#include <tuple>

namespace flowgauge::verify {

inline constexpr int protocol = 1;

/// Numbers of one array of a frame; rows × columns, or rows alone where there is no second size.
struct Shape {
  std::string name;
  std::vector<Index> size;
  Index count() const {
    Index n = 1;
    for (const Index s : size) n *= s;
    return n;
  }
};

/// What an operation sends, and what must come back; arrays are row by row.
struct Question {
  std::string op;
  std::vector<Shape> given = {};
  std::vector<double> numbers = {};
  std::vector<Shape> wanted = {};
  nlohmann::json with = {};  ///< what is no array, such as a seed; null: nothing
};

/// The child of this process, started when it is first needed and after each fault.
class Connection {
 public:
  Connection(std::string command, const ExecLimits& limits) : words_(words_of(command)), limits_(limits) {}
  ~Connection() { leave_others(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  nlohmann::json hello(std::optional<int> dim);
  /// The sizes asked for are those that must come. SubjectFault.
  std::vector<double> ask(const Question&, bool in_float);
  /// Tells the child θ, unless it is what this child was told last.
  void set_parameters(std::span<const double> theta, int dim, bool in_float);

 private:
  /// A worker process inherits its parent's object, but the child is not its own.
  void leave_others();
  void forget();

  std::vector<std::string> words_;
  ExecLimits limits_;
  std::unique_ptr<Child> child_;
  pid_t owner_ = -1;
  std::optional<std::tuple<std::vector<double>, int, bool>> told_;  ///< θ, dim and type that the child has
};

/// The rows of a batch, one after the other.
template <class S>
void append(std::vector<double>& numbers, BatchIn<S> batch) {
  for (Index i = 0; i < batch.rows; ++i)
    for (Index j = 0; j < batch.dim; ++j) numbers.push_back(batch(i, j));
}

}  // namespace flowgauge::verify
