#include "workflow/chain_layout.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {

std::string ChainLayout::file(const std::string& name) const {
    return directory + "/" + name + ".h5";
}

std::string ChainLayout::numbered(const std::string& name, std::size_t number) const {
    return file(name + "_" + two_digits(number));
}

std::string ChainLayout::data(Method method, std::size_t flow_number) const {
    switch (info(method).space) {
        case Space::latent:
            return latent(flow_number);
        case Space::features:
            return events();
        case Space::reference_mass:
            return numbered("moved", flow_number);
    }
    throw ContractViolation("a space without a file");
}

std::string ChainLayout::background(Method method, std::size_t flow_number) const {
    switch (info(method).background) {
        case Background::normal:
            return numbered(info(method).space == Space::latent ? "normal" : "moved_normal",
                            flow_number);
        case Background::sampled:
            return numbered("samples", flow_number);
        case Background::transported:
            return numbered("moved_sideband", flow_number);
        case Background::strips:
        case Background::truth:
            return of_method(method, "background");
        case Background::density:
            return latent(flow_number);
    }
    throw ContractViolation("a background without a file");
}

std::string ChainLayout::reference(Method method, std::size_t flow_number) const {
    if (!draws_reference(method)) return background(method, flow_number);
    return of_method(method, "reference_" + two_digits(flow_number));
}

bool ChainLayout::draws_reference(Method method) {
    const Background background = info(method).background;
    return background == Background::normal || background == Background::sampled;
}

std::string ChainLayout::of_method(Method method, const std::string& name) const {
    return file(method_name(method) + "/" + name);
}

std::string ChainLayout::of_retraining(Method method, const std::string& what,
                                       std::size_t retraining) const {
    return of_method(method, what + "_" + two_digits(retraining));
}

ChainLayout base_layout(const std::string& directory) {
    return {directory + "/base"};
}

std::string fold_name(std::size_t fold) {
    return concat("fold_", fold);
}

std::vector<std::string> part_folders(const RunConfig& config, const std::string& directory) {
    if (config.folds == 0) return {directory};
    std::vector<std::string> folders;
    for (std::size_t fold = 0; fold < config.folds; ++fold)
        folders.push_back(concat(directory, '/', fold_name(fold)));
    return folders;
}

std::vector<std::string> flow_checks(const RunConfig& config, const std::string& directory) {
    const bool any_flow = std::ranges::any_of(
        config.methods, [](Method method) { return info(method).needs_flow(); });
    std::vector<std::string> paths;
    if (!any_flow || !config.check_flow) return paths;
    for (const std::string& folder : part_folders(config, directory)) {
        for (std::size_t flow = 0; flow < config.flows(); ++flow)
            paths.push_back(ChainLayout{folder}.check(flow));
    }
    return paths;
}

}  // namespace lacathode
