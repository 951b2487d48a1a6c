// The configuration of every stage: plain structs with defaults, their keys, and what is wrong with
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lacathode/backends/execution.hpp"
#include "lacathode/config/field.hpp"
#include "lacathode/ml/classifier_training.hpp"
#include "lacathode/ml/flow_training.hpp"
#include "lacathode/stats/roc.hpp"

namespace lacathode {

/// Section "common": what every stage shares.
struct CommonConfig {
    std::size_t seed = 1;  ///< root of all random streams
    int threads = 0;       ///< 0: every core this process may use
    Device device = Device::cpu;
    Backend backend = Backend::automatic;
    std::string instruction_set;  ///< empty: the best of this machine

    [[nodiscard]] Execution execution() const;
};

enum class InputFormat { lhco, table };
enum class InvalidRows { error, drop };
enum class Method { lacathode, cathode };
std::string method_name(Method method);

/// Section "prepare": from the user's file to the event table.
struct PrepareConfig {
    std::string input;  ///< may also come as --input
    std::string input_key;
    InputFormat format = InputFormat::lhco;
    std::string mass_column = "m_jj";
    std::string mass_unit = "TeV";
    double mass_scale = 1;
    std::vector<std::string> features = {"m_j1", "delta_m", "tau21_j1", "tau21_j2"};
    std::vector<std::string> feature_units;
    std::string label_column;
    double signal_region_low = 3.3;
    double signal_region_high = 3.7;
    std::map<std::string, double> shift;
    std::size_t injected_signal = 1000;
    double training_fraction = 1.0 / 2;
    double validation_fraction = 1.0 / 6;
    std::string extra_background;
    std::size_t extra_training = 200'000;
    std::size_t extra_validation = 67'000;
    InvalidRows invalid_rows = InvalidRows::error;
};

/// Section "generate_toy": the toy model of the LaCATHODE paper, section III.
struct ToyConfig {
    std::size_t events = 1'000'000;
    std::size_t features = 2;
    double correlation = 0.1;
    double mass_low = -10;
    double mass_high = 10;
    double signal_region_low = -0.3;
    double signal_region_high = 0.3;
    bool latent = false;  ///< write z = x - c m, the exact latent map, in place of x
    bool sample = false;  ///< the file stands for sampled background in classifier training
};

/// Section "train_flow".
struct TrainFlowConfig {
    FlowArchitecture architecture;  ///< features come from the events
    FlowTrainingOptions training;
    AdamOptions adam;
};

/// Section "sample": the background that the classifier learns against.
struct SampleConfig {
    std::size_t training = 200'000;
    std::size_t validation = 67'000;
    std::size_t states = 1;
    double bandwidth = 0.01;
};

/// Section "encode".
struct EncodeConfig {
    std::size_t block_rows = 65'536;
};

/// Section "train_classifier".
struct TrainClassifierConfig {
    std::size_t run = 0;  ///< which independent training: selects its random streams
    std::vector<std::size_t> hidden = {64, 64, 64};
    ClassifierTrainingOptions training;
    AdamOptions adam{.learning_rate = 1e-3, .weight_decay = 0};
};

/// Section "score".
struct ScoreConfig {
    std::size_t block_rows = 65'536;
};

/// Section "evaluate_sic".
struct EvaluateSicConfig {
    std::size_t grid_points = 500;
    double lowest_background_efficiency = 1e-4;
    double minimum_background = 6.25;
    Denominator denominator = Denominator::all;
};

/// Section "evaluate_sculpting".
struct EvaluateSculptingConfig {
    std::size_t bins = 300;
    std::vector<double> efficiencies = {0.01, 0.0125, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08,
                                        0.1,  0.12,   0.14,  0.15, 0.16, 0.17, 0.18, 0.19, 0.2};
    Denominator denominator = Denominator::all;
};

/// Section "run": the chain.
struct RunConfig {
    std::vector<std::string> methods = {"lacathode", "cathode"};
    std::size_t runs = 1;
    bool sic = true;
    bool sculpting = true;
};

/// A config struct's keys, bound to that struct (which must outlive them).
Section section(CommonConfig& config);
Section section(PrepareConfig& config);
Section section(ToyConfig& config);
Section section(TrainFlowConfig& config);
Section section(SampleConfig& config);
Section section(EncodeConfig& config);
Section section(TrainClassifierConfig& config);
Section section(ScoreConfig& config);
Section section(EvaluateSicConfig& config);
Section section(EvaluateSculptingConfig& config);
Section section(RunConfig& config);

/// The names of all sections, for files that serve every tool.
std::vector<std::string> section_names();

/// Everything wrong with the values, one sentence each, key first; empty when all is well.
std::vector<std::string> problems(const CommonConfig& config);
std::vector<std::string> problems(const PrepareConfig& config);
std::vector<std::string> problems(const ToyConfig& config);
std::vector<std::string> problems(const TrainFlowConfig& config);
std::vector<std::string> problems(const SampleConfig& config);
std::vector<std::string> problems(const EncodeConfig& config);
std::vector<std::string> problems(const TrainClassifierConfig& config);
std::vector<std::string> problems(const ScoreConfig& config);
std::vector<std::string> problems(const EvaluateSicConfig& config);
std::vector<std::string> problems(const EvaluateSculptingConfig& config);
std::vector<std::string> problems(const RunConfig& config);

/// Throws UsageError with all of them if there are any.
void require_no_problems(const std::vector<std::string>& all);

}  // namespace lacathode
