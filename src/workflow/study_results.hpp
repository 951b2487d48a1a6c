// What a study leaves to look at: folders of its chains, and the results of all in one file.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "lacathode/workflow/study.hpp"

namespace lacathode {

/// Where the files of all studies in `directory` lie.
std::string shared_folder(const std::string& directory);

/// Whether what is gathered may take the place of what lies there: nothing, or a file of these
/// programs. Throws OutputError for another.
Overwrite may_replace(const std::string& path);

/// What lies where link_chain will make a link to one of `files`, and is none, or a folder, and is
/// none; of those files that `is_linked`.
std::set<std::string> in_the_way(const std::map<std::string, std::string>& files,
                                 const std::function<bool(const std::string&)>& is_linked);

/// Makes `folder` the folder of a chain: links to `files`, from their paths there to where they
/// lie, in place of the links into `shared` that were there. Throws OutputError if something else
/// is in the way.
void link_chain(const std::string& folder, const std::string& shared,
                const std::map<std::string, std::string>& files);

/// Files that the folders of chains in `directory` link to, but for the folders `but`: what other
/// studies keep.
std::set<std::string> linked_files(const std::string& directory,
                                   const std::set<std::filesystem::path>& but);

/// Writes `folder`/results.h5 (docs/formats.md): the metrics of all chains, from their folders.
/// Replaces an earlier one; throws OutputError for a file of somebody else's.
void gather_results(const Study& study, const std::vector<StudyChain>& chains,
                    const StageContext& context, const std::string& folder);

}  // namespace lacathode
