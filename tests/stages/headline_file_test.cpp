// By what a metrics file fails, whichever kind it is. Its headline is tested with each kind's
// numbers.
#include "lacathode/stages/metrics/headline_file.hpp"

#include <gmock/gmock.h>

#include <optional>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/output_file.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct FailuresOfFiles : Scratch {
    // Of a file that says no more.
    [[nodiscard]] std::string failures(const std::string& kind,
                                       const std::optional<std::string>& said) const {
        OutputFile file(path("metrics.h5"), FileFormat::metrics, Overwrite::allow);
        file.set_attribute("/", "kind", kind);
        if (said) file.set_attribute("/", "failures", *said);
        (void)file.commit(some_provenance());
        return failures_of(path("metrics.h5"));
    }
    [[nodiscard]] std::string refusal(const std::string& kind) const {
        try {
            (void)failures(kind, std::nullopt);
        } catch (const InputError& error) {
            return error.what();
        }
        return "none";
    }
};

TEST_F(FailuresOfFiles, AreReadOfFlowChecksAndHunts) {
    for (const char* kind : {"flow", "hunt"}) {
        EXPECT_EQ(failures(kind, "goodness = 0"), "goodness = 0");
        EXPECT_EQ(failures(kind, ""), "");
    }
}

TEST_F(FailuresOfFiles, MayNotBeMissing) {
    for (const char* kind : {"flow", "hunt"})
        EXPECT_THAT(refusal(kind), HasSubstr("attribute 'failures' of '/' is missing"));
}

TEST_F(FailuresOfFiles, AnotherKindHasNone) {
    for (const char* kind : {"sic", "background"})
        EXPECT_THAT(refusal(kind), AllOf(HasSubstr(path("metrics.h5")), HasSubstr(kind),
                                         HasSubstr("neither flow nor hunt")));
}

}  // namespace
}  // namespace lacathode::test
