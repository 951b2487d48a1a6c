#include "workflow/step_list.hpp"

#include <algorithm>

namespace lacathode {

void StepList::use_placed(const Argument& argument) const {
    const auto use = [this](std::string& path) {
        const auto found = plan_.files.find(path);
        if (found != plan_.files.end()) path = found->second;
    };
    if (argument.kind != ArgumentKind::input) return;
    if (auto* const* path = std::get_if<std::string*>(&argument.value)) return use(**path);
    std::ranges::for_each(*std::get<std::vector<std::string>*>(argument.value), use);
}

}  // namespace lacathode
