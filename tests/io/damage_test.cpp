// Truncated and corrupted files never pass for good ones.
#include <gmock/gmock.h>

#include "io/event_samples.hpp"
#include "io/scratch.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/io/column_table.hpp"
#include "lacathode/io/event_file.hpp"

namespace lacathode::test {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

struct Damage : Scratch {
    [[nodiscard]] std::string good_bytes() const {
        const EventTable table = some_events(300);
        write_events(path("good.h5"), EventKind::events, header_of(table, {3.3, 3.7}), table, {},
                     some_provenance(), Overwrite::allow);
        return bytes_of(path("good.h5"));
    }
};

TEST_F(Damage, TruncatedAtFiftyLengths) {
    const std::string good = good_bytes();
    for (std::size_t i = 0; i < 50; ++i) {
        write_bytes(path("bad.h5"), good.substr(0, good.size() * i / 50));
        const auto message =
            message_of<InputError>([&] { EventReader(path("bad.h5"), EventKind::events); });
        EXPECT_THAT(message, HasSubstr("bad.h5")) << i;
        EXPECT_THAT(message, AnyOf(HasSubstr("truncated"), HasSubstr("is empty"))) << i;
    }
    for (const std::size_t length : {1u, 7u, 8u, 9u, 20u, 47u, 48u, 100u}) {
        write_bytes(path("bad.h5"), good.substr(0, length));
        EXPECT_THROW(EventReader(path("bad.h5"), EventKind::events), InputError) << length;
    }
    write_bytes(path("bad.h5"), good.substr(0, good.size() - 1));
    EXPECT_THROW(EventReader(path("bad.h5"), EventKind::events), InputError);
}

// Text attributes lie in heaps that HDF5 1.10 reads without a check of sizes: a wrong size there
// can end the program. Everything else carries a checksum of HDF5 or counts in the content hash.
std::vector<bool> heap_places(const std::string& bytes) {
    constexpr std::size_t heap_size = 4096;
    std::vector<bool> inside(bytes.size(), false);
    for (auto heap = bytes.find("GCOL"); heap != std::string::npos;
         heap = bytes.find("GCOL", heap + 1)) {
        for (std::size_t i = heap; i < std::min(bytes.size(), heap + heap_size); ++i) {
            inside[i] = true;
        }
    }
    return inside;
}

// A flipped bit either lies where nothing is stored, and the content is the same, or is refused.
TEST_F(Damage, FlippedBitIsRefusedOrHarmless) {
    const std::string good = good_bytes();
    const EventTable expected = read_events(path("good.h5"), EventKind::events).table;
    const auto in_heap = heap_places(good);
    std::size_t refused = 0;
    std::size_t tried = 0;
    for (std::size_t place = 0; place < good.size(); place += place < 12'000 ? 17 : 1009) {
        if (in_heap[place]) continue;
        std::string bad = good;
        bad[place] = static_cast<char>(bad[place] ^ (1 << place % 8));
        write_bytes(path("bad.h5"), bad);
        ++tried;
        try {
            const EventFile file = read_events(path("bad.h5"), EventKind::events);
            EXPECT_EQ(file.table.mass, expected.mass) << place;
            EXPECT_EQ(file.table.features, expected.features) << place;
            EXPECT_EQ(file.table.label, expected.label) << place;
        } catch (const InputError& error) {
            EXPECT_THAT(error.what(), HasSubstr("bad.h5")) << place;
            ++refused;
        }
    }
    EXPECT_GT(refused, tried / 20);
}

TEST_F(Damage, FlippedByteOfAColumnIsAHashMismatch) {
    std::string bytes = good_bytes();
    const double mass = some_events(300).mass[123];
    const auto place = bytes.find(std::string(reinterpret_cast<const char*>(&mass), sizeof mass));
    ASSERT_NE(place, std::string::npos);
    bytes[place] = static_cast<char>(bytes[place] ^ 1);
    write_bytes(path("bad.h5"), bytes);
    const auto message =
        message_of<InputError>([&] { EventReader(path("bad.h5"), EventKind::events); });
    EXPECT_THAT(message, HasSubstr("content has changed"));
}

TEST_F(Damage, TruncatedUserTables) {
    for (const std::string name :
         {"fixed_float64.h5", "fixed_float32_int_label.h5", "table_mixed_data_columns.h5"}) {
        const std::string good = bytes_of(sample(name));
        for (std::size_t i = 0; i < 50; ++i) {
            write_bytes(path("bad.h5"), good.substr(0, good.size() * i / 50));
            const auto message =
                message_of<InputError>([&] { (void)ColumnTable::open(path("bad.h5")); });
            EXPECT_THAT(message, HasSubstr("bad.h5")) << name << i;
        }
    }
}

}  // namespace
}  // namespace lacathode::test
