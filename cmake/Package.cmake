# SPDX-License-Identifier: MIT
# Installation: one component a room, so that a consumer gets, and needs, only the rooms it asks for.
include(CMakePackageConfigHelpers)
set(flowgauge_package_directory "${CMAKE_INSTALL_LIBDIR}/cmake/flowgauge")

foreach(room IN LISTS FLOWGAUGE_ROOMS)
  set(target flowgauge_${room})
  if(room STREQUAL "cli")
    set(target flowgauge_program)
  endif()
  install(TARGETS ${target} EXPORT flowgauge_${room} COMPONENT ${room} ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT flowgauge_${room} NAMESPACE flowgauge:: FILE ${room}Targets.cmake DESTINATION "${flowgauge_package_directory}" COMPONENT ${room})
  if(EXISTS "${PROJECT_SOURCE_DIR}/${room}/include")
    install(DIRECTORY "${room}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT ${room} FILES_MATCHING PATTERN "*.hpp")
  endif()
  if(EXISTS "${PROJECT_SOURCE_DIR}/${room}/adapters")
    install(DIRECTORY "${room}/adapters/" DESTINATION "${CMAKE_INSTALL_DATADIR}/flowgauge" COMPONENT ${room} FILES_MATCHING PATTERN "*.py")
  endif()
  if(EXISTS "${PROJECT_SOURCE_DIR}/${room}/src/shelf")
    install(DIRECTORY "${room}/src/shelf/" DESTINATION "${flowgauge_package_directory}/shelf/${room}" COMPONENT ${room} FILES_MATCHING PATTERN "*.in")
  endif()
endforeach()

configure_package_config_file(cmake/flowgaugeConfig.cmake.in "${CMAKE_CURRENT_BINARY_DIR}/flowgaugeConfig.cmake"
  INSTALL_DESTINATION "${flowgauge_package_directory}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/flowgaugeConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES
  "${CMAKE_CURRENT_BINARY_DIR}/flowgaugeConfig.cmake" "${CMAKE_CURRENT_BINARY_DIR}/flowgaugeConfigVersion.cmake"
  cmake/ThirdParties.cmake cmake/Shelf.cmake cmake/FlowgaugeSuite.cmake
  DESTINATION "${flowgauge_package_directory}" COMPONENT lib)
