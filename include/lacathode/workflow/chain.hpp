// The whole chain of stages, as lacathode-run runs it.
#pragma once

#include <cstddef>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "lacathode/config/json.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/stages/check_flow.hpp"
#include "lacathode/stages/combine_folds.hpp"
#include "lacathode/stages/combine_scores.hpp"
#include "lacathode/stages/density_ratio.hpp"
#include "lacathode/stages/encode.hpp"
#include "lacathode/stages/evaluate_sculpting.hpp"
#include "lacathode/stages/evaluate_sic.hpp"
#include "lacathode/stages/fit_background.hpp"
#include "lacathode/stages/hunt.hpp"
#include "lacathode/stages/prepare.hpp"
#include "lacathode/stages/pseudo_data.hpp"
#include "lacathode/stages/sample.hpp"
#include "lacathode/stages/score.hpp"
#include "lacathode/stages/select_background.hpp"
#include "lacathode/stages/train_classifier.hpp"
#include "lacathode/stages/train_flow.hpp"
#include "lacathode/stages/transport.hpp"
#include "lacathode/workflow/jobs.hpp"
#include "lacathode/workflow/run_config.hpp"

namespace lacathode {

/// The settings of several stages.
template <StageRoom... Rooms>
class StageConfigs {
  public:
    template <StageRoom S>
    [[nodiscard]] typename S::Config& of() {
        return std::get<typename S::Config>(configs_);
    }
    template <StageRoom S>
    [[nodiscard]] const typename S::Config& of() const {
        return std::get<typename S::Config>(configs_);
    }
    /// Bound to this object.
    [[nodiscard]] std::vector<Section> sections() { return {Rooms::section(of<Rooms>())...}; }
    [[nodiscard]] std::vector<std::string> problems() const {
        Problems found;
        (found.add(stage_problems<Rooms>(of<Rooms>())), ...);
        return found.take();
    }

  private:
    std::tuple<typename Rooms::Config...> configs_;
};

struct ChainConfig {
    RunConfig run;
    StageConfigs<Prepare, TrainFlow, Encode, Transport, Sample, SelectBackground, TrainClassifier,
                 Score, DensityRatio, CombineScores, CombineFolds, CheckFlow, EvaluateSic,
                 EvaluateSculpting, FitBackground, Hunt, PseudoData>
        stages;

    /// Members are combined by their scores of background too.
    [[nodiscard]] bool aligns_members() const {
        return run.members > 1 && stages.of<CombineScores>().by == Combination::aligned;
    }
    /// Background is drawn for the scores' efficiencies that no training has seen, where it can be.
    [[nodiscard]] bool draws_references() const {
        return run.folds > 0 ||
               (aligns_members() && stages.of<TrainClassifier>().validation_fraction > 0);
    }
    /// Of that member's classifier.
    [[nodiscard]] ClassifierKind model(std::size_t member) const {
        if (run.models.empty()) return stages.of<TrainClassifier>().model;
        return run.models[member % run.models.size()];
    }
};

/// All sections of the chain, `run` first; bound to `config`.
std::vector<Section> sections(ChainConfig& config);
std::vector<std::string> problems(const ChainConfig& config);

/// Runs every stage whose output in `directory` is absent, or was made with other settings, by
/// another algorithm or from other inputs; the others are skipped. Stages that do not need each
/// other run side by side, their number limited by the threads. Returns each stage's summary, in an
/// order that depends on `config` only. Throws InputError, before any training, for events that are
/// too few. A check that fails stops nothing: require_passed_checks tells of it. Warns of
/// results of other settings that lie in `directory`.
std::vector<std::pair<std::string, Summary>> run_chain(const ChainConfig& config,
                                                       const StageContext& context,
                                                       const std::string& directory);

/// The chain's files as jobs; nothing is made. Throws as run_chain.
std::vector<PlannedJob> chain_jobs(const ChainConfig& config, const StageContext& context,
                                   const std::string& directory, Jobs listed);
/// Makes the files of these jobs, whose inputs are there or among them. What fails is noted in
/// `directory`/failed. Throws as run_chain, and UsageError for an unknown id.
void run_chain_jobs(const ChainConfig& config, const StageContext& context,
                    const std::string& directory, const JobSelection& jobs);
/// Throws InputError unless all files of the chain are there, or appear before the latency is over.
/// Warns as run_chain.
void require_chain_made(const ChainConfig& config, const StageContext& context,
                        const std::string& directory, std::chrono::seconds latency = {});

/// What the flows and hunts of a finished chain broke in their checks, a sentence each.
std::vector<std::string> failed_checks(const RunConfig& config, const std::string& directory);
/// Throws QualityError with these sentences, if there are any.
void require_passed_checks(const std::vector<std::string>& failed);

}  // namespace lacathode
