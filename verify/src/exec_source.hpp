// SPDX-License-Identifier: MIT
#pragma once
#include "connection.hpp"
#include "hello.hpp"

#include <flowgauge/verify/source_subject.hpp>

namespace flowgauge::verify {

/// The source that the child computes and draws.
std::unique_ptr<Distribution> source_of(std::shared_ptr<Connection>, const Description&);

}  // namespace flowgauge::verify
