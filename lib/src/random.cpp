// SPDX-License-Identifier: MIT
#include <flowgauge/error.hpp>
#include <flowgauge/normal_quantile.hpp>
#include <flowgauge/random.hpp>

#include <string>

#include <fmt/format.h>
#include <Random123/philox.h>

namespace flowgauge {

std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

RandomStream::RandomStream(std::uint64_t seed, std::string_view purpose, std::string_view subject) {
  if (seed >= std::uint64_t{1} << 31) throw ConfigError(fmt::format("a seed is a whole number from 0 to 2147483647, got {}", seed));
  const std::uint64_t hash = hash_text(std::string(purpose) + '\n' + std::string(subject));
  key_ = {static_cast<std::uint32_t>(seed), 0};
  stream_ = static_cast<std::uint32_t>(hash ^ hash >> 32);
}

std::uint64_t RandomStream::bits(std::uint64_t row, std::uint32_t draw) const {
  const r123::Philox4x32::ctr_type counter{{static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(row >> 32), draw, stream_}};
  const r123::Philox4x32::key_type key{{key_[0], key_[1]}};
  const auto words = r123::Philox4x32()(counter, key);
  return std::uint64_t{words[1]} << 32 | words[0];
}

double RandomStream::uniform(std::uint64_t row, std::uint32_t draw) const {
  // k + ½ with k < 2⁵² is exact; with 53 bits the largest would round to 1.
  return (static_cast<double>(bits(row, draw) >> 12) + 0.5) * 0x1p-52;
}

double RandomStream::normal(std::uint64_t row, std::uint32_t draw) const { return normal_quantile(uniform(row, draw)); }

std::uint64_t RandomStream::below(std::uint64_t n, std::uint64_t row, std::uint32_t draw) const {
  if (n == 0) throw ConfigError("a random integer below n needs n ≥ 1, got 0");
  __extension__ using Product = unsigned __int128;
  return static_cast<std::uint64_t>(static_cast<Product>(bits(row, draw)) * n >> 64);
}

}  // namespace flowgauge
