#include "lacathode/stages/events/background_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/frame/settings.hpp"

namespace lacathode {
namespace {

// Rows of one random stream, so that neither threads nor blocks change a number.
constexpr std::size_t chunk = 4096;
constexpr std::size_t block_rows = 16 * chunk;

std::vector<std::size_t> shuffled(std::size_t rows, RandomStream stream) {
    std::vector<std::size_t> order(rows);
    std::iota(order.begin(), order.end(), std::size_t{0});
    stream.shuffle(std::span(order));
    return order;
}

// Rows that the flow maps to no finite event: marked, so that no classifier sees them.
void mark_not_mapped(BackgroundSample& sample) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    std::vector<std::uint8_t> mapped(sample.log_prob.size(), 1);
    for (std::size_t row = 0; row < mapped.size(); ++row) {
        const auto x = sample.features.features.row(row);
        if (all_finite(x) && std::isfinite(sample.log_prob[row])) continue;
        mapped[row] = 0;
        std::ranges::fill(x, nan);
        std::ranges::fill(sample.latent.features.row(row), nan);
        sample.log_prob[row] = nan;
    }
    sample.features.mapped = mapped;
    sample.latent.mapped = std::move(mapped);
}

}  // namespace

BackgroundSampler::BackgroundSampler(const SampleSize& size, std::size_t checkpoints,
                                     BackgroundSource source, const FlowModel& model,
                                     MassDraws masses, const Execution& execution,
                                     const RandomStream& stream)
    : size_(size),
      source_(std::move(source)),
      model_(model),
      masses_(std::move(masses)),
      threads_(execution.threads),
      mass_stream_(stream.at(0)),
      latent_stream_(stream.at(1)),
      checkpoint_stream_(stream.at(2)) {
    if (source_.pool) {
        training_order_ = shuffled(source_.pool->training.rows(), stream.at(3));
        validation_order_ = shuffled(source_.pool->validation.rows(), stream.at(4));
    }
    for (std::size_t rank = 0; rank < checkpoints; ++rank) {
        flows_.push_back(load_density(model, rank, execution));
        rows_left_.push_back(rows() * (rank + 1) / checkpoints - rows() * rank / checkpoints);
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
        std::ranges::copy(masses_(end - begin, mass_stream_.at(index)),
                          table.mass.begin() + static_cast<std::ptrdiff_t>(begin));
        RandomStream normal = latent_stream_.at(index);
        for (std::size_t row = begin; row < end; ++row) {
            const auto z = table.features.row(row);
            if (source_.pool) {
                std::ranges::copy(pooled(first_row_ + row), z.begin());
            } else {
                std::ranges::generate(z, [&] { return static_cast<float>(normal.normal()); });
            }
        }
    });
    for (std::size_t row = first_row_; row < first_row_ + rows; ++row) {
        table.partition.push_back(row < size_.training ? Partition::training
                                                       : Partition::validation);
        table.source_row.push_back(-1 - static_cast<std::int64_t>(first_with_event_of(row)));
    }
    BackgroundSample sample{.features = table, .latent = {}, .log_prob = {}};
    sample.latent = std::move(table);
    sample.features.feature_columns = model_.features;
    sample.latent.feature_columns = latent_columns(features);
    return sample;
}

std::size_t BackgroundSampler::first_with_event_of(std::size_t row) const {
    if (!source_.pool) return row;
    if (row < size_.training) return row % training_order_.size();
    return size_.training + (row - size_.training) % validation_order_.size();
}

std::span<const float> BackgroundSampler::pooled(std::size_t row) const {
    if (row < size_.training)
        return source_.pool->training.row(training_order_[row % training_order_.size()]);
    return source_.pool->validation.row(
        validation_order_[(row - size_.training) % validation_order_.size()]);
}

// Draws without replacement from what each checkpoint still has to make: as good as a shuffle.
std::vector<std::size_t> BackgroundSampler::next_checkpoints(std::size_t rows) {
    std::vector<std::size_t> checkpoints(rows, 0);
    std::size_t left = this->rows() - first_row_;
    for (std::size_t& checkpoint : checkpoints) {
        std::size_t ticket = checkpoint_stream_.below(left--);
        while (ticket >= rows_left_[checkpoint]) ticket -= rows_left_[checkpoint++];
        --rows_left_[checkpoint];
    }
    return checkpoints;
}

void BackgroundSampler::map_back(BackgroundSample& sample) {
    const std::vector<std::size_t> checkpoints = next_checkpoints(sample.latent.size());
    sample.log_prob.resize(checkpoints.size());
    for (std::size_t rank = 0; rank < flows_.size(); ++rank) {
        std::vector<std::size_t> rows;
        for (std::size_t row = 0; row < checkpoints.size(); ++row) {
            if (checkpoints[row] == rank) rows.push_back(row);
        }
        if (rows.empty()) continue;
        const EventTable drawn = sample.latent.take(rows);
        std::vector<float> masses = masses_as_float(drawn);
        if (source_.fixed_mass) std::ranges::fill(masses, static_cast<float>(*source_.fixed_mass));
        const FlowInverse inverse = flows_[rank]->inverse(drawn.features, masses);
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

}  // namespace lacathode
