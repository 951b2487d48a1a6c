#include "lacathode/workflow/preset.hpp"

#include <algorithm>

#include "lacathode/config/setting.hpp"
#include "lacathode/config/suggestion.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {

namespace {

// With further settings behind it.
std::vector<std::string> fast(const std::vector<std::string>& further = {}) {
    std::vector<std::string> settings = {
        "train_flow.blocks=8",           "train_flow.epochs=16",
        "train_flow.batch_size=512",     "train_flow.learning_rate=0.001",
        "train_flow.schedule=one_cycle", "train_classifier.epochs=30"};
    settings.insert(settings.end(), further.begin(), further.end());
    return settings;
}

}  // namespace

std::span<const Preset> presets() {
    static const std::vector<Preset> all = {
        {"fast",
         "fewer blocks and epochs under a learning-rate cycle, in a fraction of the time of the "
         "papers' settings; how they compare: docs/results.md",
         fast()},
        {"ensemble",
         "fast, with five networks and five ensembles of boosted trees in each training, combined "
         "by their background efficiencies, which had a higher SIC at few signal events",
         fast({"run.members=10", "run.models=mlp,trees", "combine_scores.by=aligned"})},
    };
    return all;
}

void apply_preset(const std::string& name, std::span<const Section> sections) {
    const auto preset = std::ranges::find(presets(), name, &Preset::name);
    if (preset == presets().end()) {
        std::vector<std::string> known;
        for (const Preset& one : presets()) known.push_back(one.name);
        throw UsageError("--preset " + name + ": there is no such preset; " +
                         suggestion(name, known));
    }
    for (const std::string& setting : preset->settings) {
        const std::string section = parse_setting(setting).section;
        if (std::ranges::find(sections, section, &Section::name) != sections.end()) {
            apply_setting(setting, sections);
        }
    }
}

}  // namespace lacathode
