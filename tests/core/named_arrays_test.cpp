#include "lacathode/core/named_arrays.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

TEST(NamedArrays, FindsByNameAndShape) {
    const NamedArrays arrays = {{"a/weight", {2, 1}, {1, 2}}, {"a/bias", {1}, {3}}};
    EXPECT_EQ(find_array(arrays, "a/bias").values, std::vector<float>{3});
    EXPECT_EQ(&find_array(arrays, "a/weight", {2, 1}), arrays.data());
}

TEST(NamedArrays, SaysWhatIsThereInstead) {
    const NamedArrays arrays = {{"a/weight", {2, 1}, {1, 2}}, {"a/bias", {1}, {3}}};
    try {
        find_array(arrays, "b");
        FAIL() << "a missing array must be refused";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("'b'; it has: a/weight, a/bias"));
    }
    try {
        find_array(arrays, "a/weight", {1, 2});
        FAIL() << "a misshapen array must be refused";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("[2, 1], expected [1, 2]"));
    }
}

}  // namespace
}  // namespace lacathode
