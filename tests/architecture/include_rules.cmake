cmake_minimum_required(VERSION 3.25)

# Fails if a folder includes what it may not, or if headers include each other
# in a circle. The linker cannot do this for us: Debian puts every library's
# headers on the default include path.
#
#   cmake -D ROOT=<project> -P include_rules.cmake

set(caf "caf/")
set(wire "zmq|curl/|nlohmann/|simdjson|boost/|zlib|sqlite3|prometheus/")
set(log "spdlog/|fmt/")
set(cli "CLI/")

set(forbidden_in_core      "messages/|transport/|config/|actors/|app/|${caf}|${wire}|${log}|${cli}")
set(forbidden_in_messages  "transport/|config/|actors/|app/|${wire}|${log}|${cli}")
set(forbidden_in_transport "messages/|config/|actors/|app/|${caf}|${log}|${cli}")
set(forbidden_in_config    "messages/|transport/|actors/|app/|${caf}|zmq|curl/|simdjson|boost/|sqlite3|prometheus/|${log}|${cli}")
set(forbidden_in_actors    "config/|app/|${wire}|${cli}")

foreach(folder IN ITEMS core messages transport config actors)
  file(GLOB_RECURSE files "${ROOT}/${folder}/*.hpp" "${ROOT}/${folder}/*.cpp")
  if(NOT files)
    message(SEND_ERROR "${folder}/ holds no source at all")
  endif()
  foreach(file IN LISTS files)
    file(STRINGS "${file}" bad
         REGEX "^[ \t]*#[ \t]*include[ \t]*[<\"](${forbidden_in_${folder}})")
    foreach(line IN LISTS bad)
      message(SEND_ERROR "${file}: ${folder}/ may not have: ${line}")
    endforeach()
  endforeach()
endforeach()

# Circles: take away headers that include none of those left, until nothing is
# left, or nothing moves.
file(GLOB_RECURSE headers RELATIVE "${ROOT}"
     "${ROOT}/core/*.hpp" "${ROOT}/messages/*.hpp" "${ROOT}/transport/*.hpp"
     "${ROOT}/config/*.hpp" "${ROOT}/actors/*.hpp" "${ROOT}/app/*.hpp")
foreach(header IN LISTS headers)
  file(STRINGS "${ROOT}/${header}" lines REGEX "^#include \"")
  string(REGEX REPLACE "#include \"([^\"]+)\"" "\\1" lines "${lines}")
  set(includes_of_${header} "${lines}")
endforeach()
set(left ${headers})
while(left)
  set(stuck)
  foreach(header IN LISTS left)
    set(free TRUE)
    foreach(other IN LISTS includes_of_${header})
      if(other IN_LIST left)
        set(free FALSE)
      endif()
    endforeach()
    if(NOT free)
      list(APPEND stuck ${header})
    endif()
  endforeach()
  list(LENGTH left before)
  list(LENGTH stuck after)
  if(before EQUAL after)
    message(SEND_ERROR "these headers include each other in a circle: ${stuck}")
    break()
  endif()
  set(left ${stuck})
endwhile()
