#include "lacathode/core/mass_window.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

TEST(MassWindow, BothEdgesAreSideband) {
    const MassWindow window(3.3, 3.7);
    EXPECT_TRUE(window.is_sideband(3.3));
    EXPECT_TRUE(window.is_sideband(3.7));
    EXPECT_TRUE(window.contains(std::nextafter(3.3, 4.0)));
    EXPECT_TRUE(window.contains(std::nextafter(3.7, 3.0)));
    EXPECT_TRUE(window.is_sideband(std::nextafter(3.3, 3.0)));
    EXPECT_TRUE(window.is_sideband(std::nextafter(3.7, 4.0)));
}

TEST(MassWindow, EveryMassIsInExactlyOneRegion) {
    const MassWindow window(-0.3, 0.3);
    for (const double m : {-10.0, -0.3, 0.0, 0.3, 10.0, HUGE_VAL, std::nan("")}) {
        EXPECT_NE(window.contains(m), window.is_sideband(m));
    }
}

TEST(MassWindow, MiddleIsHalfWay) {
    EXPECT_DOUBLE_EQ(MassWindow(3.3, 3.7).middle(), 3.5);
    EXPECT_EQ(MassWindow(-1, 3).middle(), 1);
}

TEST(MassWindow, RefusesAnEmptyOne) {
    EXPECT_THROW(MassWindow(3.7, 3.3), UsageError);
    EXPECT_THROW(MassWindow(3.3, 3.3), UsageError);
    EXPECT_THROW(MassWindow(std::nan(""), 3.3), UsageError);
    EXPECT_THROW(MassWindow(3.3, std::numeric_limits<double>::infinity()), UsageError);
    EXPECT_EQ(MassWindow(3.3, 3.7).text(), "3.3 < m < 3.7");
}

}  // namespace
}  // namespace lacathode
