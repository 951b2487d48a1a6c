#include "models/mlp_arrays.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "models/model_file.hpp"

namespace lacathode::models::detail {
namespace {

std::string hidden_text(const std::vector<std::size_t>& hidden) {
    std::vector<std::string> parts;
    for (const std::size_t units : hidden) parts.push_back(std::to_string(units));
    return joined(parts);
}

std::vector<std::size_t> read_hidden(const InputFile& file) {
    const std::string text = file.string_attribute("/", "hidden");
    std::vector<std::size_t> hidden;
    for (const std::string& part : split_at_commas(text)) {
        const bool is_number = !part.empty() && part.size() < 10 &&
                               part.find_first_not_of("0123456789") == std::string::npos;
        if (!is_number || std::stoul(part) == 0) {
            throw InputError(concat(file.path(), ": attribute 'hidden' = '", text,
                                    "' must list positive integers"));
        }
        hidden.push_back(std::stoul(part));
    }
    return hidden;
}

MlpArchitecture read_architecture(const InputFile& file) {
    const MlpArchitecture architecture{.inputs = positive_attribute(file, "input_count"),
                                       .hidden = read_hidden(file)};
    require_possible(file, problems(architecture));
    return architecture;
}

}  // namespace

void write_mlp(OutputFile& file, const TrainedMlp& mlp) {
    file.set_attribute("/", "input_count", static_cast<std::int64_t>(mlp.architecture.inputs));
    file.set_attribute("/", "hidden", hidden_text(mlp.architecture.hidden));
    file.write_vector<double>("/losses/training", mlp.training_loss);
    file.write_vector<double>("/losses/validation", mlp.validation_loss);
    file.write_vector<double>("/losses/validation_accuracy", mlp.validation_accuracy);
    write_checkpoints(file, mlp.best);
}

TrainedMlp read_mlp(const InputFile& file) {
    const MlpArchitecture architecture = read_architecture(file);
    return {.architecture = architecture,
            .training_loss = file.read<double>("/losses/training"),
            .validation_loss = file.read<double>("/losses/validation"),
            .validation_accuracy = file.has("/losses/validation_accuracy")
                                       ? file.read<double>("/losses/validation_accuracy")
                                       : std::vector<double>{},
            .best = read_checkpoints(file, mlp_state_layout(architecture))};
}

}  // namespace lacathode::models::detail
