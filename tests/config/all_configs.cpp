#include "config/all_configs.hpp"

#include <algorithm>
#include <fstream>

#include "lacathode/core/errors.hpp"

namespace lacathode::test {

std::vector<Section> AllConfigs::sections() {
    return {section(common),
            section(prepare),
            section(toy),
            section(train_flow),
            section(sample),
            section(encode),
            section(train_classifier),
            section(score),
            section(evaluate_sic),
            section(evaluate_sculpting),
            section(run)};
}

std::vector<std::string> AllConfigs::problems() const {
    std::vector<std::string> all;
    const auto add = [&all](const auto& config) {
        const auto some = lacathode::problems(config);
        all.insert(all.end(), some.begin(), some.end());
    };
    add(common);
    add(prepare);
    add(toy);
    add(train_flow);
    add(sample);
    add(encode);
    add(train_classifier);
    add(score);
    add(evaluate_sic);
    add(evaluate_sculpting);
    add(run);
    return all;
}

void ConfigFile::read(const std::string& content, AllConfigs& configs) const {
    std::ofstream(path_) << content;
    read_config(path_, configs.sections(), section_names());
}

std::string ConfigFile::complaint(const std::string& content) const {
    AllConfigs configs;
    try {
        read(content, configs);
    } catch (const UsageError& error) {
        EXPECT_NE(std::string(error.what()).find(path_), std::string::npos) << error.what();
        return error.what();
    }
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
