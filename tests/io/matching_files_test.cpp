// Files that are named by paths and patterns.
#include "lacathode/io/matching_files.hpp"

#include <gmock/gmock.h>

#include "lacathode/config/file_pattern.hpp"
#include "lacathode/core/errors.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct MatchingFiles : Scratch {
    void SetUp() override {
        Scratch::SetUp();
        for (const char* name : {"b.h5", "a.h5", "B.h5", "a10.h5", "a[1].h5", "a1.h5"})
            text_file(name, name);
    }
    std::vector<std::string> names(const std::vector<std::string>& patterns) const {
        std::vector<std::string> all;
        for (const std::string& pattern : patterns) all.push_back(path(pattern));
        std::vector<std::string> found;
        for (const std::string& file : matching_files(all))
            found.push_back(file.substr(path("").size()));
        return found;
    }
};

TEST_F(MatchingFiles, PatternsAreReplacedByWhatMatchesInTheOrderOfBytes) {
    EXPECT_THAT(names({"?.h5", "a1*"}), ElementsAre("B.h5", "a.h5", "b.h5", "a1.h5", "a10.h5"));
    EXPECT_THAT(names({"[bB].h5"}), ElementsAre("B.h5", "b.h5"));
    EXPECT_THAT(names({"b.h5", "a.h5", "b.h5"}), ElementsAre("b.h5", "a.h5", "b.h5"));
    EXPECT_THAT(matching_files({}), IsEmpty());
}

TEST_F(MatchingFiles, WhatExistsIsNoPattern) {
    EXPECT_THAT(names({"a[1].h5"}), ElementsAre("a[1].h5"));
    EXPECT_THAT(names({"a\\[1].h5"}), ElementsAre("a[1].h5"));
    EXPECT_THAT(names({"a[12].h5"}), ElementsAre("a1.h5"));
}

TEST_F(MatchingFiles, AnyPathHasAPatternThatMeansItAlone) {
    for (const char* name : {"a[1].h5", "a.h5", "?.h5", "not yet [b]*\\.h5"})
        EXPECT_THAT(names({pattern_of(name)}), ElementsAre(name));
}

TEST_F(MatchingFiles, WhatMatchesNothingIsRefused) {
    EXPECT_THAT(message_of<InputError>([&] {
                    (void)names({"a.h5", "c*.h5"});
                }),
                HasSubstr(path("c*.h5") + ": no file matches this pattern; check the path"));
    EXPECT_THAT(names({"no.h5"}), ElementsAre("no.h5"));  // who opens it says more
}

}  // namespace
}  // namespace lacathode::test
