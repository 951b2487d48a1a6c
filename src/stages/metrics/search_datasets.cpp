#include "stages/metrics/search_datasets.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/io/shared_groups.hpp"

namespace lacathode {
namespace {

constexpr std::size_t most_terms = 6;

// Of the spectra's cells, NaN where the estimate has none.
std::vector<double> in_cells(const BackgroundEstimate& estimate, std::size_t cells,
                             const std::function<double(std::size_t)>& value) {
    std::vector<double> row(cells, no_number);
    for (std::size_t i = 0; i < estimate.cells.size(); ++i) row[estimate.cells[i]] = value(i);
    return row;
}

// (n - b) / sqrt(c b) of the cells that were fitted.
double pull(const BackgroundEstimate& estimate, std::size_t i) {
    const double expected = estimate.chosen.fit.expected[i];
    return i == estimate.signal_cell
               ? no_number
               : (estimate.counts[i] - expected) / std::sqrt(estimate.scale * expected);
}

}  // namespace

void write_rows(OutputFile& file, const std::string& name, std::size_t cuts, std::size_t columns,
                const std::function<std::vector<double>(std::size_t cut)>& row_of) {
    Matrix<double> values(cuts, columns);
    for (std::size_t cut = 0; cut < cuts; ++cut) {
        std::vector<double> row = row_of(cut);
        row.resize(columns, no_number);
        std::ranges::copy(row, values.row(cut).begin());
    }
    file.write<double>(name, values.values(), {cuts, columns});
}

void write_numbers(OutputFile& file, const std::string& name, std::size_t cuts,
                   const std::function<double(std::size_t cut)>& number_of) {
    std::vector<double> values;
    for (std::size_t cut = 0; cut < cuts; ++cut) values.push_back(number_of(cut));
    file.write_vector<double>(name, values);
}

void write_spectra(OutputFile& file, const MassSpectra& spectra, bool blinded) {
    file.set_attribute("/", "method", method_name(spectra.method));
    file.set_attribute("/", "mass_name", spectra.mass.name);
    file.set_attribute("/", "mass_unit", spectra.mass.unit);
    file.set_attribute("/", "reference_events",
                       static_cast<std::int64_t>(spectra.reference_events));
    file.set_attribute("/", "signal_cell", static_cast<std::int64_t>(spectra.signal_cell));
    write_signal_region(file, spectra.signal_region);
    const std::size_t cuts = spectra.efficiencies.size();
    const std::size_t cells = spectra.cells.size();
    std::vector<double> edges = {spectra.cells.front().low};
    for (const MassCell& cell : spectra.cells) edges.push_back(cell.high);
    file.write_vector<double>("/edges", edges);
    file.write_vector<double>("/background_efficiency", spectra.efficiencies);
    if (!spectra.scale.empty()) file.write_vector<double>("/weight_scale", spectra.scale);
    write_rows(file, "/counts", cuts, cells, [&](std::size_t cut) {
        std::vector<double> row(spectra.counts.row(cut).begin(), spectra.counts.row(cut).end());
        if (blinded && cut > 0) row[spectra.signal_cell] = no_number;
        return row;
    });
    std::vector<double> bins = {spectra.bins.cells.front().low};
    for (const MassCell& bin : spectra.bins.cells) bins.push_back(bin.high);
    file.write_vector<double>("/signal_region/edges", bins);
    write_rows(file, "/signal_region/counts", cuts, spectra.bins.cells.size(),
               [&](std::size_t cut) {
                   const auto row = spectra.bins.counts.row(cut);
                   return blinded && cut > 0 ? std::vector<double>{}
                                             : std::vector<double>(row.begin(), row.end());
               });
    write_numbers(file, "/reference/expected", cuts,
                  [&](std::size_t cut) { return reference_estimate(spectra, cut).expected; });
    write_numbers(file, "/reference/error", cuts,
                  [&](std::size_t cut) { return reference_estimate(spectra, cut).error; });
}

void write_estimates(OutputFile& file, const MassSpectra& spectra, const BackgroundEstimates& made,
                     Estimate kind) {
    const std::size_t cells = spectra.cells.size();
    const EstimateDatasets<BackgroundEstimate> datasets(file, made, kind);
    datasets.rows("bins/expected", cells, [&](const BackgroundEstimate& one) {
        return in_cells(one, cells, [&](std::size_t i) { return one.chosen.fit.expected[i]; });
    });
    datasets.rows("bins/error", cells, [&](const BackgroundEstimate& one) {
        return in_cells(one, cells, [&](std::size_t i) {
            return std::sqrt(expected_variance(one.chosen.fit, i));
        });
    });
    datasets.rows("bins/pull", cells, [&](const BackgroundEstimate& one) {
        return in_cells(one, cells, [&](std::size_t i) { return pull(one, i); });
    });
    datasets.rows("parameters", most_terms, [](const BackgroundEstimate& one) {
        std::vector<double> parameters = one.chosen.model.parameters_of(one.chosen.fit);
        parameters.front() += std::log(one.scale);  // of the constant term
        return parameters;
    });
    datasets.rows("covariance", most_terms * most_terms, [](const BackgroundEstimate& one) {
        const Matrix<double> covariance = one.chosen.model.parameter_covariance(one.chosen.fit);
        std::vector<double> row(most_terms * most_terms, no_number);
        for (std::size_t i = 0; i < covariance.rows(); ++i) {
            for (std::size_t j = 0; j < covariance.cols(); ++j)
                row[i * most_terms + j] = covariance(i, j);
        }
        return row;
    });
    datasets.numbers("number_of_parameters",
                     [](const auto& one) { return one.chosen.model.parameters(); });
    datasets.numbers("expected", [](const auto& one) { return one.expected(); });
    datasets.numbers("error", [](const auto& one) { return one.expected_error(); });
    datasets.numbers("deviance", [](const auto& one) { return one.deviance; });
    datasets.numbers("degrees_of_freedom", [](const auto& one) { return one.degrees_of_freedom; });
    datasets.numbers("goodness_p_value", [](const auto& one) { return one.goodness.p_value; });
    datasets.numbers("goodness_toys",
                     [](const auto& one) { return static_cast<double>(one.goodness.toys); });
}

}  // namespace lacathode
