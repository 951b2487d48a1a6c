// One of every config struct with its sections, and configuration files for the tests.
#pragma once

#include <string>
#include <vector>

#include "lacathode/config/json.hpp"
#include "lacathode/stages/apply.hpp"
#include "lacathode/stages/check_flow.hpp"
#include "lacathode/stages/combine_folds.hpp"
#include "lacathode/stages/combine_scores.hpp"
#include "lacathode/stages/export.hpp"
#include "lacathode/stages/fit_background.hpp"
#include "lacathode/stages/generate_toy.hpp"
#include "lacathode/stages/hunt.hpp"
#include "lacathode/stages/pseudo_data.hpp"
#include "lacathode/workflow/all_stages.hpp"
#include "lacathode/workflow/chain.hpp"
#include "lacathode/workflow/search.hpp"
#include "lacathode/workflow/study.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {

struct AllConfigs {
    AllConfigs() { prepare.input = {{"events.h5"}}; }  // the one setting without a default

    CommonConfig common;
    Prepare::Config prepare;
    GenerateToy::Config toy;
    TrainFlow::Config train_flow;
    Sample::Config sample;
    Encode::Config encode;
    Transport::Config transport;
    SelectBackground::Config select_background;
    DensityRatio::Config density_ratio;
    TrainClassifier::Config train_classifier;
    Score::Config score;
    CombineScores::Config combine_scores;
    CombineFolds::Config combine_folds;
    Apply::Config apply;
    CheckFlow::Config check_flow;
    EvaluateSic::Config evaluate_sic;
    EvaluateSculpting::Config evaluate_sculpting;
    FitBackground::Config fit_background;
    Hunt::Config hunt;
    PseudoData::Config pseudo_data;
    Export::Config export_events;
    RunConfig run;
    StudyConfig study;
    ScanConfig scan;
    ToysConfig toys;

    /// Bound to this object.
    std::vector<Section> sections();
    [[nodiscard]] std::vector<std::string> problems() const;
};

/// A file of its own for each test, removed with it.
class ConfigFile : public Scratch {
  protected:
    void SetUp() override {
        Scratch::SetUp();
        path_ = path("config.json");
    }
    /// Reads `content` into `configs`; what read_config complains of.
    std::vector<std::string> read(const std::string& content, AllConfigs& configs) const;
    /// What read_config complains of, a line each; empty if nothing.
    [[nodiscard]] std::string complaint(const std::string& content) const;

    /// What it throws of a text that is no JSON.
    [[nodiscard]] std::string syntax_error(const std::string& content) const;

    std::string path_;
};

/// The field of that section and key; a failure of the test's own if there is none.
Field field(std::vector<Section> sections, const std::string& section, const std::string& key);

}  // namespace lacathode::test
