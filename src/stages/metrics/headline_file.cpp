#include "lacathode/stages/metrics/headline_file.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/stages/metrics/calibration_file.hpp"
#include "lacathode/stages/metrics/flow_check.hpp"
#include "lacathode/stages/metrics/sculpting_metrics.hpp"
#include "lacathode/stages/metrics/search_file.hpp"
#include "lacathode/stages/metrics/sic_metrics.hpp"

namespace lacathode {

std::vector<Quantity> read_headline(const std::string& path) {
    const InputFile file(path, FileFormat::metrics);
    const std::string kind = file.string_attribute("/", "kind");
    if (kind == sic_kind) return read_sic(file);
    if (kind == sculpting_kind) return read_sculpting(file);
    if (kind == flow_check_kind) return read_flow_check(file);
    if (kind == background_kind) return read_background(file);
    if (kind == hunt_kind) return read_hunt(file);
    if (kind == calibration_kind) return read_calibration(file);
    throw InputError(concat(path, ": attribute 'kind' = '", kind, "' is none of ", sic_kind, ", ",
                            sculpting_kind, ", ", flow_check_kind, ", ", background_kind, ", ",
                            hunt_kind, " and ", calibration_kind));
}

std::string failures_of(const std::string& path) {
    const InputFile file(path, FileFormat::metrics);
    const std::string kind = file.string_attribute("/", "kind");
    if (kind == flow_check_kind || kind == hunt_kind) return file.string_attribute("/", "failures");
    throw InputError(concat(path, ": attribute 'kind' = '", kind, "' is neither ", flow_check_kind,
                            " nor ", hunt_kind));
}

}  // namespace lacathode
