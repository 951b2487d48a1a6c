// Stage generate-toy as a whole.
#include "lacathode/stages/generate_toy.hpp"

#include <gtest/gtest.h>

#include "lacathode/io/event_file.hpp"
#include "support/event_files.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

struct GenerateToyStage : Scratch {
    EventFile generated(bool sample, std::uint64_t seed = 1) const {
        GenerateToy::Config config;
        config.events = 300;
        config.sample = sample;
        StageContext context;
        context.common.seed = seed;
        context.overwrite = Overwrite::allow;
        run_stage<GenerateToy>(config, {.output = path("toy.h5")}, context);
        return read_events(path("toy.h5"), EventKind::events);
    }
};

TEST_F(GenerateToyStage, DataAndSampleOfOneSeedAreDifferentEvents) {
    const EventFile data = generated(false);
    const EventFile sample = generated(true);
    EXPECT_EQ(data.table.mass, generated(false).table.mass);
    EXPECT_NE(data.table.mass, sample.table.mass);
    EXPECT_NE(data.table.mass, generated(false, 2).table.mass);
    EXPECT_EQ(data.header.method, std::nullopt);
    EXPECT_EQ(sample.header.method, Method::cathode);
}

}  // namespace
}  // namespace lacathode::test
