#include "lacathode/models/classifier_file.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/input_file.hpp"
#include "models/mlp_arrays.hpp"
#include "models/model_file.hpp"
#include "models/trees_arrays.hpp"

namespace lacathode {
namespace {

std::size_t inputs_of(const TrainedMlp& mlp) {
    return mlp.architecture.inputs;
}
std::size_t inputs_of(const TrainedTrees& trees) {
    return static_cast<std::size_t>(trees.ensemble.inputs);
}

TrainedClassifier read_trained(const InputFile& file) {
    const std::vector<std::string> kinds = classifier_kinds();
    const std::string kind = models::detail::read_kind(file, kinds.front(), kinds);
    if (kind == kinds[static_cast<std::size_t>(ClassifierKind::trees)])
        return models::detail::read_trees(file);
    return models::detail::read_mlp(file);
}

std::unique_ptr<Scorer> scorer_of(const TrainedMlp& mlp, const Execution& execution) {
    return make_mlp_ensemble(make_mlp(mlp.architecture, AdamOptions{}, execution), mlp.best);
}
std::unique_ptr<Scorer> scorer_of(const TrainedTrees& trees, const Execution& execution) {
    return make_tree_scorer(trees.ensemble, execution.threads);
}

Standardisation read_standardisation(const InputFile& file, std::size_t inputs) {
    Standardisation::Constants constants{
        .mean = file.read<double>("/standardisation/mean", {inputs}),
        .std = file.read<double>("/standardisation/std", {inputs})};
    return models::detail::of_constants(file,
                                        [&] { return Standardisation(std::move(constants)); });
}

// Nothing without further inputs, so that such a file is what it was before there were any.
void write_further_inputs(OutputFile& file, const FurtherInputs& further) {
    if (further.inputs.empty()) return;
    std::vector<std::string> names;
    for (const FurtherInput input : further.inputs)
        names.push_back(further_input_names().at(static_cast<std::size_t>(input)));
    file.set_attribute("/", "further_inputs", joined(names));
    file.set_attribute("/", "noise_seed", further.noise_seed);
}

FurtherInputs read_further_inputs(const InputFile& file, std::size_t inputs) {
    if (!file.has_attribute("/", "further_inputs")) return {};
    FurtherInputs further{.inputs = {}, .noise_seed = file.uint_attribute("/", "noise_seed")};
    const std::string text = file.string_attribute("/", "further_inputs");
    const std::vector<std::string> known = further_input_names();
    for (const std::string& name : split_at_commas(text)) {
        const auto found = std::ranges::find(known, name);
        const auto input = static_cast<FurtherInput>(found - known.begin());
        if (found == known.end() || std::ranges::count(further.inputs, input) > 0) {
            throw InputError(concat(file.path(), ": attribute 'further_inputs' = '", text,
                                    "' must list each once of ", joined(known, ", ")));
        }
        further.inputs.push_back(input);
    }
    if (further.inputs.size() >= inputs) {
        throw InputError(concat(file.path(), ": has ", further.inputs.size(), " further inputs of ",
                                inputs, ", which leaves no feature"));
    }
    return further;
}

// Nothing where there is none, as for further inputs.
void write_validation_fraction(OutputFile& file, double fraction) {
    if (fraction > 0) file.set_attribute("/", "validation_fraction", fraction);
}

double read_validation_fraction(const InputFile& file) {
    if (!file.has_attribute("/", "validation_fraction")) return 0;
    const double fraction = file.double_attribute("/", "validation_fraction");
    if (fraction > 0 && fraction < 1) return fraction;
    throw InputError(concat(file.path(), ": attribute 'validation_fraction' = ", fraction,
                            " must lie between 0 and 1"));
}

std::string read_background_hash(const InputFile& file) {
    const std::vector<InputRecord>& inputs = file.provenance().inputs;
    const auto background = std::ranges::find(inputs, "background", &InputRecord::role);
    return background == inputs.end() ? std::string() : background->content_hash;
}

Method read_method(const InputFile& file) {
    const std::string name = file.string_attribute("/", "method");
    if (const auto method = find_method(name)) return *method;
    throw InputError(concat(file.path(), ": attribute 'method' = '", name, "' is none of ",
                            joined(method_names(), ", ")));
}

}  // namespace

std::vector<std::string> classifier_kinds() {
    return {"mlp", "trees"};
}

void write_classifier(OutputFile& file, const ClassifierModel& model) {
    file.set_attribute("/", "kind", classifier_kinds().at(model.classifier.index()));
    file.set_attribute("/", "method", method_name(model.method));
    file.set_attribute("/", "flow_hash", model.flow_hash);
    write_signal_region(file, model.signal_region);
    file.write_vector<double>("/standardisation/mean", model.standardisation.constants().mean);
    file.write_vector<double>("/standardisation/std", model.standardisation.constants().std);
    write_columns(file, "/standardisation", model.inputs);
    write_further_inputs(file, model.further_inputs);
    write_validation_fraction(file, model.validation_fraction);
    if (const auto* mlp = std::get_if<TrainedMlp>(&model.classifier)) {
        models::detail::write_mlp(file, *mlp);
    } else {
        models::detail::write_trees(file, std::get<TrainedTrees>(model.classifier));
    }
    write_box(file, model.box);
    write_counts(file, model.counts);
}

ClassifierModel read_classifier(const std::string& path) {
    const InputFile file(path, FileFormat::classifier);
    TrainedClassifier trained = read_trained(file);
    const std::size_t inputs =
        std::visit([](const auto& classifier) { return inputs_of(classifier); }, trained);
    FurtherInputs further = read_further_inputs(file, inputs);
    const std::size_t features = inputs - further.inputs.size();
    ClassifierModel model{.classifier = std::move(trained),
                          .standardisation = read_standardisation(file, inputs),
                          .method = read_method(file),
                          .inputs = read_columns(file, "/standardisation"),
                          .further_inputs = std::move(further),
                          .signal_region = read_signal_region(file),
                          .flow_hash = file.string_attribute("/", "flow_hash"),
                          .box = read_box(file, features),
                          .trained_on = file.provenance().origins,
                          .validation_fraction = read_validation_fraction(file),
                          .background_hash = read_background_hash(file),
                          .counts = read_counts(file),
                          .hash = file.content_hash()};
    if (model.inputs.size() != inputs) {
        throw InputError(concat(path, ": /standardisation names ", model.inputs.size(),
                                " inputs, the classifier has ", inputs));
    }
    return model;
}

std::unique_ptr<Scorer> load_scorer(const ClassifierModel& model, const Execution& execution) {
    return std::visit([&](const auto& classifier) { return scorer_of(classifier, execution); },
                      model.classifier);
}

}  // namespace lacathode
