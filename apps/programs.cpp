#include "programs.hpp"

#include <algorithm>

#include "lacathode/workflow/all_stages.hpp"

namespace lacathode {

std::vector<ProgramEntry> all_programs() {
    std::vector<ProgramEntry> programs = {{tool_name("run"), run_description},
                                          {tool_name("study"), study_description},
                                          {tool_name("scan"), scan_description},
                                          {tool_name("toys"), toys_description}};
    for (const auto& stage : all_stages()) {
        programs.push_back({tool_name(stage->name()), stage->description()});
    }
    programs.push_back({tool_name("info"), info_description});
    return programs;
}

std::string tool_name(const std::string& stage) {
    std::string name = "lacathode-" + stage;
    std::ranges::replace(name, '_', '-');
    return name;
}

std::string command_of(const std::string& program) {
    return program.substr(program.find('-') + 1);
}

std::string first_clause(const std::string& description) {
    int depth = 0;
    int blanks = 0;
    for (std::size_t i = 0; i < description.size(); ++i) {
        const char c = description[i];
        depth += (c == '(' ? 1 : 0) - (c == ')' ? 1 : 0);
        blanks += c == ' ' ? 1 : 0;
        const bool ends = c == ':' || c == ';' || c == '.';
        const bool at_blank = i + 1 == description.size() || description[i + 1] == ' ';
        if (depth == 0 && blanks > 0 && ends && at_blank) return description.substr(0, i);
    }
    return description;
}

}  // namespace lacathode
