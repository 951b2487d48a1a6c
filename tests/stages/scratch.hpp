// A directory of its own for each test, removed with it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace lacathode::test {

class Scratch : public ::testing::Test {
  protected:
    void SetUp() override { std::filesystem::create_directories(directory_); }
    void TearDown() override { std::filesystem::remove_all(directory_); }
    /// A path in the directory.
    [[nodiscard]] std::string path(const std::string& name) const {
        return (directory_ / name).string();
    }

  private:
    std::filesystem::path directory_ =
        std::filesystem::temp_directory_path() /
        ("lacathode_stages_" + std::to_string(getpid()) + "_" +
         ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

}  // namespace lacathode::test
