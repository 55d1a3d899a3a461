// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/verdict.hpp>

#include <functional>

namespace flowgauge::verify {

/// Does units 0 … count − 1, in `jobs` child processes if more than 1, and reports each as it comes, in the parent. A unit that throws is
/// `died(unit, how)`, in a child as here. A child that dies costs the unit that it was at, which is `died` too; the others are done by a fresh child.
/// RapidCheck is not safe in threads, hence processes.
void work(int count, int jobs, const std::function<Judged(int)>& unit, const std::function<Judged(int, const std::string&)>& died,
          const std::function<void(int, Judged)>& done);

}  // namespace flowgauge::verify
