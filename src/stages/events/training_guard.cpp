#include "lacathode/stages/events/training_guard.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

constexpr const char* apply_instead =
    "lacathode-apply scores events without a claim of which are test events";

void require_compatible(const TrainedOn& model, const EventOrigin& trained,
                        const EventReader& events, const EventOrigin& origin) {
    if (trained.events_hash == origin.events_hash) return;
    const std::string source = common_source(trained, origin);
    if (source.empty()) return;
    throw InputError(concat(
        events.path(), " (events ", origin.events_hash, ") and ", model.path,
        " (trained on events ", trained.events_hash,
        ") go back to different events files of the same source, ", source,
        ": what is a test event in one may be a training event in the other; take the events file "
        "that the model was trained on, or train on this one; ",
        apply_instead));
}

}  // namespace

void require_known_origins(const std::string& path, const EventOrigins& origins) {
    if (!origins.empty()) return;
    throw InputError(concat(path,
                            " does not say which events file it goes back to, which versions "
                            "before did not record: make it again"));
}

void require_valid_partitions(const TrainedOn& model, const EventReader& events) {
    require_known_origins(model.path, model.origins);
    require_known_origins(events.path(), events.provenance().origins);
    for (const EventOrigin& trained : model.origins) {
        for (const EventOrigin& origin : events.provenance().origins) {
            require_compatible(model, trained, events, origin);
        }
    }
}

}  // namespace lacathode
