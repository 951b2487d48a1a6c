// The whole chain of stages, as lacathode-run runs it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lacathode/stages/context.hpp"

namespace lacathode {

struct ChainConfig {
    PrepareConfig prepare;
    TrainFlowConfig train_flow;
    SampleConfig sample;
    EncodeConfig encode;
    TrainClassifierConfig train_classifier;
    ScoreConfig score;
    EvaluateSicConfig evaluate_sic;
    EvaluateSculptingConfig evaluate_sculpting;
    RunConfig run;
};

/// All sections of the chain, `run` first.
std::vector<Section> sections(ChainConfig& config);
std::vector<std::string> problems(const ChainConfig& config);

/// Runs every stage whose output in `directory` is absent, or was made with other settings, another
/// version or other inputs; the others are skipped. Returns each stage's summary in order.
std::vector<std::pair<std::string, Summary>> run_chain(const ChainConfig& config,
                                                       const StageContext& context,
                                                       const std::string& directory);

}  // namespace lacathode
