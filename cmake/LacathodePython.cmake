# Sets Python3_EXECUTABLE to an interpreter that has h5py, numpy and matplotlib: one from a virtual
# environment may come first on PATH and have none of them.
function(lacathode_find_python)
  foreach(candidate IN LISTS Python3_EXECUTABLE ITEMS python3 /usr/bin/python3)
    execute_process(COMMAND ${candidate} -c "import h5py, numpy, matplotlib, sys; print(sys.executable)"
                    RESULT_VARIABLE failed OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT failed)
      set(Python3_EXECUTABLE ${path} CACHE FILEPATH "Python with h5py, numpy and matplotlib" FORCE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "No python3 with h5py, numpy and matplotlib, which the tests need. Debian: "
                      "python3-h5py python3-matplotlib; or give -DPython3_EXECUTABLE=PATH.")
endfunction()
lacathode_find_python()
find_package(Python3 REQUIRED COMPONENTS Interpreter)
