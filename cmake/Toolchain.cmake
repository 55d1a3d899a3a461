# SPDX-License-Identifier: MIT
# What is the same for every target: language, warnings, architecture.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo" FORCE)
endif()
set(CMAKE_CXX_EXTENSIONS OFF)

if(FLOWGAUGE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(FLOWGAUGE_CCACHE_PROGRAM ccache)
  mark_as_advanced(FLOWGAUGE_CCACHE_PROGRAM)
  if(FLOWGAUGE_CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${FLOWGAUGE_CCACHE_PROGRAM}")
  endif()
endif()

# Reading headers is most of the work: precompiled ones and units of several files (unity builds) save half of it. Precompiled headers keep ccache
# from working and units of several files from remembering one: with ccache, neither.
set(flowgauge_save_parsing ON)
if(CMAKE_CXX_COMPILER_LAUNCHER)
  set(flowgauge_save_parsing OFF)
endif()
option(FLOWGAUGE_PRECOMPILE "Precompile the heavy headers" ${flowgauge_save_parsing})
option(FLOWGAUGE_UNITY "Compile several files as one unit" ${flowgauge_save_parsing})

# GCC 12 sees uninitialised values in its own AVX-512 header and in Eigen at -O3, and overlaps in "text" + std::string (PR 105651):
# wrong by the hundred.
set(flowgauge_warnings -Wall -Wextra)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND flowgauge_warnings -Wno-maybe-uninitialized -Wno-uninitialized)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    list(APPEND flowgauge_warnings -Wno-restrict)
    if(FLOWGAUGE_PRECOMPILE)   # where a header is precompiled it is no system header any more, and std::string warns of itself
      list(APPEND flowgauge_warnings -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
    endif()
  endif()
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 14)
  list(APPEND flowgauge_warnings -Wno-bitwise-instead-of-logical)   # the mask of a single number is a bool, and masks are joined by & and |
endif()

# Packs have the width of the instruction set, so whoever links lib must be compiled for the same one: lib hands this option on.
set(flowgauge_architecture_option "")
if(FLOWGAUGE_ARCHITECTURE)
  set(flowgauge_architecture_option "-march=${FLOWGAUGE_ARCHITECTURE}")
endif()

separate_arguments(flowgauge_flags NATIVE_COMMAND "${CMAKE_CXX_FLAGS}")
execute_process(
  COMMAND "${CMAKE_CXX_COMPILER}" ${flowgauge_flags} ${flowgauge_architecture_option} -x c++ -dM -E /dev/null
  OUTPUT_VARIABLE flowgauge_macros ERROR_VARIABLE flowgauge_error RESULT_VARIABLE flowgauge_result)
if(NOT flowgauge_result EQUAL 0)
  message(FATAL_ERROR "The compiler does not accept ${flowgauge_architecture_option}: ${flowgauge_error}")
endif()
if(flowgauge_macros MATCHES "__AVX512F__")
  set(flowgauge_instruction_set "AVX-512")
elseif(flowgauge_macros MATCHES "__AVX2__")
  set(flowgauge_instruction_set "AVX2")
elseif(flowgauge_macros MATCHES "__SSE2__")
  set(flowgauge_instruction_set "SSE2")
else()
  set(flowgauge_instruction_set "${CMAKE_SYSTEM_PROCESSOR} baseline")
endif()
set(flowgauge_compiler "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
message(STATUS "flowgauge ${PROJECT_VERSION}: instruction set ${flowgauge_instruction_set}, ${CMAKE_BUILD_TYPE}, ${flowgauge_compiler}")
