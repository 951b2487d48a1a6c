// What an event file says apart from its rows.
#pragma once

#include <string>

#include "lacathode/io/event_file.hpp"
#include "lacathode/io/input_file.hpp"

namespace lacathode::io::detail {

/// Throws InputError unless columns, their lengths and the signal region are in order.
EventHeader read_event_header(const InputFile& file);

/// Throws InputError: file, problem, and the tool that makes the file again.
[[noreturn]] void refuse_events(const InputFile& file, const std::string& problem);

}  // namespace lacathode::io::detail
