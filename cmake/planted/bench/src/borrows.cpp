// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <folly/Format.h>
#include "../../verify/src/neighbour.hpp"
