#include "lacathode/stages/classifier_file.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/stages/event_selection.hpp"
#include "model_file.hpp"

namespace lacathode {
namespace {

std::string hidden_text(const std::vector<std::size_t>& hidden) {
    std::vector<std::string> parts;
    for (const std::size_t units : hidden) parts.push_back(std::to_string(units));
    return detail::joined(parts);
}

std::vector<std::size_t> read_hidden(const InputFile& file) {
    const std::string text = file.string_attribute("/", "hidden");
    std::vector<std::size_t> hidden;
    for (const std::string& part : detail::split_at_commas(text)) {
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

ClassifierArchitecture read_architecture(const InputFile& file) {
    const ClassifierArchitecture architecture{
        .inputs = detail::positive_attribute(file, "input_count"), .hidden = read_hidden(file)};
    detail::require_possible(file, problems(architecture));
    return architecture;
}

Standardisation read_standardisation(const InputFile& file, std::size_t inputs) {
    Standardisation::Constants constants{
        .mean = file.read<double>("/standardisation/mean", {inputs}),
        .std = file.read<double>("/standardisation/std", {inputs})};
    return with_path(file.path(), [&] { return Standardisation(std::move(constants)); });
}

Method read_method(const InputFile& file) {
    const std::string name = file.string_attribute("/", "method");
    if (name == method_name(Method::lacathode)) return Method::lacathode;
    if (name == method_name(Method::cathode)) return Method::cathode;
    throw InputError(concat(file.path(), ": attribute 'method' = '", name,
                            "' is neither lacathode nor cathode"));
}

}  // namespace

std::string write_classifier(const std::string& path, const ClassifierModel& model,
                             const Provenance& provenance, Overwrite overwrite) {
    OutputFile file(path, FileFormat::classifier, overwrite);
    file.set_attribute("/", "method", method_name(model.method));
    file.set_attribute("/", "flow_hash", model.flow_hash);
    file.set_attribute("/", "input_count",
                       static_cast<std::int64_t>(model.classifier.architecture.inputs));
    file.set_attribute("/", "hidden", hidden_text(model.classifier.architecture.hidden));
    detail::write_signal_region(file, model.signal_region);
    detail::write_vector<double>(file, "/standardisation/mean",
                                 model.standardisation.constants().mean);
    detail::write_vector<double>(file, "/standardisation/std",
                                 model.standardisation.constants().std);
    detail::write_columns(file, "/standardisation", model.inputs);
    detail::write_vector<double>(file, "/losses/training", model.classifier.training_loss);
    detail::write_vector<double>(file, "/losses/validation", model.classifier.validation_loss);
    detail::write_checkpoints(file, model.classifier.best);
    detail::write_counts(file, model.counts);
    return file.commit(provenance);
}

ClassifierModel read_classifier(const std::string& path) {
    const InputFile file(path, FileFormat::classifier);
    const ClassifierArchitecture architecture = read_architecture(file);
    const std::size_t inputs = architecture.inputs;
    ClassifierModel model{.classifier = {.architecture = architecture,
                                         .training_loss = file.read<double>("/losses/training"),
                                         .validation_loss = file.read<double>("/losses/validation"),
                                         .best = detail::read_checkpoints(
                                             file, classifier_state_layout(architecture))},
                          .standardisation = read_standardisation(file, inputs),
                          .method = read_method(file),
                          .inputs = detail::read_columns(file, "/standardisation"),
                          .signal_region = detail::read_signal_region(file),
                          .flow_hash = file.string_attribute("/", "flow_hash"),
                          .counts = detail::read_counts(file),
                          .hash = file.content_hash()};
    if (model.inputs.size() != inputs) {
        throw InputError(concat(path, ": /standardisation names ", model.inputs.size(),
                                " inputs, the classifier has ", inputs));
    }
    return model;
}

}  // namespace lacathode
