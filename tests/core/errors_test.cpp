#include "lacathode/core/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lacathode {
namespace {

TEST(Errors, EveryKindHasItsExitCode) {
    EXPECT_EQ(UsageError("x").code(), ExitCode::usage);
    EXPECT_EQ(InputError("x").code(), ExitCode::bad_input);
    EXPECT_EQ(OutputError("x").code(), ExitCode::cannot_write);
    EXPECT_EQ(NumericalError("x").code(), ExitCode::numerical);
    EXPECT_EQ(QualityError("x").code(), ExitCode::failed_check);
    EXPECT_EQ(static_cast<int>(ExitCode::usage), 2);
    EXPECT_EQ(static_cast<int>(ExitCode::bad_input), 3);
    EXPECT_EQ(static_cast<int>(ExitCode::cannot_write), 4);
    EXPECT_EQ(static_cast<int>(ExitCode::numerical), 5);
    EXPECT_EQ(static_cast<int>(ExitCode::failed_check), 6);
    EXPECT_EQ(static_cast<int>(ExitCode::bug), 70);
}

TEST(Errors, ABrokenContractNamesItsPlace) {
    EXPECT_NO_THROW(expects(true, "holds"));
    try {
        expects(false, "sizes agree");
        FAIL() << "expects(false) must throw";
    } catch (const ContractViolation& violation) {
        EXPECT_THAT(violation.what(), testing::HasSubstr("sizes agree"));
        EXPECT_THAT(violation.what(), testing::HasSubstr("errors_test.cpp:"));
    }
}

// A user's mistake and a bug must never be caught as each other.
TEST(Errors, InputErrorsAreNotContractViolations) {
    EXPECT_FALSE((std::is_base_of_v<Error, ContractViolation>));
    EXPECT_FALSE((std::is_base_of_v<ContractViolation, Error>));
}

}  // namespace
}  // namespace lacathode
