// SPDX-License-Identifier: MIT
#include <flowgauge/detail/tile_definitions.hpp>

namespace flowgauge {
FLOWGAUGE_TILE_PRIMITIVES(float)
FLOWGAUGE_TILE_PRIMITIVES(double)
}  // namespace flowgauge
