#include "lacathode/stages/sample.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/stages/encode.hpp"
#include "lacathode/stages/event_selection.hpp"

namespace lacathode {
namespace {

// N(0, 1)^D, one random stream a row block, so that threads do not change a number.
Matrix<float> normal_matrix(std::size_t rows, std::size_t cols, const RandomStream& stream,
                            int threads) {
    constexpr std::size_t block = 4096;
    Matrix<float> z(rows, cols);
    parallel_blocks(rows, block, threads, [&](std::size_t begin, std::size_t end) {
        RandomStream local = stream.at(begin / block);
        for (std::size_t row = begin; row < end; ++row) {
            for (float& value : z.row(row)) value = static_cast<float>(local.normal());
        }
    });
    return z;
}

// First row of the part that flow state `rank` of `states` maps.
std::size_t first_of_state(std::size_t rank, std::size_t states, std::size_t rows) {
    return rows * rank / states;
}

Matrix<float> rows_between(const Matrix<float>& matrix, std::size_t first, std::size_t last) {
    const auto values =
        matrix.values().subspan(first * matrix.cols(), (last - first) * matrix.cols());
    return {last - first, matrix.cols(), std::vector<float>(values.begin(), values.end())};
}

EventTable generated_table(const FlowModel& model, std::size_t training, std::size_t rows) {
    EventTable table;
    table.mass_column = model.mass;
    table.label.assign(rows, 0);
    table.partition.assign(rows, Partition::validation);
    std::fill_n(table.partition.begin(), training, Partition::training);
    table.source_row.resize(rows);
    for (std::size_t row = 0; row < rows; ++row)
        table.source_row[row] = -1 - static_cast<std::int64_t>(row);
    return table;
}

// Latent coordinates and what the flow makes of them.
struct Mapped {
    Matrix<float> x;               // [N, D]
    std::vector<double> log_prob;  // [N] log p(x|m)
};

Mapped map_back(const FlowModel& model, const DensityEstimator& flow, const Matrix<float>& z,
                std::span<const double> mass) {
    const FlowInverse inverse = flow.inverse(z, std::vector<float>(mass.begin(), mass.end()));
    FeatureTransform::Inverse physical = model.transform.inverse(inverse.y);
    FlowForward forward{.z = z, .log_det = inverse.log_det};
    for (float& value : forward.log_det) value = -value;
    Mapped result{.x = std::move(physical.x), .log_prob = log_prob(forward)};
    for (std::size_t row = 0; row < z.rows(); ++row)
        result.log_prob[row] -= physical.log_jacobian[row];
    return result;
}

// Rows that the flow maps to no finite event: marked, so that no classifier sees them.
void mark_not_mapped(BackgroundSample& sample) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    std::vector<std::uint8_t> mapped(sample.log_prob.size(), 1);
    for (std::size_t row = 0; row < mapped.size(); ++row) {
        const auto x = sample.features.features.row(row);
        const bool finite =
            std::ranges::all_of(x, [](float value) { return std::isfinite(value); });
        if (finite && std::isfinite(sample.log_prob[row])) continue;
        mapped[row] = 0;
        std::ranges::fill(x, nan);
        std::ranges::fill(sample.latent.features.row(row), nan);
        sample.log_prob[row] = nan;
    }
    if (std::ranges::count(mapped, 0) == 0) return;
    sample.features.mapped = mapped;
    sample.latent.mapped = std::move(mapped);
}

// The rows of `matrix` in the order given.
Matrix<float> reordered(const Matrix<float>& matrix, std::span<const std::size_t> order) {
    Matrix<float> result(order.size(), matrix.cols());
    for (std::size_t row = 0; row < order.size(); ++row) {
        std::ranges::copy(matrix.row(order[row]), result.row(row).begin());
    }
    return result;
}

std::vector<double> reordered(std::span<const double> values, std::span<const std::size_t> order) {
    std::vector<double> result;
    result.reserve(order.size());
    for (const std::size_t row : order) result.push_back(values[row]);
    return result;
}

// A random order that mixes the parts of the flow states.
std::vector<std::size_t> random_order(std::size_t rows, RandomStream stream) {
    std::vector<std::size_t> order(rows);
    std::iota(order.begin(), order.end(), std::size_t{0});
    stream.shuffle(std::span(order));
    return order;
}

}  // namespace

BackgroundSample sample_background(const SampleConfig& config, const FlowModel& model,
                                   const MassDensity& mass_density, const Execution& execution,
                                   const RandomStream& stream) {
    const std::size_t rows = config.training + config.validation;
    const std::size_t features = model.flow.architecture.features;
    const std::vector<double> mass = mass_density.sample(rows, stream.at(0));
    const Matrix<float> z = normal_matrix(rows, features, stream.at(1), execution.threads);
    Matrix<float> x(rows, features);
    std::vector<double> log_probability(rows);
    for (std::size_t rank = 0; rank < config.states; ++rank) {
        check_interrupt();
        const std::size_t first = first_of_state(rank, config.states, rows);
        const std::size_t last = first_of_state(rank + 1, config.states, rows);
        const auto flow = load_estimator(model, rank, execution);
        const Mapped part = map_back(model, *flow, rows_between(z, first, last),
                                     std::span(mass).subspan(first, last - first));
        std::ranges::copy(part.x.values(), x.row(first).begin());
        std::ranges::copy(part.log_prob,
                          log_probability.begin() + static_cast<std::ptrdiff_t>(first));
    }
    const std::vector<std::size_t> order = random_order(rows, stream.at(2));
    BackgroundSample sample{.features = generated_table(model, config.training, rows),
                            .latent = {},
                            .log_prob = reordered(log_probability, order)};
    sample.features.mass = reordered(mass, order);
    sample.latent = sample.features;
    sample.features.features = reordered(x, order);
    sample.features.feature_columns = model.features;
    sample.latent.features = reordered(z, order);
    sample.latent.feature_columns = latent_columns(features);
    mark_not_mapped(sample);
    return sample;
}

Summary run_sample(Method method, const SampleConfig& config, const StageContext& context,
                   const SamplePaths& paths) {
    check_output(paths.output, context.overwrite);
    check_execution(context.common.execution());
    const FlowModel model = read_flow(paths.flow);
    if (config.states > model.flow.best.size()) {
        throw UsageError(concat("sample.states = ", config.states, ", but ", paths.flow,
                                " keeps only ", model.flow.best.size(),
                                " states (train_flow.keep_best)"));
    }
    if (method == Method::lacathode && config.states != 1) {
        throw UsageError(
            "sample.states must be 1 for lacathode: data and background share the best state's "
            "latent space");
    }
    const EventReader reader(paths.events, EventKind::events);
    require_same_columns(model, reader.header(), paths.flow, paths.events);
    const EventTable events = reader.read_all();
    const auto rows =
        rows_of(events, Partition::training, Region::signal_region, model.signal_region);
    require_events(rows.size(), 2, "signal-region training events", paths.events);
    const MassDensity mass_density = MassDensity::fit(events.take(rows).mass, config.bandwidth);
    const BackgroundSample sample =
        sample_background(config, model, mass_density, context.common.execution(),
                          stream(context, "sample/" + method_name(method)));
    const bool latent = method == Method::lacathode;
    const EventTable& table = latent ? sample.latent : sample.features;
    EventHeader header = header_of(table, model.signal_region);
    header.flow_hash = model.hash;
    header.method = method_name(method);
    const std::int64_t not_mapped = std::ranges::count(table.mapped, 0);
    header.counts = {
        {"masses_at_the_edges_dropped", static_cast<std::int64_t>(mass_density.dropped())},
        {"not_mapped", not_mapped}};
    if (not_mapped > 0) {
        log_warning(concat(not_mapped, " of ", table.size(),
                           " draws have no finite event; they are marked in ", paths.output,
                           " and left out of the classifier's training"));
    }
    SampleConfig shown = config;
    const std::string hash =
        write_events(paths.output, latent ? EventKind::latent : EventKind::events, header, table,
                     latent ? std::span<const double>(sample.log_prob) : std::span<const double>(),
                     make_provenance(context, effective_config(context, section(shown)),
                                     {reader.record("events"), {"flow", paths.flow, model.hash}}),
                     context.overwrite);
    return {{"output", paths.output},
            {"method", method_name(method)},
            {"training_events", static_cast<std::int64_t>(config.training)},
            {"validation_events", static_cast<std::int64_t>(config.validation)},
            {"not_mapped", not_mapped},
            {"content_hash", hash}};
}

}  // namespace lacathode
