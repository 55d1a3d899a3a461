// SPDX-License-Identifier: MIT
#include "interruption.hpp"

#include <csignal>

namespace flowgauge::cli {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only touch lock-free atomics");

extern "C" void on_interruption(int signal) {
  interrupted = true;
  std::signal(signal, SIG_DFL);
}

}  // namespace

const std::atomic<bool>& interruption() {
  std::signal(SIGINT, on_interruption);
  std::signal(SIGTERM, on_interruption);
  return interrupted;
}

}  // namespace flowgauge::cli
