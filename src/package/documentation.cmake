# SPDX-License-Identifier: Apache-2.0
#
# Manual pages and completions are made at build time by `allocprof man` and `allocprof completion`,
# into share/ of the build folder as they are installed.
include(GNUInstallDirs)
set(share ${CMAKE_BINARY_DIR}/share)
add_custom_command(
  OUTPUT ${share}/man/man1/allocprof.1
  COMMAND ${CMAKE_COMMAND} -DALLOCPROF=$<TARGET_FILE:allocprof> -DSHARE=${share}
    -P ${CMAKE_SOURCE_DIR}/src/package/write_documentation.cmake
  DEPENDS allocprof ${CMAKE_SOURCE_DIR}/src/package/write_documentation.cmake
  COMMENT "Writing manual pages and completions"
  VERBATIM)
add_custom_target(allocprof_documentation ALL DEPENDS ${share}/man/man1/allocprof.1)

install(DIRECTORY ${share}/man/man1/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${share}/bash-completion/completions/allocprof
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${share}/zsh/vendor-completions/_allocprof
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${share}/fish/vendor_completions.d/allocprof.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
