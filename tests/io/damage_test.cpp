// Truncated and corrupted files never pass for good ones.
#include <gmock/gmock.h>

#include "io/event_samples.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/io/column_table.hpp"
#include "lacathode/io/event_file.hpp"
#include "support/event_files.hpp"
#include "support/scratch.hpp"

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
