// The steps of a chain or a study as jobs that another program may run, each by itself.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace lacathode {

/// What to ask of a batch system for a job: estimates with room to spare, from the sizes of the
/// inputs and the passes over their events.
struct JobNeeds {
    int cores = 1;
    std::size_t memory_mb = 0;
    std::size_t minutes = 0;
};

/// One file to be made.
struct PlannedJob {
    std::string id;     ///< path of the output below the directory, without its suffix
    std::string name;   ///< "train_flow_0"
    std::string stage;  ///< "train_flow"
    std::size_t round;  ///< needs the outputs of earlier rounds only; from 0
    std::vector<std::string> inputs;
    std::string output;
    bool done;  ///< the output is there
    /// Why the last try failed, or what events that are there lack; empty if nothing did, or
    /// nobody tried.
    std::string failure;
    JobNeeds needs;
};

/// Which jobs are listed.
enum class Jobs {
    all,
    outstanding  ///< those that a run would make, after its checks
};

/// Which jobs are to be run.
struct JobSelection {
    std::vector<std::string> ids;
    /// How long to wait for inputs that another machine has made, until its file system shows them.
    std::chrono::seconds latency{0};
};

}  // namespace lacathode
