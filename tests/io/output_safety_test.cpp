// An output appears whole or not at all, and replaces nothing unasked.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/output_file.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

struct OutputSafety : Scratch {
    std::string write(const std::string& name, double value, Overwrite overwrite) const {
        OutputFile out(path(name), FileFormat::metrics, overwrite);
        out.write<double>("/x", std::vector<double>(100, value), {100}, {{"unit", "1"}});
        out.create_growing<float>("/a/b/y", 16);
        out.write_rows<float>("/a/b/y", 0, std::vector<float>(40, 1.0F));
        return out.commit(some_provenance());
    }
};

TEST_F(OutputSafety, ExistingFileIsReplacedOnlyIfAllowed) {
    write("x.h5", 1, Overwrite::forbid);
    const std::string before = bytes_of(path("x.h5"));
    const auto message = message_of<OutputError>([&] { write("x.h5", 2, Overwrite::forbid); });
    EXPECT_THAT(message, AllOf(HasSubstr("x.h5"), HasSubstr("exists; pass --force")));
    EXPECT_TRUE(bytes_of(path("x.h5")) == before);
    write("x.h5", 2, Overwrite::allow);
    EXPECT_FALSE(bytes_of(path("x.h5")) == before);
    EXPECT_EQ(listing(), "x.h5");
}

TEST_F(OutputSafety, WithoutCommitNothingIsLeftAndTheOldFileStays) {
    write("x.h5", 1, Overwrite::forbid);
    const std::string before = bytes_of(path("x.h5"));
    {
        OutputFile out(path("x.h5"), FileFormat::metrics, Overwrite::allow);
        out.write<double>("/x", std::vector<double>(1000), {1000});
        EXPECT_THAT(listing(), MatchesRegex("\\.x\\.h5\\.lock x\\.h5 x\\.h5\\.[a-z]{8}\\.partial"));
    }
    EXPECT_EQ(listing(), "x.h5");
    EXPECT_TRUE(bytes_of(path("x.h5")) == before);
}

TEST_F(OutputSafety, EqualContentAndProvenanceGiveEqualBytes) {
    write("a.h5", 1, Overwrite::forbid);
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // a time stamp would show
    write("b.h5", 1, Overwrite::forbid);
    write("c.h5", 2, Overwrite::forbid);
    EXPECT_TRUE(bytes_of(path("a.h5")) == bytes_of(path("b.h5")));
    EXPECT_FALSE(bytes_of(path("a.h5")) == bytes_of(path("c.h5")));
}

TEST_F(OutputSafety, FileThatAppearedMeanwhileIsNotReplaced) {
    OutputFile out(path("x.h5"), FileFormat::metrics, Overwrite::forbid);
    text_file("x.h5", "precious");
    const auto message = message_of<OutputError>([&] { out.commit(some_provenance()); });
    EXPECT_THAT(message, AllOf(HasSubstr("appeared"), HasSubstr("rename it")));
    EXPECT_EQ(bytes_of(path("x.h5")), "precious");
    EXPECT_THAT(listing(), MatchesRegex("x\\.h5 x\\.h5\\.[a-z]{8}\\.partial"));
}

TEST_F(OutputSafety, PlacesThatCannotBeWrittenAreNamed) {
    const auto refuse = [&](const std::string& target) {
        const auto check = message_of<OutputError>([&] { check_output(target, Overwrite::allow); });
        const auto create = message_of<OutputError>(
            [&] { OutputFile(target, FileFormat::flow, Overwrite::allow); });
        EXPECT_EQ(check, create);
        return check;
    };
    text_file("plain", "");
    EXPECT_THAT(refuse(path("no/where/x.h5")), AllOf(HasSubstr("no/where"), HasSubstr("make it")));
    EXPECT_THAT(refuse(path("plain/x.h5")), HasSubstr("plain"));
    EXPECT_THAT(refuse(directory_.string()), HasSubstr("is a directory"));
    EXPECT_THAT(refuse("/dev/null"), HasSubstr("not a regular file"));
    EXPECT_THAT(refuse(""), HasSubstr("not the name of a file"));
    EXPECT_THAT(refuse(path(std::string(239, 'x'))), HasSubstr("239 bytes; at most 238"));
    { const OutputFile longest(path(std::string(238, 'x')), FileFormat::flow, Overwrite::allow); }
    EXPECT_EQ(listing(), "plain");
}

TEST_F(OutputSafety, UnwritableDirectoryIsNamed) {
    if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
    chmod(directory_.c_str(), 0500);
    const auto message =
        message_of<OutputError>([&] { check_output(path("x.h5"), Overwrite::forbid); });
    EXPECT_THAT(message, HasSubstr("cannot write in directory"));
}

TEST_F(OutputSafety, CheckCreatesNothing) {
    check_output(path("x.h5"), Overwrite::forbid);
    EXPECT_EQ(listing(), "");
}

}  // namespace
}  // namespace lacathode::test
