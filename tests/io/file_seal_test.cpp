// The seal: whatever happens to a byte of a file of ours, libhdf5 never sees it.
#include <gmock/gmock.h>

#include <fstream>
#include <numeric>

#include "io/event_samples.hpp"
#include "io/file_seal.hpp"
#include "io/input_checks.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "support/event_files.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr std::size_t seal_bytes = 512;

struct FileSeal : Scratch {
    std::string file_of(FileFormat format) const {
        if (format == FileFormat::events) {
            const EventTable table = some_events(300);
            write_events(path("good.h5"), EventKind::events, header_of(table, {3.3, 3.7}), table,
                         {}, some_provenance(), Overwrite::allow);
            return bytes_of(path("good.h5"));
        }
        OutputFile out(path("good.h5"), format, Overwrite::allow);
        out.write<float>("/states/00/w", std::vector<float>(40, 1.5F), {8, 5}, {{"rank", 3.0}});
        out.create_growing<std::int8_t>("/label", 100);
        out.write_rows<std::int8_t>("/label", 0, std::vector<std::int8_t>(250, 1));
        out.set_attribute("/counts", "events", std::int64_t{250});
        out.set_attribute("/", "method", "lacathode");
        out.commit(some_provenance());
        return bytes_of(path("good.h5"));
    }
    [[nodiscard]] std::string refusal(const std::string& bytes, FileFormat format) const {
        write_bytes(path("bad.h5"), bytes);
        const auto message =
            message_of<InputError>([&] { InputFile(path("bad.h5"), format, Verify::no); });
        EXPECT_THAT(message, HasSubstr("bad.h5"));
        return message;
    }
    // Flips one of the 8 * size bits of good.h5 where it lies: files need not be written anew.
    void flip(std::size_t bit) const {
        std::fstream file(path("good.h5"), std::ios::binary | std::ios::in | std::ios::out);
        file.seekg(static_cast<std::streamoff>(bit / 8));
        const int byte = file.get();
        file.seekp(static_cast<std::streamoff>(bit / 8));
        file.put(static_cast<char>(byte ^ (1 << bit % 8)));
    }
    [[nodiscard]] std::string refusal_of_flip(std::size_t bit, FileFormat format) const {
        flip(bit);
        const auto message =
            message_of<InputError>([&] { InputFile(path("good.h5"), format, Verify::no); });
        flip(bit);
        return message;
    }
};

TEST_F(FileSeal, IsTextOfThatForm) {
    const std::string bytes = file_of(FileFormat::flow);
    const std::string seal = bytes.substr(0, seal_bytes);
    EXPECT_THAT(seal, ::testing::MatchesRegex("lacathode file, seal 1\nbytes [0-9]+\n"
                                              "xxh3_128 [0-9a-f]{32}\n *\n"));
    EXPECT_THAT(seal, HasSubstr("\nbytes " + std::to_string(bytes.size()) + "\n"));
    EXPECT_EQ(bytes.substr(seal_bytes, 4), "\x89HDF");
}

// 800 bits drawn in the files of each format; a flip that passed, or a crash, fails the test.
TEST_F(FileSeal, FlippedBitIsRefusedInEveryFormat) {
    RandomStream random(1, "flipped bits");
    for (const FileFormat format : all_formats()) {
        const std::string good = file_of(format);
        EXPECT_NO_THROW(InputFile(path("good.h5"), format));
        for (int i = 0; i < 800; ++i) {
            const auto bit = static_cast<std::size_t>(random.below(8 * good.size()));
            EXPECT_NE(refusal_of_flip(bit, format), "") << "bit " << bit;
        }
        EXPECT_TRUE(bytes_of(path("good.h5")) == good);
    }
}

TEST_F(FileSeal, EveryBitOfTheSealAndOfTheSignatureIsRefused) {
    file_of(FileFormat::metrics);
    for (std::size_t bit = 0; bit < 8 * (seal_bytes + 8); ++bit) {
        EXPECT_THAT(refusal_of_flip(bit, FileFormat::metrics),
                    AnyOf(HasSubstr("content has changed"), HasSubstr("truncated"),
                          HasSubstr("first 512 bytes are damaged")))
            << "bit " << bit;
    }
}

TEST_F(FileSeal, EveryLengthButItsOwnIsRefused) {
    const std::string good = file_of(FileFormat::flow);
    for (std::size_t length = 1; length < good.size(); length += length < 600 ? 1 : 37) {
        const std::string message = refusal(good.substr(0, length), FileFormat::flow);
        EXPECT_THAT(message, HasSubstr("is truncated")) << length;
    }
    EXPECT_THAT(refusal(good + '\0', FileFormat::flow), HasSubstr("content has changed"));
}

TEST_F(FileSeal, ProvenanceIsCovered) {
    std::string bytes = file_of(FileFormat::flow);
    const auto place = bytes.find("1.2.3");
    ASSERT_NE(place, std::string::npos);
    bytes[place] = '2';
    EXPECT_THAT(refusal(bytes, FileFormat::flow),
                AllOf(HasSubstr("content has changed"), HasSubstr("the program that wrote it")));
}

// Of earlier versions, say: as good as its content hash.
TEST_F(FileSeal, FileWithoutASealIsJudgedByItsContentHash) {
    std::string good = file_of(FileFormat::flow).substr(seal_bytes);
    write_bytes(path("old.h5"), good);
    const InputFile old(path("old.h5"), FileFormat::flow);
    EXPECT_EQ(old.content_hash(), InputFile(path("good.h5"), FileFormat::flow).content_hash());
    EXPECT_EQ(old.read<float>("/states/00/w").at(0), 1.5F);

    const float value = 1.5F;
    const auto place = good.find(std::string(reinterpret_cast<const char*>(&value), sizeof value));
    ASSERT_NE(place, std::string::npos);
    good[place] ^= 1;
    write_bytes(path("bad.h5"), good);
    EXPECT_THAT(message_of<InputError>([&] { InputFile(path("bad.h5"), FileFormat::flow); }),
                HasSubstr("content has changed"));
}

// It is read in blocks of 4 MiB.
TEST_F(FileSeal, TheContentHashIsOfEveryBlock) {
    std::vector<double> values(600'000);
    std::iota(values.begin(), values.end(), 0.0);
    OutputFile out(path("large.h5"), FileFormat::metrics, Overwrite::forbid);
    out.write<double>("/values", values, {300'000, 2});
    out.commit(some_provenance());
    EXPECT_NO_THROW(InputFile(path("large.h5"), FileFormat::metrics).verify());
}

// This one can be opened, but its first bytes cannot be read.
TEST(FileSealThatCannotBeRead, IsNotTakenForADamagedOne) {
    const std::string file = "/proc/self/mem";
    const auto cannot = ThrowsMessage<io::detail::CannotOpen>(HasSubstr("mem: cannot be read: "));
    EXPECT_THAT([&] { (void)io::detail::check_seal(file); }, cannot);
    EXPECT_THAT([&] { (void)io::detail::begins_with_seal(file); }, cannot);
}

TEST_F(FileSeal, AnotherUserBlockIsRefused) {
    std::string bytes = file_of(FileFormat::flow);
    bytes.replace(0, seal_bytes, seal_bytes, 'x');
    EXPECT_THAT(refusal(bytes, FileFormat::flow), HasSubstr("first 512 bytes are damaged"));
}

}  // namespace
}  // namespace lacathode::test
