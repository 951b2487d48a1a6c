// What one call needs another does not discard.
#include "workflow/files_in_use.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>

#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct FilesInUseTest : Scratch {
    [[nodiscard]] std::string folder() const { return directory_.string(); }
    // Of a call that needs nothing any more.
    static std::set<std::string> of_others(FilesInUse& call) {
        std::set<std::string> files;
        call.narrow_to({}, [&](const std::set<std::string>& others) { files = others; });
        return files;
    }
};

TEST_F(FilesInUseTest, AreThoseOfTheOtherCallsThatRun) {
    FilesInUse one(folder(), {path("a.h5"), path("b.h5")});
    auto other = std::make_unique<FilesInUse>(folder(), std::set{path("b.h5"), path("c.h5")});
    FilesInUse third(folder(), {path("d.h5")});
    EXPECT_THAT(of_others(third), ElementsAre(path("a.h5"), path("b.h5"), path("c.h5")));
    EXPECT_THAT(of_others(one), ElementsAre(path("b.h5"), path("c.h5")));
    other.reset();
    EXPECT_THAT(of_others(one), IsEmpty());
}

TEST_F(FilesInUseTest, AreFewerWhenLessIsNeeded) {
    FilesInUse one(folder(), {path("a.h5"), path("b.h5")});
    FilesInUse other(folder(), {});
    one.narrow_to({path("b.h5")}, [](const std::set<std::string>&) {});
    EXPECT_THAT(of_others(other), ElementsAre(path("b.h5")));
}

// Under whatever name they know the folder.
TEST_F(FilesInUseTest, AreNamedAsTheAskingCallNamesTheFolder) {
    const std::string link = path("link");
    std::filesystem::create_directory(path("shared"));
    std::filesystem::create_symlink("shared", link);
    FilesInUse one(path("shared"), {path("shared/a.h5")});
    FilesInUse other(link, {link + "/b.h5"});
    other.narrow_to({link + "/b.h5"}, [&](const std::set<std::string>& others) {
        EXPECT_THAT(others, ElementsAre(link + "/a.h5"));
    });
    EXPECT_THAT(of_others(one), ElementsAre(path("shared/b.h5")));
}

TEST_F(FilesInUseTest, OfAKilledCallAreForgotten) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const FilesInUse killed(folder(), {path("a.h5")});
        _exit(0);  // no destructor runs
    }
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    const auto lists = [&] {
        return std::distance(std::filesystem::directory_iterator(path(".in_use")),
                             std::filesystem::directory_iterator());
    };
    EXPECT_EQ(lists(), 2);  // and whose turn it is
    FilesInUse one(folder(), {});
    EXPECT_EQ(lists(), 2);  // its own
    EXPECT_THAT(of_others(one), IsEmpty());
}

TEST_F(FilesInUseTest, AreNotAddedToWhileOneDiscards) {
    FilesInUse one(folder(), {});
    std::future<void> added;
    one.narrow_to({}, [&](const std::set<std::string>&) {
        added = std::async(std::launch::async,
                           [&] { const FilesInUse other(folder(), {path("a.h5")}); });
        EXPECT_EQ(added.wait_for(std::chrono::milliseconds(200)), std::future_status::timeout);
    });
    added.get();
}

}  // namespace
}  // namespace lacathode::test
