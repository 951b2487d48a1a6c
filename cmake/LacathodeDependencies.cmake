# Every third-party package in one place, with the remedy when one is missing.
find_package(Threads REQUIRED)
# LibTorch's package takes its libraries from the first place where CMake finds some, which can be
# another version's: so a Torch_DIR that is given becomes the first place.
if(NOT Torch_DIR AND DEFINED ENV{Torch_DIR})
  set(Torch_DIR $ENV{Torch_DIR} CACHE PATH "Directory of TorchConfig.cmake" FORCE)
endif()
if(Torch_DIR)
  if(NOT EXISTS "${Torch_DIR}/TorchConfig.cmake")
    message(FATAL_ERROR "Torch_DIR=${Torch_DIR} holds no TorchConfig.cmake; give the directory of a LibTorch that does "
      "(share/cmake/Torch in its download), or none for the one installed.")
  endif()
  get_filename_component(torch_prefix ${Torch_DIR}/../../.. ABSOLUTE)
  list(PREPEND CMAKE_PREFIX_PATH ${torch_prefix})
endif()
find_package(Torch REQUIRED)          # Debian: libtorch-dev; any LibTorch 1.13 to 2.x through CMAKE_PREFIX_PATH or Torch_DIR
if(Torch_VERSION AND Torch_VERSION VERSION_LESS 1.13)
  message(FATAL_ERROR "LibTorch ${Torch_VERSION} in ${Torch_DIR} is too old: 1.13 or a later one is needed, by Torch_DIR or "
    "CMAKE_PREFIX_PATH.")
endif()
get_filename_component(torch_prefix ${Torch_DIR}/../../.. ABSOLUTE)
cmake_path(IS_PREFIX torch_prefix "${TORCH_LIBRARY}" torch_is_whole)
if(TORCH_LIBRARY AND NOT torch_is_whole)
  message(FATAL_ERROR "LibTorch's package in ${Torch_DIR} found the library of another one, ${TORCH_LIBRARY}. "
    "Set Torch_DIR=${Torch_DIR} and configure in an empty build directory.")
endif()
if(TORCH_CXX_FLAGS MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
  message(FATAL_ERROR "LibTorch in ${Torch_DIR} was built for the C++ ABI from before C++11 (_GLIBCXX_USE_CXX11_ABI=0), "
    "which the other libraries do not share. Take a download labelled 'cxx11 ABI', or version 2.7 or later.")
endif()
find_package(HDF5 REQUIRED COMPONENTS C)
find_package(ZLIB REQUIRED)           # Debian: zlib1g-dev
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
