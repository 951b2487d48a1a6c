#include "lacathode/config/configs.hpp"
#include "lacathode/core/parallel.hpp"

namespace lacathode {

Execution CommonConfig::execution() const {
    return {
        .device = device, .backend = backend, .threads = threads > 0 ? threads : available_cores()};
}

std::string method_name(Method method) {
    return method == Method::lacathode ? "lacathode" : "cathode";
}

Section section(CommonConfig& c) {
    return {
        "common",
        {{"seed", "", "Root seed of all random streams.", &c.seed},
         {"threads", "threads",
          "CPU threads; 0 takes every core this process may use. Results do not depend on it.",
          &c.threads},
         {"device", "", "Where the networks run: cpu or cuda.", choice(c.device, {"cpu", "cuda"})},
         {"backend", "",
          "Implementation of the networks: automatic (engine on a CPU, torch elsewhere), engine or "
          "torch.",
          choice(c.backend, {"automatic", "engine", "torch"})},
         {"instruction_set", "",
          "Instruction set of the engine (--version lists them); empty: the best one.",
          &c.instruction_set}}};
}

Section section(PrepareConfig& c) {
    return {
        "prepare",
        {{"input", "",
          "Input file: LHC Olympics features (pandas HDF5), or a table in HDF5 or CSV.", &c.input},
         {"input_key", "", "Table inside the HDF5 input; empty: the only one there.", &c.input_key},
         {"format", "",
          "lhco: compute dijet features from the 14 jet columns; table: take columns as they are.",
          choice(c.format, {"lhco", "table"})},
         {"mass_column", "", "Resonant variable of a table.", &c.mass_column},
         {"mass_unit", "", "Unit of the mass after mass_scale, for a table (lhco: TeV).",
          &c.mass_unit},
         {"mass_scale", "",
          "Factor on a table's mass column; keep the result of order one (GeV to TeV: 0.001).",
          &c.mass_scale},
         {"features", "",
          "Features x. lhco: m_j1, delta_m, tau21_j1, tau21_j2, delta_r; table: column names.",
          &c.features},
         {"feature_units", "", "Units of a table's features in their order; empty: all 1.",
          &c.feature_units},
         {"label_column", "",
          "Truth column (1 signal, 0 background); empty: 'label' of lhco if present, none of a "
          "table.",
          &c.label_column},
         {"signal_region_low", "mass unit", "Lower edge of the signal region, excluded.",
          &c.signal_region_low},
         {"signal_region_high", "mass unit", "Upper edge of the signal region, excluded.",
          &c.signal_region_high},
         {"shift", "feature unit / mass unit", "Feature name to c: adds c * mass to that feature.",
          &c.shift},
         {"injected_signal", "events",
          "Labelled signal events mixed into the data over the whole mass range.",
          &c.injected_signal},
         {"training_fraction", "", "Fraction of the data for training.", &c.training_fraction},
         {"validation_fraction", "",
          "Fraction of the data for validation; the rest is the test set.", &c.validation_fraction},
         {"extra_background", "",
          "A second file of true background for evaluation in the signal region; empty: none.",
          &c.extra_background},
         {"extra_training", "events", "Of that, set aside for training an idealised detector.",
          &c.extra_training},
         {"extra_validation", "events", "Of that, set aside for its validation.",
          &c.extra_validation},
         {"invalid_rows", "",
          "Rows with non-finite values: error stops, drop leaves them out and counts them.",
          choice(c.invalid_rows, {"error", "drop"})}}};
}

Section section(ToyConfig& c) {
    return {
        "generate_toy",
        {{"events", "events", "Number of events.", &c.events},
         {"features", "", "Number D of features.", &c.features},
         {"correlation", "1 / mass unit", "c of x ~ N(c m, 1)^D.", &c.correlation},
         {"mass_low", "mass unit", "Lower end of the uniform mass.", &c.mass_low},
         {"mass_high", "mass unit", "Upper end of the uniform mass.", &c.mass_high},
         {"signal_region_low", "mass unit", "Lower edge of the signal region.",
          &c.signal_region_low},
         {"signal_region_high", "mass unit", "Upper edge of the signal region.",
          &c.signal_region_high},
         {"latent", "", "Write the exact latent coordinates z = x - c m in place of x.", &c.latent},
         {"sample", "",
          "The events stand for sampled background: the file goes in as --background of "
          "lacathode-train-classifier.",
          &c.sample}}};
}

Section section(TrainFlowConfig& c) {
    return {
        "train_flow",
        {{"hidden", "units", "Units of both hidden layers of a MADE block.",
          &c.architecture.hidden},
         {"blocks", "", "Number of [MADE, batch norm, reversal] blocks.", &c.architecture.blocks},
         {"epochs", "epochs", "Passes over the sideband training events.", &c.training.epochs},
         {"batch_size", "events", "Events a step.", &c.training.batch_size},
         {"keep_best", "epochs", "States kept, lowest validation loss first.",
          &c.training.keep_best},
         {"learning_rate", "", "Adam's learning rate; of a schedule, the highest.",
          &c.adam.learning_rate},
         {"schedule", "",
          "Learning rate over the training: constant, or one_cycle (warm-up, then half a cosine to "
          "0).",
          choice(c.training.schedule, {"constant", "one_cycle"})},
         {"weight_decay", "", "L2 term added to the gradient.", &c.adam.weight_decay}}};
}

Section section(SampleConfig& c) {
    return {
        "sample",
        {{"training", "events", "Background events for training the classifier.", &c.training},
         {"validation", "events", "Background events for its validation.", &c.validation},
         {"states", "epochs",
          "Best flow states that share the cathode sample (1: the best; the CATHODE paper: 10).",
          &c.states},
         {"bandwidth", "", "Kernel width of the mass density in logit space.", &c.bandwidth}}};
}

Section section(EncodeConfig& c) {
    return {"encode", {{"block_rows", "events", "Events in memory at a time.", &c.block_rows}}};
}

Section section(TrainClassifierConfig& c) {
    return {
        "train_classifier",
        {{"run", "",
          "Number of this independent training, from 0; each has its own random streams.", &c.run},
         {"hidden", "units", "Units of each hidden layer.", &c.hidden},
         {"epochs", "epochs", "Passes over the training events.", &c.training.epochs},
         {"batch_size", "events", "Events a step.", &c.training.batch_size},
         {"keep_best", "epochs", "Epochs of lowest validation loss whose scores are averaged.",
          &c.training.keep_best},
         {"learning_rate", "", "Adam's learning rate; of a schedule, the highest.",
          &c.adam.learning_rate},
         {"schedule", "",
          "Learning rate over the training: constant, or one_cycle (warm-up, then half a cosine to "
          "0).",
          choice(c.training.schedule, {"constant", "one_cycle"})},
         {"weight_decay", "", "L2 term added to the gradient.", &c.adam.weight_decay}}};
}

Section section(ScoreConfig& c) {
    return {"score", {{"block_rows", "events", "Events in memory at a time.", &c.block_rows}}};
}

Section section(EvaluateSicConfig& c) {
    return {"evaluate_sic",
            {{"grid_points", "", "Points of the log-spaced grid of background efficiencies.",
              &c.grid_points},
             {"lowest_background_efficiency", "", "Lower end of that grid.",
              &c.lowest_background_efficiency},
             {"minimum_background", "events",
              "Points with fewer selected background events are not shown.", &c.minimum_background},
             {"denominator", "",
              "Efficiencies relative to all events, or to those that the flow maps (papers).",
              choice(c.denominator, {"all", "mapped"})}}};
}

Section section(EvaluateSculptingConfig& c) {
    return {"evaluate_sculpting",
            {{"bins", "", "Equal-content bins of the mass.", &c.bins},
             {"efficiencies", "", "Fractions of signal-region background kept by the cut.",
              &c.efficiencies},
             {"denominator", "",
              "Efficiencies relative to all events, or to those that the flow maps (papers).",
              choice(c.denominator, {"all", "mapped"})}}};
}

Section section(RunConfig& c) {
    return {
        "run",
        {{"methods", "", "Methods to compare: lacathode, cathode.", &c.methods},
         {"runs", "", "Independent classifier trainings a method, for medians and bands.", &c.runs},
         {"sic", "", "Evaluate significance improvement (needs labels).", &c.sic},
         {"sculpting", "", "Evaluate background sculpting.", &c.sculpting}}};
}

std::vector<std::string> section_names() {
    return {"common",           "prepare", "generate_toy", "train_flow",         "sample", "encode",
            "train_classifier", "score",   "evaluate_sic", "evaluate_sculpting", "run"};
}

}  // namespace lacathode
