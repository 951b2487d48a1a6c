// A search: signal regions side by side, and the same on pseudo-data, as studies.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lacathode/config/field.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/workflow/chain.hpp"
#include "lacathode/workflow/study.hpp"

namespace lacathode {

/// Section "scan": the signal regions.
struct ScanConfig {
    std::vector<double> centres;  ///< unit of the mass; empty: the signal region of prepare
    double width = 0.4;
};
Section section(ScanConfig& config);

/// Section "toys": the pseudo-data that the search is repeated on.
struct ToysConfig {
    std::size_t first = 1;
    std::size_t count = 200;
};
Section section(ToysConfig& config);

struct Search {
    ToysConfig toys;
    ScanConfig scan;
    ChainConfig chain;
};
/// `toys` and `scan` first; bound to `search`.
std::vector<Section> sections(Search& search);
/// Of the two sections; what is wrong with the chains the studies tell.
std::vector<std::string> problems(const Search& search);

/// What else is to be known of the signal regions: that some overlap; empty: nothing.
std::string remark_on_windows(const Search& search);

/// A sentence for each setting that lacathode-toys must not have.
std::vector<std::string> toys_problems(const Search& search);
/// Whether the toys have no signal but what the data's sidebands may hold: only of such are p
/// uniform.
bool are_null(const Search& search);
/// Why the largest z of the data is none to be compared with those of the toys; empty: it is one.
std::string lack_of_global_p(const Search& search);
/// What else is to be known of the toys' events: that a signal may be among them; empty: nothing.
std::string remark_on_toys(const Search& search);
/// The same of toys of weighted data: that there may be another number of them; empty: nothing.
std::string remark_on_weights(const Search& search);

/// The search of the data: a chain with a hunt for each signal region, in the order of `centres`.
Study scan_study(const Search& search);
/// The same for each of the toys: everything on pseudo-data, unblinded, the toys in the outer axis.
/// All signal regions of a toy search the same events; there is one retraining.
Study toys_study(const Search& search);
/// Names of the signal regions, in their order.
std::vector<std::string> window_names(const Search& search);
/// The signal regions.
std::vector<MassWindow> searched_windows(const Search& search);

}  // namespace lacathode
