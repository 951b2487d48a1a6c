// One writer at a time, whatever else lies about, and what a killed one left is no obstacle.
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <iterator>
#include <thread>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/output_file.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

// Another process, which does its work, waits to be told to go on, and ends without destructors.
class Process {
  public:
    explicit Process(const std::function<void(const std::function<void()>& pause)>& work) {
        if (pipe(started_.data()) != 0 || pipe(go_on_.data()) != 0) std::abort();
        id_ = fork();
        if (id_ != 0) {
            close(started_[1]);
            close(go_on_[0]);
            char byte = 0;
            EXPECT_EQ(::read(started_[0], &byte, 1), 1) << "the other process could not start";
            return;
        }
        close(go_on_[1]);
        try {
            work([&] {
                char byte = 0;
                if (::write(started_[1], &byte, 1) != 1) _exit(2);
                [[maybe_unused]] const auto count = ::read(go_on_[0], &byte, 1);
            });
        } catch (...) {
            _exit(1);
        }
        _exit(0);
    }
    ~Process() {
        close(started_[0]);
        close(go_on_[1]);
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] pid_t id() const { return id_; }
    int finish() {
        EXPECT_EQ(::write(go_on_[1], "", 1), 1);
        return wait();
    }
    void kill_it() {
        kill(id_, SIGKILL);
        wait();
    }

  private:
    int wait() const {
        int status = 0;
        waitpid(id_, &status, 0);
        return status;
    }

    std::array<int, 2> started_{};
    std::array<int, 2> go_on_{};
    pid_t id_ = 0;
};

struct TwoWriters : Scratch {
    static void fill(OutputFile& out, double value) {
        out.write<double>("/x", std::vector<double>(1000, value), {1000});
    }
    void write(double value, Overwrite overwrite = Overwrite::allow) const {
        OutputFile out(path("x.h5"), FileFormat::metrics, overwrite);
        fill(out, value);
        out.commit(some_provenance());
    }
    template <class Problem = OutputError>
    [[nodiscard]] std::string refusal() const {
        return message_of<Problem>([&] { write(2); });
    }
    [[nodiscard]] unsigned mode() const {
        struct stat info {};
        stat(path("x.h5").c_str(), &info);
        return info.st_mode & 07777U;
    }
};

TEST_F(TwoWriters, OfAnotherProcessIsRefusedAtOnceAndTheFirstIsWhole) {
    Process other([&](const auto& pause) {
        OutputFile out(path("x.h5"), FileFormat::metrics, Overwrite::forbid);
        fill(out, 1);
        pause();
        out.commit(some_provenance());
    });
    const std::string process = "process " + std::to_string(other.id()) + " on host ";
    EXPECT_THAT(refusal<OutputBusy>(),
                AllOf(HasSubstr(path("x.h5") + ": " + process),
                      HasSubstr("is writing it; wait for it or name another file")));
    EXPECT_EQ(other.finish(), 0);
    const std::string whole = bytes_of(path("x.h5"));
    EXPECT_EQ(listing(), "x.h5");
    write(1);
    EXPECT_TRUE(bytes_of(path("x.h5")) == whole);
}

TEST_F(TwoWriters, OfTwoThreadsOneIsRefused) {
    OutputFile first(path("x.h5"), FileFormat::metrics, Overwrite::forbid);
    std::string message;
    std::thread second([&] { message = refusal<OutputBusy>(); });
    second.join();
    EXPECT_THAT(message, HasSubstr("process " + std::to_string(getpid())));
    first.commit(some_provenance());
    EXPECT_EQ(listing(), "x.h5");
    write(2);  // the lock is free again
}

TEST_F(TwoWriters, ThroughAnotherNameOfTheDirectoryIsRefused) {
    ASSERT_EQ(symlink(directory_.c_str(), path("link").c_str()), 0);
    OutputFile first(path("x.h5"), FileFormat::metrics, Overwrite::forbid);
    EXPECT_THROW(OutputFile(path("link/x.h5"), FileFormat::metrics, Overwrite::allow), OutputError);
}

// Two threads that begin at the same moment, often: one result at a time, each whole.
TEST_F(TwoWriters, ManyAtOnceLeaveOneWholeFile) {
    const auto writer = [&](double value) {
        for (int i = 0; i < 50; ++i) {
            try {
                write(value);
            } catch (const OutputError& error) {
                EXPECT_THAT(error.what(), HasSubstr("is writing it"));
            }
        }
    };
    std::thread one(writer, 1.0);
    writer(2.0);
    one.join();
    EXPECT_EQ(listing(), "x.h5");
    const std::string last = bytes_of(path("x.h5"));
    write(1);
    const bool first_won = bytes_of(path("x.h5")) == last;
    write(2);
    EXPECT_TRUE(first_won || bytes_of(path("x.h5")) == last);
}

TEST_F(TwoWriters, KilledWriterLeavesNothingForLong) {
    text_file("x.h5", "precious");
    Process other([&](const auto& pause) {
        OutputFile out(path("x.h5"), FileFormat::metrics, Overwrite::allow);
        fill(out, 1);
        pause();
    });
    other.kill_it();
    EXPECT_THAT(listing(), MatchesRegex("\\.x\\.h5\\.lock x\\.h5 x\\.h5\\.[a-z]{8}\\.partial"));
    EXPECT_EQ(bytes_of(path("x.h5")), "precious");
    write(2);
    EXPECT_EQ(listing(), "x.h5");
}

// What nobody will write again has no next writer.
TEST_F(TwoWriters, WhatAKilledWriterLeftCanBeRemovedButNotAnothersWork) {
    {
        Process other([&](const auto& pause) {
            OutputFile out(path("x.h5"), FileFormat::metrics, Overwrite::allow);
            pause();
        });
        const std::string writing = listing();
        remove_left_behind(path("x.h5"));
        EXPECT_EQ(listing(), writing);
        EXPECT_TRUE(is_being_written(path("x.h5")));
        EXPECT_EQ(listing(), writing);
        other.kill_it();
        EXPECT_FALSE(is_being_written(path("x.h5"))) << "it left its lock, but writes no more";
    }
    remove_left_behind(path("x.h5"));
    EXPECT_EQ(listing(), "");
    remove_left_behind(path("x.h5"));
    EXPECT_EQ(listing(), "");
}

// Whoever waits for the other one looks many times, and may have so many files open only.
TEST_F(TwoWriters, ARefusalLeavesNothingOpen) {
    const OutputFile first(path("x.h5"), FileFormat::metrics, Overwrite::forbid);
    const auto open_files = [] {
        return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                             std::filesystem::directory_iterator());
    };
    const auto before = open_files();
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(is_being_written(path("x.h5")));
    EXPECT_EQ(open_files(), before);
}

TEST_F(TwoWriters, FileOfSomebodyElseIsNeitherFollowedNorTruncated) {
    text_file("precious", "precious");
    text_file("x.h5.abcdefgh.partial", "a user's");
    ASSERT_EQ(symlink(path("precious").c_str(), path("x.h5.partial").c_str()), 0);
    write(1);
    EXPECT_EQ(bytes_of(path("precious")), "precious");
    EXPECT_EQ(bytes_of(path("x.h5.abcdefgh.partial")), "a user's");
    EXPECT_EQ(listing(), "precious x.h5 x.h5.abcdefgh.partial x.h5.partial");
}

TEST_F(TwoWriters, SomethingInPlaceOfTheLockIsRefusedAndStays) {
    text_file(".x.h5.lock", "a user's notes");
    EXPECT_THAT(refusal(), HasSubstr("in the way"));
    EXPECT_EQ(bytes_of(path(".x.h5.lock")), "a user's notes");
    ASSERT_EQ(rename(path(".x.h5.lock").c_str(), path("notes").c_str()), 0);
    ASSERT_EQ(symlink("notes", path(".x.h5.lock").c_str()), 0);
    EXPECT_THAT(refusal(), HasSubstr("cannot open the lock"));
    EXPECT_EQ(bytes_of(path("notes")), "a user's notes");
}

// A lock file is no way to have another file removed.
TEST_F(TwoWriters, LockFileCannotNameAForeignFile) {
    text_file("precious", "precious");
    text_file("x.h5.12345678.partial", "precious");
    for (const std::string name : {"precious", "../precious", "x.h5.12345678.partial", ""}) {
        text_file(".x.h5.lock", "lacathode: process 1 on host h writes " + name + "\n");
        write(1);
        EXPECT_EQ(listing(), "precious x.h5 x.h5.12345678.partial") << name;
    }
}

TEST_F(TwoWriters, NewFileHasTheUsualMode) {
    const mode_t before = umask(0);
    for (const mode_t mask : {022U, 0077U, 0002U, 0222U}) {
        umask(mask);
        write(1);
        EXPECT_EQ(mode(), 0666U & ~mask) << std::oct << mask;
        unlink(path("x.h5").c_str());
    }
    umask(before);
}

TEST_F(TwoWriters, ReplacedFileKeepsItsMode) {
    for (const unsigned bits : {0600U, 0640U, 0664U, 0755U}) {
        write(1);
        ASSERT_EQ(chmod(path("x.h5").c_str(), bits), 0);
        write(2);
        EXPECT_EQ(mode(), bits) << std::oct << bits;
    }
}

TEST_F(TwoWriters, WriteProtectedFileIsNotReplaced) {
    write(1);
    const std::string before = bytes_of(path("x.h5"));
    ASSERT_EQ(chmod(path("x.h5").c_str(), 0444), 0);
    EXPECT_THAT(refusal(), AllOf(HasSubstr("x.h5: is write-protected"), HasSubstr("chmod u+w")));
    EXPECT_TRUE(bytes_of(path("x.h5")) == before);
    EXPECT_EQ(listing(), "x.h5");
}

TEST_F(TwoWriters, LinkIsReplacedItselfAndOnlyIfAllowed) {
    text_file("precious", "precious");
    for (const std::string target : {"precious", "nothing"}) {
        ASSERT_EQ(symlink(target.c_str(), path("x.h5").c_str()), 0);
        EXPECT_THROW(write(1, Overwrite::forbid), OutputError);
        write(1);
        EXPECT_EQ(listing(), "precious x.h5");
        EXPECT_FALSE(std::filesystem::is_symlink(path("x.h5")));
        EXPECT_EQ(bytes_of(path("precious")), "precious");
        std::filesystem::remove(path("x.h5"));
    }
}

TEST_F(TwoWriters, SameFileByAnyName) {
    text_file("a", "");
    text_file("b", "");
    ASSERT_EQ(symlink("a", path("link").c_str()), 0);
    ASSERT_EQ(link(path("a").c_str(), path("hard").c_str()), 0);
    EXPECT_TRUE(same_file(path("a"), path("./a")));
    EXPECT_TRUE(same_file(path("a"), path("link")));
    EXPECT_TRUE(same_file(path("hard"), path("a")));
    EXPECT_FALSE(same_file(path("a"), path("b")));
    EXPECT_FALSE(same_file(path("no"), path("no")));
}

}  // namespace
}  // namespace lacathode::test
