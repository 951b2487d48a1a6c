// Lists of names as Python 2 and 3 pickled them.
#include "io/tables/pickle_text.hpp"

#include <gmock/gmock.h>

namespace lacathode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PickleText, ListsOfPython3) {
    // pickle.dumps(['mj1', 'tau/21'], 0)
    EXPECT_THAT(io::detail::pickled_texts("(lp0\nVmj1\np1\naVtau/21\np2\na."),
                ElementsAre("mj1", "tau/21"));
    // pickle.dumps(['m\u00e9', '\u0394m', 'a\\b', '\U0001d70f'], 0)
    EXPECT_THAT(io::detail::pickled_texts("(lp0\nVm\xe9\np1\naV\\u0394m\np2\naVa\\u005cb\np3\naV"
                                          "\\U0001d70f\np4\na."),
                ElementsAre("m\xC3\xA9", "\xCE\x94m", "a\\b", "\xF0\x9D\x9C\x8F"));
}

TEST(PickleText, ListsOfPython2) {
    EXPECT_THAT(io::detail::pickled_texts("(lp1\nS'pxj1'\np2\naS'pyj1'\np3\na."),
                ElementsAre("pxj1", "pyj1"));
}

TEST(PickleText, AxesWithNumbersAndTuples) {
    EXPECT_THAT(io::detail::pickled_texts("(lp0\n(I1\n(lp1\nVx\np2\naVy\np3\natp4\na."),
                ElementsAre("x", "y"));
}

TEST(PickleText, AnythingElseGivesNothing) {
    EXPECT_THAT(io::detail::pickled_texts(""), IsEmpty());
    EXPECT_THAT(io::detail::pickled_texts("\x80\x04]q\x00."), IsEmpty());  // a binary protocol
    EXPECT_THAT(io::detail::pickled_texts("cos\nsystem\n(S'true'\ntR."), IsEmpty());
    EXPECT_THAT(io::detail::pickled_texts("(lp0\nVmj1"), IsEmpty());
}

}  // namespace
}  // namespace lacathode::test
