// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/exec.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/types.h>

namespace flowgauge::verify {

/// A command as words: quotes and backslashes as a shell has them, nothing else of a shell. ConfigError: a quote that is not closed, no word.
std::vector<std::string> words_of(std::string_view command);

/// One header and its block.
struct Frame {
  nlohmann::json header;
  std::string block;
};

/// A process of its own group that answers frames over its stdin and stdout, one question at a time. After any SubjectFault but "refused" the group
/// is killed and the child is of no further use.
class Child {
 public:
  /// Starts it. SubjectFault no_start: with what the system said.
  Child(const std::vector<std::string>& words, const ExecLimits&);
  /// bye; 2 s later SIGTERM, 1 s later SIGKILL.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Sends the question (its "id" and "bytes" are put in here) and waits for the answer. `fits` looks at the answer's header before its block is
  /// read, and returns what is wrong with it, or nothing. SubjectFault.
  Frame ask(nlohmann::json header, std::string_view block, double seconds,
            const std::function<std::string(const nlohmann::json&)>& fits = {});
  /// SubjectFault extra_output: there are bytes that nobody asked for.
  void look_for_extra_output();
  /// Forgets the process without a word: for a copy of this object in a forked process, which is not its parent.
  void abandon();

 private:
  class Exchange;
  [[noreturn]] void fail(const std::string& kind, const std::string& sentence);
  void kill_group();
  bool ended();                      ///< waitpid says so
  std::string how_it_ended() const;
  void read_errors();
  std::size_t resident_bytes() const;

  ExecLimits limits_;
  pid_t pid_ = -1;
  int status_ = 0;
  bool running_ = false;
  int to_ = -1, from_ = -1, errors_ = -1;
  std::string unread_;               ///< of its stdout
  std::string said_;                 ///< the last 64 KiB of its stderr
  std::int64_t id_ = 0;
};

}  // namespace flowgauge::verify
