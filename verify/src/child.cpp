// SPDX-License-Identifier: MIT
#include "child.hpp"

#include <flowgauge/error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <thread>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace flowgauge::verify {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr std::size_t header_bytes = 64 << 10, said_bytes = 64 << 10;
constexpr int tick_ms = 50;

/// While it lives, a write to a process that is gone is an error and no signal.
class WithoutBrokenPipe {
 public:
  WithoutBrokenPipe() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
  ~WithoutBrokenPipe() { std::signal(SIGPIPE, before_); }
  WithoutBrokenPipe(const WithoutBrokenPipe&) = delete;
  WithoutBrokenPipe& operator=(const WithoutBrokenPipe&) = delete;

 private:
  void (*before_)(int);
};

/// The first 200 bytes, readable.
std::string escaped(std::string_view bytes) {
  std::string text;
  for (const char c : bytes.substr(0, 200)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') text += "\\n";
    else if (byte < 32 || byte >= 127) text += fmt::format("\\x{:02x}", byte);
    else text += c;
  }
  return text + (bytes.size() > 200 ? "…" : "");
}

constexpr std::string_view keep_clean = "keep stdout for frames: print to stderr, and import flowgauge_adapter before anything that prints";

/// What runs in the child between fork and exec; only async-signal-safe calls.
[[noreturn]] void become(char* const* words, int in, int out, int err, int report) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(in, 0), ::dup2(out, 1), ::dup2(err, 2);
  for (int fd = 3; fd < 256; ++fd)
    if (fd != report) ::close(fd);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  rlimit memory{};  // what a worker may take is not the layer's limit
  if (::getrlimit(RLIMIT_DATA, &memory) == 0) memory.rlim_cur = memory.rlim_max, ::setrlimit(RLIMIT_DATA, &memory);
  ::execvp(words[0], words);
  const int error = errno;
  const ssize_t ignored = ::write(report, &error, sizeof error);
  static_cast<void>(ignored);
  ::_exit(127);
}

}  // namespace

std::vector<std::string> words_of(std::string_view command) {
  std::vector<std::string> words;
  bool inside = false;
  char quote = 0;
  for (std::size_t k = 0; k < command.size(); ++k) {
    const char c = command[k];
    if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back(), inside = true;
    if (c == '\\' && quote != '\'' && k + 1 < command.size()) words.back() += command[++k];
    else if (quote != 0 && c == quote) quote = 0;
    else if (quote == 0 && (c == '\'' || c == '"')) quote = c;
    else words.back() += c;
  }
  if (quote != 0) throw ConfigError(fmt::format("--exec expects a command whose quotes are closed, got {}", command));
  if (words.empty() || words.front().empty()) throw ConfigError("--exec expects a command such as 'python3 my_layer.py', got an empty one");
  return words;
}

Child::Child(const std::vector<std::string>& words, const ExecLimits& limits) : limits_(limits) {
  for (const char* const threads : {"OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"}) ::setenv(threads, "1", 0);
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  int ends[4][2];
  for (auto& pair : ends)
    if (::pipe2(pair, O_CLOEXEC) != 0) throw SubjectFault("no_start", std::string("no pipe: ") + std::strerror(errno));
  const auto& [question, answer, errors, report] = ends;
  pid_ = ::fork();
  if (pid_ == 0) become(pointers.data(), question[0], answer[1], errors[1], report[1]);
  for (const int unused : {question[0], answer[1], errors[1], report[1]}) ::close(unused);
  to_ = question[1], from_ = answer[0], errors_ = errors[0];
  int error = pid_ < 0 ? errno : 0;
  if (pid_ > 0) {
    running_ = true;
    ::setpgid(pid_, pid_);
    while (::read(report[0], &error, sizeof error) < 0 && errno == EINTR) continue;
  }
  ::close(report[0]);
  for (const int fd : {to_, from_, errors_}) ::fcntl(fd, F_SETFL, O_NONBLOCK);
  if (error != 0) fail("no_start", fmt::format("{} cannot be started: {}", words.front(), std::strerror(error)));
}

Child::~Child() {
  if (running_) {
    try {
      ask({{"op", "bye"}}, {}, 2);
    } catch (const std::exception&) {
      // Whatever it says to a farewell, it ends now.
    }
  }
  if (to_ >= 0) ::close(to_), to_ = -1;
  if (running_) {
    const auto gone_within = [&](int ms) {
      for (int waited = 0; waited < ms && !ended(); waited += 5) std::this_thread::sleep_for(std::chrono::milliseconds(5)), read_errors();
      return ended();
    };
    if (!gone_within(2000)) {
      ::kill(-pid_, SIGTERM);
      gone_within(1000);
    }
    kill_group();
  }
  for (const int fd : {from_, errors_})
    if (fd >= 0) ::close(fd);
}

void Child::abandon() {
  for (int* const fd : {&to_, &from_, &errors_}) ::close(*fd), *fd = -1;
  running_ = false;
}

void Child::kill_group() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  if (running_) {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) continue;
  }
  running_ = false;
}

bool Child::ended() {
  if (running_ && ::waitpid(pid_, &status_, WNOHANG) == pid_) running_ = false;
  return !running_;
}

std::string Child::how_it_ended() const {
  if (running_) return "it closed its stdout and lives on";
  if (WIFSIGNALED(status_)) return fmt::format("it died of signal {} ({})", WTERMSIG(status_), ::strsignal(WTERMSIG(status_)));
  return fmt::format("it ended with code {}", WEXITSTATUS(status_));
}

void Child::read_errors() {
  std::array<char, 4096> buffer;
  while (errors_ >= 0) {
    const ssize_t n = ::read(errors_, buffer.data(), buffer.size());
    if (n == 0) ::close(errors_), errors_ = -1;  // else poll would return at once for ever
    if (n <= 0) break;
    said_.append(buffer.data(), static_cast<std::size_t>(n));
    if (said_.size() > 2 * said_bytes) said_.erase(0, said_.size() - said_bytes);
  }
}

void Child::fail(const std::string& kind, const std::string& sentence) {
  kill_group();
  read_errors();
  if (said_.size() > said_bytes) said_.erase(0, said_.size() - said_bytes);
  throw SubjectFault(kind, sentence, said_);
}

std::size_t Child::resident_bytes() const {
  std::size_t pages = 0;
  DIR* const processes = ::opendir("/proc");
  if (!processes) return 0;
  while (const dirent* const entry = ::readdir(processes)) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    const pid_t other = static_cast<pid_t>(std::atol(entry->d_name));
    if (::getpgid(other) != pid_) continue;
    std::ifstream sizes(fmt::format("/proc/{}/statm", other));
    std::size_t all = 0, resident = 0;
    if (sizes >> all >> resident) pages += resident;
  }
  ::closedir(processes);
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

void Child::look_for_extra_output() {
  std::array<char, 256> buffer;
  const ssize_t n = unread_.empty() && from_ >= 0 ? ::read(from_, buffer.data(), buffer.size()) : 0;
  if (n > 0) unread_.append(buffer.data(), static_cast<std::size_t>(n));
  if (unread_.empty()) return;
  fail("extra_output", fmt::format("nobody asked for '{}'; {}", escaped(unread_), keep_clean));
}

/// One question and its answer.
class Child::Exchange {
 public:
  Exchange(Child& child, std::string question, double seconds, const std::function<std::string(const json&)>& fits)
      : child_(child), question_(std::move(question)), seconds_(seconds), fits_(fits),
        deadline_(Clock::now() + std::chrono::microseconds(static_cast<std::int64_t>(1e6 * seconds))) {}

  Frame answer() {
    auto memory_next = Clock::now() + std::chrono::milliseconds(200);
    while (!complete()) {
      if (Clock::now() > deadline_) too_late();
      if (Clock::now() > memory_next) {
        look_at_memory();
        memory_next = Clock::now() + std::chrono::milliseconds(200);
      }
      std::array<pollfd, 3> waits{{{child_.from_, POLLIN, 0}, {child_.errors_, POLLIN, 0}, {sent_ < question_.size() ? child_.to_ : -1, POLLOUT, 0}}};
      if (::poll(waits.data(), waits.size(), tick_ms) < 0 && errno != EINTR)
        child_.fail("error", std::string("poll failed: ") + std::strerror(errno));
      if (waits[1].revents != 0) child_.read_errors();
      if (waits[2].revents != 0) send();
      if (waits[0].revents != 0) receive();
      else if (child_.ended()) receive(), gone();
    }
    return std::move(frame_);
  }

 private:
  void send() {
    const ssize_t n = ::write(child_.to_, question_.data() + sent_, question_.size() - sent_);
    if (n > 0) sent_ += static_cast<std::size_t>(n);
    else if (n < 0 && errno == EPIPE) sent_ = question_.size();  // what became of it, its stdout and its status say
  }
  void receive() {
    std::array<char, 65536> buffer;
    for (;;) {
      const ssize_t n = ::read(child_.from_, buffer.data(), buffer.size());
      if (n > 0) child_.unread_.append(buffer.data(), static_cast<std::size_t>(n));
      else if (n == 0) closed_ = true;
      if (n <= 0 || child_.unread_.size() >= buffer.size()) break;
    }
    take_header();
    if (closed_ && !complete()) {
      for (int waited = 0; waited < 500 && !child_.ended(); waited += 5) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      gone();
    }
  }
  void gone() {
    if (!complete()) child_.fail("died", child_.how_it_ended() + progress());
  }
  std::string progress() const {
    if (header_) return fmt::format(", {} of {} bytes of its answer's block received", child_.unread_.size() - block_at_, bytes_);
    if (!child_.unread_.empty()) return fmt::format(" in the midst of a header: '{}'", escaped(child_.unread_));
    return " before it answered";
  }
  [[noreturn]] void too_late() {
    if (header_ || !child_.unread_.empty())
      child_.fail("partial_frame", fmt::format("it fell silent for {} s{}; did it flush?", seconds_, progress()));
    if (sent_ < question_.size())
      child_.fail("timeout", fmt::format("in {} s it read {} of the {} bytes of its question", seconds_, sent_, question_.size()));
    child_.fail("timeout", fmt::format("no answer in {} s; did it flush?", seconds_));
  }
  void look_at_memory() {
    const std::size_t resident = child_.resident_bytes();
    if (resident > child_.limits_.resident_bytes)
      child_.fail("out_of_memory", fmt::format("it holds {} MiB, {} MiB are allowed", resident >> 20, child_.limits_.resident_bytes >> 20));
  }
  void take_header() {
    if (header_) return;
    const std::size_t end = child_.unread_.find('\n');
    const std::string_view line = std::string_view(child_.unread_).substr(0, end);
    if (line.size() > header_bytes) garbage(line);
    if (end == std::string::npos) return;
    frame_.header = json::parse(line, nullptr, false);
    if (!frame_.header.is_object()) garbage(line);
    const json& h = frame_.header;
    if (!h.contains("id") || !h["id"].is_number_integer() || h["id"].get<std::int64_t>() != child_.id_) garbage(line);
    if (!h.contains("bytes") || !h["bytes"].is_number_unsigned()) garbage(line);
    if (!h.contains("ok") || !h["ok"].is_boolean()) garbage(line);
    if (h["bytes"].get<std::uint64_t>() > child_.limits_.frame_bytes)
      child_.fail("frame_too_large", fmt::format("its answer announces {} bytes, {} are allowed", h["bytes"].get<std::uint64_t>(),
                                                 child_.limits_.frame_bytes));
    if (h["ok"].get<bool>() && fits_)
      if (const std::string wrong = fits_(h); !wrong.empty()) child_.fail("wrong_size", wrong);
    bytes_ = h["bytes"].get<std::size_t>();
    block_at_ = end + 1;
    header_ = true;
  }
  [[noreturn]] void garbage(std::string_view line) {
    child_.fail("garbage", fmt::format("'{}' came where the answer to question {} was due; {}", escaped(line), child_.id_, keep_clean));
  }
  bool complete() {
    if (complete_) return true;
    if (!header_ || child_.unread_.size() - block_at_ < bytes_) return false;
    frame_.block = child_.unread_.substr(block_at_, bytes_);
    child_.unread_.erase(0, block_at_ + bytes_);
    return complete_ = true;
  }

  Child& child_;
  std::string question_;
  double seconds_;
  const std::function<std::string(const json&)>& fits_;
  Clock::time_point deadline_;
  std::size_t sent_ = 0, block_at_ = 0, bytes_ = 0;
  bool header_ = false, closed_ = false, complete_ = false;
  Frame frame_;
};

Frame Child::ask(json header, std::string_view block, double seconds, const std::function<std::string(const json&)>& fits) {
  const WithoutBrokenPipe guard;
  look_for_extra_output();
  read_errors();
  if (id_ > 0) said_.clear();  // of a failure stands what was said since its question
  header["id"] = ++id_;
  header["bytes"] = block.size();
  std::string question = header.dump() + "\n";
  question.append(block);
  Frame frame = Exchange(*this, std::move(question), seconds, fits).answer();
  if (!frame.header["ok"].get<bool>()) {
    read_errors();
    const auto text = [&](const char* key) {
      const auto found = frame.header.find(key);
      return found != frame.header.end() && found->is_string() ? found->get<std::string>() : std::string(key);
    };
    throw SubjectFault("refused", text("error") + ": " + text("message"), said_);
  }
  return frame;
}

}  // namespace flowgauge::verify
