// One stage at work on one output: what all stages do around their computation.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lacathode/config/json.hpp"
#include "lacathode/core/provenance.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/io/shared_groups.hpp"
#include "lacathode/stages/frame/context.hpp"
#include "lacathode/stages/frame/training_file.hpp"

namespace lacathode {

/// Checks the output before the work, and after it completes the file with its provenance and
/// says what was done.
class Job {
  public:
    /// `config`: effective_config of the stage; `algorithm`: the version of what it computes.
    /// Throws OutputError as check_output does.
    Job(const StageContext& context, std::string config, int algorithm, std::string output);

    [[nodiscard]] const std::string& output() const noexcept { return output_; }
    [[nodiscard]] Overwrite overwrite() const noexcept { return context_.overwrite; }
    /// Where the networks run. Throws UsageError if that cannot be used here.
    [[nodiscard]] Execution execution() const;
    /// CPU threads, for a stage without networks.
    [[nodiscard]] int threads() const;
    [[nodiscard]] std::size_t seed() const noexcept { return context_.common.seed; }
    /// The random stream of that name under the root seed.
    [[nodiscard]] RandomStream stream(std::string_view name) const;

    /// One more file that the output is made from, in the order of the provenance.
    void made_from(InputRecord input);
    /// The events files that a table's rows carry the partitions of, or that trained a model.
    void goes_back_to(EventOrigins origins);
    /// The output is an events file of its own, generated so.
    void goes_back_to_itself(std::vector<std::string> sources);
    /// The same, made of the inputs so far, and of what those of them go back to whose events it
    /// has.
    void goes_back_to_itself(const EventOrigins& of_inputs = {});
    /// Networks computed the output there; the provenance says by what.
    void computed_on(const Execution& execution);
    /// For a training that makes the output; it is gone when the output is there. Called once, when
    /// made_from() and computed_on() have said all.
    TrainingKeeper& training_keeper();
    /// Keeps the state of the trainings of several jobs as one, beside the output of the first.
    /// Whoever asks discards it when all outputs are there.
    [[nodiscard]] static TrainingFile training_file(std::span<const Job* const> together);
    /// One more line of the summary, behind `output`.
    void report(std::string name, SummaryValue value);
    void report(const Counts& counts);
    void report(const Summary& summary);

    /// Whether another process has made the same output in the meantime, of the same settings and
    /// inputs: then it stays, and nothing is to be committed.
    bool is_made_by_another();

    /// Completes the file (an OutputFile or an EventWriter) with the provenance.
    template <class File>
    void commit(File& file) {
        content_hash_ = file.commit(provenance());
        if (training_file_) training_file_->discard();
    }

    /// `output`, what was reported, `content_hash`. Once the output is there.
    [[nodiscard]] Summary summary() const;

  private:
    [[nodiscard]] Provenance provenance() const;
    [[nodiscard]] std::chrono::duration<double> save_interval() const;

    StageContext context_;
    std::string config_;
    int algorithm_;
    std::string output_;
    std::vector<InputRecord> inputs_;
    EventOrigins origins_;
    std::string networks_;
    Summary reported_;
    std::unique_ptr<TrainingFile> training_file_;
    std::string content_hash_;
};

}  // namespace lacathode
