// Stage density-ratio: each flow in its place.
#include "lacathode/stages/density_ratio.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"
#include "stages/toy_chain.hpp"
#include "support/event_files.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

struct DensityRatioFiles : Scratch {
    // Events that a flow of that hash mapped, one of them to nowhere; log p is `slope` a row.
    [[nodiscard]] std::string write(const std::string& name, Region flow_region,
                                    double slope = 0) const {
        EventTable table = toy_data({}, 50, 1);
        table.mapped.assign(table.size(), 1);
        table.mapped[3] = 0;
        for (float& value : table.features.row(3)) value = std::nanf("");
        EventHeader header = header_of(table, toy_window());
        header.flow_hash = name;
        header.flow_region = flow_region;
        Provenance provenance = some_provenance();
        provenance.origins = {{"0123", {"table"}}};
        std::vector<double> log_prob;
        for (std::size_t row = 0; row < table.size(); ++row)
            log_prob.push_back(slope * static_cast<double>(row));
        write_events(path(name), EventKind::latent, header, table, log_prob, provenance,
                     Overwrite::allow);
        return path(name);
    }
    [[nodiscard]] std::string inner() const { return write("inner.h5", Region::signal_region); }
    [[nodiscard]] std::string outer() const { return write("outer.h5", Region::sideband); }

    [[nodiscard]] Summary ratio(const std::string& inner_path,
                                const std::string& outer_path) const {
        StageContext context;
        context.overwrite = Overwrite::allow;
        return run_stage<DensityRatio>({.block_rows = 7},
                                       {inner_path, outer_path, path("scores.h5")}, context);
    }
    [[nodiscard]] std::string refusal(const std::string& inner_path,
                                      const std::string& outer_path) const {
        return message_of<InputError>([&] { (void)ratio(inner_path, outer_path); });
    }
};

TEST_F(DensityRatioFiles, TheInnerFlowIsOfTheSignalRegionAndTheOuterOfTheSidebands) {
    (void)ratio(inner(), outer());
    const std::string other_inner = write("other_inner.h5", Region::signal_region);
    const std::string other_outer = write("other_outer.h5", Region::sideband);
    const auto is_outer = AllOf(HasSubstr("outer.h5: the flow was trained in the sidebands"),
                                HasSubstr("train_flow.region = signal_region"));
    const auto is_inner = HasSubstr("inner.h5: the flow was trained in the signal region");
    EXPECT_THAT(refusal(outer(), inner()), is_outer) << "the other way round";
    EXPECT_THAT(refusal(outer(), outer()), is_outer) << "one flow";
    EXPECT_THAT(refusal(outer(), other_outer), is_outer);
    EXPECT_THAT(refusal(inner(), inner()), is_inner);
    EXPECT_THAT(refusal(inner(), other_inner), is_inner);
}

TEST_F(DensityRatioFiles, TheScoreIsHowMuchLikelierTheInnerFlowIs) {
    (void)ratio(write("inner.h5", Region::signal_region, 3),
                write("outer.h5", Region::sideband, 1));
    const EventTable scored = read_events(path("scores.h5"), EventKind::scores).table;
    ASSERT_EQ(scored.size(), 50U);
    for (std::size_t row = 0; row < scored.size(); ++row) {
        if (!scored.is_mapped(row)) continue;
        EXPECT_EQ(scored.features(row, 0), 2 * static_cast<float>(row)) << row;
    }
}

// One of the two boxes is spanned by the signal region's own events.
TEST_F(DensityRatioFiles, RegionsAreNotComparedByWhatIsNotMapped) {
    const Summary summary = ratio(inner(), outer());
    for (const char* told : {"not_mapped_excess_p_value", "signal_region_not_mapped_rate"})
        EXPECT_EQ(std::ranges::count(summary, told, &Summary::value_type::first), 0) << told;
    const EventHeader header = EventReader(path("scores.h5"), EventKind::scores).header();
    EXPECT_EQ(header.method, Method::anode);
    EXPECT_EQ(header.flow_hash, "inner.h5");
    EXPECT_EQ(header.flow_region, Region::signal_region);
    EXPECT_THAT(header.counts, ElementsAre(Pair("events", 50), Pair("not_mapped", 1)));
}

}  // namespace
}  // namespace lacathode::test
