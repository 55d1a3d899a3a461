# SPDX-License-Identifier: MIT
# Tests of the house itself: floors, headers, and strangers who use what is installed.

cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)

# No include climbs; each third party stays in its room.
add_test(NAME house.rooms COMMAND "${CMAKE_COMMAND}" -D "HOUSE=${PROJECT_SOURCE_DIR}" -P "${PROJECT_SOURCE_DIR}/cmake/check_rooms.cmake")
add_test(NAME house.rooms_sees_a_climb
  COMMAND "${CMAKE_COMMAND}" -D "HOUSE=${PROJECT_SOURCE_DIR}/cmake/planted" -P "${PROJECT_SOURCE_DIR}/cmake/check_rooms.cmake")
file(STRINGS "${PROJECT_SOURCE_DIR}/cmake/planted/expected.txt" planted)
list(JOIN planted ".*" planted)
set_tests_properties(house.rooms PROPERTIES LABELS house)
set_tests_properties(house.rooms_sees_a_climb PROPERTIES LABELS house PASS_REGULAR_EXPRESSION "${planted}")

# Licence lines, lengths.
add_test(NAME house.sources COMMAND "${CMAKE_COMMAND}" -D "HOUSE=${PROJECT_SOURCE_DIR}" -P "${PROJECT_SOURCE_DIR}/cmake/check_sources.cmake")
set_tests_properties(house.sources PROPERTIES LABELS house)

# Every public header compiles alone, with the options of a stranger who links its room.
foreach(room IN LISTS FLOWGAUGE_ROOMS)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${room}/include/*.hpp")
  if(NOT headers)
    continue()
  endif()
  set(units "")
  foreach(header IN LISTS headers)
    file(RELATIVE_PATH header "${PROJECT_SOURCE_DIR}/${room}/include" "${header}")
    string(MAKE_C_IDENTIFIER "${header}" unit)
    file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/headers/${unit}.cpp" CONTENT "#include <${header}>\n")
    list(APPEND units "${PROJECT_BINARY_DIR}/headers/${unit}.cpp")
  endforeach()
  set(target flowgauge_${room}_headers)
  add_library(${target} OBJECT EXCLUDE_FROM_ALL ${units})
  target_compile_options(${target} PRIVATE ${flowgauge_warnings} -Werror)
  if(room STREQUAL "cli")
    target_link_libraries(${target} PRIVATE flowgauge::program)
  else()
    target_link_libraries(${target} PRIVATE flowgauge::${room} GTest::gtest)
  endif()
  add_test(NAME house.headers_of_${room} COMMAND "${CMAKE_COMMAND}" --build "${PROJECT_BINARY_DIR}" --target ${target} -j ${cores})
  set_tests_properties(house.headers_of_${room} PROPERTIES LABELS house RESOURCE_LOCK build_folder PROCESSORS ${cores} TIMEOUT 1800)
endforeach()

# The measurements behind docs/architecture.md still compile.
if(TARGET decisions)
  add_test(NAME house.decisions COMMAND "${CMAKE_COMMAND}" --build "${PROJECT_BINARY_DIR}" --target decisions)
  set_tests_properties(house.decisions PROPERTIES LABELS house RESOURCE_LOCK build_folder TIMEOUT 1800)
endif()

# Strangers: find_package after an installation, add_subdirectory of the sources.
foreach(way IN ITEMS installed subdirectory)
  add_test(NAME house.consumer_${way}
    COMMAND "${CMAKE_COMMAND}"
      -D "WAY=${way}"
      -D "SOURCE=${PROJECT_SOURCE_DIR}"
      -D "BUILD=${PROJECT_BINARY_DIR}"
      -D "SCRATCH=${PROJECT_BINARY_DIR}/consume/${way}"
      -D "GENERATOR=${CMAKE_GENERATOR}"
      -D "COMPILER=${CMAKE_CXX_COMPILER}"
      -D "FLAGS=${CMAKE_CXX_FLAGS}"
      -D "BUILD_TYPE=${CMAKE_BUILD_TYPE}"
      -D "ARCHITECTURE=${FLOWGAUGE_ARCHITECTURE}"
      -D "CORES=${cores}"
      -D "LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}"
      -P "${PROJECT_SOURCE_DIR}/cmake/consume/consume.cmake")
  set_tests_properties(house.consumer_${way} PROPERTIES LABELS house RESOURCE_LOCK build_folder PROCESSORS ${cores} TIMEOUT 1800)
endforeach()
