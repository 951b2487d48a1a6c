#include "lacathode/workflow/all_stages.hpp"

#include "lacathode/config/json.hpp"
#include "lacathode/stages/apply.hpp"
#include "lacathode/stages/check_flow.hpp"
#include "lacathode/stages/combine_folds.hpp"
#include "lacathode/stages/combine_scores.hpp"
#include "lacathode/stages/density_ratio.hpp"
#include "lacathode/stages/encode.hpp"
#include "lacathode/stages/evaluate_sculpting.hpp"
#include "lacathode/stages/evaluate_sic.hpp"
#include "lacathode/stages/export.hpp"
#include "lacathode/stages/fit_background.hpp"
#include "lacathode/stages/generate_toy.hpp"
#include "lacathode/stages/hunt.hpp"
#include "lacathode/stages/prepare.hpp"
#include "lacathode/stages/pseudo_data.hpp"
#include "lacathode/stages/sample.hpp"
#include "lacathode/stages/score.hpp"
#include "lacathode/stages/select_background.hpp"
#include "lacathode/stages/train_classifier.hpp"
#include "lacathode/stages/train_flow.hpp"
#include "lacathode/stages/transport.hpp"
#include "lacathode/workflow/run_config.hpp"
#include "lacathode/workflow/search.hpp"
#include "lacathode/workflow/study.hpp"

namespace lacathode {
namespace {

template <StageRoom... Rooms>
std::vector<std::unique_ptr<Stage>> one_of_each() {
    std::vector<std::unique_ptr<Stage>> stages;
    (stages.push_back(std::make_unique<StageOf<Rooms>>()), ...);
    return stages;
}

// Everything that a configuration file may set, with its default.
struct AllSettings {
    CommonConfig common;
    std::vector<std::unique_ptr<Stage>> stages = all_stages();
    RunConfig run;
    StudyConfig study;
    ScanConfig scan;
    ToysConfig toys;

    // Bound to this object.
    [[nodiscard]] std::vector<Section> all_sections() {
        std::vector<Section> sections = {section(common)};
        for (const auto& stage : stages) sections.push_back(stage->section());
        sections.insert(sections.end(),
                        {section(run), section(study), section(scan), section(toys)});
        return sections;
    }
};

}  // namespace

std::vector<std::unique_ptr<Stage>> all_stages() {
    return one_of_each<Prepare, GenerateToy, TrainFlow, Encode, Transport, Sample, SelectBackground,
                       TrainClassifier, Score, DensityRatio, CombineScores, CombineFolds, Apply,
                       CheckFlow, EvaluateSic, EvaluateSculpting, FitBackground, Hunt, PseudoData,
                       Export>();
}

std::unique_ptr<Stage> make_stage(const std::string& name) {
    for (auto& stage : all_stages()) {
        if (stage->name() == name) return std::move(stage);
    }
    return nullptr;
}

std::vector<std::string> section_names() {
    AllSettings settings;
    std::vector<std::string> names;
    for (const Section& section : settings.all_sections()) names.push_back(section.name);
    return names;
}

std::string configuration_reference() {
    AllSettings settings;
    return reference_json(settings.all_sections());
}

}  // namespace lacathode
