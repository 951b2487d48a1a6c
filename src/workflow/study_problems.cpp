#include "workflow/study_problems.hpp"

#include <algorithm>

#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

// The first of them, and how many more there are: of toys it may be hundreds.
std::string told(const std::vector<std::string>& chains) {
    constexpr std::size_t most = 4;
    std::vector<std::string> first = chains;
    first.resize(std::min(chains.size(), most));
    const std::string names =
        concat(chains.size() == 1 ? "chain '" : "chains '", joined(first, "', '"), '\'');
    const std::size_t others = chains.size() - first.size();
    return others == 0 ? names : concat(names, " and ", others, others == 1 ? " other" : " others");
}

}  // namespace

void StudyProblems::add_settings(const std::vector<std::string>& problems) {
    for (const std::string& problem : problems) problems_.push_back({ExitCode::usage, problem, {}});
}

void StudyProblems::add(const std::string& chain, ExitCode code, const std::string& problem) {
    auto known = std::ranges::find(problems_, problem, &Problem::text);
    if (known == problems_.end()) known = problems_.insert(known, {code, problem, {}});
    if (!chain.empty() && std::ranges::find(known->chains, chain) == known->chains.end())
        known->chains.push_back(chain);
}

void StudyProblems::require_none() const {
    if (problems_.empty()) return;
    std::string message = "the study cannot be made:";
    for (const Problem& problem : problems_) {
        message += "\n  ";
        if (!problem.chains.empty()) message += told(problem.chains) + ": ";
        message += problem.text;
    }
    const bool of_settings = std::ranges::any_of(
        problems_, [](const Problem& problem) { return problem.code == ExitCode::usage; });
    if (of_settings) throw UsageError(message);
    if (problems_.front().code == ExitCode::cannot_write) throw OutputError(message);
    throw InputError(message);
}

}  // namespace lacathode
