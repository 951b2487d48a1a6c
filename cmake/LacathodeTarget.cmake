# lacathode_layer(NAME SOURCES ... PUBLIC <layers> PRIVATE <third party>)
# declares the static library lacathode_NAME (alias lacathode::NAME) of one layer, and installs it;
# lacathode_internal_layer declares one that is not installed.
function(lacathode_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    $<$<BOOL:${LACATHODE_WARNINGS_AS_ERRORS}>:-Werror>)
  if(LACATHODE_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${LACATHODE_SANITIZE} -fno-omit-frame-pointer
                                             -fno-sanitize-recover=undefined)
    target_link_options(${target} PUBLIC -fsanitize=${LACATHODE_SANITIZE})
  endif()
endfunction()

function(lacathode_internal_layer name)
  cmake_parse_arguments(arg "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(lacathode_${name} STATIC ${arg_SOURCES})
  add_library(lacathode::${name} ALIAS lacathode_${name})
  set_target_properties(lacathode_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  lacathode_compile_options(lacathode_${name})
  target_include_directories(lacathode_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  foreach(layer IN LISTS arg_PUBLIC)
    target_link_libraries(lacathode_${name} PUBLIC lacathode_${layer})
  endforeach()
  target_link_libraries(lacathode_${name} PRIVATE ${arg_PRIVATE})
endfunction()

function(lacathode_layer name)
  lacathode_internal_layer(${name} ${ARGN})
  install(TARGETS lacathode_${name} EXPORT lacathodeTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
endfunction()

# lacathode_test(NAME SOURCES ... LAYERS <layers> [PRIVATE <third party>]) declares one GoogleTest program.
function(lacathode_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LAYERS;PRIVATE" ${ARGN})
  add_executable(test_${name} ${arg_SOURCES})
  lacathode_compile_options(test_${name})
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src)
  target_compile_definitions(test_${name} PRIVATE
    LACATHODE_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data" LACATHODE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  foreach(layer IN LISTS arg_LAYERS)
    target_link_libraries(test_${name} PRIVATE lacathode_${layer})
  endforeach()
  target_link_libraries(test_${name} PRIVATE ${arg_PRIVATE} GTest::gtest_main GTest::gmock)
  # Listing the tests of a program that links LibTorch loads it: on a cold disk that can take far longer than the 5 s of default.
  gtest_discover_tests(test_${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 300
    PROPERTIES LABELS ${name} TIMEOUT 1200 ENVIRONMENT "OMP_NUM_THREADS=1")
endfunction()
