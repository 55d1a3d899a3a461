# SPDX-License-Identifier: MIT
# Writes OUTPUT, which defines version and revision of revision.hpp; touched only when one of them changes. Definitions: SOURCE, VERSION, OUTPUT.
set(revision unknown)
find_program(git git)
if(git)
  execute_process(COMMAND "${git}" -C "${SOURCE}" describe --always --dirty --abbrev=10 --exclude=*
    OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE result)
  if(result EQUAL 0)
    set(revision "${described}")
  endif()
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT [[
// Written at every build.
#include "revision.hpp"

namespace flowgauge::cli {

const char* const version = "@VERSION@";
const char* const revision = "@revision@";

}  // namespace flowgauge::cli
]] @ONLY)
