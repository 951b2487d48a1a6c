// What a finished search found, and what that is worth by its toys.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "lacathode/core/matrix.hpp"
#include "lacathode/stages/frame/context.hpp"
#include "lacathode/stages/metrics/calibration_file.hpp"
#include "lacathode/workflow/search.hpp"
#include "lacathode/workflow/study.hpp"

namespace lacathode {

/// z and p of a finished search, of one method.
struct Found {
    std::string method;
    std::vector<std::string> windows;  ///< [W] names
    std::vector<double> efficiencies;  ///< [E]
    Matrix<double> z;                  ///< [W, E] NaN while blinded
    Matrix<double> p_value;            ///< [W, E]
};
/// Of the chains of a study, in `directory`, all of which have the same windows; [T] blocks of
/// `windows` chains each, one for scan_study. Retraining 0. Throws InputError for a file that is
/// missing or of other cuts than the first.
std::vector<std::vector<Found>> read_found(const Study& study, const std::string& directory,
                                           std::size_t windows);

/// Of each method, window and efficiency; `windows` [W] are their names, `toys` [T] at least one.
std::vector<Calibration> calibrations(const std::vector<std::string>& windows,
                                      const std::vector<std::vector<Found>>& toys);

/// Of toys without signal: a sentence for each window and cut whose local p is not uniform over
/// them. One is said with probability 0.01 at most where all are (Bonferroni).
std::vector<std::string> remarks_on_local_p(const std::vector<Calibration>& calibrations);

/// Of each method and efficiency of the scan, which the toys have too. Throws InputError if they
/// have other cuts or windows.
std::vector<GlobalResult> global_results(const std::vector<Found>& scan,
                                         const std::vector<std::vector<Found>>& toys);

/// What gather_study does for the scan of the data in `directory`, all of whose files are there. A
/// scan of other files that was gathered there gives way, with a warning that says what differs.
/// Calls `read` before another call may replace this one.
void gather_scan(const Study& scan, const StageContext& context, const std::string& directory,
                 const std::function<void()>& read);

/// Throws OutputError if keep_calibration would not replace what lies in its place.
void require_room_for_calibration(const Search& search, const std::string& directory);

/// Writes calibration.h5 into the folder of the toys in `directory`, whose results are gathered
/// there, as are those of the scan if there is a global p. Replaces an earlier one; throws
/// OutputError for a file of somebody else's.
void keep_calibration(const SearchCalibration& found, const Search& search,
                      const StageContext& context, const std::string& directory);

}  // namespace lacathode
