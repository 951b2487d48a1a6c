#include "workflow/chain_plan.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"
#include "workflow/chain_configs.hpp"
#include "workflow/chain_layout.hpp"
#include "workflow/step_list.hpp"

namespace lacathode {
namespace {

// Makes the steps of one chain.
class Planner {
  public:
    Planner(const ChainConfig& config, const StageContext& context, const std::string& directory,
            const Place& place)
        : config_(config), directory_(directory), layout_{directory}, steps_(context, place) {}

    [[nodiscard]] ChainPlan plan() {
        if (config_.run.pseudo_data) add_pseudo_data();
        if (config_.run.folds == 0) {
            add_part(0);
        } else {
            const std::vector<std::string> folders = part_folders(config_.run, directory_);
            for (std::size_t fold = 0; fold < folders.size(); ++fold) {
                layout_ = {folders[fold]};
                steps_.prefix(fold_name(fold) + '/');
                add_part(fold);
            }
            layout_ = {directory_};
            steps_.prefix("");
            for (const Method method : config_.run.methods) add_folds(method);
        }
        for (const Method method : config_.run.methods) add_evaluations(method);
        return steps_.take();
    }

  private:
    // A flow of the data, and what is drawn from it: the input of all that follows.
    void add_pseudo_data() {
        const ChainLayout base = base_layout(directory_);
        steps_.prefix("base/");
        steps_.add<Prepare>("prepare", base_prepare_config(config_), {base.events()});
        steps_.back().alone = true;
        steps_.add<TrainFlow>("train_flow_0", flow_config(config_, 0, Region::sideband),
                              {base.events(), base.flow(0)});
        steps_.prefix("");
        const std::string output = layout_.file("pseudo_data");
        steps_.add<PseudoData>("pseudo_data", pseudo_data_config(config_),
                               {base.events(), base.flow(0), output});
        events_ = steps_.place_of(output);
    }

    // From events to scores of every method.
    void add_part(std::size_t fold) {
        steps_.add<Prepare>("prepare", prepare_config(config_, fold, events_), {layout_.events()});
        // Pseudo-data of this run are sealed; events of others may not be.
        steps_.back().alone = events_.empty();
        for (const Method method : config_.run.methods) {
            for (std::size_t i = 0; i < config_.run.retrainings; ++i) add_retraining(method, i);
        }
    }

    void add_folds(Method method) {
        for (std::size_t i = 0; i < config_.run.retrainings; ++i) {
            CombineFolds::Paths paths;
            for (const std::string& folder : part_folders(config_.run, directory_)) {
                const ChainLayout fold{folder};
                paths.scores.push_back(fold.of_retraining(method, "scores", i));
                paths.background_scores.push_back(
                    fold.of_retraining(method, "background_scores", i));
            }
            paths.output = layout_.of_retraining(method, "scores", i);
            steps_.add<CombineFolds>(concat(method_name(method), "/combine_folds_", i),
                                     config_.stages.of<CombineFolds>(), paths, /*quick=*/true);
        }
    }

    // One of the trainings that a retraining combines: their numbers go on from one retraining to
    // the next.
    struct MemberTraining {
        std::size_t number;
        std::size_t member;
        std::size_t flow;
    };

    [[nodiscard]] MemberTraining member_training(Method method, std::size_t retraining,
                                                 std::size_t member) const {
        const RunConfig& run = config_.run;
        const std::size_t number = retraining * run.members + member;
        if (!info(method).needs_flow() || run.retrain == Retrain::classifier)
            return {number, member, 0};
        return {number, member, run.member == Retrain::all ? number : retraining};
    }

    void add_retraining(Method method, std::size_t retraining) {
        for (std::size_t member = 0; member < config_.run.members; ++member)
            add_training(method, member_training(method, retraining, member));
        if (config_.run.members > 1) add_combinations(method, retraining);
    }

    void add_training(Method method, const MemberTraining& training) {
        const std::size_t flow = training.flow;
        if (info(method).needs_flow()) add_flow(flow);
        add_data(method, flow);
        if (info(method).background == Background::density) {
            add_density_ratio(method, training);
            return;
        }
        add_background(method, flow);
        add_classifier(method, training);
        add_scores(method, "score_", training.number, layout_.data(method, flow), "scores");
        if (config_.run.score_background || config_.aligns_members() || config_.run.folds > 0) {
            add_scores(method, "score_background_", training.number, reference(method, flow),
                       "background_scores");
        }
    }

    // What one training says; if it is the only one, the retraining says it.
    [[nodiscard]] std::string training_scores(Method method, const std::string& what,
                                              std::size_t number) const {
        return layout_.of_retraining(method, (config_.run.members > 1 ? "member_" : "") + what,
                                     number);
    }

    void add_scores(Method method, const std::string& step, std::size_t number,
                    const std::string& events, const std::string& output) {
        steps_.add<Score>(concat(method_name(method), '/', step, number),
                          config_.stages.of<Score>(),
                          {layout_.of_retraining(method, "classifier", number), events,
                           training_scores(method, output, number)});
    }

    [[nodiscard]] std::vector<std::string> member_scores(Method method, const std::string& what,
                                                         std::size_t retraining) const {
        std::vector<std::string> paths;
        for (std::size_t member = 0; member < config_.run.members; ++member)
            paths.push_back(
                training_scores(method, what, member_training(method, retraining, member).number));
        return paths;
    }

    void add_combinations(Method method, std::size_t retraining) {
        const auto references = config_.aligns_members()
                                    ? member_scores(method, "background_scores", retraining)
                                    : std::vector<std::string>{};
        const auto combine = [&](const std::string& what) {
            steps_.add<CombineScores>(
                concat(method_name(method), "/combine_", what, '_', retraining),
                config_.stages.of<CombineScores>(),
                {member_scores(method, what, retraining), references,
                 layout_.of_retraining(method, what, retraining)},
                /*quick=*/true);
        };
        combine("scores");
        const bool has_background = info(method).background != Background::density;
        if ((config_.run.score_background || config_.run.folds > 0) && has_background)
            combine("background_scores");
    }

    void add_flow(std::size_t number) {
        steps_.add<TrainFlow>(concat("train_flow_", number),
                              flow_config(config_, number, Region::sideband),
                              {layout_.events(), layout_.flow(number)});
        if (!config_.run.check_flow) return;
        steps_.add<CheckFlow>(concat("check_flow_", number), config_.stages.of<CheckFlow>(),
                              {layout_.events(), layout_.flow(number), layout_.check(number)},
                              /*quick=*/true);
    }

    void add_data(Method method, std::size_t flow) {
        const std::string output = layout_.data(method, flow);
        if (info(method).space == Space::latent) {
            steps_.add<Encode>(concat("encode_", flow), config_.stages.of<Encode>(),
                               {layout_.events(), layout_.flow(flow), output});
        }
        if (info(method).space == Space::reference_mass) {
            steps_.add<Transport>(concat("transport_", flow), config_.stages.of<Transport>(),
                                  {layout_.events(), layout_.flow(flow), output});
        }
    }

    // A second flow, of the data in the signal region.
    void add_density_ratio(Method method, const MemberTraining& training) {
        const std::size_t number = training.number;
        const auto file = [&](const char* what) {
            return layout_.of_retraining(method, what, number);
        };
        const std::string name = method_name(method);
        steps_.add<TrainFlow>(concat(name, "/train_flow_", number),
                              flow_config(config_, number, Region::signal_region),
                              {layout_.events(), file("flow")});
        steps_.add<Encode>(concat(name, "/encode_", number), config_.stages.of<Encode>(),
                           {layout_.events(), file("flow"), file("latent")});
        steps_.add<DensityRatio>(concat(name, "/density_ratio_", number),
                                 config_.stages.of<DensityRatio>(),
                                 {file("latent"), layout_.latent(training.flow),
                                  training_scores(method, "scores", number)});
    }

    void add_background(Method method, std::size_t flow) {
        const std::string output = layout_.background(method, flow);
        if (info(method).selects_background()) {
            steps_.add<SelectBackground>(method_name(method) + "/select_background",
                                         config_.stages.of<SelectBackground>(),
                                         {method, layout_.events(), output});
            return;
        }
        const Sample::Config config = sample_config(config_, method, flow);
        steps_.add<Sample>(concat(method_name(method), "/sample_", flow), config,
                           {method, layout_.events(), layout_.flow(flow), output});
        if (!config_.draws_references() || !ChainLayout::draws_reference(method)) return;
        Sample::Config of_reference = config;
        of_reference.reference = config_.run.reference;
        steps_.add<Sample>(
            concat(method_name(method), "/sample_reference_", flow), of_reference,
            {method, layout_.events(), layout_.flow(flow), layout_.reference(method, flow)});
    }

    // Background whose scores are compared with those of data.
    [[nodiscard]] std::string reference(Method method, std::size_t flow) const {
        return config_.draws_references() ? layout_.reference(method, flow)
                                          : layout_.background(method, flow);
    }

    void add_classifier(Method method, const MemberTraining& training) {
        const std::size_t number = training.number;
        steps_.add<TrainClassifier>(
            concat(method_name(method), "/train_classifier_", number),
            classifier_config(config_, number, training.member),
            {layout_.data(method, training.flow), layout_.background(method, training.flow),
             layout_.of_retraining(method, "classifier", number)});
    }

    void add_evaluations(Method method) {
        std::vector<std::string> scores;
        for (std::size_t i = 0; i < config_.run.retrainings; ++i)
            scores.push_back(layout_.of_retraining(method, "scores", i));
        if (config_.run.sic) {
            steps_.add<EvaluateSic>(method_name(method) + "/sic", config_.stages.of<EvaluateSic>(),
                                    {scores, layout_.metrics(method, "sic")}, /*quick=*/true);
        }
        if (config_.run.sculpting) {
            steps_.add<EvaluateSculpting>(
                method_name(method) + "/sculpting", config_.stages.of<EvaluateSculpting>(),
                {scores, layout_.metrics(method, "sculpting")}, /*quick=*/true);
        }
        if (!config_.run.hunt) return;
        const Hunt::Config hunt = hunt_config(config_);
        for (std::size_t i = 0; i < config_.run.retrainings; ++i) {
            steps_.add<Hunt>(concat(method_name(method), "/hunt_", i), hunt,
                             {scores[i], layout_.hunt(method, i)}, /*quick=*/true);
        }
    }

    const ChainConfig& config_;
    std::string directory_;
    ChainLayout layout_;  // of the part that is planned
    std::string events_;  // pseudo-data, where they are the input
    StepList steps_;
};

}  // namespace

ChainPlan plan_chain(const ChainConfig& config, const StageContext& context,
                     const std::string& directory, const Place& place) {
    check_interrupt();  // studies plan thousands
    return Planner(config, context, directory, place).plan();
}

}  // namespace lacathode
