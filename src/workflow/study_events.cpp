#include "workflow/study_events.hpp"

#include <algorithm>
#include <iterator>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "workflow/directories.hpp"
#include "workflow/events_lack.hpp"

namespace lacathode {
namespace {

// Steps that prepare the first events of each chain. Those of further folds are as many again:
// where files are discarded they are made with their chains.
std::vector<Step> first_steps(const StudyPlan& plan, Intermediates intermediates) {
    std::set<std::string> first;
    for (const ChainPlan& chain : plan.plans) {
        std::vector<std::string> events = first_events(chain.steps);
        if (intermediates == Intermediates::discard && events.size() > 1) events.resize(1);
        first.insert(events.begin(), events.end());
    }
    std::vector<Step> steps;
    std::ranges::copy_if(plan.steps, std::back_inserter(steps),
                         [&](const Step& step) { return first.contains(step.output); });
    return steps;
}

}  // namespace

std::set<std::string> all_first_events(const StudyPlan& plan) {
    std::set<std::string> all;
    for (const ChainPlan& chain : plan.plans) {
        const std::vector<std::string> events = first_events(chain.steps);
        all.insert(events.begin(), events.end());
    }
    return all;
}

std::set<std::string> standing_events(const StudyPlan& plan, const std::set<std::string>& outputs) {
    std::set<std::string> standing;
    for (const ChainPlan& chain : plan.plans) {
        const bool is_theirs = std::ranges::any_of(
            chain.steps, [&](const Step& step) { return outputs.contains(step.output); });
        if (!is_theirs) continue;
        for (const std::string& events : first_events(chain.steps))
            if (is_there(events)) standing.insert(events);
    }
    return standing;
}

Lacks look_at_events(const StudyPlan& plan, const std::set<std::string>& looked_at,
                     const Refusals& refused, StudyProblems& problems) {
    Lacks lacks;
    for (std::size_t i = 0; i < plan.chains.size(); ++i) {
        const StudyChain& chain = plan.chains[i];
        for (const std::string& events : first_events(plan.plans[i].steps)) {
            if (!looked_at.contains(events)) continue;
            const auto refusal = refused.find(events);
            if (refusal != refused.end()) {
                problems.add(chain.name, refusal->second.code, refusal->second.message);
                continue;
            }
            std::string& all = lacks[events];
            problems.collect(chain.name, [&] {
                for (const std::string& lack : events_lack(chain.config, events)) {
                    problems.add(chain.name, ExitCode::bad_input, lack);
                    all += concat(all.empty() ? "" : "\n", "chain '", chain.name, "': ", lack);
                }
            });
        }
    }
    return lacks;
}

void require_enough_events(const StudyPlan& plan) {
    StudyProblems found;
    look_at_events(plan, standing_events(plan, outputs_of(plan.steps)), {}, found);
    found.require_none();
}

void prepare_first(const StudyPlan& plan, const StageContext& context, Intermediates intermediates,
                   StudyProblems& problems) {
    const std::vector<Step> steps = first_steps(plan, intermediates);
    if (!steps.empty())
        look_at_events(plan, outputs_of(steps), try_steps(steps, context), problems);
}

}  // namespace lacathode
