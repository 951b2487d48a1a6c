// The anomaly detection methods: one table that every stage, the chain and the programs read.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lacathode {

enum class Method { lacathode, cathode, cwola, anode, idealised, supervised, double_map, curtains };

/// Where a method's score sees events.
enum class Space {
    latent,         ///< z = f(x; m), a latent file
    features,       ///< x, an events file
    reference_mass  ///< x' = f^-1(f(x; m); m0), all events at one mass; an events file
};

/// What a method takes for signal-like in training.
enum class Data {
    signal_region,   ///< all data in the signal region
    labelled_signal  ///< labelled signal that is set aside for it
};

/// What stands for background in training.
enum class Background {
    normal,       ///< draws from N(0, 1)^D, the flow's base; in Space::reference_mass mapped there
    sampled,      ///< events x = f^-1(z; m) drawn from the flow, m following the signal region
    transported,  ///< sideband events moved to masses of the signal region, f^-1(f(x; m); m')
    strips,       ///< data in strips beside the signal region
    truth,        ///< true background that is set aside for it
    density       ///< p(x|m) itself: the score is a ratio of densities, no classifier is trained
};

/// What a method is. A new method is one more value of Method and one more row of the table.
struct MethodInfo {
    Method method;
    std::string_view name;   ///< in configurations, files and directories: "lacathode"
    std::string_view title;  ///< for people: "LaCATHODE"
    Space space;
    Data data;
    Background background;

    /// Trains on what nobody knows of real data.
    [[nodiscard]] constexpr bool needs_truth() const {
        return data == Data::labelled_signal || background == Background::truth;
    }
    /// Of a flow of the sidebands.
    [[nodiscard]] constexpr bool needs_flow() const {
        return space != Space::features || background == Background::sampled ||
               background == Background::transported || background == Background::density;
    }
    /// Its background are events of the data or of a truth, as they are.
    [[nodiscard]] constexpr bool selects_background() const {
        return background == Background::strips || background == Background::truth;
    }
    /// Its background are events that the flow makes.
    [[nodiscard]] constexpr bool generates_background() const {
        return !selects_background() && background != Background::density;
    }
};

/// One row a method, in the order of the enum.
std::span<const MethodInfo> methods();
const MethodInfo& info(Method method);
std::string method_name(Method method);

/// The names of all methods, in the order of the table.
std::vector<std::string> method_names();
/// Of those that are so, &MethodInfo::selects_background say.
std::vector<std::string> method_names(bool (MethodInfo::*are)() const);
/// The method of that name; nothing if there is none.
std::optional<Method> find_method(std::string_view name);

}  // namespace lacathode
