// A study: a chain for every combination of what it varies, equal steps done once.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lacathode/config/variations.hpp"
#include "lacathode/workflow/chain.hpp"

namespace lacathode {

/// Section "study".
struct StudyConfig {
    std::string name;                 ///< of the folder with its results
    std::string title;                ///< of its figure
    std::vector<std::string> panels;  ///< of its figure: KIND[@CHAINS[/METHODS]] (docs/studies.md)
    Variations vary;
};
Section section(StudyConfig& config);

struct Study {
    StudyConfig study;
    ChainConfig chain;  ///< what the alternatives do not say
};
/// `study` first; bound to `study`.
std::vector<Section> sections(Study& study);
/// Of the study and of each of its chains.
std::vector<std::string> problems(const Study& study);

/// One combination: its name is that of its alternatives, "shifted-500", or "run" if nothing is
/// varied.
struct StudyChain {
    std::string name;
    CommonConfig common;
    ChainConfig config;
};
/// The last axis varies fastest.
std::vector<StudyChain> chains_of(const Study& study, const CommonConfig& common);
/// Those of them in whose settings problems() finds nothing.
std::vector<StudyChain> sound_chains(const Study& study, const CommonConfig& common);

/// What becomes of files that a study needs on its way only.
enum class Intermediates {
    keep,
    discard  ///< deleted as soon as the results of their chains are there
};

/// What the caller does while no other call replaces the links and results of the study.
struct InTurn {
    std::function<void()> before = {};  ///< with those that were there
    std::function<void()> after = {};   ///< with its own
};

/// Makes every file that is missing in DIRECTORY/shared and that a result still needs; studies in
/// the same directory share what is equal. DIRECTORY/NAME then has a folder for each chain, laid
/// out as by lacathode-run, of links to them, and results.h5 with the metrics of all: of one call
/// at a time, those of the last one. What is in their way there is an OutputError before anything
/// is made. Killed and run again it goes on, with the same content in the end. All that is wrong
/// with the settings, the inputs and the prepared events of all chains is thrown at once, before
/// any training: UsageError if it is of the settings, else InputError. The events of the other
/// chains are prepared for that. Where files are discarded the chains go a few at a time, as many
/// as there are threads; what events of further folds lack is told with them.
void run_study(const Study& study, const StageContext& context, const std::string& directory,
               Intermediates intermediates = Intermediates::keep, const InTurn& in_turn = {});

/// The study's files as jobs; nothing is made. Throws as run_study.
std::vector<PlannedJob> study_jobs(const Study& study, const StageContext& context,
                                   const std::string& directory, Jobs listed);
/// Makes the files of these jobs, whose inputs are there or among them. What fails is noted in
/// DIRECTORY/shared/failed. Throws as run_study, and UsageError for an unknown id.
void run_study_jobs(const Study& study, const StageContext& context, const std::string& directory,
                    const JobSelection& jobs);
/// What run_study does when all files are there: links and results. Waits for all, as
/// wait_for_study does; throws InputError if some that are of use are missing then.
void gather_study(const Study& study, const StageContext& context, const std::string& directory,
                  std::chrono::seconds latency = {}, const InTurn& in_turn = {});

/// Whether there is nothing of the study left to make but its links and results. Throws as
/// study_jobs does of its files.
bool is_made(const Study& study, const StageContext& context, const std::string& directory);

/// Waits until all files of the study are there, or the latency is over. Throws as gather_study
/// what is wrong with settings and inputs.
void wait_for_study(const Study& study, const StageContext& context, const std::string& directory,
                    std::chrono::seconds latency);

/// The folder with the links of a chain.
std::string chain_folder(const Study& study, const std::string& directory,
                         const std::string& chain);

}  // namespace lacathode
