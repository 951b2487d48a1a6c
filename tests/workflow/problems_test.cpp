// Every rule about values: defaults obey all, and each can be broken by itself.
#include <gmock/gmock.h>

#include <cmath>
#include <functional>

#include "lacathode/core/errors.hpp"
#include "workflow/all_configs.hpp"

namespace lacathode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Break {
    std::function<void(AllConfigs&)> change;
    const char* problem;
};

TEST(Problems, DefaultsHaveNone) {
    EXPECT_THAT(AllConfigs{}.problems(), IsEmpty());
}

void expect_each(const std::vector<Break>& breaks) {
    for (const Break& one : breaks) {
        AllConfigs configs;
        one.change(configs);
        EXPECT_THAT(configs.problems(), ElementsAre(HasSubstr(one.problem)));
    }
}

TEST(Problems, Common) {
    expect_each({{[](AllConfigs& c) { c.common.threads = -1; }, "common.threads = -1"},
                 {[](AllConfigs& c) {
                      c.common.device = Device::cuda;
                      c.common.backend = Backend::engine;
                  },
                  "engine runs on the CPU only"}});
}

TEST(Problems, PrepareColumns) {
    const auto features = [](const std::vector<std::string>& names) {
        return [names](AllConfigs& c) { c.prepare.features = names; };
    };
    std::vector<std::string> many(21);
    for (std::size_t i = 0; i < many.size(); ++i) many[i] = "x" + std::to_string(i);
    expect_each({
        {features({}), "prepare.features has 0 names"},
        {features(many), "prepare.features has 21 names"},
        {features({"a", "a"}), "names a feature twice"},
        {features({"a,b"}), "names the column 'a,b'"},
        {features({"a/b"}), "tell the input's name in prepare.columns: {\"NAME\": \"a/b\"}"},
        {features({""}), "names the column ''"},
        {features({"."}), "names the column '.'"},
        {features({"a\n"}), "control character"},
        {[](AllConfigs& c) {
             c.prepare.format = InputFormat::table, c.prepare.feature_units = {"TeV"};
         },
         "prepare.feature_units has 1"},
        {[](AllConfigs& c) {
             c.prepare.format = InputFormat::table, c.prepare.feature_units = {"TeV", "", "1", "1"};
         },
         "prepare.feature_units has ''"},
        {[](AllConfigs& c) {
             c.prepare.format = InputFormat::table,
             c.prepare.feature_units = {"TeV", "a,b", "1", "1"};
         },
         "prepare.feature_units has 'a,b'"},
        {[](AllConfigs& c) {
             c.prepare.shift = {{"mj", 0.1}};
         },
         "prepare.shift names 'mj'"},
        {[](AllConfigs& c) { c.prepare.shift_by = ShiftBy::random_mass; },
         "prepare.shift_by = random_mass, but prepare.shift is empty"},
        {[](AllConfigs& c) {
             c.prepare.shift = {{"m_j1", infinity}};
         },
         "prepare.shift.m_j1"},
        {[](AllConfigs& c) {
             c.prepare.format = InputFormat::table;
             c.prepare.features = {"x", "truth"};
             c.prepare.label_column = "truth";
         },
         "prepare.label_column = truth is read as mass or feature too"},
        {[](AllConfigs& c) {
             c.prepare.format = InputFormat::table;
             c.prepare.mass_column = "m_j1";
         },
         "holds the mass column"},
        {[](AllConfigs& c) {
             c.prepare.format = InputFormat::table;
             c.prepare.mass_column = "";
         },
         "prepare.mass_column is empty"},
        {[](AllConfigs& c) {
             c.prepare.format = InputFormat::table;
             c.prepare.mass_column = "m,jj";
         },
         "prepare.mass_column names the column 'm,jj'"},
        {[](AllConfigs& c) {
             c.prepare.format = InputFormat::table;
             c.prepare.mass_unit = "GeV,raw";
         },
         "prepare.mass_unit has 'GeV,raw'"},
    });
}

TEST(Problems, PrepareColumnNamesOfTheInput) {
    const auto columns = [](const Texts& names, InputFormat format = InputFormat::lhco) {
        return [names, format](AllConfigs& c) {
            c.prepare.columns = names;
            c.prepare.format = format;
        };
    };
    expect_each({
        {columns({{"pxj3", "a"}}), "prepare.columns names 'pxj3', which is none of the columns"},
        {columns({{"m_j1", "a"}}), "prepare.columns names 'm_j1'"},
        {columns({{"mj1", ""}}), "prepare.columns.mj1 is empty"},
        {columns({{"mj1", "mj2"}}), "'mj1' and 'mj2' both are the column 'mj2'"},
        {columns({{"pxj1", "a"}}, InputFormat::table),
         "none of the columns that are read: m_jj, m_j1, delta_m, tau21_j1, tau21_j2"},
        {columns({{"m_j1", "m_jj"}}, InputFormat::table), "both are the column 'm_jj'"},
    });
    AllConfigs good;
    columns({{"label", "truth"}, {"mj1", "a/b"}})(good);
    EXPECT_THAT(good.problems(), IsEmpty());
}

TEST(Problems, PrepareNumbers) {
    expect_each({
        {[](AllConfigs& c) { c.prepare.format = InputFormat::table, c.prepare.mass_scale = 0; },
         "prepare.mass_scale = 0"},
        {[](AllConfigs& c) {
             c.prepare.format = InputFormat::table, c.prepare.mass_scale = std::nan("");
         },
         "prepare.mass_scale"},
        {[](AllConfigs& c) { c.prepare.mass_scale = 0.001; }, "are for format table"},
        {[](AllConfigs& c) { c.prepare.split.fractions.training = 0; },
         "prepare.training_fraction = 0"},
        {[](AllConfigs& c) { c.prepare.split.fractions.validation = 0; },
         "validation_fraction = 0"},
        {[](AllConfigs& c) { c.prepare.split.fractions.training = 5.0 / 6; },
         "leave nothing for the test"},
        {[](AllConfigs& c) { c.prepare.split.fractions.training = 0.9; },
         "prepare.training_fraction and validation_fraction exceed 1"},
        {[](AllConfigs& c) { c.prepare.split.sideband.training = 0.9; },
         "prepare.sideband_training_fraction and sideband_validation_fraction (where 0, those "
         "without sideband_) exceed 1"},
        {[](AllConfigs& c) { c.prepare.split.sideband.validation = -0.1; },
         "prepare.sideband_validation_fraction = -0.1"},
        {[](AllConfigs& c) { c.prepare.signal_region_low = 3.7; },
         "prepare.signal_region_low = 3.7"},
        {[](AllConfigs& c) { c.prepare.signal_region_high = infinity; },
         "signal_region_high = inf"},
    });
}

TEST(Problems, WithoutATestPartOtherEventsAreEvaluated) {
    AllConfigs good;
    good.prepare.split.fractions = {.training = 0.5, .validation = 0.5};
    good.prepare.extra_background = {{"extra.h5"}};
    EXPECT_THAT(good.problems(), IsEmpty());
    AllConfigs sideband;  // which the significance improvement does not need
    sideband.prepare.split.sideband = {.training = 0.57, .validation = 0.43};
    EXPECT_THAT(sideband.problems(), IsEmpty());
}

TEST(Problems, Toy) {
    expect_each({
        {[](AllConfigs& c) { c.toy.events = 9; }, "generate_toy.events = 9"},
        {[](AllConfigs& c) { c.toy.features = 0; }, "generate_toy.features = 0"},
        {[](AllConfigs& c) { c.toy.features = 21; }, "generate_toy.features = 21"},
        {[](AllConfigs& c) { c.toy.correlation = infinity; }, "generate_toy.correlation"},
        {[](AllConfigs& c) { c.toy.mass_low = 10; }, "generate_toy.mass_low = 10"},
        {[](AllConfigs& c) { c.toy.signal_region_low = 1; }, "generate_toy.signal_region_low = 1"},
    });
}

TEST(Problems, Networks) {
    expect_each({
        {[](AllConfigs& c) { c.train_flow.architecture.blocks = 0; }, "train_flow."},
        {[](AllConfigs& c) { c.train_flow.training.batch_size = 1; }, "train_flow."},
        {[](AllConfigs& c) { c.train_flow.adam.learning_rate = -1; }, "train_flow."},
        {[](AllConfigs& c) { c.train_classifier.hidden = {}; }, "train_classifier.hidden"},
        {[](AllConfigs& c) {
             c.train_classifier.hidden = {64, 0};
         },
         "train_classifier.hidden"},
        {[](AllConfigs& c) {
             c.train_classifier.further_inputs = {FurtherInput::mass, FurtherInput::mass};
         },
         "train_classifier.further_inputs names an input twice"},
        {[](AllConfigs& c) { c.train_classifier.training.keep_best = 101; },
         "train_classifier: keep_best is 101"},
        {[](AllConfigs& c) { c.train_classifier.adam.learning_rate = 0; },
         "train_classifier.learning_rate = 0 must be positive"},
    });
}

TEST(Problems, SampleEncodeScore) {
    expect_each({
        {[](AllConfigs& c) { c.sample.size.training = 0; }, "sample.training"},
        {[](AllConfigs& c) { c.sample.size.validation = 0; }, "sample.validation"},
        {[](AllConfigs& c) { c.sample.checkpoints = 0; }, "sample.checkpoints = 0"},
        {[](AllConfigs& c) { c.sample.bandwidth = 0; }, "sample.bandwidth = 0"},
        {[](AllConfigs& c) { c.encode.block_rows = 0; }, "encode.block_rows"},
        {[](AllConfigs& c) { c.score.block_rows = 0; }, "score.block_rows"},
    });
}

TEST(Problems, EvaluateAndRun) {
    expect_each({
        {[](AllConfigs& c) { c.evaluate_sic.grid_points = 1; }, "evaluate_sic.grid_points = 1"},
        {[](AllConfigs& c) { c.evaluate_sic.lowest_background_efficiency = 1; },
         "evaluate_sic.lowest_background_efficiency = 1"},
        {[](AllConfigs& c) { c.evaluate_sic.minimum_background = -1; },
         "evaluate_sic.minimum_background = -1"},
        {[](AllConfigs& c) { c.evaluate_sculpting.bins = 1; }, "evaluate_sculpting.bins = 1"},
        {[](AllConfigs& c) { c.evaluate_sculpting.efficiencies = {}; }, "between 0 and 1"},
        {[](AllConfigs& c) {
             c.evaluate_sculpting.efficiencies = {0.1, 1};
         },
         "between 0 and 1"},
        {[](AllConfigs& c) {
             c.evaluate_sculpting.efficiencies = {0.2, 0.1};
         },
         "must ascend"},
        {[](AllConfigs& c) { c.hunt.few = 1e5; }, "hunt.few = 100000 must be 0 to 10000"},
        {[](AllConfigs& c) { c.run.methods = {}; }, "run.methods is empty"},
        {[](AllConfigs& c) {
             c.run.methods = {Method::cathode, Method::cathode};
         },
         "names a method twice"},
        {[](AllConfigs& c) { c.run.retrainings = 0; }, "run.retrainings = 0"},
        {[](AllConfigs& c) { c.run.retrainings = 101; }, "run.retrainings = 101"},
    });
}

TEST(Problems, AreThrownTogether) {
    EXPECT_NO_THROW(require_no_problems("configuration", {}));
    try {
        require_no_problems("configuration", {"first", "second"});
        FAIL() << "no error";
    } catch (const UsageError& error) {
        EXPECT_STREQ(error.what(), "configuration:\n  first\n  second");
    }
}

}  // namespace
}  // namespace lacathode::test
