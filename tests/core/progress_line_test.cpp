#include "core/progress_line.hpp"

#include <gmock/gmock.h>

#include "lacathode/core/text.hpp"

namespace lacathode::core::detail {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

ProgressLine training() {
    return {.title = "training flow",
            .done = 300,
            .total = 1200,
            .elapsed = 3661,
            .left = 3 * 3661,
            .note = "epoch 3: training loss 5.43, validation loss 5.54"};
}

TEST(ProgressLine, WholeText) {
    EXPECT_EQ(whole_text(training()),
              "training flow 300/1200  elapsed 1:01:01  left 3:03:03  "
              "epoch 3: training loss 5.43, validation loss 5.54");
    ProgressLine silent = training();
    silent.note.clear();
    EXPECT_EQ(whole_text(silent), "training flow 300/1200  elapsed 1:01:01  left 3:03:03");
}

TEST(ProgressLine, AWideTerminalShowsEverything) {
    EXPECT_EQ(fitted_text(training(), 170), "[######..................] " + whole_text(training()));
}

TEST(ProgressLine, TheNoteGoesFirst) {
    EXPECT_EQ(fitted_text(training(), 100),
              "[######..................] training flow 300/1200  elapsed 1:01:01  left 3:03:03  "
              "epoch 3: traini..");
    EXPECT_EQ(fitted_text(training(), 80),
              "[##........] training flow 300/1200  elapsed 1:01:01  left 3:03:03  epoch 3: ..");
    EXPECT_EQ(fitted_text(training(), 78),
              "[##........] training flow 300/1200  elapsed 1:01:01  left 3:03:03");
}

TEST(ProgressLine, ThenTheTimeElapsedAndTheTitle) {
    EXPECT_EQ(fitted_text(training(), 66), "[##........] training flow 300/1200  left 3:03:03");
    EXPECT_EQ(fitted_text(training(), 49), "[##........] training f.. 300/1200  left 3:03:03");
    EXPECT_EQ(fitted_text(training(), 39), "[##........] tr 300/1200  left 3:03:03");
    EXPECT_EQ(fitted_text(training(), 20), "[##........]  300/1");
    EXPECT_EQ(fitted_text(training(), 1), "");
    EXPECT_EQ(fitted_text(training(), 0), "");
}

TEST(ProgressLine, IsNarrowerThanAnyTerminal) {
    for (const std::size_t done : {0U, 1U, 1199U, 1200U, 5000U}) {
        ProgressLine line = training();
        line.done = done;
        for (std::size_t width = 1; width <= 200; ++width)
            EXPECT_LT(fitted_text(line, width).size(), width) << done;
    }
}

TEST(ProgressLine, TheBarIsFullWhenAllIsDone) {
    ProgressLine line = training();
    line.done = 1199;
    EXPECT_THAT(fitted_text(line, 170), StartsWith("[#######################.] "));
    line.done = 1200;
    EXPECT_THAT(fitted_text(line, 170), StartsWith("[########################] "));
    line.done = 1201;
    EXPECT_THAT(fitted_text(line, 170), StartsWith("[########################] "));
    line.total = ~std::uint64_t{0};
    line.done = line.total - 1;
    EXPECT_THAT(fitted_text(line, 170), StartsWith("[####"));
}

TEST(ProgressLine, CharactersOfSeveralBytesAreCutBetween) {
    ProgressLine line = training();
    line.title = "\xCF\x84\xCF\x84\xCF\x84\xCF\x84\xCF\x84";  // five times tau
    const std::string rest = " 300/1200  left 3:03:03";
    EXPECT_THAT(fitted_text(line, 42), HasSubstr("] " + line.title + rest));
    EXPECT_THAT(fitted_text(line, 41), HasSubstr("] \xCF\x84\xCF\x84.." + rest));
    EXPECT_THAT(fitted_text(line, 39), HasSubstr("] \xCF\x84\xCF\x84" + rest));
    EXPECT_THAT(fitted_text(line, 38), HasSubstr("] \xCF\x84" + rest));
    EXPECT_THAT(fitted_text(line, 37), Not(HasSubstr("\xCF")));
}

}  // namespace
}  // namespace lacathode::core::detail
