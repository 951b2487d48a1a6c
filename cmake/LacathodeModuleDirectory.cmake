# Where the module with the LibTorch backend lies, and the search path by which programs find it: in the build
# tree by its place, once installed relative to their own, so that the whole may be moved.
set(LACATHODE_MODULE_BUILD_DIR ${PROJECT_BINARY_DIR}/lib)
set(LACATHODE_MODULE_DIR ${CMAKE_INSTALL_LIBDIR}/lacathode)
list(APPEND CMAKE_BUILD_RPATH ${LACATHODE_MODULE_BUILD_DIR})
file(RELATIVE_PATH lacathode_module_from_programs
     ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR}/lacathode)
list(APPEND CMAKE_INSTALL_RPATH $ORIGIN/${lacathode_module_from_programs})
