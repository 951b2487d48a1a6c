#include "lacathode/core/parallel.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {

void parallel_blocks(std::size_t count, std::size_t block, int threads,
                     const std::function<void(std::size_t, std::size_t)>& work) {
    expects(block > 0, "block size is positive");
    const std::size_t blocks = (count + block - 1) / block;
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex failure_mutex;
    const auto worker = [&] {
        for (std::size_t i = next++; i < blocks; i = next++) {
            try {
                check_interrupt();
                work(i * block, std::min(count, (i + 1) * block));
            } catch (...) {
                const std::lock_guard lock(failure_mutex);
                if (!failure) failure = std::current_exception();
                next = blocks;
            }
        }
    };
    std::vector<std::jthread> helpers;
    const std::size_t wanted = std::min(blocks, static_cast<std::size_t>(std::max(threads, 1)));
    try {
        for (std::size_t i = 1; i < wanted; ++i) helpers.emplace_back(worker);
    } catch (const std::system_error& error) {
        const std::size_t started = helpers.size() + 1;
        next = blocks;
        helpers.clear();
        throw UsageError(concat("common.threads: this process may have ", started, " of ", wanted,
                                " threads only (", error.what(),
                                "): use fewer, or raise the limit (ulimit -u)"));
    }
    worker();
    helpers.clear();
    if (failure) std::rethrow_exception(failure);
}

int available_cores() {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace lacathode
