// Running steps: what goes together or side by side, and what stands in the way.
#include "workflow/run_steps.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/io/output_path.hpp"
#include "lacathode/io/thread_safety.hpp"
#include "lacathode/stages/prepare.hpp"
#include "support/scratch.hpp"
#include "workflow/bare_step.hpp"

namespace lacathode::test {
namespace {

using testing::ElementsAre;

// Trains by saying so; `failure` is how it fails.
class ToldTraining final : public Training {
  public:
    ToldTraining(std::string family, std::vector<std::string>& told, std::string failure)
        : family_(std::move(family)), told_(told), failure_(std::move(failure)) {}
    [[nodiscard]] const std::string& family() const override { return family_; }
    [[nodiscard]] std::vector<TrainingResult> train_together(
        std::span<const Training* const> members, const StageContext&) const override {
        told_.push_back(concat(family_, " of ", members.size()));
        std::vector<TrainingResult> results;
        if (family_ == "alone") return results;
        for (const Training* one : members) {
            results.push_back({.summary = {{"together", static_cast<std::int64_t>(members.size())}},
                               .failure = dynamic_cast<const ToldTraining&>(*one).failure_});
        }
        return results;
    }

  private:
    std::string family_;
    std::vector<std::string>& told_;
    std::string failure_;
};

// Steps of one round that train, and what they were told to do.
struct Families : Scratch {
    std::vector<std::string> told;
    std::vector<Step> steps;

    void add(const std::string& name, const std::string& family, const std::string& failure = "") {
        Step& one = steps.emplace_back(bare_step(path(name), {}));
        one.name = name;
        one.training = std::make_shared<const ToldTraining>(family, told, failure);
        one.run = [this, name](const StageContext&) {
            told.push_back(name);
            return Summary{};
        };
    }
    NamedSummaries run() {
        StageContext context;
        context.common.threads = 1;
        return run_steps(steps, context, [](const Refusals&) {});
    }
};

TEST_F(Families, AreTrainedTogetherAndOthersOneByOne) {
    add("flow_0", "flow");
    add("slow_0", "alone");
    add("flow_1", "flow");
    add("slow_1", "alone");
    const NamedSummaries summaries = run();
    EXPECT_THAT(told, ElementsAre("alone of 2", "flow of 2", "slow_0", "slow_1"));
    ASSERT_EQ(summaries.size(), 4U);
    EXPECT_EQ(summaries[2].first, "flow_1");
    EXPECT_EQ(std::get<std::int64_t>(summaries[2].second.at(0).second), 2);
}

TEST_F(Families, FailuresAreToldByStepWhenAllFamiliesAreTrained) {
    add("flow_0", "flow");
    add("fold_1/flow_0", "flow", "flow 0: it diverged");
    add("wide_0", "wide", "flow 0: so did it");
    add("deep_0", "yet another");
    EXPECT_EQ(message_of<NumericalError>([&] { run(); }),
              concat("2 of 4 steps failed, the others are written:\n  fold_1/flow_0 (",
                     path("fold_1/flow_0"), "): flow 0: it diverged\n  wide_0 (", path("wide_0"),
                     "): flow 0: so did it"));
    EXPECT_THAT(told, ElementsAre("flow of 2", "wide of 1", "yet another of 1"));
}

TEST_F(Families, AStepThatFailsStopsNoneBesideIt) {
    add("flow_0", "alone");
    steps.back().run = [](const StageContext&) -> Summary {
        throw NumericalError("the loss is nan");
    };
    add("flow_1", "flow", "it diverged");
    add("flow_2", "alone");
    add("classifier", "wide");
    steps.back().inputs = {{"flow", path("flow_2")}};
    EXPECT_EQ(message_of<NumericalError>([&] { run(); }),
              concat("2 of 3 steps failed, the others are written:\n  flow_0 (", path("flow_0"),
                     "): the loss is nan\n  flow_1 (", path("flow_1"), "): it diverged"));
    EXPECT_THAT(told, ElementsAre("alone of 2", "flow of 1", "flow_2"));
    steps.resize(1);
    EXPECT_EQ(message_of<NumericalError>([&] { run(); }),
              concat("flow_0 (", path("flow_0"), "): the loss is nan"));
}

// All are tried, and none that needs them is.
TEST_F(Families, StepsThatPrepareEventsRefuseTogether) {
    const auto add_prepare = [&](const std::string& name, const std::function<void()>& fail) {
        add(name, "");
        steps.back().training = nullptr;
        steps.back().stage = Prepare::name;
        steps.back().run = [this, name, fail](const StageContext&) {
            told.push_back(name);
            fail();
            return Summary{};
        };
    };
    add_prepare("a", [] { throw InputError("no such file"); });
    add_prepare("b", [] { throw UsageError("too much signal"); });
    add_prepare("c", [] { throw InputError("no such file"); });
    add_prepare("d", [] {});
    add("flow", "flow");
    steps.back().inputs = {{"events", path("d")}};
    Refusals seen;
    StageContext context;
    context.common.threads = 1;
    const auto run_and_see = [&] {
        run_steps(steps, context, [&](const Refusals& refused) { seen = refused; });
    };
    EXPECT_EQ(message_of<UsageError>(run_and_see), "no such file\ntoo much signal");
    EXPECT_THAT(told, ElementsAre("a", "b", "c", "d"));
    EXPECT_EQ(seen.size(), 3U);
    EXPECT_EQ(seen.at(path("b")).code, ExitCode::usage);
    // What stands in the way of an output is no refusal.
    steps.clear();
    add_prepare("e", [] { throw OutputError("the disk is full"); });
    EXPECT_EQ(message_of<OutputError>(run_and_see), "the disk is full");
}

struct RunSteps : Scratch {
    // How many of two steps of one round were at work at once; each waits a while for the other.
    [[nodiscard]] int at_once(bool alone) const {
        std::mutex mutex;
        std::condition_variable arrived;
        int working = 0;
        int most = 0;
        const auto work = [&](const StageContext&) -> Summary {
            std::unique_lock lock(mutex);
            most = std::max(most, ++working);
            arrived.notify_all();
            arrived.wait_for(lock, std::chrono::seconds(alone || !io_is_thread_safe() ? 1 : 60),
                             [&] { return most == 2; });
            --working;
            return {};
        };
        std::vector<Step> steps = {bare_step(path("a"), {}), bare_step(path("b"), {})};
        for (Step& one : steps) {
            one.run = work;
            one.alone = alone;
        }
        StageContext context;
        context.common.threads = 2;
        run_steps(steps, context, [](const Refusals&) {});
        return most;
    }
};

// As RunStep::step says.
void finish(OutputFile& file) {
    Provenance made = some_provenance();
    made.algorithm = 0;
    made.config = "{}";
    made.inputs.clear();
    file.commit(made);
}

void write(const std::string& path) {
    OutputFile file(path, FileFormat::metrics, Overwrite::forbid);
    finish(file);
}

std::string status_of(const Summary& summary) {
    for (const auto& [name, value] : summary)
        if (name == "status") return std::get<std::string>(value);
    return {};
}

struct RunStep : Scratch {
    [[nodiscard]] Step step(const std::string& name) const {
        Step one = bare_step(path(name), {});
        one.config = "{}";
        return one;
    }
    const StageContext context_;
};

TEST_F(RunStep, WhatAnotherProcessMadeFirstIsUpToDate) {
    Step one = step("a.h5");
    one.run = [&](const StageContext&) {
        write(one.output);
        write(one.output);
        return Summary{};
    };
    EXPECT_EQ(status_of(run_step(one, context_)), "up to date");
    one.output = path("b.h5");
    one.run = [](const StageContext&) -> Summary { throw OutputError("the disk is full"); };
    EXPECT_EQ(message_of<OutputError>([&] { run_step(one, context_); }), "the disk is full");
}

TEST_F(RunStep, WhatAnotherProcessWritesIsWaitedFor) {
    for (const bool succeeds : {true, false}) {
        Step one = step(succeeds ? "a.h5" : "b.h5");
        std::atomic<int> refused = 0;
        one.run = [&](const StageContext&) {
            try {
                write(one.output);
            } catch (const OutputError&) {
                ++refused;
                throw;
            }
            return Summary{{"status", std::string("made")}};
        };
        auto other =
            std::make_unique<OutputFile>(one.output, FileFormat::metrics, Overwrite::forbid);
        auto told = std::async(std::launch::async, [&] { return run_step(one, context_); });
        while (refused == 0) std::this_thread::yield();
        if (succeeds) finish(*other);
        other.reset();
        EXPECT_EQ(status_of(told.get()), succeeds ? "up to date" : "made");
        EXPECT_EQ(refused, 1);
    }
}

// It may have ended before anyone looks whether it still writes.
TEST_F(RunStep, WhatAnotherProcessGaveUpIsMade) {
    Step one = step("a.h5");
    int calls = 0;
    one.run = [&](const StageContext&) {
        if (++calls == 1) throw OutputBusy("another process is writing it");
        write(one.output);
        return Summary{{"status", std::string("made")}};
    };
    EXPECT_EQ(status_of(run_step(one, context_)), "made");
    EXPECT_EQ(calls, 2);
}

TEST_F(RunSteps, StepsRunSideBySideButThoseThatMakeProcesses) {
    EXPECT_EQ(at_once(false), io_is_thread_safe() ? 2 : 1);
    EXPECT_EQ(at_once(true), 1);
}

}  // namespace
}  // namespace lacathode::test
