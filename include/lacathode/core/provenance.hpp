// Who made a file, with what, from what.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lacathode/core/event_origin.hpp"

namespace lacathode {

struct InputRecord {
    std::string role;          ///< "events", "flow", ...
    std::string path;          ///< as given on the command line
    std::string content_hash;  ///< hash of the file's content, as its own provenance says
};

/// The one of that content; null if there is none.
const InputRecord* record_of_content(const std::vector<InputRecord>& records,
                                     const std::string& content_hash);

/// The provenance group of every file (docs/formats.md).
struct Provenance {
    std::string program;  ///< executable's name
    std::string version;  ///< project version
    std::string
        git_revision;  ///< revision the program was built from, "unknown" outside a checkout
    std::int64_t algorithm = 0;  ///< version of the stage's algorithm; 0 in files that lack it
    std::string command_line;
    std::string config;  ///< effective configuration, JSON
    std::uint64_t seed = 0;
    std::string host;
    std::string networks = {};  ///< what computed them, "engine, AVX2"; empty: no network was used
    std::vector<InputRecord> inputs;
    EventOrigins origins = {};  ///< whose partitions a table's rows carry, or what trained a model;
                                ///< an empty hash stands for the file itself, until it is read
    std::string content_hash;   ///< of the file that carries it; filled in by io
};

/// Version of the library, e.g. "0.1.0", and the git revision it was built from.
std::string library_version();
std::string library_git_revision();
std::string host_name();

}  // namespace lacathode
