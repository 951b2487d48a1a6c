#include "workflow/all_configs.hpp"

#include <algorithm>
#include <fstream>

#include "lacathode/core/errors.hpp"

namespace lacathode::test {

std::vector<Section> AllConfigs::sections() {
    return {section(common),
            Prepare::section(prepare),
            GenerateToy::section(toy),
            TrainFlow::section(train_flow),
            Sample::section(sample),
            Encode::section(encode),
            Transport::section(transport),
            SelectBackground::section(select_background),
            DensityRatio::section(density_ratio),
            TrainClassifier::section(train_classifier),
            Score::section(score),
            CombineScores::section(combine_scores),
            CombineFolds::section(combine_folds),
            Apply::section(apply),
            CheckFlow::section(check_flow),
            EvaluateSic::section(evaluate_sic),
            EvaluateSculpting::section(evaluate_sculpting),
            FitBackground::section(fit_background),
            Hunt::section(hunt),
            PseudoData::section(pseudo_data),
            Export::section(export_events),
            section(run),
            section(study),
            section(scan),
            section(toys)};
}

std::vector<std::string> AllConfigs::problems() const {
    Problems found;
    found.add(lacathode::problems(common));
    found.add(Prepare::problems(prepare));
    found.add(GenerateToy::problems(toy));
    found.add(TrainFlow::problems(train_flow));
    found.add(stage_problems<Sample>(sample));
    found.add(stage_problems<Encode>(encode));
    found.add(stage_problems<Transport>(transport));
    found.add(stage_problems<SelectBackground>(select_background));
    found.add(stage_problems<DensityRatio>(density_ratio));
    found.add(TrainClassifier::problems(train_classifier));
    found.add(stage_problems<Score>(score));
    found.add(stage_problems<CombineScores>(combine_scores));
    found.add(stage_problems<CombineFolds>(combine_folds));
    found.add(Apply::problems(apply));
    found.add(stage_problems<CheckFlow>(check_flow));
    found.add(stage_problems<EvaluateSic>(evaluate_sic));
    found.add(EvaluateSculpting::problems(evaluate_sculpting));
    found.add(FitBackground::problems(fit_background));
    found.add(Hunt::problems(hunt));
    found.add(PseudoData::problems(pseudo_data));
    found.add(Export::problems(export_events));
    found.add(lacathode::problems(run));
    return found.take();
}

std::vector<std::string> ConfigFile::read(const std::string& content, AllConfigs& configs) const {
    std::ofstream(path_) << content;
    return read_config(path_, configs.sections(), section_names());
}

std::string ConfigFile::complaint(const std::string& content) const {
    AllConfigs configs;
    const std::vector<std::string> problems = read(content, configs);
    for (const std::string& problem : problems) {
        EXPECT_TRUE(problem.starts_with("configuration file '" + path_ + "': ")) << problem;
    }
    return joined(problems, "\n");
}

std::string ConfigFile::syntax_error(const std::string& content) const {
    AllConfigs configs;
    try {
        read(content, configs);
    } catch (const UsageError& error) {
        EXPECT_NE(std::string(error.what()).find(path_), std::string::npos) << error.what();
        return error.what();
    }
    ADD_FAILURE() << "no error: " << content;
    return {};
}

Field field(std::vector<Section> sections, const std::string& section, const std::string& key) {
    const auto found = std::ranges::find(sections, section, &Section::name);
    expects(found != sections.end(), "the section exists");
    const auto field = std::ranges::find(found->fields, key, &Field::key);
    expects(field != found->fields.end(), "the key exists");
    return *field;
}

}  // namespace lacathode::test
