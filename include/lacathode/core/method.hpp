// The anomaly detection methods: one table that every stage, the chain and the programs read.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lacathode {

enum class Method { lacathode, cathode };

/// Where a method's classifier sees events.
enum class Space {
    latent,   ///< z = f(x; m), a latent file
    features  ///< x, an events file
};

/// What stands for background in the training of a method's classifier.
enum class Background {
    normal,  ///< draws from N(0, 1)^D, the flow's base
    sampled  ///< events x = f^-1(z; m) drawn from the flow, m following the signal region
};

/// What a method is. A new method is one more value of Method and one more row of the table.
struct MethodInfo {
    Method method;
    std::string_view name;   ///< in configurations, files and directories: "lacathode"
    std::string_view title;  ///< for people: "LaCATHODE"
    Space space;             ///< of signal-region data, in training and when scored
    Background background;
    bool needs_labels;            ///< trains on the truth
    bool needs_extra_background;  ///< trains on Partition::reference_training
};

/// One row a method, in the order of the enum.
std::span<const MethodInfo> methods();
const MethodInfo& info(Method method);
std::string method_name(Method method);

/// The names of all methods, in the order of the table.
std::vector<std::string> method_names();
/// The method of that name; nothing if there is none.
std::optional<Method> find_method(std::string_view name);

}  // namespace lacathode
