// What a study leaves to look at: folders of its chains, and the results of all in one file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lacathode/workflow/study.hpp"

namespace lacathode {

/// Where the files of all studies in `directory` lie.
std::string shared_folder(const std::string& directory);

/// Makes `folder` the folder of a chain: links to `files`, from their paths there to where they
/// lie, in place of the links that were there. Throws OutputError if something else is in the way.
void link_chain(const std::string& folder, const std::map<std::string, std::string>& files);

/// Writes `folder`/results.h5 (docs/formats.md): the metrics of all chains, from their folders.
/// Replaces an earlier one; throws OutputError for a file of somebody else's.
void gather_results(const Study& study, const std::vector<StudyChain>& chains,
                    const StageContext& context, const std::string& folder);

}  // namespace lacathode
