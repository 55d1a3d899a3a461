// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/verdict.hpp>

#include <atomic>
#include <functional>

namespace flowgauge::verify {

/// Does units 0 … count − 1 and reports each as it comes: in `jobs` child processes if those are more than 1 or `stop` is given, else here. A unit
/// that throws is `died(unit, how)`, in a child as here. A child that dies costs the unit that it was at, which is `died` too; a fresh child does the
/// others. Once *stop is true the children are ended, and the units that they had not reported are not. RapidCheck is not safe in threads, hence
/// processes.
void work(int count, int jobs, const std::atomic<bool>* stop, const std::function<Judged(int)>& unit,
          const std::function<Judged(int, const std::string&)>& died, const std::function<void(int, Judged)>& done);

}  // namespace flowgauge::verify
