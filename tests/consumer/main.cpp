// Latent background drawn, scored with a fresh classifier on both backends and kept in a file,
// through installed headers only.
#include <algorithm>
#include <cmath>
#include <iostream>

#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/provenance.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/models/execution.hpp"

namespace {

using namespace lacathode;

EventTable latent_background(std::size_t events, std::size_t features) {
    RandomStream noise(1, "consumer");
    EventTable table;
    table.mass_column = {"m_jj", "TeV"};
    for (std::size_t d = 0; d < features; ++d)
        table.feature_columns.push_back({"z" + std::to_string(d)});
    table.features = Matrix<float>(events, features);
    std::ranges::generate(table.features.values(),
                          [&] { return static_cast<float>(noise.normal()); });
    table.mass.assign(events, 3.5);
    table.partition.assign(events, Partition::training);
    for (std::size_t k = 0; k < events; ++k)
        table.source_row.push_back(-1 - static_cast<std::int64_t>(k));
    return table;
}

std::vector<float> score(const Matrix<float>& z, Backend backend) {
    const MlpArchitecture architecture{.inputs = z.cols()};
    const auto classifier = make_mlp(architecture, AdamOptions{}, Execution{.backend = backend});
    classifier->load(initial_mlp_state(architecture, RandomStream(1, "weights")));
    return classifier->logits(z);
}

}  // namespace

int main() {
    const EventTable table = latent_background(100, 4);
    const std::vector<float> logits = score(table.features, Backend::engine);
    const std::vector<float> expected = score(table.features, Backend::torch);
    const bool scored = logits.size() == table.size() &&
                        std::ranges::equal(logits, expected, [](float logit, float other) {
                            return std::abs(logit - other) < 1e-5F;  // rounding of logits below 1
                        });

    EventWriter writer("consumer.h5", EventKind::events, header_of(table, MassWindow(3.3, 3.7)),
                       Overwrite::allow);
    writer.append(table);
    writer.commit(Provenance{.program = "consumer", .version = library_version()});
    const bool kept =
        EventReader("consumer.h5", EventKind::events).read_all().features == table.features;

    std::cout << "lacathode " << library_version() << (scored && kept ? " works" : " is broken")
              << '\n';
    return scored && kept ? 0 : 1;
}
