// Which backend and device serve a job, where that is left to the program.
#pragma once

#include <cstddef>
#include <string>

#include "lacathode/models/execution.hpp"

namespace lacathode {

/// Trainings of one shape from which a GPU is taken for them (docs/performance.md). A step takes a
/// GPU as long for eight as for one: 1.4 ms for flows and 0.17 ms for classifiers of the papers'
/// size; two cores do eight one after the other in 14 and 0.4 ms.
inline constexpr std::size_t least_trainings_for_gpu = 8;

struct ExecutionChoice {
    Execution execution;  ///< neither device nor backend is automatic
    std::string reason;   ///< for the log
};

/// For so many trainings of one shape, or evaluations of one network (1). What `asked` says of
/// device and backend holds; where it says automatic:
/// - a CPU is served by the engine, a GPU by LibTorch;
/// - a GPU, if one `is_there`, serves least_trainings_for_gpu trainings or more, and a CPU the
/// rest;
///   but where the backend has to be LibTorch any GPU serves all.
ExecutionChoice chosen_execution(const Execution& asked, std::size_t trainings, bool is_there);

/// Whether LibTorch can be loaded and sees a GPU.
bool gpu_is_there();

}  // namespace lacathode
