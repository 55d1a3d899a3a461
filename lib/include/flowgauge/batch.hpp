// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <vector>

namespace flowgauge {

using Index = std::ptrdiff_t;

/// Memory whose every array starts on a 64-byte boundary.
template <class T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) {}
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t{64})); }
  void deallocate(T* p, std::size_t) { ::operator delete(p, std::align_val_t{64}); }
  bool operator==(const AlignedAllocator&) const { return true; }
};
template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

/// n × d numbers to read, one row per sample, stored column by column; column j starts at data + j·stride. Never owns, never copies.
template <class S>
struct BatchIn {
  const S* data = nullptr;
  Index rows = 0, dim = 0, stride = 0;

  const S* column(Index j) const { return data + j * stride; }
  const S& operator()(Index i, Index j) const { return data[i + j * stride]; }
  /// Rows first … first + count − 1.
  BatchIn slice(Index first, Index count) const { return {data + first, count, dim, stride}; }
  /// Columns first … first + count − 1.
  BatchIn columns(Index first, Index count) const { return {data + first * stride, rows, count, stride}; }
};

/// The same to write.
template <class S>
struct BatchOut {
  S* data = nullptr;
  Index rows = 0, dim = 0, stride = 0;

  S* column(Index j) const { return data + j * stride; }
  S& operator()(Index i, Index j) const { return data[i + j * stride]; }
  BatchOut slice(Index first, Index count) const { return {data + first, count, dim, stride}; }
  BatchOut columns(Index first, Index count) const { return {data + first * stride, rows, count, stride}; }
  operator BatchIn<S>() const { return {data, rows, dim, stride}; }
};

/// n × d numbers, owned, zero at first.
template <class S>
class Batch {
 public:
  Batch() = default;
  Batch(Index rows, Index dim) : rows_(rows), dim_(dim), data_(checked(rows, dim), S()) {}

  Index rows() const { return rows_; }
  Index dim() const { return dim_; }
  S& operator()(Index i, Index j) { return data_[i + j * rows_]; }
  const S& operator()(Index i, Index j) const { return data_[i + j * rows_]; }
  std::span<S> column(Index j) { return {data_.data() + j * rows_, static_cast<std::size_t>(rows_)}; }
  std::span<const S> column(Index j) const { return {data_.data() + j * rows_, static_cast<std::size_t>(rows_)}; }
  BatchIn<S> in() const { return {data_.data(), rows_, dim_, rows_}; }
  BatchOut<S> out() { return {data_.data(), rows_, dim_, rows_}; }
  operator BatchIn<S>() const { return in(); }
  operator BatchOut<S>() { return out(); }

 private:
  static std::size_t checked(Index rows, Index dim) {
    if (rows < 0 || dim < 0) throw ShapeError("a batch needs rows ≥ 0 and dim ≥ 0");
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(dim);
  }
  Index rows_ = 0, dim_ = 0;
  AlignedVector<S> data_;
};

/// One number a row, to read or to write.
template <class S>
using ColumnIn = std::span<const S>;
template <class S>
using ColumnOut = std::span<S>;

/// Memory for the inside of a call: taken in order, given back by scope, kept for the next call, so that a warm hot path allocates nothing. Not
/// shared by threads.
class Scratch {
 public:
  /// `count` objects on a 64-byte boundary, of any content, until the enclosing Scope ends.
  template <class T>
  T* take(Index count) {
    T* p = reinterpret_cast<T*>(bytes(static_cast<std::size_t>(count) * sizeof(T)));
    if constexpr (!std::is_trivially_default_constructible_v<T>) std::uninitialized_default_construct_n(p, count);
    return p;
  }
  template <class S>
  BatchOut<S> take(Index rows, Index dim) {
    return {take<S>(rows * dim), rows, dim, rows};
  }

  class Scope {
   public:
    explicit Scope(Scratch& s) : scratch_(s), block_(s.block_), used_(s.used_) {}
    ~Scope() { scratch_.block_ = block_, scratch_.used_ = used_; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Scratch& scratch_;
    std::size_t block_, used_;
  };

 private:
  std::byte* bytes(std::size_t need) {
    need = (need + 63) / 64 * 64;
    while (block_ < blocks_.size() && used_ + need > blocks_[block_].size()) ++block_, used_ = 0;
    if (block_ == blocks_.size()) {
      blocks_.emplace_back(std::max(need, smallest));
      used_ = 0;
    }
    std::byte* p = blocks_[block_].data() + used_;
    used_ += need;
    return p;
  }
  static constexpr std::size_t smallest = 1 << 18;
  std::vector<AlignedVector<std::byte>> blocks_;
  std::size_t block_ = 0, used_ = 0;
};

}  // namespace flowgauge
