// What surrounds every program: streams, signals, one catch, exit codes.
#pragma once

#include <functional>
#include <string>

namespace lacathode {

/// Runs the body of a program and turns exceptions into messages and exit codes. The first thing in
/// main: from then on Ctrl-C and SIGTERM are obeyed.
int program_main(const std::function<int()>& body);

/// Writes to stdout. Throws OutputError, which says that only this was lost.
void print(const std::string& text);

/// The same for help and the like, of which a reader such as `head` may have seen enough.
void print_information(const std::string& text);

}  // namespace lacathode
