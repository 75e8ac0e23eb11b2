# What is installed where, and the .deb: `cpack -G DEB` in the build folder. The
# layout is Debian's and fixed (unit and configuration name these places), so the
# prefix is /; use DESTDIR to install elsewhere.
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
  set(CMAKE_INSTALL_PREFIX / CACHE PATH "The layout is Debian's from / on" FORCE)
endif()
# cpack packs what was built; it does not build all the tests first.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY TRUE)

set(CPACK_PACKAGE_CONTACT "riskbreaker maintainers <maintainers@users.noreply.riskbreaker.invalid>")
set(package_dir "${CMAKE_BINARY_DIR}/package")
set(package_source "${PROJECT_SOURCE_DIR}/deploy/package")
file(MAKE_DIRECTORY "${package_dir}")

# riskbreaker_packaged_text(<in> <out> [<from> <to>]...): a copy in which each
# <from> stands and was replaced.
function(riskbreaker_packaged_text in out)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${in}")
  file(READ "${in}" text)
  set(pairs ${ARGN})
  while(pairs)
    list(POP_FRONT pairs from to)
    string(FIND "${text}" "${from}" place)
    if(place EQUAL -1)
      message(FATAL_ERROR "cmake/package.cmake: ${in} has no ${from} any more")
    endif()
    string(REPLACE "${from}" "${to}" text "${text}")
  endwhile()
  file(CONFIGURE OUTPUT "${out}" CONTENT "${text}" @ONLY)
endfunction()

riskbreaker_packaged_text("${PROJECT_SOURCE_DIR}/config/riskbreaker.json"
  "${package_dir}/riskbreaker.json"
  [["$schema": "./riskbreaker.schema.json"]]
  [["$schema": "/usr/share/riskbreaker/riskbreaker.schema.json"]]
  [["path": "riskbreaker.db"]] [["path": "/var/lib/riskbreaker/riskbreaker.db"]]
  [["../deploy/prompts/ichimoku.txt"]] [["/usr/share/riskbreaker/prompts/ichimoku.txt"]])

file(READ "${DYGRAPHS_LICENCE}" dygraphs_licence)
string(REGEX REPLACE "\n" "\n " dygraphs_licence "\n${dygraphs_licence}")
string(REGEX REPLACE "\n *\n" "\n .\n" dygraphs_licence "${dygraphs_licence}")
string(REGEX REPLACE "\n *\n" "\n .\n" dygraphs_licence "${dygraphs_licence}")
string(REGEX REPLACE "[ \n.]+$" "" dygraphs_licence "${dygraphs_licence}")
configure_file("${package_source}/copyright.in" "${package_dir}/copyright" @ONLY)

# -- made by the program itself ------------------------------------------------

find_program(SYSTEM_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)
find_program(GZIP gzip REQUIRED)

set(man_page "${package_dir}/riskbreaker.1.gz")
add_custom_command(OUTPUT "${man_page}"
  COMMAND ${SYSTEM_PYTHON} -B "${package_source}/man_page.py" $<TARGET_FILE:riskbreaker>
          "${package_source}/riskbreaker.1.in" > "${package_dir}/riskbreaker.1"
  COMMAND ${GZIP} -9nkf "${package_dir}/riskbreaker.1"
  DEPENDS riskbreaker "${package_source}/man_page.py" "${package_source}/riskbreaker.1.in"
  VERBATIM)
# In Debian's form, which has a date; $SOURCE_DATE_EPOCH sets it.
string(TIMESTAMP package_date "%a, %d %b %Y 00:00:00 +0000" UTC)
configure_file("${package_source}/changelog.in" "${package_dir}/changelog" @ONLY)
set(change_log "${package_dir}/changelog.gz")
add_custom_command(OUTPUT "${change_log}"
  COMMAND ${GZIP} -9nc "${package_dir}/changelog" > "${change_log}"
  DEPENDS "${package_dir}/changelog" VERBATIM)
set(package_files "${man_page}" "${change_log}")
foreach(shell bash zsh fish)
  add_custom_command(OUTPUT "${package_dir}/completion.${shell}"
    COMMAND riskbreaker completion ${shell} > "${package_dir}/completion.${shell}"
    DEPENDS riskbreaker VERBATIM)
  list(APPEND package_files "${package_dir}/completion.${shell}")
endforeach()
install(FILES "${package_dir}/completion.bash"
        DESTINATION usr/share/bash-completion/completions RENAME riskbreaker)
install(FILES "${package_dir}/completion.zsh"
        DESTINATION usr/share/zsh/vendor-completions RENAME _riskbreaker)
install(FILES "${package_dir}/completion.fish"
        DESTINATION usr/share/fish/vendor_completions.d RENAME riskbreaker.fish)
add_custom_target(package_files ALL DEPENDS ${package_files})

# -- what is installed ------------------------------------------------------------

install(TARGETS riskbreaker DESTINATION usr/bin)
install(FILES "${package_dir}/riskbreaker.json" DESTINATION etc/riskbreaker)
install(FILES "${package_source}/riskbreaker.env" DESTINATION etc/riskbreaker
        PERMISSIONS OWNER_READ OWNER_WRITE)
install(FILES deploy/systemd/riskbreaker.service DESTINATION lib/systemd/system)
install(FILES "${man_page}" DESTINATION usr/share/man/man1)
install(FILES config/riskbreaker.schema.json DESTINATION usr/share/riskbreaker)
install(DIRECTORY deploy/prompts DESTINATION usr/share/riskbreaker)
install(DIRECTORY deploy/freqtrade DESTINATION usr/share/riskbreaker
        USE_SOURCE_PERMISSIONS PATTERN "__pycache__" EXCLUDE)
set(doc usr/share/doc/riskbreaker)
install(FILES README.md ARCHITECTURE.md CHANGELOG.md "${package_dir}/copyright" "${change_log}"
        DESTINATION ${doc})
install(DIRECTORY docs DESTINATION ${doc})
install(DIRECTORY examples DESTINATION ${doc}
        PATTERN "node_modules" EXCLUDE PATTERN "__pycache__" EXCLUDE)
install(FILES "${package_source}/lintian-overrides"
        DESTINATION usr/share/lintian/overrides RENAME riskbreaker)

# -- the package ---------------------------------------------------------------------

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME riskbreaker)
set(CPACK_PACKAGING_INSTALL_PREFIX /)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "python3-zmq, sqlite3")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${package_source}/conffiles"
    "${package_source}/postinst" "${package_source}/prerm" "${package_source}/postrm")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"A daemon that scores the risk of each closed candle of a market. An LLM
judges; a circuit breaker leaves it alone when it fails and probes until it
is back; technical analysis answers whenever the LLM does not. Candles come
in by ZeroMQ PUSH, scores go out by PUB.

A client and strategies for Freqtrade are in /usr/share/riskbreaker/freqtrade.")
include(CPack)
