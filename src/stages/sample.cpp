#include "lacathode/stages/sample.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/stages/encode.hpp"
#include "lacathode/stages/event_selection.hpp"

namespace lacathode {
namespace {

// Rows of one random stream, so that neither threads nor blocks change a number.
constexpr std::size_t chunk = 4096;
constexpr std::size_t block_rows = 16 * chunk;

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
    sample.features.mapped = mapped;
    sample.latent.mapped = std::move(mapped);
}

// Signal-region training masses; the events may be more than fit into memory.
std::vector<double> training_masses(const EventReader& reader, const MassWindow& signal_region) {
    std::vector<double> masses;
    for (std::size_t first = 0; first < reader.rows(); first += block_rows) {
        check_interrupt();
        const EventTable events = reader.read(first, block_rows);
        for (const std::size_t row :
             rows_of(events, Partition::training, Region::signal_region, signal_region)) {
            masses.push_back(events.mass[row]);
        }
    }
    return masses;
}

void append(BackgroundSample& all, const BackgroundSample& more) {
    append(all.features, more.features);
    append(all.latent, more.latent);
    all.log_prob.insert(all.log_prob.end(), more.log_prob.begin(), more.log_prob.end());
}

}  // namespace

BackgroundSampler::BackgroundSampler(const SampleConfig& config, const FlowModel& model,
                                     const MassDensity& mass_density, const Execution& execution,
                                     const RandomStream& stream)
    : model_(model),
      mass_density_(mass_density),
      training_(config.training),
      validation_(config.validation),
      threads_(execution.threads),
      mass_stream_(stream.at(0)),
      latent_stream_(stream.at(1)),
      state_stream_(stream.at(2)) {
    for (std::size_t rank = 0; rank < config.states; ++rank) {
        flows_.push_back(load_estimator(model, rank, execution));
        rows_left_.push_back(rows() * (rank + 1) / config.states - rows() * rank / config.states);
    }
}

BackgroundSample BackgroundSampler::next() {
    expects(!done(), "there are rows left to draw");
    BackgroundSample sample = draw(std::min(block_rows, rows() - first_row_));
    map_back(sample);
    mark_not_mapped(sample);
    first_row_ += sample.log_prob.size();
    return sample;
}

BackgroundSample BackgroundSampler::draw(std::size_t rows) {
    const std::size_t features = model_.flow.architecture.features;
    EventTable table;
    table.mass_column = model_.mass;
    table.mass.resize(rows);
    table.features = Matrix<float>(rows, features);
    table.label.assign(rows, 0);
    parallel_blocks(rows, chunk, threads_, [&](std::size_t begin, std::size_t end) {
        const std::size_t index = (first_row_ + begin) / chunk;
        std::ranges::copy(mass_density_.sample(end - begin, mass_stream_.at(index)),
                          table.mass.begin() + static_cast<std::ptrdiff_t>(begin));
        RandomStream normal = latent_stream_.at(index);
        for (std::size_t row = begin; row < end; ++row) {
            for (float& z : table.features.row(row)) z = static_cast<float>(normal.normal());
        }
    });
    for (std::size_t row = first_row_; row < first_row_ + rows; ++row) {
        table.partition.push_back(row < training_ ? Partition::training : Partition::validation);
        table.source_row.push_back(-1 - static_cast<std::int64_t>(row));
    }
    BackgroundSample sample{.features = table, .latent = std::move(table), .log_prob = {}};
    sample.features.feature_columns = model_.features;
    sample.latent.feature_columns = latent_columns(features);
    return sample;
}

// Draws without replacement from what each state still has to make: as good as a shuffle.
std::vector<std::size_t> BackgroundSampler::next_states(std::size_t rows) {
    std::vector<std::size_t> states(rows, 0);
    std::size_t left = this->rows() - first_row_;
    for (std::size_t& state : states) {
        std::size_t ticket = state_stream_.below(left--);
        while (ticket >= rows_left_[state]) ticket -= rows_left_[state++];
        --rows_left_[state];
    }
    return states;
}

void BackgroundSampler::map_back(BackgroundSample& sample) {
    const std::vector<std::size_t> states = next_states(sample.latent.size());
    sample.log_prob.resize(states.size());
    for (std::size_t state = 0; state < flows_.size(); ++state) {
        std::vector<std::size_t> rows;
        for (std::size_t row = 0; row < states.size(); ++row) {
            if (states[row] == state) rows.push_back(row);
        }
        if (rows.empty()) continue;
        const EventTable drawn = sample.latent.take(rows);
        const FlowInverse inverse = flows_[state]->inverse(
            drawn.features, std::vector<float>(drawn.mass.begin(), drawn.mass.end()));
        const FeatureTransform::Inverse physical = model_.transform.inverse(inverse.y);
        FlowForward forward{.z = drawn.features, .log_det = inverse.log_det};
        for (float& value : forward.log_det) value = -value;
        const std::vector<double> log_prob_y = log_prob(forward);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            std::ranges::copy(physical.x.row(i), sample.features.features.row(rows[i]).begin());
            sample.log_prob[rows[i]] = log_prob_y[i] - physical.log_jacobian[i];
        }
    }
}

BackgroundSample sample_background(const SampleConfig& config, const FlowModel& model,
                                   const MassDensity& mass_density, const Execution& execution,
                                   const RandomStream& stream) {
    BackgroundSampler sampler(config, model, mass_density, execution, stream);
    BackgroundSample all = sampler.next();
    while (!sampler.done()) append(all, sampler.next());
    return all;
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
    const std::vector<double> masses = training_masses(reader, model.signal_region);
    require_events(masses.size(), 2, "signal-region training events", paths.events);
    const MassDensity mass_density = MassDensity::fit(masses, config.bandwidth);
    BackgroundSampler sampler(config, model, mass_density, context.common.execution(),
                              stream(context, "sample/" + method_name(method)));
    const bool latent = method == Method::lacathode;
    EventHeader header{.mass = model.mass,
                       .features = latent ? latent_columns(model.features.size()) : model.features,
                       .signal_region = model.signal_region,
                       .has_label = true,
                       .has_mapped = true,
                       .flow_hash = model.hash,
                       .method = method_name(method),
                       .counts = {}};
    EventWriter writer(paths.output, latent ? EventKind::latent : EventKind::events, header,
                       context.overwrite);
    std::int64_t not_mapped = 0;
    {
        Progress progress("sample", sampler.rows());
        std::size_t rows = 0;
        while (!sampler.done()) {
            check_interrupt();
            const BackgroundSample block = sampler.next();
            not_mapped += std::ranges::count(block.latent.mapped, 0);
            if (latent) {
                writer.append(block.latent, block.log_prob);
            } else {
                writer.append(block.features);
            }
            progress.update(rows += block.log_prob.size());
        }
    }
    writer.set_counts(
        {{"masses_at_the_edges_dropped", static_cast<std::int64_t>(mass_density.dropped())},
         {"not_mapped", not_mapped}});
    if (not_mapped > 0) {
        log_warning(concat(not_mapped, " of ", sampler.rows(),
                           " draws have no finite event; they are marked in ", paths.output,
                           " and left out of the classifier's training"));
    }
    SampleConfig shown = config;
    const std::string hash =
        writer.commit(make_provenance(context, effective_config(context, section(shown)),
                                      {reader.record("events"), {"flow", paths.flow, model.hash}}));
    return {{"output", paths.output},
            {"method", method_name(method)},
            {"training_events", static_cast<std::int64_t>(config.training)},
            {"validation_events", static_cast<std::int64_t>(config.validation)},
            {"not_mapped", not_mapped},
            {"content_hash", hash}};
}

}  // namespace lacathode
