// Event tables survive being written, whole or in pieces.
#include <gmock/gmock.h>

#include <cmath>

#include "io/event_samples.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/io/input_file.hpp"
#include "support/event_files.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::HasSubstr;

const MassWindow window(3.3, 3.7);

void expect_equal(const EventTable& a, const EventTable& b) {
    EXPECT_EQ(a.mass_column, b.mass_column);
    EXPECT_EQ(a.feature_columns, b.feature_columns);
    EXPECT_EQ(a.mass, b.mass);
    EXPECT_EQ(a.label, b.label);
    EXPECT_EQ(a.partition, b.partition);
    EXPECT_EQ(a.source_row, b.source_row);
    EXPECT_EQ(a.mapped, b.mapped);
    EXPECT_EQ(a.fold, b.fold);
    EXPECT_EQ(a.weight, b.weight);
    ASSERT_EQ(a.features.rows(), b.features.rows());
    ASSERT_EQ(a.features.cols(), b.features.cols());
    for (std::size_t i = 0; i < a.features.values().size(); ++i) {
        const float x = a.features.values()[i];
        const float y = b.features.values()[i];
        EXPECT_TRUE(x == y || (std::isnan(x) && std::isnan(y))) << i;
    }
}

struct EventFileTest : Scratch {
    std::string write_pieces(const std::string& name, const EventTable& table,
                             std::size_t piece) const {
        EventWriter writer(path(name), EventKind::events, header_of(table, window),
                           Overwrite::forbid);
        for (std::size_t first = 0; first < table.size(); first += piece) {
            std::vector<std::size_t> rows;
            for (std::size_t row = first; row < std::min(table.size(), first + piece); ++row) {
                rows.push_back(row);
            }
            writer.append(table.take(rows));
        }
        return writer.commit(some_provenance());
    }
};

TEST_F(EventFileTest, EventsComeBack) {
    const EventTable table = some_events(1000);
    EventHeader header = header_of(table, window);
    header.counts = {{"rows", 1000}, {"dropped", -0}};
    const auto hash = write_events(path("x.h5"), EventKind::events, header, table, {},
                                   some_provenance(), Overwrite::forbid);
    const EventFile file = read_events(path("x.h5"), EventKind::events);
    expect_equal(file.table, table);
    EXPECT_EQ(file.header.mass, table.mass_column);
    EXPECT_EQ(file.header.signal_region, window);
    EXPECT_TRUE(file.header.has_label);
    EXPECT_FALSE(file.header.has_mapped);
    EXPECT_EQ(file.header.rows, 1000u);
    EXPECT_EQ(file.header.counts, (Counts{{"dropped", 0}, {"rows", 1000}}));
    EXPECT_EQ(file.provenance.content_hash, hash);
    EXPECT_TRUE(file.log_prob.empty());
}

TEST_F(EventFileTest, WeightsComeBackWholeAndInPieces) {
    EventTable table = some_events(100);
    for (std::size_t row = 0; row < 100; ++row)
        table.weight.push_back(static_cast<float>(row) / 7 - 3);
    write_events(path("x.h5"), EventKind::events, header_of(table, window), table, {},
                 some_provenance(), Overwrite::forbid);
    expect_equal(read_events(path("x.h5"), EventKind::events).table, table);
    write_pieces("pieces.h5", table, 7);
    const EventReader reader(path("pieces.h5"), EventKind::events);
    EXPECT_TRUE(reader.header().has_weight);
    expect_equal(reader.read(30, 5), table.take(std::vector<std::size_t>{30, 31, 32, 33, 34}));
    EXPECT_FALSE(header_of(some_events(3), window).has_weight);
}

TEST_F(EventFileTest, LatentRowsComeBackWithTheirFlow) {
    const EventTable table = some_latent(100);
    EventHeader header = header_of(table, window);
    header.flow_hash = "0123";
    header.method = Method::lacathode;
    write_events(path("z.h5"), EventKind::latent, header, table, some_log_prob(table),
                 some_provenance(), Overwrite::forbid);
    const EventReader reader(path("z.h5"), {EventKind::events, EventKind::latent});
    EXPECT_EQ(reader.kind(), EventKind::latent);
    EXPECT_EQ(reader.header().flow_hash, "0123");
    EXPECT_EQ(reader.header().method, Method::lacathode);
    EXPECT_FALSE(reader.header().has_label);
    EXPECT_TRUE(reader.header().has_mapped);
    expect_equal(reader.read_all(), table);
    const auto log_prob = reader.read_log_prob(9, 3);
    EXPECT_EQ(log_prob[0], -2.25);
    EXPECT_TRUE(std::isnan(log_prob[1]));  // row 10 is not mapped
    EXPECT_EQ(reader.read_log_prob(95, 100).size(), 5u);
}

TEST_F(EventFileTest, FoldsAndWhatIsMappedComeBackInPieces) {
    EventTable table = some_latent(100);
    for (std::size_t row = 0; row < 100; ++row)
        table.fold.push_back(static_cast<std::uint8_t>(row % 3));
    write_events(path("z.h5"), EventKind::latent, header_of(table, window), table,
                 some_log_prob(table), some_provenance(), Overwrite::forbid);
    const EventReader reader(path("z.h5"), EventKind::latent);
    EXPECT_TRUE(reader.header().has_fold);
    expect_equal(reader.read(31, 5), table.take(std::vector<std::size_t>{31, 32, 33, 34, 35}));
}

TEST_F(EventFileTest, TheRegionOfTheFlowComesBack) {
    const EventTable table = some_latent(10);
    for (const Region region : {Region::sideband, Region::signal_region}) {
        EventHeader header = header_of(table, window);
        header.flow_region = region;
        write_events(path("z.h5"), EventKind::latent, header, table, some_log_prob(table),
                     some_provenance(), Overwrite::allow);
        EXPECT_EQ(EventReader(path("z.h5"), EventKind::latent).header().flow_region, region);
        // Of the sidebands nothing is said, as in files of versions that did not know others.
        EXPECT_EQ(InputFile(path("z.h5"), FileFormat::latent).has_attribute("/", "flow_region"),
                  region == Region::signal_region);
    }
}

TEST_F(EventFileTest, PiecesGiveTheSameBytesAsTheWhole) {
    const EventTable table = some_events(40'000);  // more than two blocks
    const auto whole = write_events(path("a.h5"), EventKind::events, header_of(table, window),
                                    table, {}, some_provenance(), Overwrite::forbid);
    EXPECT_EQ(write_pieces("b.h5", table, 16'384), whole);
    EXPECT_EQ(write_pieces("c.h5", table, 7001), whole);
    EXPECT_TRUE(bytes_of(path("a.h5")) == bytes_of(path("b.h5")));
    EXPECT_TRUE(bytes_of(path("a.h5")) == bytes_of(path("c.h5")));
    expect_equal(read_events(path("c.h5"), EventKind::events).table, table);
}

TEST_F(EventFileTest, PiecesAreRead) {
    const EventTable table = some_events(40'000);
    write_events(path("x.h5"), EventKind::events, header_of(table, window), table, {},
                 some_provenance(), Overwrite::forbid);
    const EventReader reader(path("x.h5"), EventKind::events);
    expect_equal(reader.read(16'000, 1000), some_events(1000, 16'000));
    expect_equal(reader.read(39'990, 1000), some_events(10, 39'990));
    EXPECT_EQ(reader.read(40'000, 1).size(), 0u);
    EXPECT_THROW((void)reader.read(40'001, 1), ContractViolation);
    EXPECT_THROW((void)reader.read_log_prob(0, 1), ContractViolation);
}

TEST_F(EventFileTest, BlocksAreAllRowsInOrder) {
    const EventTable table = some_events(1000);
    write_pieces("x.h5", table, 1000);
    const EventReader reader(path("x.h5"), EventKind::events);
    for (const std::size_t rows : {1UL, 300UL, 500UL, 1000UL, 5000UL}) {
        EventTable all;
        std::vector<std::size_t> sizes;
        for (EventTable& block : reader.blocks(rows)) {
            sizes.push_back(block.size());
            // The block is the loop's: what it does to it leads to no row twice.
            const EventTable taken = std::move(block);
            if (sizes.size() == 1) {
                all = taken;
            } else {
                append(all, taken);
            }
        }
        expect_equal(all, table);
        EXPECT_EQ(sizes.size(), (1000 + rows - 1) / rows);
        EXPECT_EQ(sizes.front(), std::min<std::size_t>(rows, 1000));
    }
}

TEST_F(EventFileTest, NoRowsAreAllowed) {
    EventHeader header = header_of(some_events(1), window);
    const EventTable none = some_events(0);
    write_events(path("x.h5"), EventKind::events, header, none, {}, some_provenance(),
                 Overwrite::forbid);
    const EventReader reader(path("x.h5"), EventKind::events);
    EXPECT_EQ(reader.rows(), 0u);
    EXPECT_TRUE(reader.header().has_label);
    EXPECT_EQ(reader.read_all().size(), 0u);
    for (const EventTable& block : reader.blocks()) ADD_FAILURE() << block.size();
    EXPECT_EQ(reader.header().features, header.features);
}

TEST_F(EventFileTest, CountsMayBeSetLate) {
    const EventTable table = some_events(3);
    EventWriter writer(path("x.h5"), EventKind::events, header_of(table, window),
                       Overwrite::forbid);
    writer.append(table);
    writer.set_counts({{"late", 3}});
    writer.commit(some_provenance());
    EXPECT_EQ(EventReader(path("x.h5"), EventKind::events).header().counts, (Counts{{"late", 3}}));
}

TEST_F(EventFileTest, UnwrittenFileLeavesNothing) {
    const EventTable table = some_events(20'000);
    {
        EventWriter writer(path("x.h5"), EventKind::events, header_of(table, window),
                           Overwrite::forbid);
        writer.append(table);
    }
    EXPECT_EQ(listing(), "");
}

}  // namespace
}  // namespace lacathode::test
