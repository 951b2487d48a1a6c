// One of every config struct with its sections, and configuration files for the tests.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "lacathode/config/configs.hpp"
#include "lacathode/config/json.hpp"

namespace lacathode::test {

struct AllConfigs {
    CommonConfig common;
    PrepareConfig prepare;
    ToyConfig toy;
    TrainFlowConfig train_flow;
    SampleConfig sample;
    EncodeConfig encode;
    TrainClassifierConfig train_classifier;
    ScoreConfig score;
    EvaluateSicConfig evaluate_sic;
    EvaluateSculptingConfig evaluate_sculpting;
    RunConfig run;

    /// Bound to this object.
    std::vector<Section> sections();
    [[nodiscard]] std::vector<std::string> problems() const;
};

/// A file of its own for each test, removed with it.
class ConfigFile : public ::testing::Test {
  protected:
    void TearDown() override { std::filesystem::remove(path_); }
    /// Reads `content` into `configs`.
    void read(const std::string& content, AllConfigs& configs) const;
    /// What read_config complains of; empty if nothing.
    [[nodiscard]] std::string complaint(const std::string& content) const;

    std::string path_ = ::testing::TempDir() + "lacathode_config_" +
                        ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".json";
};

/// The field of that section and key; a failure of the test's own if there is none.
Field field(std::vector<Section> sections, const std::string& section, const std::string& key);

}  // namespace lacathode::test
