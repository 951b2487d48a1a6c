// Outputs that are written on a local disk first.
#include "lacathode/core/scratch.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/csv_file.hpp"
#include "lacathode/io/file_hash.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/io/output_path.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using testing::Contains;
using testing::ContainsRegex;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::UnorderedElementsAre;
namespace fs = std::filesystem;

class ScratchDirectory : public Scratch {
  protected:
    void SetUp() override {
        Scratch::SetUp();
        local_ = path("local");
        shared_ = path("out.h5");
        fs::create_directory(local_);
        set_scratch_directory(local_);
    }
    void TearDown() override {
        set_scratch_directory("");
        Scratch::TearDown();
    }

    static std::vector<std::string> names_in(const std::string& directory) {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(directory))
            names.push_back(entry.path().filename());
        return names;
    }
    static void write_large(const std::string& path) {
        OutputFile file(path, FileFormat::metrics, Overwrite::allow);
        file.write_vector<double>("/values", std::vector<double>(400'000, 1.5));
        file.commit(some_provenance());
    }

    std::string local_;
    std::string shared_;
    /// Names there of what stands for out.h5.
    const testing::Matcher<const std::string&> written_ =
        MatchesRegex("lacathode-out\\.h5\\.[0-9a-f]{16}\\.[a-z]{8}\\.partial");
    const testing::Matcher<const std::string&> lock_ =
        MatchesRegex("\\.lacathode-out\\.h5\\.[0-9a-f]{16}\\.lock");
};

TEST_F(ScratchDirectory, TheBytesAreThoseOfAFileWithoutOne) {
    write_large(shared_);
    const std::string with = bytes_of(shared_);
    set_scratch_directory("");
    write_large(shared_);
    EXPECT_TRUE(bytes_of(shared_) == with);
    EXPECT_EQ(InputFile(shared_, FileFormat::metrics).read<double>("/values").size(), 400'000U);
}

TEST_F(ScratchDirectory, TablesLieThereTooUntilTheyAreComplete) {
    const std::string name = path("out.csv");
    {
        CsvFile file(name, Overwrite::forbid);
        file.write({{"a", std::vector<std::int64_t>(5000, 7)}});
        EXPECT_THAT(names_in(local_), Contains(ContainsRegex("lacathode-out.csv.*partial")));
        EXPECT_FALSE(fs::exists(name));
        const std::string hash = file.commit(some_provenance());
        EXPECT_EQ(hash, file_hash(name));
    }
    EXPECT_EQ(fs::file_size(name), 2U + 5000U * 2U);
    EXPECT_THAT(names_in(local_), Not(Contains(ContainsRegex("partial"))));
}

TEST_F(ScratchDirectory, UntilItIsCompleteTheBytesLieThere) {
    OutputFile file(shared_, FileFormat::metrics, Overwrite::forbid);
    file.write_vector<double>("/values", std::vector<double>(400'000, 1.5));
    const std::vector<std::string> names = names_in(local_);
    EXPECT_THAT(names, UnorderedElementsAre(written_, lock_));
    for (const std::string& name : names) {
        if (name.starts_with('.')) continue;
        EXPECT_EQ(fs::status(fs::path(local_) / name).permissions(),
                  fs::perms::owner_read | fs::perms::owner_write);
    }
    EXPECT_FALSE(fs::exists(shared_));
    file.commit(some_provenance());
    EXPECT_TRUE(fs::exists(shared_));
}

TEST_F(ScratchDirectory, NothingIsLeftThere) {
    write_large(shared_);
    EXPECT_TRUE(names_in(local_).empty());
    {
        OutputFile file(path("abandoned.h5"), FileFormat::metrics, Overwrite::forbid);
        file.write_vector<double>("/values", {1, 2});
    }
    EXPECT_TRUE(names_in(local_).empty());
    EXPECT_FALSE(fs::exists(path("abandoned.h5")));
}

TEST_F(ScratchDirectory, WhatAKilledWriterLeftThereTheNextOneRemoves) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        OutputFile killed(shared_, FileFormat::metrics, Overwrite::allow);
        killed.write_vector<double>("/values", {1, 2});
        _exit(0);  // no destructor runs
    }
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    EXPECT_THAT(names_in(local_), UnorderedElementsAre(written_, lock_));
    write_large(path("another.h5"));
    EXPECT_THAT(names_in(local_), UnorderedElementsAre(written_, lock_));
    write_large(shared_);
    EXPECT_THAT(names_in(local_), IsEmpty());
}

TEST_F(ScratchDirectory, WhatAKilledWriterLeftThereGoesWithoutAnotherToo) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        OutputFile killed(shared_, FileFormat::training, Overwrite::allow);
        _exit(0);  // no destructor runs
    }
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    ASSERT_THAT(names_in(local_), UnorderedElementsAre(written_, lock_));
    remove_left_behind(shared_);
    EXPECT_THAT(names_in(local_), IsEmpty());
}

TEST_F(ScratchDirectory, FilesOfOneNameAreNotConfused) {
    fs::create_directory(path("other"));
    const OutputFile other(path("other/out.h5"), FileFormat::metrics, Overwrite::forbid);
    {
        const OutputFile one(shared_, FileFormat::metrics, Overwrite::forbid);
        EXPECT_THAT(names_in(local_), UnorderedElementsAre(written_, written_, lock_, lock_));
    }
    write_large(shared_);
    EXPECT_THAT(names_in(local_), UnorderedElementsAre(written_, lock_));
}

TEST_F(ScratchDirectory, ALongNameHasRoomThere) {
    const std::string longest = path(std::string(238, 'x'));
    write_large(longest);
    EXPECT_TRUE(fs::exists(longest));
}

TEST_F(ScratchDirectory, OneThatCannotBeUsedIsSaid) {
    EXPECT_THROW(set_scratch_directory(path("absent")), OutputError);
    EXPECT_THROW(set_scratch_directory(shared_ + "/x"), OutputError);
    fs::remove(local_);
    EXPECT_THROW(OutputFile(shared_, FileFormat::metrics, Overwrite::forbid), OutputError);
    EXPECT_FALSE(fs::exists(shared_));
    fs::create_directory(local_);
}

}  // namespace
}  // namespace lacathode::test
