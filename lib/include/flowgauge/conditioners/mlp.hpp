// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/parameters.hpp>
#include <flowgauge/tile.hpp>

namespace flowgauge {

/// A multilayer perceptron h_l = act(h_{l−1} W_l + b_l), out = h W_out + b_out, on tiles. W is stored inputs × outputs. With no inputs it is its
/// last bias.
/// θ: weight_0, bias_0, …, weight_out, bias_out. W_out is 0 at first, so that what it conditions starts at b_out.
template <class S>
class Mlp {
 public:
  Mlp(Index inputs, std::vector<int> hidden, Index outputs, Activation activation)
      : hidden_(inputs > 0 ? std::move(hidden) : std::vector<int>{}), activation_(activation) {
    Index at = 0, in = inputs;
    auto add = [&](Index out) {
      parts_.push_back({at, at + in * out, in, out});
      at += in * out + out;
      in = out;
    };
    for (int h : hidden_) add(h);
    add(outputs);
  }

  /// Offsets of one layer's weight and bias in θ, and its shape.
  struct Part {
    Index weight, bias, in, out;
  };
  Index activations() const {
    Index n = 0;
    for (int h : hidden_) n += h;
    return n;
  }

  /// The hidden activations of a tile, one after another: rows × activations().
  void hidden(const S* theta, BatchIn<S> x, BatchOut<S> h) const {
    BatchIn<S> in = x;
    Index first = 0;
    for (std::size_t l = 0; l + 1 < parts_.size(); ++l) {
      const Part& p = parts_[l];
      const BatchOut<S> out = h.columns(first, p.out);
      product<S>(in, theta + p.weight, p.out, theta + p.bias, activation_, out);
      in = out;
      first += p.out;
    }
  }
  /// Columns first … first + out.dim − 1 of the output.
  void output(const S* theta, BatchIn<S> x, BatchIn<S> h, Index first, BatchOut<S> out) const {
    const Part& p = parts_.back();
    product<S>(last_input(x, h), theta + p.weight + first, p.out, theta + p.bias + first, Activation::none, out);
  }
  /// The gradient of those columns: adds to grad_theta and to grad_h (rows × activations, the last hidden layer's columns) or, without hidden
  /// layers, to grad_x.
  void output_backward(const S* theta, BatchIn<S> x, BatchIn<S> h, Index first, BatchIn<S> grad_out, BatchOut<S> grad_h, BatchOut<S> grad_x,
                       S* grad_theta) const {
    const Part& p = parts_.back();
    add_outer<S>(last_input(x, h), grad_out, grad_theta + p.weight + first, p.out);
    add_column_sums<S>(grad_out, grad_theta + p.bias + first);
    if (p.in == 0) return;
    add_product_transposed<S>(grad_out, theta + p.weight + first, p.out, hidden_.empty() ? grad_x : grad_h.columns(activations() - p.in, p.in));
  }
  /// From grad_h back to grad_x (gains) and grad_theta (gains).
  void hidden_backward(const S* theta, BatchIn<S> x, BatchIn<S> h, BatchOut<S> grad_h, BatchOut<S> grad_x, S* grad_theta) const {
    Index last = activations();
    for (std::size_t l = parts_.size() - 1; l-- > 0;) {
      const Part& p = parts_[l];
      const Index first = last - p.out;
      const BatchOut<S> g = grad_h.columns(first, p.out);
      multiply_by_slope<S>(activation_, h.columns(first, p.out), g);
      const BatchIn<S> in = l == 0 ? x : h.columns(first - p.in, p.in);
      add_outer<S>(in, g, grad_theta + p.weight, p.out);
      add_column_sums<S>(g, grad_theta + p.bias);
      add_product_transposed<S>(g, theta + p.weight, p.out, l == 0 ? grad_x : grad_h.columns(first - p.in, p.in));
      last = first;
    }
  }

 private:
  BatchIn<S> last_input(BatchIn<S> x, BatchIn<S> h) const { return hidden_.empty() ? x : h.columns(activations() - hidden_.back(), hidden_.back()); }

  std::vector<int> hidden_;
  std::vector<Part> parts_;
  Activation activation_;
};

/// The blocks of an Mlp whose output feeds m coordinates with the blocks `target` each: b_out starts at their initial values.
std::vector<Block> mlp_blocks(Index inputs, const std::vector<int>& hidden, Index m, const std::vector<Block>& target);

}  // namespace flowgauge
