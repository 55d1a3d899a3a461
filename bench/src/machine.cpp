// SPDX-License-Identifier: MIT
#include <flowgauge/bench/machine.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <tbb/version.h>
#include <toml++/toml.h>

#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace flowgauge::bench {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.rfind("model name", 0) == 0)
      if (const std::size_t colon = line.find(": "); colon != std::string::npos) return line.substr(colon + 2);
  return "unknown processor";
}

std::string compiler() {
#if defined(__clang__)
  return fmt::format("clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  return fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

std::string c_library() {
  std::array<char, 256> text{};
  confstr(_CS_GNU_LIBC_VERSION, text.data(), text.size());
  return text.data();
}

std::string build_type() {
#if defined(__OPTIMIZE__)
  return "optimised";
#else
  return "not optimised";
#endif
}

}  // namespace

std::string instruction_set() {
#if defined(__AVX512F__)
  return "avx512";
#elif defined(__AVX2__)
  return "avx2";
#elif defined(__SSE2__)
  return "sse2";
#else
  return "scalar";
#endif
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

void describe_machine(reports::Provenance& p) {
  utsname system{};
  uname(&system);
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  const std::string governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  double load = 0;
  const bool load_known = getloadavg(&load, 1) == 1;
  p.machine = fmt::format("{}, {} cores, {}, {} {}", processor(), cores, instruction_set(), system.sysname, system.release);
  const auto tell = [&](const char* name, std::string value) {
    if (!value.empty()) p.environment.emplace_back(name, std::move(value));
  };
  tell("host", host_name());
  tell("isa", instruction_set());
  tell("compiler", compiler());
  tell("build", build_type());
  tell("C library", c_library());
  tell("fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100));
  tell("oneTBB", fmt::format("{}.{}", TBB_VERSION_MAJOR, TBB_VERSION_MINOR));
  tell("toml++", fmt::format("{}.{}.{}", TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH));
  tell("governor", governor);
  if (load_known) tell("load at start", fmt::format("{:.2f}", load));
  if (build_type() != "optimised") p.warnings.push_back("The program was built without optimisation: its times mean nothing.");
  if (load_known && load > 0.5 * cores)
    p.warnings.push_back(fmt::format("The machine was busy at the start (load {:.2f} on {} cores): times may be too long.", load, cores));
  if (!governor.empty() && governor != "performance")
    p.warnings.push_back(fmt::format("The processor's governor is {}: its clock may vary during a measurement.", governor));
}

}  // namespace flowgauge::bench
