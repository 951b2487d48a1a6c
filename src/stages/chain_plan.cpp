#include "chain_plan.hpp"

#include <algorithm>
#include <iterator>

#include "lacathode/core/log.hpp"
#include "lacathode/stages/encode.hpp"
#include "lacathode/stages/evaluate.hpp"
#include "lacathode/stages/prepare.hpp"
#include "lacathode/stages/sample.hpp"
#include "lacathode/stages/score.hpp"
#include "lacathode/stages/train_classifier.hpp"
#include "lacathode/stages/train_flow.hpp"

namespace lacathode {
namespace {

// Where the chain's files lie.
struct Layout {
    std::string directory;
    [[nodiscard]] std::string file(const std::string& name) const { return directory + "/" + name; }
    [[nodiscard]] std::string events() const { return file("events.h5"); }
    [[nodiscard]] std::string flow() const { return file("flow.h5"); }
    [[nodiscard]] std::string latent() const { return file("latent.h5"); }
    [[nodiscard]] std::string background(Method method) const {
        return file(method == Method::lacathode ? "normal.h5" : "samples.h5");
    }
    // What the method's classifier sees.
    [[nodiscard]] std::string data(Method method) const {
        return method == Method::lacathode ? latent() : events();
    }
    [[nodiscard]] std::string of_run(Method method, const std::string& what,
                                     std::size_t run) const {
        return file(concat(method_name(method), "/", what, "_", run < 10 ? "0" : "", run, ".h5"));
    }
};

template <class Config>
std::string config_text(const StageContext& context, Config config) {
    return effective_config(context, section(config));
}

Step prepare_step(const ChainConfig& config, const StageContext& context, const Layout& layout) {
    Step step{.name = "prepare",
              .output = layout.events(),
              .config = config_text(context, config.prepare),
              .inputs = {{"events", config.prepare.input}},
              .run = [&config, layout](const StageContext& c) {
                  return run_prepare(config.prepare, c, {layout.events()});
              }};
    if (!config.prepare.extra_background.empty()) {
        step.inputs.emplace_back("extra_background", config.prepare.extra_background);
    }
    return step;
}

Step train_flow_step(const ChainConfig& config, const StageContext& context, const Layout& layout) {
    return {.name = "train_flow",
            .output = layout.flow(),
            .config = config_text(context, config.train_flow),
            .inputs = {{"events", layout.events()}},
            .run = [&config, layout](const StageContext& c) {
                return run_train_flow(config.train_flow, c, {layout.events(), layout.flow()});
            }};
}

Step encode_step(const ChainConfig& config, const StageContext& context, const Layout& layout) {
    return {
        .name = "encode",
        .output = layout.latent(),
        .config = config_text(context, config.encode),
        .inputs = {{"events", layout.events()}, {"flow", layout.flow()}},
        .run = [&config, layout](const StageContext& c) {
            return run_encode(config.encode, c, {layout.events(), layout.flow(), layout.latent()});
        }};
}

// LaCATHODE needs the one state that encodes; only CATHODE may share its sample among several.
SampleConfig sample_config(const ChainConfig& config, Method method) {
    SampleConfig sample = config.sample;
    if (method == Method::lacathode) sample.states = 1;
    return sample;
}

Step sample_step(const ChainConfig& config, const StageContext& context, const Layout& layout,
                 Method method) {
    const SampleConfig sample = sample_config(config, method);
    return {.name = method_name(method) + "/sample",
            .output = layout.background(method),
            .config = config_text(context, sample),
            .inputs = {{"events", layout.events()}, {"flow", layout.flow()}},
            .run = [=](const StageContext& c) {
                return run_sample(method, sample, c,
                                  {layout.events(), layout.flow(), layout.background(method)});
            }};
}

Step train_classifier_step(const ChainConfig& config, const StageContext& context,
                           const Layout& layout, Method method, std::size_t run) {
    TrainClassifierConfig train = config.train_classifier;
    train.run = run;
    const std::string output = layout.of_run(method, "classifier", run);
    return {.name = concat(method_name(method), "/train_classifier_", run),
            .output = output,
            .config = config_text(context, train),
            .inputs = {{"data", layout.data(method)}, {"background", layout.background(method)}},
            .run = [=](const StageContext& c) {
                return run_train_classifier(
                    train, c, {layout.data(method), layout.background(method), output});
            }};
}

Step score_step(const ChainConfig& config, const StageContext& context, const Layout& layout,
                Method method, std::size_t run) {
    const std::string classifier = layout.of_run(method, "classifier", run);
    const std::string output = layout.of_run(method, "scores", run);
    const ScoreConfig score = config.score;
    return {.name = concat(method_name(method), "/score_", run),
            .output = output,
            .config = config_text(context, score),
            .inputs = {{"classifier", classifier}, {"events", layout.data(method)}},
            .run = [=](const StageContext& c) {
                return run_score(score, c, {classifier, layout.data(method), output});
            }};
}

template <class Config, class Stage>
Step evaluate_step(const std::string& name, const Config& config, Stage stage,
                   const StageContext& context, const Layout& layout, Method method,
                   std::size_t runs) {
    EvaluatePaths paths{.scores = {},
                        .output = layout.file(method_name(method) + "/" + name + ".h5")};
    Step step{.name = method_name(method) + "/" + name,
              .output = paths.output,
              .config = config_text(context, config),
              .inputs = {},
              .run = {}};
    for (std::size_t run = 0; run < runs; ++run) {
        paths.scores.push_back(layout.of_run(method, "scores", run));
        step.inputs.emplace_back(concat("scores_", run < 10 ? "0" : "", run), paths.scores.back());
    }
    step.run = [=](const StageContext& c) { return stage(config, c, paths); };
    return step;
}

MethodPlan plan_method(const ChainConfig& config, const StageContext& context, const Layout& layout,
                       Method method) {
    MethodPlan plan{.method = method,
                    .directory = layout.file(method_name(method)),
                    .inputs = {},
                    .trainings = {},
                    .evaluations = {}};
    if (method == Method::lacathode) plan.inputs.push_back(encode_step(config, context, layout));
    plan.inputs.push_back(sample_step(config, context, layout, method));
    for (std::size_t run = 0; run < config.run.runs; ++run) {
        plan.trainings.push_back({train_classifier_step(config, context, layout, method, run),
                                  score_step(config, context, layout, method, run)});
    }
    if (config.run.sic) {
        plan.evaluations.push_back(evaluate_step("sic", config.evaluate_sic, run_evaluate_sic,
                                                 context, layout, method, config.run.runs));
    }
    if (config.run.sculpting) {
        plan.evaluations.push_back(evaluate_step("sculpting", config.evaluate_sculpting,
                                                 run_evaluate_sculpting, context, layout, method,
                                                 config.run.runs));
    }
    return plan;
}

}  // namespace

ChainPlan plan_chain(const ChainConfig& config, const StageContext& context,
                     const std::string& directory) {
    const Layout layout{directory};
    ChainPlan plan{.prepare = prepare_step(config, context, layout),
                   .train_flow = train_flow_step(config, context, layout),
                   .methods = {}};
    for (const std::string& name : config.run.methods) {
        const Method method =
            name == method_name(Method::lacathode) ? Method::lacathode : Method::cathode;
        plan.methods.push_back(plan_method(config, context, layout, method));
    }
    return plan;
}

std::vector<Step> all_steps(const ChainPlan& plan) {
    std::vector<Step> steps = {plan.prepare, plan.train_flow};
    const auto add = [&steps](const std::vector<Step>& some) {
        std::ranges::copy(some, std::back_inserter(steps));
    };
    for (const MethodPlan& method : plan.methods) {
        add(method.inputs);
        for (const std::vector<Step>& training : method.trainings) add(training);
        add(method.evaluations);
    }
    return steps;
}

}  // namespace lacathode
