// SPDX-License-Identifier: MIT
#include <boost/multiprecision/mpfr.hpp>
#include <flowgauge/bench/kl.hpp>
#include <rapidcheck.h>
