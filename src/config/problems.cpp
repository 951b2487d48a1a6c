#include <algorithm>
#include <cmath>
#include <set>

#include "lacathode/config/configs.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"

namespace lacathode {
namespace {

// Collects sentences: `check(condition, parts...)` adds one when the condition fails.
class Problems {
  public:
    template <class... Parts>
    void check(bool condition, const Parts&... parts) {
        if (!condition) all_.push_back(concat(parts...));
    }
    void add(const std::string& prefix, const std::vector<std::string>& others) {
        for (const std::string& other : others) all_.push_back(prefix + other);
    }
    [[nodiscard]] std::vector<std::string> all() const { return all_; }

  private:
    std::vector<std::string> all_;
};

void check_window(Problems& problems, const std::string& section, double low, double high) {
    problems.check(std::isfinite(low) && std::isfinite(high) && low < high, section,
                   ".signal_region_low = ", low, " must be below ", section,
                   ".signal_region_high = ", high);
}

// Names become names in files, where lists of them are separated by commas.
void check_column(Problems& problems, const std::string& key, const std::string& name) {
    const bool printable = std::ranges::all_of(
        name, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
    problems.check(
        !name.empty() && name != "." && printable && name.find_first_of(",/") == std::string::npos,
        key, " names the column '", name,
        "': a name must not be empty, '.', or hold a comma, a slash or a control character; rename "
        "the column in the input");
}

bool is_fraction(double value) {
    return value > 0 && value < 1;
}

}  // namespace

std::vector<std::string> problems(const CommonConfig& c) {
    Problems p;
    p.check(c.threads >= 0, "common.threads = ", c.threads,
            " must not be negative; 0 takes every core");
    p.check(!(c.device == Device::cuda && c.backend == Backend::engine),
            "common.backend = engine runs on the CPU only; with common.device = cuda use automatic "
            "or torch");
    return p.all();
}

std::vector<std::string> problems(const PrepareConfig& c) {
    Problems p;
    p.check(!c.features.empty() && c.features.size() <= 20, "prepare.features has ",
            c.features.size(), " names; give 1 to 20");
    p.check(std::set(c.features.begin(), c.features.end()).size() == c.features.size(),
            "prepare.features names a feature twice");
    for (const std::string& name : c.features) check_column(p, "prepare.features", name);
    for (const std::string& unit : c.feature_units) {
        p.check(!unit.empty() && unit.find(',') == std::string::npos, "prepare.feature_units has '",
                unit, "': a unit must not be empty or hold a comma; a pure number's is 1");
    }
    p.check(c.format == InputFormat::table || (c.mass_scale == 1 && c.feature_units.empty()),
            "prepare.mass_scale and feature_units are for format table; lhco has units of its own");
    p.check(c.format == InputFormat::lhco || !c.mass_column.empty(),
            "prepare.mass_column is empty: name the resonant variable of the table");
    p.check(c.feature_units.empty() || c.feature_units.size() == c.features.size(),
            "prepare.feature_units has ", c.feature_units.size(), " entries for ",
            c.features.size(), " features; give one each or none");
    for (const auto& [name, amount] : c.shift) {
        p.check(std::ranges::find(c.features, name) != c.features.end(), "prepare.shift names '",
                name, "', which is not in prepare.features");
        p.check(std::isfinite(amount), "prepare.shift.", name, " must be finite");
    }
    p.check(std::ranges::find(c.features, c.mass_column) == c.features.end() ||
                c.format == InputFormat::lhco,
            "prepare.features holds the mass column '", c.mass_column,
            "'; the flow is conditional on it already");
    p.check(std::isfinite(c.mass_scale) && c.mass_scale > 0, "prepare.mass_scale = ", c.mass_scale,
            " must be positive");
    p.check(is_fraction(c.training_fraction), "prepare.training_fraction = ", c.training_fraction,
            " must lie between 0 and 1");
    p.check(is_fraction(c.validation_fraction),
            "prepare.validation_fraction = ", c.validation_fraction, " must lie between 0 and 1");
    p.check(c.training_fraction + c.validation_fraction < 1,
            "prepare.training_fraction and validation_fraction leave nothing for the test set: "
            "their sum must be below 1");
    check_window(p, "prepare", c.signal_region_low, c.signal_region_high);
    return p.all();
}

std::vector<std::string> problems(const ToyConfig& c) {
    Problems p;
    p.check(c.events >= 10, "generate_toy.events = ", c.events, " must be at least 10");
    p.check(c.features >= 1 && c.features <= 20, "generate_toy.features = ", c.features,
            " must be 1 to 20");
    p.check(std::isfinite(c.correlation), "generate_toy.correlation must be finite");
    p.check(std::isfinite(c.mass_low) && std::isfinite(c.mass_high) && c.mass_low < c.mass_high,
            "generate_toy.mass_low = ", c.mass_low, " must be below mass_high = ", c.mass_high);
    check_window(p, "generate_toy", c.signal_region_low, c.signal_region_high);
    return p.all();
}

std::vector<std::string> problems(const TrainFlowConfig& c) {
    Problems p;
    p.add("train_flow: ", problems(c.architecture));
    p.add("train_flow: ", problems(c.training));
    p.add("train_flow: ", problems(c.adam));
    return p.all();
}

std::vector<std::string> problems(const SampleConfig& c) {
    Problems p;
    p.check(c.training > 0, "sample.training must be positive");
    p.check(c.validation > 0, "sample.validation must be positive");
    p.check(c.states > 0, "sample.states must be positive");
    p.check(std::isfinite(c.bandwidth) && c.bandwidth > 0, "sample.bandwidth = ", c.bandwidth,
            " must be positive");
    return p.all();
}

std::vector<std::string> problems(const EncodeConfig& c) {
    Problems p;
    p.check(c.block_rows > 0, "encode.block_rows must be positive");
    return p.all();
}

std::vector<std::string> problems(const TrainClassifierConfig& c) {
    Problems p;
    p.check(!c.hidden.empty() && std::ranges::find(c.hidden, std::size_t{0}) == c.hidden.end(),
            "train_classifier.hidden must list at least one layer of at least one unit");
    p.add("train_classifier: ", problems(c.training));
    p.add("train_classifier: ", problems(c.adam));
    return p.all();
}

std::vector<std::string> problems(const ScoreConfig& c) {
    Problems p;
    p.check(c.block_rows > 0, "score.block_rows must be positive");
    return p.all();
}

std::vector<std::string> problems(const EvaluateSicConfig& c) {
    Problems p;
    p.check(c.grid_points >= 2, "evaluate_sic.grid_points = ", c.grid_points,
            " must be at least 2");
    p.check(is_fraction(c.lowest_background_efficiency),
            "evaluate_sic.lowest_background_efficiency = ", c.lowest_background_efficiency,
            " must lie between 0 and 1");
    p.check(std::isfinite(c.minimum_background) && c.minimum_background >= 0,
            "evaluate_sic.minimum_background = ", c.minimum_background, " must not be negative");
    return p.all();
}

std::vector<std::string> problems(const EvaluateSculptingConfig& c) {
    Problems p;
    p.check(c.bins >= 2, "evaluate_sculpting.bins = ", c.bins, " must be at least 2");
    p.check(!c.efficiencies.empty() && std::ranges::all_of(c.efficiencies, is_fraction),
            "evaluate_sculpting.efficiencies must list numbers between 0 and 1");
    p.check(std::ranges::is_sorted(c.efficiencies), "evaluate_sculpting.efficiencies must ascend");
    return p.all();
}

std::vector<std::string> problems(const RunConfig& c) {
    Problems p;
    p.check(!c.methods.empty(), "run.methods is empty; choose from: lacathode, cathode");
    for (const std::string& method : c.methods) {
        p.check(method == "lacathode" || method == "cathode", "run.methods names '", method,
                "'; choose from: lacathode, cathode");
    }
    p.check(std::set(c.methods.begin(), c.methods.end()).size() == c.methods.size(),
            "run.methods names a method twice");
    p.check(c.runs >= 1 && c.runs <= 100, "run.runs = ", c.runs, " must be 1 to 100");
    p.check(c.sic || c.sculpting,
            "run.sic and run.sculpting are both false: nothing would be evaluated");
    return p.all();
}

void require_no_problems(const std::vector<std::string>& all) {
    if (all.empty()) return;
    std::string message = "configuration:";
    for (const std::string& problem : all) message += "\n  " + problem;
    throw UsageError(message);
}

}  // namespace lacathode
