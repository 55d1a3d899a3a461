// SPDX-License-Identifier: MIT
#include "workers.hpp"

#include <flowgauge/error.hpp>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace flowgauge::verify {
namespace {

using nlohmann::json;
using Died = std::function<Judged(int, const std::string&, const std::string&)>;

constexpr std::size_t note_size = std::size_t{1} << 16, gives_way = note_size - 1;  ///< 1 there: another child is to follow
constexpr int out_of_memory = 77;                                                      ///< exit code of a child that could not even say so
char* own_note = nullptr;  ///< where a child notes its case, shared with its parent; null in the parent

// JSON knows no NaN and no ∞: numbers travel as their bits.
json number(const reports::Number& v) { return v ? json(std::bit_cast<std::uint64_t>(*v)) : json(); }
reports::Number number(const json& j) { return j.is_null() ? reports::Number() : std::bit_cast<double>(j.get<std::uint64_t>()); }
json integer(const reports::Integer& v) { return v ? json(*v) : json(); }
reports::Integer integer(const json& j) { return j.is_null() ? reports::Integer() : reports::Integer(j.get<std::int64_t>()); }

std::string line_of(int unit, const Judged& judged) {
  const reports::VerdictRow& r = judged.row;
  json failures = json::array();
  for (const Failure& f : judged.failures)
    failures.push_back({f.subject, f.law, f.law_id, static_cast<int>(f.verdict), f.message, f.case_text, f.reproduce});
  const json line = {unit,
                     r.layer,
                     r.law,
                     r.law_id,
                     r.verdict,
                     r.reason,
                     r.error_unit,
                     r.counterexample,
                     r.reproduce,
                     integer(r.cases),
                     integer(r.cases_unresolved),
                     integer(r.cases_discarded),
                     number(r.worst_margin),
                     number(r.worst_error),
                     number(r.tolerance),
                     number(r.worst_ulp),
                     number(r.digits_lost),
                     failures,
                     judged.first_killing_case};
  return line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

int unit_from(const std::string& text, Judged& judged) {
  const json j = json::parse(text);
  reports::VerdictRow& r = judged.row;
  std::string* words[] = {&r.layer, &r.law, &r.law_id, &r.verdict, &r.reason, &r.error_unit, &r.counterexample, &r.reproduce};
  std::size_t at = 1;
  for (std::string* word : words) *word = j[at++].get<std::string>();
  for (reports::Integer* v : {&r.cases, &r.cases_unresolved, &r.cases_discarded}) *v = integer(j[at++]);
  for (reports::Number* v : {&r.worst_margin, &r.worst_error, &r.tolerance, &r.worst_ulp, &r.digits_lost}) *v = number(j[at++]);
  for (const json& f : j[at])
    judged.failures.push_back({f[0], f[1], f[2], static_cast<Verdict>(f[3].get<int>()), f[4], f[5], f[6]});
  judged.first_killing_case = j[at + 1];
  return j[0];
}

struct Child {
  pid_t pid = -1;
  int from = -1;
  std::vector<int> units;  ///< not reported yet, in the order in which they are done
  std::string text;
  char* note = nullptr;
};

/// A layer that allocates without end gets a std::bad_alloc long before the machine swaps. Sanitizers reserve far more than they use.
void limit_memory() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  rlimit most{};
  if (::getrlimit(RLIMIT_DATA, &most) == 0) {
    most.rlim_cur = std::min<rlim_t>(most.rlim_cur, child_bytes);
    ::setrlimit(RLIMIT_DATA, &most);
  }
#endif
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

void write_all(int to, const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const ssize_t n = ::write(to, text.data() + at, text.size() - at);
    if (n < 0 && errno != EINTR) ::_exit(3);
    if (n > 0) at += static_cast<std::size_t>(n);
  }
}

/// The verdict on a unit; whatever is thrown on the way is one too, and never unwinds into the caller's main.
Judged judged(int u, const std::function<Judged(int)>& unit, const Died& died) {
  try {
    return unit(u);
  } catch (const std::bad_alloc&) {
    return died(u, std::string(no_memory), "");
  } catch (const std::exception& error) {
    return died(u, std::string("this was thrown: ") + error.what(), "");
  } catch (...) {
    return died(u, "something that is not a std::exception was thrown", "");
  }
}

Child start(std::vector<int> units, const std::function<Judged(int)>& unit, const Died& died) {
  int ends[2];
  if (::pipe(ends) != 0) throw DataError("no pipe for a worker process");
  void* const note = ::mmap(nullptr, note_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (note == MAP_FAILED) throw DataError("no memory to share with a worker process");
  Child child{::fork(), ends[0], std::move(units), {}, static_cast<char*>(note)};
  if (child.pid < 0) {
    ::close(ends[0]), ::close(ends[1]), ::munmap(note, note_size);
    throw DataError("no worker process could be started");
  }
  if (child.pid == 0) {
    // The terminal sends Ctrl-C to children too: when to end is the parent's to say, and none outlives it.
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGALRM, SIG_DFL);
    sigset_t alarm_alone;
    ::sigemptyset(&alarm_alone), ::sigaddset(&alarm_alone, SIGALRM), ::sigprocmask(SIG_UNBLOCK, &alarm_alone, nullptr);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::close(ends[0]);
    own_note = child.note;
    limit_memory();
    try {
      for (const int u : child.units) {
        about_to_examine([] { return std::string(); }, 0);  // no case of the unit before this one
        const Judged verdict = judged(u, unit, died);
        ::alarm(0);
        write_all(ends[1], line_of(u, verdict));
        if (verdict.row.reason.find(no_memory) == std::string::npos) continue;
        own_note[gives_way] = 1;
        break;
      }
    } catch (...) {
      ::_exit(out_of_memory);
    }
    ::_exit(0);
  }
  ::close(ends[1]);
  return child;
}

void end(std::vector<Child>& children) {
  for (const Child& child : children) {
    ::kill(child.pid, SIGKILL);
    ::waitpid(child.pid, nullptr, 0);
    ::close(child.from);
    ::munmap(child.note, note_size);
  }
  children.clear();
}

constexpr int look_at_stop_every_ms = 100;

}  // namespace

void about_to_examine(const std::function<std::string()>& case_text, int seconds) {
  if (!own_note) return;
  ::alarm(0);
  const std::string text = case_text();
  const std::size_t size = text.size() < gives_way ? text.size() : 0;
  std::memcpy(own_note, text.data(), size);
  own_note[size] = 0;
  ::alarm(static_cast<unsigned>(seconds));  // its signal ends the child
}

void work(int count, int jobs, const std::atomic<bool>* stop, const std::function<Judged(int)>& unit,
          const Died& died, const std::function<void(int, Judged)>& done) {
  const bool here = jobs <= 1 && stop == nullptr;
  jobs = std::min(jobs, count);
  if (here) {
    for (int u = 0; u < count; ++u) done(u, judged(u, unit, died));
    return;
  }
  std::vector<Child> children;
  for (int w = 0; w < jobs; ++w) {
    std::vector<int> units;
    for (int u = w; u < count; u += jobs) units.push_back(u);
    children.push_back(start(std::move(units), unit, died));
  }
  while (!children.empty()) {
    if (stop != nullptr && *stop) return end(children);
    std::vector<pollfd> waits;
    for (const Child& c : children) waits.push_back({c.from, POLLIN, 0});
    if (::poll(waits.data(), waits.size(), look_at_stop_every_ms) < 0) {
      if (errno == EINTR) continue;
      throw DataError("waiting for worker processes failed");
    }
    for (std::size_t w = waits.size(); w-- > 0;) {
      if (waits[w].revents == 0) continue;
      Child& child = children[w];
      char buffer[65536];
      const ssize_t n = ::read(child.from, buffer, sizeof buffer);
      if (n < 0 && errno == EINTR) continue;
      if (n > 0) {
        child.text.append(buffer, static_cast<std::size_t>(n));
        for (std::size_t end; (end = child.text.find('\n')) != std::string::npos; child.text.erase(0, end + 1)) {
          Judged judged;
          const int u = unit_from(child.text.substr(0, end), judged);
          std::erase(child.units, u);
          done(u, std::move(judged));
        }
        continue;
      }
      ::close(child.from);
      int status = 0;
      ::waitpid(child.pid, &status, 0);
      const std::string at(child.note, ::strnlen(child.note, gives_way));
      const bool another_follows = WIFEXITED(status) && WEXITSTATUS(status) == 0 && child.note[gives_way] == 1;
      ::munmap(child.note, note_size);
      std::vector<int> rest = std::move(child.units);
      children.erase(children.begin() + static_cast<std::ptrdiff_t>(w));
      if (rest.empty()) continue;
      if (!another_follows) {
        const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        const std::string how = signal == SIGALRM ? "one case did not come to an end in time"
                                : signal == 0 && WEXITSTATUS(status) == out_of_memory ? std::string(no_memory)
                                : signal != 0     ? fmt::format("the process died of signal {} ({})", signal, ::strsignal(signal))
                                                  : fmt::format("the process ended with code {}", WEXITSTATUS(status));
        done(rest.front(), died(rest.front(), how, at));
        rest.erase(rest.begin());
      }
      if (!rest.empty()) children.push_back(start(std::move(rest), unit, died));
    }
  }
}

}  // namespace flowgauge::verify
