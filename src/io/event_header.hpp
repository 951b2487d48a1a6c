// What an event file says apart from its rows.
#pragma once

#include <string>

#include "lacathode/io/event_file.hpp"
#include "lacathode/io/input_file.hpp"

namespace lacathode::io::detail {

/// Throws InputError unless columns, their lengths and the signal region are in order.
EventHeader read_event_header(const InputFile& file);

}  // namespace lacathode::io::detail
