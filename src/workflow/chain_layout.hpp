// Where a chain's files lie.
#pragma once

#include <cstddef>
#include <string>

#include "lacathode/core/method.hpp"

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
    /// What the method's score sees of the data.
    [[nodiscard]] std::string data(Method method, std::size_t flow_number) const;
    [[nodiscard]] std::string background(Method method, std::size_t flow_number) const;
    /// What the scores' efficiencies are measured on, with folds.
    [[nodiscard]] std::string reference(Method method, std::size_t flow_number) const;
    /// Background that can be drawn anew, as much as is wanted.
    [[nodiscard]] static bool draws_reference(Method method);
    [[nodiscard]] std::string of_method(Method method, const std::string& name) const;
    [[nodiscard]] std::string of_retraining(Method method, const std::string& what,
                                            std::size_t retraining) const;
};

}  // namespace lacathode
