// Temporary files and messages of errors, for the tests of io.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "lacathode/core/provenance.hpp"

namespace lacathode::test {

/// A directory of its own for each test, removed with it.
class Scratch : public ::testing::Test {
  protected:
    void SetUp() override;
    void TearDown() override;
    /// A path in the directory.
    [[nodiscard]] std::string path(const std::string& name) const {
        return (directory_ / name).string();
    }
    /// Writes a file of that name and returns its path.
    std::string text_file(const std::string& name, const std::string& content) const;
    /// Names in the directory, sorted, separated by blanks.
    [[nodiscard]] std::string listing() const;

    std::filesystem::path directory_;
};

std::string sample(const std::string& name);  ///< a file in tests/data/formats
std::string bytes_of(const std::string& path);
void write_bytes(const std::string& path, const std::string& bytes);
Provenance some_provenance();

/// Runs a script of tests/io with Python 3; true if it succeeds.
bool run_python(const std::string& script, const std::vector<std::string>& arguments);

/// The message of the exception Expected that `work` throws; a failure if it throws none.
template <class Expected, class Work>
std::string message_of(const Work& work) {
    try {
        work();
    } catch (const Expected& error) {
        return error.what();
    } catch (const std::exception& error) {
        ADD_FAILURE() << "another exception: " << error.what();
        return "";
    }
    ADD_FAILURE() << "no exception";
    return "";
}

}  // namespace lacathode::test
