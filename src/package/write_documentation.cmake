# SPDX-License-Identifier: Apache-2.0
#
# cmake -DALLOCPROF=<program> -DSHARE=<folder> -P write_documentation.cmake
function(write path)
  get_filename_component(folder ${SHARE}/${path} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  execute_process(COMMAND ${ALLOCPROF} ${ARGN} -o ${SHARE}/${path} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

execute_process(COMMAND ${ALLOCPROF} man --list OUTPUT_VARIABLE commands
  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE "\n" ";" commands "${commands}")
foreach(command IN LISTS commands)
  write(man/man1/allocprof-${command}.1 man ${command})
endforeach()
write(bash-completion/completions/allocprof completion bash)
write(zsh/vendor-completions/_allocprof completion zsh)
write(fish/vendor_completions.d/allocprof.fish completion fish)
# Last: what the build looks at.
write(man/man1/allocprof.1 man)
