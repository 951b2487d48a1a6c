// What toys say of a search, as a metrics file of the kind "calibration" (docs/formats.md).
#pragma once

#include <string>
#include <vector>

#include "lacathode/core/mass_window.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/stages/metrics/quantity.hpp"
#include "lacathode/stats/global_significance.hpp"

namespace lacathode {

inline constexpr const char* calibration_kind = "calibration";

/// How a window comes out where there is nothing.
struct Calibration {
    std::string method;
    std::string window;
    double efficiency;
    NullDistribution null;
};

/// What the largest local z of a scan is worth.
struct GlobalResult {
    std::string method;
    double efficiency;
    std::string window;  ///< of the largest z
    double z;
    double local_p_value;
    GlobalSignificance global;
};

/// All that the toys of a search say: M methods, W windows, E cuts.
struct SearchCalibration {
    std::vector<std::string> names;         ///< [W] of the windows
    std::vector<MassWindow> windows;        ///< [W]
    bool is_null = true;                    ///< toys without signal: only of such are p uniform
    std::vector<Calibration> calibrations;  ///< [M, W, E]
    std::vector<GlobalResult> global;       ///< [M, E]; empty without an unblinded scan of the data
};

void write_calibration(OutputFile& file, const SearchCalibration& found);
/// Number of toys; of each method and cut the largest z and its global p with its 68 % interval, a
/// bound where no toy reaches the data.
std::vector<Quantity> headline(const SearchCalibration& found);
/// The same, of a file. Throws InputError naming the file for what is missing or misshapen.
std::vector<Quantity> read_calibration(const InputFile& file);

}  // namespace lacathode
