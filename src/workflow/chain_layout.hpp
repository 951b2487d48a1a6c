// Where a chain's files lie.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lacathode/core/method.hpp"
#include "lacathode/workflow/run_config.hpp"

namespace lacathode {

/// Of one part of the data. Flows, and what is made with one, bear the flow's number; what a method
/// makes of it lies in a directory of the method's.
struct ChainLayout {
    std::string directory;

    [[nodiscard]] std::string file(const std::string& name) const;
    [[nodiscard]] std::string numbered(const std::string& name, std::size_t number) const;
    [[nodiscard]] std::string events() const { return file("events"); }
    [[nodiscard]] std::string flow(std::size_t number) const { return numbered("flow", number); }
    [[nodiscard]] std::string latent(std::size_t number) const {
        return numbered("latent", number);
    }
    /// What the flow's check finds.
    [[nodiscard]] std::string check(std::size_t flow) const { return numbered("check", flow); }
    /// What the method's score sees of the data.
    [[nodiscard]] std::string data(Method method, std::size_t flow_number) const;
    [[nodiscard]] std::string background(Method method, std::size_t flow_number) const;
    /// What the scores' efficiencies are measured on where references are drawn.
    [[nodiscard]] std::string reference(Method method, std::size_t flow_number) const;
    /// Background that can be drawn anew, as much as is wanted.
    [[nodiscard]] static bool draws_reference(Method method);
    [[nodiscard]] std::string of_method(Method method, const std::string& name) const;
    [[nodiscard]] std::string of_retraining(Method method, const std::string& what,
                                            std::size_t retraining) const;
    /// What an evaluation of the method finds, of all its retrainings: "sic", "sculpting".
    [[nodiscard]] std::string metrics(Method method, const std::string& kind) const {
        return of_method(method, kind);
    }
    /// What a search with the scores of a retraining finds.
    [[nodiscard]] std::string hunt(Method method, std::size_t retraining) const {
        return of_retraining(method, "hunt", retraining);
    }
};

/// Of the events and the flow that pseudo-data are drawn from.
ChainLayout base_layout(const std::string& directory);

/// What is made of a part of the data that is held out bears its name.
std::string fold_name(std::size_t fold);

/// The folders of these parts, in order: `directory` itself without folds.
std::vector<std::string> part_folders(const RunConfig& config, const std::string& directory);

/// The files of the flows' checks that the chain makes, in the order of the parts and the flows.
std::vector<std::string> flow_checks(const RunConfig& config, const std::string& directory);

}  // namespace lacathode
