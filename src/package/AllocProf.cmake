# SPDX-License-Identifier: Apache-2.0
#
#   allocprof_add_test(NAME name COMMAND target-or-program [argument]...
#                      BUDGET file [BASELINE file] [RUNS n] [STRICT]
#                      [REPORT format=file]... [SUPPRESSIONS file]...
#                      [WORKING_DIRECTORY folder] [LABELS label...])
#
# Adds a test that runs the command recorded and fails when it is over its allocation budget, or
# when the command itself fails. Files are relative to the current source folder, reports to the
# working folder. The figures are measurements of the test, for CDash.
function(allocprof_add_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "STRICT" "NAME;BUDGET;BASELINE;RUNS;WORKING_DIRECTORY"
    "COMMAND;REPORT;SUPPRESSIONS;LABELS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "allocprof_add_test: not known: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  foreach(needed NAME COMMAND BUDGET)
    if(NOT arg_${needed})
      message(FATAL_ERROR "allocprof_add_test: ${needed} is missing")
    endif()
  endforeach()
  list(POP_FRONT arg_COMMAND program)
  if(TARGET ${program})
    set(program $<TARGET_FILE:${program}>)
  endif()
  cmake_path(ABSOLUTE_PATH arg_BUDGET NORMALIZE)
  if(NOT EXISTS ${arg_BUDGET})
    message(FATAL_ERROR "allocprof_add_test: ${arg_BUDGET} is not there; "
      "write it: allocprof budget init -o ${arg_BUDGET} -- program")
  endif()
  set(options --budget ${arg_BUDGET} --report ctest=-)
  if(arg_BASELINE)
    cmake_path(ABSOLUTE_PATH arg_BASELINE NORMALIZE)
    list(APPEND options --baseline ${arg_BASELINE})
  endif()
  if(arg_RUNS)
    list(APPEND options --runs ${arg_RUNS})
  endif()
  if(arg_STRICT)
    list(APPEND options --strict)
  endif()
  foreach(report IN LISTS arg_REPORT)
    list(APPEND options --report ${report})
  endforeach()
  foreach(file IN LISTS arg_SUPPRESSIONS)
    cmake_path(ABSOLUTE_PATH file NORMALIZE)
    list(APPEND options --suppressions ${file})
  endforeach()
  set(folder "")
  if(arg_WORKING_DIRECTORY)
    set(folder WORKING_DIRECTORY ${arg_WORKING_DIRECTORY})
  endif()
  add_test(NAME ${arg_NAME}
    COMMAND allocprof::allocprof check ${options} -- ${program} ${arg_COMMAND} ${folder})
  if(arg_LABELS)
    set_tests_properties(${arg_NAME} PROPERTIES LABELS "${arg_LABELS}")
  endif()
endfunction()
