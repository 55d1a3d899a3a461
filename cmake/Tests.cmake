# SPDX-License-Identifier: MIT
if(FLOWGAUGE_TESTS)
  enable_testing()
  find_package(GTest 1.12 REQUIRED CONFIG)
  include(GoogleTest)
endif()

# flowgauge_room_tests(<room> [LINK library…] [PRECOMPILE header…]): tests/*.cpp of the folder as one GoogleTest program.
function(flowgauge_room_tests name)
  if(NOT FLOWGAUGE_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 tests "" "" "LINK;PRECOMPILE")
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/tests/*.cpp")
  set(target flowgauge_${name}_tests)
  add_executable(${target} ${sources})
  target_compile_options(${target} PRIVATE ${flowgauge_warnings})
  target_compile_definitions(${target} PRIVATE
    EIGEN_INITIALIZE_MATRICES_BY_NAN   # an output that nobody wrote shows
    FLOWGAUGE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    FLOWGAUGE_SHARED_DIR="${PROJECT_SOURCE_DIR}/../shared")
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src" "${CMAKE_CURRENT_SOURCE_DIR}/tests")
  target_link_libraries(${target} PRIVATE ${tests_LINK} GTest::gmock GTest::gtest_main)
  if(FLOWGAUGE_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE <gtest/gtest.h> ${tests_PRECOMPILE})
  endif()
  gtest_discover_tests(${target} TEST_PREFIX "${name}." WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}" DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT 900)
endfunction()
