// A file of ours without a seal is whole by itself: nothing of it is read from another file, even
// if that is right.
#include <gmock/gmock.h>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/io/own_file.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;

// The other files hold what their readers look for: followed, all would seem to be in order.
struct OutsideValues : Scratch {
    void SetUp() override {
        Scratch::SetUp();
        OutputFile out(path("flow.h5"), FileFormat::flow, Overwrite::forbid);
        out.write<float>("/weights/w", std::vector<float>(4, 1.5F), {2, 2}, {{"rank", 3.0}});
        out.commit(some_provenance());
        ASSERT_TRUE(run_python("write_outside.py", {path("flow.h5")}));
    }
    /// Whether its content hash is compared or not; the file is told from one of somebody else.
    [[nodiscard]] std::string refusal(const std::string& name) const {
        const std::string file = path(name);
        const auto message = message_of<InputError>([&] { InputFile(file, FileFormat::flow); });
        EXPECT_EQ(message_of<InputError>([&] { InputFile(file, FileFormat::flow, Verify::no); }),
                  message);
        EXPECT_THAT(message, AllOf(HasSubstr(file + ": "),
                                   HasSubstr("; copy it again, or make it again with ")));
        EXPECT_TRUE(is_own_file(file));
        EXPECT_FALSE(open_own_file(file));
        return message;
    }
};

TEST_F(OutsideValues, WithinTheFileTheyAreRead) {
    for (const std::string name : {"inside.h5", "other.h5"}) {
        const InputFile in(path(name), FileFormat::flow);
        EXPECT_FALSE(in.is_sealed());
        EXPECT_THAT(in.read<float>("/weights/w", {2, 2}), Each(1.5F));
        EXPECT_EQ(in.double_attribute("/weights/w", "rank"), 3);
    }
}

TEST_F(OutsideValues, LinksToThemAreNotFollowed) {
    const std::string why = ": the link leads into another file, which is not read";
    EXPECT_THAT(refusal("dataset.h5"), HasSubstr("cannot open '/weights/w'" + why));
    EXPECT_THAT(refusal("group.h5"), HasSubstr("cannot open '/weights'" + why));
    EXPECT_THAT(refusal("soft_link.h5"), HasSubstr("cannot open '/weights/w'" + why));
}

// It is no part of the content hash.
TEST_F(OutsideValues, NorAreLinksToAnotherFilesProvenance) {
    EXPECT_THAT(refusal("provenance.h5"), HasSubstr("group /provenance is missing"));
    EXPECT_THAT(refusal("inputs.h5"), HasSubstr("group /provenance/inputs is missing"));
}

TEST_F(OutsideValues, DatasetsOfThemAreRefused) {
    for (const std::string name : {"virtual.h5", "external_storage.h5"}) {
        EXPECT_THAT(refusal(name), HasSubstr("dataset '/weights/w' has its values in other files"));
    }
}

}  // namespace
}  // namespace lacathode::test
