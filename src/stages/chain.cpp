#include "lacathode/stages/chain.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "chain_steps.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/stages/encode.hpp"
#include "lacathode/stages/evaluate.hpp"
#include "lacathode/stages/prepare.hpp"
#include "lacathode/stages/sample.hpp"
#include "lacathode/stages/score.hpp"
#include "lacathode/stages/train_classifier.hpp"
#include "lacathode/stages/train_flow.hpp"

namespace lacathode {
namespace {

using NamedSummaries = std::vector<std::pair<std::string, Summary>>;

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

// All retrainings of a method, side by side when there are several.
NamedSummaries run_classifiers(const ChainConfig& config, const StageContext& context,
                               const Layout& layout, Method method) {
    const std::size_t runs = config.run.runs;
    std::vector<NamedSummaries> results(runs);
    const auto train_and_score = [&](std::size_t run, const StageContext& c) {
        for (const Step& step : {train_classifier_step(config, context, layout, method, run),
                                 score_step(config, context, layout, method, run)}) {
            results[run].emplace_back(step.name, run_step(step, c));
        }
    };
    const int threads = context.common.execution().threads;
    StageContext single = context;
    single.common.threads = 1;
    parallel_blocks(runs, 1, threads, [&](std::size_t run, std::size_t) {
        if (runs == 1) return train_and_score(run, context);
        const MutedProgress muted;
        train_and_score(run, single);
    });
    NamedSummaries all;
    for (NamedSummaries& result : results) std::ranges::move(result, std::back_inserter(all));
    return all;
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

void make_directory(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) throw OutputError("cannot create directory '" + path + "': " + error.message());
}

}  // namespace

std::vector<Section> sections(ChainConfig& config) {
    return {
        section(config.run),    section(config.prepare),      section(config.train_flow),
        section(config.sample), section(config.encode),       section(config.train_classifier),
        section(config.score),  section(config.evaluate_sic), section(config.evaluate_sculpting)};
}

std::vector<std::string> problems(const ChainConfig& config) {
    std::vector<std::string> all;
    const auto add = [&all](const std::vector<std::string>& some) {
        all.insert(all.end(), some.begin(), some.end());
    };
    add(problems(config.run));
    add(problems(config.prepare));
    add(problems(config.train_flow));
    add(problems(config.sample));
    add(problems(config.encode));
    add(problems(config.train_classifier));
    add(problems(config.score));
    add(problems(config.evaluate_sic));
    add(problems(config.evaluate_sculpting));
    if (config.sample.states > config.train_flow.training.keep_best) {
        all.push_back(
            concat("sample.states = ", config.sample.states,
                   " exceeds train_flow.keep_best = ", config.train_flow.training.keep_best));
    }
    return all;
}

NamedSummaries run_chain(const ChainConfig& config, const StageContext& context,
                         const std::string& directory) {
    require_no_problems(problems(config));
    check_execution(context.common.execution());
    const Layout layout{directory};
    NamedSummaries all;
    const auto run = [&](const Step& step) {
        all.emplace_back(step.name, run_step(step, context));
    };
    make_directory(directory);
    run(prepare_step(config, context, layout));
    run(train_flow_step(config, context, layout));
    for (const std::string& name : config.run.methods) {
        const Method method =
            name == method_name(Method::lacathode) ? Method::lacathode : Method::cathode;
        make_directory(layout.file(name));
        if (method == Method::lacathode) run(encode_step(config, context, layout));
        run(sample_step(config, context, layout, method));
        for (auto& entry : run_classifiers(config, context, layout, method))
            all.push_back(std::move(entry));
        if (config.run.sic) {
            run(evaluate_step("sic", config.evaluate_sic, run_evaluate_sic, context, layout, method,
                              config.run.runs));
        }
        if (config.run.sculpting) {
            run(evaluate_step("sculpting", config.evaluate_sculpting, run_evaluate_sculpting,
                              context, layout, method, config.run.runs));
        }
    }
    return all;
}

}  // namespace lacathode
