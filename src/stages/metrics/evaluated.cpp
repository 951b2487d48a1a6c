#include "lacathode/stages/metrics/evaluated.hpp"

#include <utility>

#include "lacathode/io/shared_groups.hpp"

namespace lacathode {

CurveBand curve_band(Matrix<double> retrainings) {
    Band band = band_over_retrainings(retrainings);
    return {std::move(retrainings), std::move(band)};
}

std::string judged_name(Judged judged) {
    return judged == Judged::everywhere ? "everywhere" : "sidebands";
}

void write_evaluated(OutputFile& file, const char* kind, const Evaluated& evaluated) {
    file.set_attribute("/", "kind", std::string(kind));
    file.set_attribute("/", "method", method_name(evaluated.method));
    file.set_attribute("/", "mass_name", evaluated.mass.name);
    file.set_attribute("/", "mass_unit", evaluated.mass.unit);
    file.set_attribute("/", "unmapped",
                       std::string(unmapped_names[static_cast<std::size_t>(evaluated.unmapped)]));
    file.set_attribute("/", "partition", evaluated_part_name(evaluated.part));
    write_signal_region(file, evaluated.signal_region);
}

void write_curve(OutputFile& file, const std::string& name, const CurveBand& curve) {
    file.write<double>(name + "/runs", curve.retrainings.values(),
                       {curve.retrainings.rows(), curve.retrainings.cols()});
    file.write_vector<double>(name + "/median", curve.band.median);
    file.write_vector<double>(name + "/low", curve.band.low);
    file.write_vector<double>(name + "/high", curve.band.high);
}

}  // namespace lacathode
