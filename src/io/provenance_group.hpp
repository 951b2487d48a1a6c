// The group /provenance of docs/formats.md.
#pragma once

#include "io/hdf5.hpp"
#include "lacathode/core/provenance.hpp"

namespace lacathode::io::detail {

void write_provenance(hid_t file, const Provenance& provenance);

/// Throws Hdf5Error naming what is missing.
Provenance read_provenance(hid_t file);

}  // namespace lacathode::io::detail
