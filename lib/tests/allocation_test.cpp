// SPDX-License-Identifier: MIT
// Once its workspace is warm a flow takes no memory from the heap: every call of malloc in this program is counted.
#include <flowgauge/catalogue.hpp>
#include <flowgauge/flow.hpp>
#include <flowgauge/random.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#if defined(__has_feature)
#define FLOWGAUGE_OWN_MALLOC (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer))
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FLOWGAUGE_OWN_MALLOC 1
#else
#define FLOWGAUGE_OWN_MALLOC 0
#endif

#if defined(__GLIBC__) && !FLOWGAUGE_OWN_MALLOC  // a sanitizer's malloc is its own

namespace {
std::atomic<long> allocations{0};
}

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) { return ++allocations, __libc_malloc(size); }
void* calloc(std::size_t count, std::size_t size) { return ++allocations, __libc_calloc(count, size); }
void* realloc(void* old, std::size_t size) { return ++allocations, __libc_realloc(old, size); }
void* aligned_alloc(std::size_t alignment, std::size_t size) { return ++allocations, __libc_memalign(alignment, size); }
void* memalign(std::size_t alignment, std::size_t size) { return ++allocations, __libc_memalign(alignment, size); }
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  void* const taken = (++allocations, __libc_memalign(alignment, size));
  if (taken) *memory = taken;
  return taken ? 0 : ENOMEM;
}
}

namespace flowgauge {
namespace {

template <class Call>
long allocations_of(const Call& call) {
  for (int warm_up = 0; warm_up < 2; ++warm_up) call();
  const long before = allocations;
  call();
  return allocations - before;
}

template <class S>
void expect_none(const std::string& specimen, int dim) {
  SCOPED_TRACE(specimen + " at dim " + std::to_string(dim));
  Flow<S> flow = make_flow<S>(std::string_view(specimen), dim);
  flow.initialise(3);
  const Interval domain = flow.layers().front().info().facts.domain;
  const double low = std::isfinite(domain.low) ? domain.low : -1, high = std::isfinite(domain.high) ? domain.high : 1;
  constexpr Index n = 1100;  // two tiles and a bit
  const RandomStream stream(7, "allocation");
  Batch<S> x(n, dim), y(n, dim), back(n, dim);
  for (Index j = 0; j < dim; ++j)
    for (Index i = 0; i < n; ++i) x(i, j) = static_cast<S>(low + (high - low) * stream.uniform(i, static_cast<std::uint32_t>(j)));
  std::vector<S> log_det(n), gradient(flow.theta().size());
  Workspace workspace;
  EXPECT_EQ(allocations_of([&] { flow.forward(x, y, log_det, workspace); }), 0) << "forward";
  EXPECT_EQ(allocations_of([&] { flow.negative_log_likelihood(x, gradient, workspace); }), 0) << "training";
  EXPECT_EQ(allocations_of([&] { flow.inverse(y, back, log_det, workspace); }), 0) << "inverse";
}

TEST(Allocation, TheCounterCounts) {
  EXPECT_GT(allocations_of([] {
              void* volatile const taken = std::malloc(1);
              std::free(taken);
            }),
            0);
}

TEST(Allocation, NoCallOfAnyMemberTakesMemory) {
  for (const MemberInfo& member : list_members())
    for (const std::string& specimen : member.specimens)
      for (const int dim : {2, 64}) {
        expect_none<float>(specimen, dim);
        expect_none<double>(specimen, dim);
      }
}

}  // namespace
}  // namespace flowgauge

#endif
