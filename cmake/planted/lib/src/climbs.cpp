// SPDX-License-Identifier: MIT
#include <Eigen/Dense>
#include <flowgauge/reports/rows.hpp>
#include <vector>
