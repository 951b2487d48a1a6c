// Every way in which an input can be wrong has a message with file and remedy.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/file_hash.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/io/own_file.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct InputErrors : Scratch {
    static std::string refusal(const std::string& file, FileFormat format = FileFormat::flow) {
        const auto message = message_of<InputError>([&] { InputFile(file, format); });
        EXPECT_THAT(message, HasSubstr(file));
        return message;
    }
    [[nodiscard]] std::string flow() const {
        OutputFile out(path("flow.h5"), FileFormat::flow, Overwrite::allow);
        out.write<float>("/weights/w", std::vector<float>(4, 1.5F), {2, 2}, {{"rank", 3.0}});
        out.commit(some_provenance());
        return path("flow.h5");
    }
    // As h5py changes it; without a seal, for else nothing but the broken seal would be seen.
    void change(const std::string& what) const {
        ASSERT_TRUE(run_python("change_file.py", {flow(), what}));
        constexpr std::size_t seal_bytes = 512;
        write_bytes(path("flow.h5"), bytes_of(path("flow.h5")).substr(seal_bytes));
    }
};

TEST_F(InputErrors, FilesThatAreNoFiles) {
    EXPECT_THAT(refusal(path("no.h5")), HasSubstr("no such file"));
    EXPECT_THAT(refusal(directory_.string()), HasSubstr("is a directory"));
    EXPECT_THAT(refusal("/dev/null"), HasSubstr("not a regular file"));
    EXPECT_THAT(refusal(text_file("empty.h5", "")), HasSubstr("is empty"));
    EXPECT_THAT(refusal(text_file("a.h5", "just text")),
                AllOf(HasSubstr("not an HDF5 file"), HasSubstr("lacathode-train-flow")));
}

// It is whole, but cannot be had now.
TEST_F(InputErrors, AFileThatAnotherProgramWrites) {
    const int descriptor = open(flow().c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(flock(descriptor, LOCK_EX), 0);
    EXPECT_THAT(
        refusal(path("flow.h5")),
        AllOf(HasSubstr("another program has it open: close it there"), Not(HasSubstr("damaged"))));
    // Nor is it somebody else's, to be made again.
    EXPECT_THAT([&] { (void)open_own_file(path("flow.h5")); },
                ThrowsMessage<InputError>(HasSubstr("another program has it open")));
    close(descriptor);
    EXPECT_TRUE(open_own_file(path("flow.h5")));
    const InputFile whole(path("flow.h5"), FileFormat::flow);
}

// Nor is one that only this process cannot open now, as it has too many open.
TEST_F(InputErrors, AFileThatIsOneTooMany) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the sanitizer needs descriptors to look at the exception's type";
#endif
    const std::string file = flow();
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{0, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    const auto message = message_of<InputError>([&] { (void)open_own_file(file); });
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_THAT(message, HasSubstr("flow.h5: cannot be opened: Too many open files"));
    EXPECT_TRUE(open_own_file(file));
}

// Nor is one that cannot be looked at: a link to itself, for root may read all else.
TEST_F(InputErrors, AFileThatCannotBeLookedAt) {
    const std::string loop = path("loop.h5");
    std::filesystem::create_symlink("loop.h5", loop);
    const auto cannot = ThrowsMessage<InputError>(HasSubstr("loop.h5: cannot be read: "));
    EXPECT_THAT([&] { (void)open_own_file(loop); }, cannot);
    EXPECT_THAT([&] { (void)is_own_file(loop); }, cannot);
    EXPECT_THAT([&] { (void)input_hash(loop); }, cannot);
}

TEST_F(InputErrors, AFileThatMayNotBeRead) {
    if (geteuid() == 0) GTEST_SKIP() << "root may read everywhere";
    std::filesystem::permissions(flow(), std::filesystem::perms::none);
    EXPECT_THAT([&] { (void)open_own_file(path("flow.h5")); },
                ThrowsMessage<InputError>(HasSubstr("check its permissions")));
}

// An input that is made anew with the same content is the same.
TEST_F(InputErrors, AnInputIsKnownByItsContent) {
    const std::string hash = InputFile(flow(), FileFormat::flow).content_hash();
    EXPECT_EQ(input_hash(path("flow.h5")), hash);
    const std::string other = text_file("table", "text");
    EXPECT_EQ(input_hash(other), file_hash(other));
    EXPECT_THAT([&] { (void)input_hash(path("no")); },
                ThrowsMessage<InputError>(HasSubstr("no such file")));
}

TEST_F(InputErrors, ForeignFile) {
    EXPECT_THAT(refusal(sample("fixed_float64.h5")),
                AllOf(HasSubstr("not of this project"), HasSubstr("lacathode-train-flow")));
}

TEST_F(InputErrors, WrongFormatNamesBothAndTheTool) {
    EXPECT_THAT(refusal(flow(), FileFormat::latent),
                AllOf(HasSubstr("is a lacathode.flow file"), HasSubstr("lacathode.latent"),
                      HasSubstr("lacathode-encode")));
    const auto message = message_of<InputError>([&] {
        InputFile(flow(), {FileFormat::events, FileFormat::latent});
    });
    EXPECT_THAT(message, HasSubstr("lacathode.events or lacathode.latent"));
    EXPECT_EQ(InputFile(flow(), {FileFormat::events, FileFormat::flow}).format(), FileFormat::flow);
}

TEST_F(InputErrors, WrongVersion) {
    change("version");
    EXPECT_THAT(refusal(path("flow.h5")), HasSubstr("format_version is 2"));
}

TEST_F(InputErrors, AnyChangeOfContentIsNoticed) {
    for (const std::string what :
         {"value", "attribute", "new_attribute", "new_dataset", "new_group_attribute", "shape",
          "type", "link", "same_name", "format"}) {
        const auto format = what == "format" ? FileFormat::classifier : FileFormat::flow;
        ASSERT_TRUE(run_python("change_file.py", {flow(), what}));
        EXPECT_THAT(refusal(path("flow.h5"), format), HasSubstr("content has changed")) << what;
        change(what);
        EXPECT_THAT(refusal(path("flow.h5"), format), HasSubstr("content has changed")) << what;
    }
}

TEST_F(InputErrors, ChangedContentCanBeOpenedOnPurpose) {
    change("value");
    const InputFile in(path("flow.h5"), FileFormat::flow, Verify::no);
    EXPECT_EQ(in.read<float>("/weights/w").at(0), 7.0F);
    EXPECT_THROW(in.verify(), InputError);
}

TEST_F(InputErrors, ProvenanceMustBeThere) {
    change("no_provenance");
    EXPECT_THAT(refusal(path("flow.h5")), HasSubstr("/provenance"));
    change("no_hash");
    EXPECT_THAT(refusal(path("flow.h5")), HasSubstr("content_hash"));
}

TEST_F(InputErrors, MissingOrDifferentObjectsAreNamed) {
    const InputFile in(flow(), FileFormat::flow);
    const auto refuses = [&](const auto& work) { return message_of<InputError>(work); };
    const auto names = [&](const char* text) {
        return AllOf(HasSubstr("flow.h5"), HasSubstr(text));
    };
    EXPECT_THAT(refuses([&] { (void)in.read<float>("/weights/v"); }),
                names("'/weights/v' is miss"));
    EXPECT_THAT(refuses([&] { (void)in.read<float>("/weights"); }), names("not a dataset"));
    EXPECT_THAT(refuses([&] { (void)in.read<double>("/weights/w"); }),
                names("has type float32, expected a float64"));
    EXPECT_THAT(refuses([&] { (void)in.read<float>("/weights/w", {4}); }),
                names("has shape [2, 2], expected [4]"));
    EXPECT_THAT(refuses([&] { (void)in.children("/weights/w"); }), names("not a group"));
    EXPECT_THAT(refuses([&] { (void)in.double_attribute("/", "x"); }), names("attribute 'x'"));
    EXPECT_THAT(refuses([&] { (void)in.int_attribute("/weights/w", "rank"); }),
                names("not an int64"));
}

// One format has several makers.
TEST_F(InputErrors, TheRemedyNamesTheProgramThatWroteTheFile) {
    const InputFile in(flow(), FileFormat::flow);
    const auto missing = message_of<InputError>([&] { (void)in.children("/nothing"); });
    EXPECT_THAT(missing, HasSubstr("; copy it again, or make it again with lacathode-test"));
    const auto refused = message_of<InputError>([&] { in.refuse("has a fault"); });
    EXPECT_EQ(refused, path("flow.h5") + ": has a fault; make it again with lacathode-test");
    change("no_provenance");
    EXPECT_THAT(refusal(path("flow.h5")),
                HasSubstr("make it again with the program that wrote it"));
}

TEST_F(InputErrors, FileHashIsThatOfTheBytes) {
    // xxhsum -H2 of the three bytes "abc"
    EXPECT_EQ(file_hash(text_file("abc", "abc")), "06b05ab6733a618578af5f94892f3950");
    EXPECT_THROW(file_hash(path("no")), InputError);
}

}  // namespace
}  // namespace lacathode::test
