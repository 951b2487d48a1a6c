#include "lacathode/stages/metrics/sic_metrics.hpp"

namespace lacathode {

void write_metrics(OutputFile& file, const Evaluated& evaluated, const SicMetrics& metrics) {
    write_evaluated(file, sic_kind, evaluated);
    file.write_vector<double>("/background_efficiency", metrics.background_efficiency);
    write_curve(file, "/signal_efficiency", metrics.signal_efficiency);
    write_curve(file, "/sic", metrics.sic);
    file.write_vector<double>("/sic/counting_error", metrics.counting_error);
    if (!metrics.effective_background.empty())
        file.write_vector<double>("/sic/effective_background", metrics.effective_background);
    file.write_vector<double>("/by_signal_efficiency/signal_efficiency",
                              metrics.signal_efficiency_grid);
    write_curve(file, "/by_signal_efficiency", metrics.sic_by_signal_efficiency);
    file.write_vector<double>("/by_signal_efficiency/counting_error",
                              metrics.counting_error_by_signal_efficiency);
    file.write_vector<double>("/max_sic", metrics.max_sic);
    file.write_vector<double>("/area_under_curve", metrics.area_under_curve);
    write_quantities(file, headline(metrics));
    file.set_attribute("/", "signal_events", metrics.signal_events);
    file.set_attribute("/", "background_events", metrics.background_events);
    file.set_attribute("/", "signal_not_mapped", metrics.signal_not_mapped);
    file.set_attribute("/", "background_not_mapped", metrics.background_not_mapped);
}

std::vector<Quantity> headline(const SicMetrics& metrics) {
    const auto point = [](const char* name, const SicPoint& at) {
        return Quantity{.name = name,
                        .value = at.sic,
                        .band = Quantity::Band{at.low, at.high},
                        .counting_error = at.counting_error};
    };
    return {
        point("max_median_sic", metrics.best),
        {.name = "max_median_sic_background_efficiency",
         .value = metrics.best.background_efficiency},
        {.name = "max_median_sic_selected_background", .value = metrics.best.selected_background},
        point("sic_at_1e-2", metrics.at_percent),
        point("sic_at_1e-3", metrics.at_permille),
        {.name = "initial_significance", .value = metrics.initial_significance}};
}

std::vector<Quantity> read_sic(const InputFile& file) {
    std::vector<Quantity> quantities = headline(SicMetrics{});
    read_quantities(file, quantities);
    return quantities;
}

}  // namespace lacathode
