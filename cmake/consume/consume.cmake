# SPDX-License-Identifier: MIT
# A stranger's project, configured, built without a warning and run: WAY = installed (find_package) or subdirectory (add_subdirectory).
# Definitions: SOURCE, BUILD (ours), SCRATCH, GENERATOR, COMPILER, FLAGS, BUILD_TYPE, ARCHITECTURE, CORES, LAUNCHER.
cmake_minimum_required(VERSION 3.24)

function(step what)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${what} failed (${result}):\n${output}")
  endif()
  if(output MATCHES "[Ww]arning:|CMake Warning")
    message(FATAL_ERROR "${what} warns:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${SCRATCH}/prefix" "${SCRATCH}/build")
set(options
  -G "${GENERATOR}" -D "CMAKE_CXX_COMPILER=${COMPILER}" -D "CMAKE_BUILD_TYPE=${BUILD_TYPE}" -D "CMAKE_CXX_FLAGS=${FLAGS}")
if(WAY STREQUAL "installed")
  foreach(room IN ITEMS lib reports distributions)
    step("installation of ${room}" "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${SCRATCH}/prefix" --component ${room})
  endforeach()
  list(APPEND options -D "CMAKE_PREFIX_PATH=${SCRATCH}/prefix")
else()
  # Compiled in half the time; how fast it runs is not asked here.
  list(APPEND options -D CMAKE_BUILD_TYPE=Debug -D CMAKE_CXX_FLAGS_DEBUG=-O0)
  list(APPEND options -D "FLOWGAUGE=${SOURCE}" -D "FLOWGAUGE_ARCHITECTURE=${ARCHITECTURE}" -D "CMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}")
endif()
step("configuration" "${CMAKE_COMMAND}" -S "${SOURCE}/cmake/consume" -B "${SCRATCH}/build" ${options})
step("build" "${CMAKE_COMMAND}" --build "${SCRATCH}/build" --target stranger -j ${CORES})
step("run" "${SCRATCH}/build/stranger")
if(NOT output MATCHES "log_det")
  message(FATAL_ERROR "the stranger printed no log_det:\n${output}")
endif()
message("${output}")
