# cmake -D build=DIR -D source=DIR -D work=DIR -D generator=... -D compiler=... -D python=... -P run.cmake
# Installs the build into an empty prefix, builds and runs the consumer against it, and moves it all elsewhere.
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${work})
run(${CMAKE_COMMAND} --install ${build} --prefix ${work}/prefix)
run(${CMAKE_COMMAND} -S ${source} -B ${work}/build -G ${generator} -DCMAKE_CXX_COMPILER=${compiler}
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH=${work}/prefix
    -DCMAKE_CXX_FLAGS=${flags})
run(${CMAKE_COMMAND} --build ${work}/build)
run(${CMAKE_COMMAND} -E chdir ${work}/build ./consumer)
file(RENAME ${work}/prefix ${work}/moved)
foreach(file IN ITEMS bin/lacathode-info share/man/man1/lacathode-run.1 share/bash-completion/completions/lacathode-run
        share/zsh/site-functions/_lacathode-run share/lacathode/configs/demo.json share/lacathode/data/dijets_mini.features.h5
        share/lacathode/scripts/toy_figures.sh share/lacathode/scripts/paper_figures.sh share/lacathode/scripts/common.sh share/lacathode/scripts/reporting/page.css
        share/lacathode/python/lacathode.py
        share/doc/lacathode/LICENSE share/doc/lacathode/CITATION.cff share/doc/lacathode/docs/formats.md)
  if(NOT EXISTS ${work}/moved/${file})
    message(FATAL_ERROR "${file} is not installed")
  endif()
endforeach()
# With all that they import.
foreach(script IN ITEMS plot tables compare workspace report convert export)
  run(${python} -B ${work}/moved/share/lacathode/scripts/${script}.py --help)
endforeach()
execute_process(COMMAND ${work}/moved/bin/lacathode encode --version OUTPUT_VARIABLE version COMMAND_ERROR_IS_FATAL ANY)
if(NOT version MATCHES "\nLibTorch [0-9]")
  message(FATAL_ERROR "A program that was moved together with the module does not find it:\n${version}")
endif()
file(REMOVE_RECURSE ${work})
