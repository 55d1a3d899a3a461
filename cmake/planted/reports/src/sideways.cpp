// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <flowgauge/error.hpp>
