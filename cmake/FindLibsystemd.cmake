# Finds libsystemd, which ships a pkg-config file and no CMake package.
#
#   find_package(Libsystemd REQUIRED)
#
# Defines libsystemd::libsystemd.
include(FindPackageHandleStandardArgs)

find_path(LIBSYSTEMD_INCLUDE_DIR NAMES systemd/sd-daemon.h)
find_library(LIBSYSTEMD_LIBRARY NAMES systemd)
mark_as_advanced(LIBSYSTEMD_INCLUDE_DIR LIBSYSTEMD_LIBRARY)
find_package_handle_standard_args(Libsystemd
  REQUIRED_VARS LIBSYSTEMD_LIBRARY LIBSYSTEMD_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "install libsystemd-dev: without it a service manager \
would never learn that the daemon is ready, or hangs")

if(LIBSYSTEMD_FOUND AND NOT TARGET libsystemd::libsystemd)
  add_library(libsystemd::libsystemd SHARED IMPORTED)
  set_target_properties(libsystemd::libsystemd PROPERTIES
    IMPORTED_LOCATION "${LIBSYSTEMD_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${LIBSYSTEMD_INCLUDE_DIR}")
endif()
