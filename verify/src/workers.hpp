// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/verdict.hpp>

#include <atomic>
#include <functional>
#include <string_view>

namespace flowgauge::verify {

/// What a child may take, in bytes; a layer in a process of its own has a limit of its own.
constexpr std::size_t child_bytes = std::size_t{4} << 30;
/// The reason of a verdict that took them. What leaked stays taken: the child gives way to a fresh one.
constexpr std::string_view no_memory = "there was not enough memory (a worker may take 4 GiB)";

/// Says which case comes now, as text: should this child die, the parent knows at what; nor may the case take more than `seconds` by the clock,
/// unless that is 0. Outside a child it does nothing.
void about_to_examine(const std::function<std::string()>& case_text, int seconds);

/// Does units 0 … count − 1 and reports each as it comes: in `jobs` child processes if those are more than 1 or `stop` is given, else here. A unit
/// that throws is `died(unit, how, case)`, in a child as here; the case may be empty. A child that dies, or hangs, costs the unit that it was at,
/// which is `died` too; a fresh child does the others. Once *stop is true the children are ended, and the units that they had not reported are not.
/// RapidCheck is not safe in threads, hence processes.
void work(int count, int jobs, const std::atomic<bool>* stop, const std::function<Judged(int)>& unit,
          const std::function<Judged(int, const std::string&, const std::string&)>& died, const std::function<void(int, Judged)>& done);

}  // namespace flowgauge::verify
