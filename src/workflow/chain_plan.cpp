#include "workflow/chain_plan.hpp"

#include <algorithm>
#include <iterator>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

// Where the chain's files lie.
struct Layout {
    std::string directory;
    [[nodiscard]] std::string file(const std::string& name) const { return directory + "/" + name; }
    [[nodiscard]] std::string events() const { return file("events.h5"); }
    [[nodiscard]] std::string flow() const { return file("flow.h5"); }
    [[nodiscard]] std::string latent() const { return file("latent.h5"); }
    // What the method's classifier sees of the data.
    [[nodiscard]] std::string data(Method method) const {
        return info(method).space == Space::latent ? latent() : events();
    }
    [[nodiscard]] std::string background(Method method) const {
        switch (info(method).background) {
            case Background::normal:
                return file("normal.h5");
            case Background::sampled:
                return file("samples.h5");
        }
        throw ContractViolation("a background without a file");
    }
    [[nodiscard]] std::string of_method(Method method, const std::string& name) const {
        return file(method_name(method) + "/" + name + ".h5");
    }
    [[nodiscard]] std::string of_retraining(Method method, const std::string& what,
                                            std::size_t retraining) const {
        return of_method(method, what + "_" + two_digits(retraining));
    }
};

// Makes the steps of one chain.
class Planner {
  public:
    Planner(const ChainConfig& config, const StageContext& context, const std::string& directory)
        : config_(config), context_(context), layout_{directory} {}

    [[nodiscard]] ChainPlan plan() const {
        ChainPlan plan{
            .prepare = step<Prepare>("prepare", {layout_.events()}),
            .train_flow = step<TrainFlow>("train_flow", {layout_.events(), layout_.flow()}),
            .methods = {}};
        for (const Method method : config_.run.methods) plan.methods.push_back(of_method(method));
        return plan;
    }

  private:
    template <StageRoom S>
    [[nodiscard]] Step step(const std::string& name, const typename S::Paths& paths) const {
        return make_step<S>(name, config_.stages.of<S>(), paths, context_);
    }

    [[nodiscard]] MethodPlan of_method(Method method) const {
        const std::string name = method_name(method);
        MethodPlan plan{.method = method,
                        .directory = layout_.file(name),
                        .inputs = {},
                        .trainings = {},
                        .evaluations = {}};
        if (info(method).space == Space::latent) {
            plan.inputs.push_back(
                step<Encode>("encode", {layout_.events(), layout_.flow(), layout_.latent()}));
        }
        plan.inputs.push_back(sample(method));
        std::vector<std::string> scores;
        for (std::size_t i = 0; i < config_.run.retrainings; ++i) {
            scores.push_back(layout_.of_retraining(method, "scores", i));
            plan.trainings.push_back({train_classifier(method, i), score(method, i)});
        }
        if (config_.run.sic) {
            plan.evaluations.push_back(
                step<EvaluateSic>(name + "/sic", {scores, layout_.of_method(method, "sic")}));
        }
        if (config_.run.sculpting) {
            plan.evaluations.push_back(step<EvaluateSculpting>(
                name + "/sculpting", {scores, layout_.of_method(method, "sculpting")}));
        }
        return plan;
    }

    // In the latent space data and background need the one checkpoint that encodes; only samples
    // in feature space may be shared among several.
    [[nodiscard]] Step sample(Method method) const {
        Sample::Config config = config_.stages.of<Sample>();
        if (info(method).space == Space::latent) config.checkpoints = 1;
        return make_step<Sample>(
            method_name(method) + "/sample", config,
            {method, layout_.events(), layout_.flow(), layout_.background(method)}, context_);
    }

    [[nodiscard]] Step train_classifier(Method method, std::size_t retraining) const {
        TrainClassifier::Config config = config_.stages.of<TrainClassifier>();
        config.retraining = retraining;
        return make_step<TrainClassifier>(
            concat(method_name(method), "/train_classifier_", retraining), config,
            {layout_.data(method), layout_.background(method),
             layout_.of_retraining(method, "classifier", retraining)},
            context_);
    }

    [[nodiscard]] Step score(Method method, std::size_t retraining) const {
        return step<Score>(
            concat(method_name(method), "/score_", retraining),
            {layout_.of_retraining(method, "classifier", retraining), layout_.data(method),
             layout_.of_retraining(method, "scores", retraining)});
    }

    const ChainConfig& config_;
    const StageContext& context_;
    Layout layout_;
};

}  // namespace

ChainPlan plan_chain(const ChainConfig& config, const StageContext& context,
                     const std::string& directory) {
    return Planner(config, context, directory).plan();
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
