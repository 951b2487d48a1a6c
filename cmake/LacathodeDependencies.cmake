# Every third-party package in one place, with the remedy when one is missing.
find_package(Threads REQUIRED)
find_package(Torch REQUIRED)          # Debian: libtorch-dev; any LibTorch 1.13 to 2.x through CMAKE_PREFIX_PATH or Torch_DIR
find_package(HDF5 REQUIRED COMPONENTS C)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(hwy REQUIRED)            # Debian: libhwy-dev
find_package(PkgConfig REQUIRED)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
if(LACATHODE_BUILD_APPS)
  find_package(CLI11 REQUIRED)
endif()
if(LACATHODE_BUILD_TESTS)
  find_package(GTest REQUIRED)
  include(LacathodePython)
endif()
