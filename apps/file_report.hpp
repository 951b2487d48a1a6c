// What lacathode-info says of a file, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "lacathode/config/json_tree.hpp"
#include "lacathode/workflow/file_description.hpp"

namespace lacathode {

std::string report_text(const std::string& path, const FileDescription& file);
JsonTree report_tree(const std::string& path, const FileDescription& file);

/// Of a file of somebody else's.
std::string report_text(const std::string& path, const std::vector<TableDescription>& tables);
JsonTree report_tree(const std::string& path, const std::vector<TableDescription>& tables);

}  // namespace lacathode
