# SPDX-License-Identifier: MIT
# flowgauge_room(<name> [ALONE] [COLD] [SEES room…] [PUBLIC library…] [PRIVATE library…] [SOURCES file…] [PRECOMPILE header…])
#
# One room is one static library flowgauge::<name>: src/*.cpp and SOURCES, public headers in include/, private ones in src/.
# SEES are the rooms below. ALONE: a unity build joins the files of the room's shelves, not those of src/. COLD: nothing here takes time when it runs,
# so it is compiled quickly (-O1). The tests in tests/*.cpp become one GoogleTest program.
function(flowgauge_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "ALONE;COLD" "" "SEES;PUBLIC;PRIVATE;SOURCES;PRECOMPILE")
  set(target flowgauge_${name})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/src/*.cpp")
  list(APPEND sources ${room_SOURCES})
  add_library(${target} STATIC ${sources})
  add_library(flowgauge::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE ${flowgauge_warnings})
  if(room_COLD)
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
  if(room_ALONE)
    set_source_files_properties(${sources} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
  target_include_directories(${target}
    PUBLIC "$<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>" "$<INSTALL_INTERFACE:include>"
    PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src")
  list(TRANSFORM room_SEES PREPEND flowgauge_)
  target_link_libraries(${target} PUBLIC ${room_SEES} ${room_PUBLIC} PRIVATE ${room_PRIVATE})
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${FLOWGAUGE_UNITY} UNITY_BUILD_BATCH_SIZE 8)
  if(FLOWGAUGE_PRECOMPILE AND room_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${room_PRECOMPILE})
  endif()
endfunction()
