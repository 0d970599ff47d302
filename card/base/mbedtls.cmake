# mbedTLS, as the target scwsim_mbedtls: a build of the distribution's source with
# what a card needs (mbedtls_config.h), or the packaged library, which lacks some
# suites and cannot count its memory; the program says so at run time.
#   SCWSIM_MBEDTLS=auto      own build; where its source cannot be had, packaged
#   SCWSIM_MBEDTLS=own       own build, or configuring fails (so in CI)
#   SCWSIM_MBEDTLS=packaged  the packaged library
set(SCWSIM_MBEDTLS auto CACHE STRING "mbedTLS: auto, own or packaged")
set_property(CACHE SCWSIM_MBEDTLS PROPERTY STRINGS auto own packaged)
set(mbedtls_dir "${PROJECT_BINARY_DIR}/mbedtls")
set(mbedtls_wanted "${SCWSIM_MBEDTLS}")
if(mbedtls_wanted STREQUAL auto AND "$ENV{SCWSIM_CI}" STREQUAL 1)
  set(mbedtls_wanted own)
endif()

if(NOT mbedtls_wanted STREQUAL packaged AND NOT EXISTS "${mbedtls_dir}/src/library/ssl_srv.c")
  message(STATUS "mbedTLS: getting the distribution's source")
  execute_process(
    COMMAND "${CMAKE_CURRENT_LIST_DIR}/fetch_mbedtls" "${mbedtls_dir}"
    RESULT_VARIABLE fetched OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT fetched EQUAL 0)
    file(REMOVE_RECURSE "${mbedtls_dir}")
    if(mbedtls_wanted STREQUAL own)
      message(FATAL_ERROR "mbedTLS: its source cannot be had:\n${output}")
    endif()
    message(WARNING "mbedTLS: its source cannot be had; the packaged library serves, without NULL "
      "suites and without bounds on memory:\n${output}")
  endif()
endif()

if(NOT mbedtls_wanted STREQUAL packaged AND EXISTS "${mbedtls_dir}/src/library/ssl_srv.c")
  message(STATUS "mbedTLS: own build")
  enable_language(C)
  file(GLOB mbedtls_sources "${mbedtls_dir}/src/library/*.c")
  add_library(scwsim_mbedtls STATIC ${mbedtls_sources})
  target_include_directories(scwsim_mbedtls SYSTEM PUBLIC "${mbedtls_dir}/src/include")
  target_include_directories(scwsim_mbedtls PUBLIC "${PROJECT_SOURCE_DIR}")
  # Whoever sees the library's headers must see them under the same settings.
  target_compile_definitions(scwsim_mbedtls PUBLIC
    MBEDTLS_USER_CONFIG_FILE="card/base/mbedtls_config.h")
  target_compile_options(scwsim_mbedtls PRIVATE -w)
  if(SCWSIM_SANITIZE)
    target_compile_options(scwsim_mbedtls PRIVATE
      -fsanitize=${SCWSIM_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  endif()
  if(SCWSIM_FUZZ)
    target_compile_options(scwsim_mbedtls PRIVATE -fsanitize=fuzzer-no-link)
  endif()
  # It is what a handshake waits for, in a build for debugging, too.
  target_compile_options(scwsim_mbedtls PRIVATE -O2)
else()
  message(STATUS "mbedTLS: packaged")
  add_library(scwsim_mbedtls INTERFACE)
  foreach(part mbedtls mbedx509 mbedcrypto)
    find_library(LIB_${part} ${part} REQUIRED)
    target_link_libraries(scwsim_mbedtls INTERFACE "${LIB_${part}}")
  endforeach()
endif()
