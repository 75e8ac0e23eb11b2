# Text files that become part of the program.
#
# riskbreaker_embed(<target> HEADER <header> ASSETS [<name> <file>[+<file>...]]...)
# Defines the `asset`s that <header> declares in riskbreaker::app::assets; files
# joined by + become one. The same file, run with -P, writes the source.

if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(riskbreaker_embed_script "${CMAKE_CURRENT_LIST_FILE}")

  function(riskbreaker_embed target)
    cmake_parse_arguments(arg "" "HEADER" "ASSETS" ${ARGN})
    set(output "${PROJECT_BINARY_DIR}/${target}_assets.cpp")
    set(files)
    set(manifest)
    while(arg_ASSETS)
      list(POP_FRONT arg_ASSETS name joined)
      string(REPLACE "+" ";" parts "${joined}")
      set(paths)
      foreach(part IN LISTS parts)
        get_filename_component(path "${part}" ABSOLUTE)
        list(APPEND files "${path}")
        string(APPEND paths "+${path}")
      endforeach()
      string(APPEND manifest "|${name}${paths}")
    endwhile()
    add_custom_command(OUTPUT "${output}"
      COMMAND "${CMAKE_COMMAND}" -D "OUTPUT=${output}" -D "HEADER=${arg_HEADER}"
              -D "MANIFEST=${manifest}" -P "${riskbreaker_embed_script}"
      DEPENDS ${files} "${riskbreaker_embed_script}"
      COMMENT "Embedding the files of ${target}" VERBATIM)
    # Literals of this size are beyond what the standard asks of compilers.
    set_source_files_properties("${output}" PROPERTIES
      COMPILE_OPTIONS -Wno-overlength-strings SKIP_PRECOMPILE_HEADERS ON)
    target_sources(${target} PRIVATE "${output}")
  endfunction()
  return()
endif()

# base64 of `hex`, whose length is no multiple of 6, as that of SHA-256.
function(base64_of hex out)
  set(digits "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  set(result)
  string(LENGTH "${hex}" length)
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${hex}0000" ${at} 6 group)
    foreach(shift IN ITEMS 18 12 6 0)
      math(EXPR index "(0x${group} >> ${shift}) & 63")
      string(SUBSTRING "${digits}" ${index} 1 digit)
      string(APPEND result "${digit}")
    endforeach()
    math(EXPR at "${at} + 6")
  endwhile()
  # 32 bytes: the last group holds two, so its fourth digit is padding.
  string(REGEX REPLACE ".$" "=" result "${result}")
  set(${out} "${result}" PARENT_SCOPE)
endfunction()

set(source "#include \"${HEADER}\"\n\nnamespace riskbreaker::app::assets {\n")
string(SUBSTRING "${MANIFEST}" 1 -1 MANIFEST)
string(REPLACE "|" ";" entries "${MANIFEST}")
foreach(entry IN LISTS entries)
  string(REPLACE "+" ";" paths "${entry}")
  list(POP_FRONT paths name)
  set(text)
  foreach(path IN LISTS paths)
    file(READ "${path}" part)
    # A browser's tools would look for these maps; they are not there.
    string(REGEX REPLACE "\n//# sourceMappingURL=[^\n]*" "" part "${part}")
    string(REGEX REPLACE "\n/\\*# sourceMappingURL=[^\n]*" "" part "${part}")
    string(APPEND text "${part}")
  endforeach()
  if(text MATCHES "\\)riskbreaker\"")
    message(FATAL_ERROR "${paths}: holds the end of a literal")
  endif()
  string(SHA256 hash "${text}")
  base64_of("${hash}" hash)
  string(APPEND source "\nconst asset ${name}{R\"riskbreaker(${text})riskbreaker\",\n"
         "  \"sha256-${hash}\"};\n")
endforeach()
string(APPEND source "\n} // namespace riskbreaker::app::assets\n")
file(WRITE "${OUTPUT}" "${source}")
