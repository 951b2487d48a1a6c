// Draws a latent background and scores it with a fresh classifier, through installed headers only.
#include <algorithm>
#include <cmath>
#include <iostream>

#include "lacathode/backends/execution.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/provenance.hpp"
#include "lacathode/core/random.hpp"

int main() {
    using namespace lacathode;
    constexpr std::size_t events = 100;
    const ClassifierArchitecture architecture;
    RandomStream noise(1, "consumer");
    Matrix<float> z(events, architecture.inputs);
    std::ranges::generate(z.values(), [&] { return static_cast<float>(noise.normal()); });

    const auto classifier = make_classifier(architecture, AdamOptions{}, Execution{});
    classifier->load(initial_classifier_state(architecture, RandomStream(1, "weights")));
    const auto logits = classifier->logits(z);

    const bool finite =
        std::ranges::all_of(logits, [](float logit) { return std::isfinite(logit); });
    const bool works =
        finite && logits.size() == events && MassWindow(3.3, 3.7).contains(3.5);
    std::cout << "lacathode " << library_version() << (works ? " works" : " is broken") << '\n';
    return works ? 0 : 1;
}
