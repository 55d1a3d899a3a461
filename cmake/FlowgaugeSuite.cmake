# SPDX-License-Identifier: MIT
# flowgauge_add_suite(<name> LAYERS header.hpp… [NAMESPACE namespace] [LINK library…])
#
# An executable <name> that is the whole flowgauge program with more members on its shelves: every command (list, show, verify, bench, run …)
# knows them beside ours. A header's stem names what it defines: spiral.hpp defines struct Spiral (NAMESPACE::Spiral). Needs the room cli.
include("${CMAKE_CURRENT_LIST_DIR}/Shelf.cmake")

function(flowgauge_add_suite name)
  cmake_parse_arguments(PARSE_ARGV 1 suite "" "NAMESPACE" "LAYERS;LINK")
  if(NOT suite_LAYERS)
    message(FATAL_ERROR "flowgauge_add_suite(${name}): LAYERS names no header")
  endif()
  if(NOT TARGET flowgauge::program)
    message(FATAL_ERROR "flowgauge_add_suite(${name}): flowgauge::program is missing; find_package(flowgauge 0.1 CONFIG COMPONENTS cli) brings it")
  endif()
  string(MAKE_C_IDENTIFIER "${name}" identifier)
  add_executable(${name})
  target_link_libraries(${name} PRIVATE flowgauge::program ${suite_LINK})
  foreach(room IN ITEMS lib verify)
    flowgauge_templates(${room} templates)
    flowgauge_shelf(TARGET ${name} PURPOSE ${identifier}_${room} MEMBERS ${suite_LAYERS} NAMESPACE "${suite_NAMESPACE}"
      UNIT "${templates}/member.cpp.in" TABLE "${templates}/members.cpp.in")
  endforeach()
  flowgauge_templates(cli templates)
  set(PURPOSE "${identifier}")
  configure_file("${templates}/suite.cpp.in" "${CMAKE_CURRENT_BINARY_DIR}/shelf/${identifier}_main.cpp" @ONLY)
  target_sources(${name} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/shelf/${identifier}_main.cpp")
endfunction()

# The folder of a room's templates: installed beside this file, or in the sources.
function(flowgauge_templates room result)
  set(folder "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/shelf/${room}")
  if(NOT EXISTS "${folder}")
    cmake_path(SET folder NORMALIZE "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../${room}/src/shelf")
  endif()
  set(${result} "${folder}" PARENT_SCOPE)
endfunction()
