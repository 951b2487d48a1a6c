#include "lacathode/core/event_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

using testing::ElementsAre;

EventTable three_events() {
    EventTable table;
    table.mass_column = {"m_jj", "TeV"};
    table.feature_columns = {{"a", "1"}, {"b", "TeV"}};
    table.mass = {3.0, 3.5, 4.0};
    table.features = Matrix<float>(3, 2, std::vector<float>{1, 2, 3, 4, 5, 6});
    table.label = {0, 1, 0};
    table.partition = {Partition::training, Partition::validation, Partition::test};
    table.source_row = {10, 11, 12};
    table.mapped = {1, 0, 1};
    return table;
}

TEST(EventTable, TakeKeepsOrderAndEveryColumn) {
    const std::vector<std::size_t> rows = {2, 0, 2};
    const EventTable taken = three_events().take(rows);
    taken.check();
    EXPECT_THAT(taken.mass, ElementsAre(4.0, 3.0, 4.0));
    EXPECT_THAT(taken.features.row(0), ElementsAre(5, 6));
    EXPECT_THAT(taken.features.row(1), ElementsAre(1, 2));
    EXPECT_THAT(taken.label, ElementsAre(0, 0, 0));
    EXPECT_THAT(taken.partition,
                ElementsAre(Partition::test, Partition::training, Partition::test));
    EXPECT_THAT(taken.source_row, ElementsAre(12, 10, 12));
    EXPECT_THAT(taken.mapped, ElementsAre(1, 1, 1));
    EXPECT_EQ(taken.mass_column, (Column{"m_jj", "TeV"}));
    EXPECT_THROW((void)three_events().take(std::vector<std::size_t>{3}), ContractViolation);
}

TEST(EventTable, AbsentColumnsStayAbsent) {
    EventTable table = three_events();
    table.label.clear();
    table.mapped.clear();
    table.check();
    EXPECT_FALSE(table.has_label());
    EXPECT_TRUE(table.is_mapped(1));
    const EventTable taken = table.take(std::vector<std::size_t>{1});
    EXPECT_TRUE(taken.label.empty());
    EXPECT_TRUE(taken.mapped.empty());
    EXPECT_FALSE(three_events().is_mapped(1));
}

TEST(EventTable, AppendJoinsEqualTablesOnly) {
    EventTable table = three_events();
    append(table, three_events());
    table.check();
    EXPECT_EQ(table.size(), 6U);
    EXPECT_THAT(table.features.row(4), ElementsAre(3, 4));
    EventTable renamed = three_events();
    renamed.feature_columns[1].unit = "GeV";
    EXPECT_THROW(append(table, renamed), ContractViolation);
    EventTable unlabelled = three_events();
    unlabelled.label.clear();
    EXPECT_THROW(append(table, unlabelled), ContractViolation);
}

// A copy of all rows for each block would make a table of many blocks quadratic.
TEST(EventTable, AppendSeldomMovesTheRows) {
    EventTable table = three_events();
    int moves = 0;
    for (int i = 0; i < 1000; ++i) {
        const float* before = table.features.values().data();
        append(table, three_events());
        moves += table.features.values().data() == before ? 0 : 1;
    }
    table.check();
    EXPECT_EQ(table.size(), 3003U);
    EXPECT_THAT(table.features.row(3001), ElementsAre(3, 4));
    EXPECT_LT(moves, 30);  // each time room for half as many again or more
}

TEST(EventTable, CheckFindsEveryMismatch) {
    const auto broken = [](auto change) {
        EventTable table = three_events();
        change(table);
        EXPECT_THROW(table.check(), ContractViolation);
    };
    broken([](EventTable& t) { t.mass.push_back(1); });
    broken([](EventTable& t) { t.feature_columns.pop_back(); });
    broken([](EventTable& t) { t.label.pop_back(); });
    broken([](EventTable& t) { t.partition.pop_back(); });
    broken([](EventTable& t) { t.source_row.pop_back(); });
    broken([](EventTable& t) { t.mapped.pop_back(); });
}

TEST(EventTable, WeightsGoWithTheirRows) {
    EventTable table = three_events();
    EXPECT_FALSE(table.has_weight());
    EXPECT_EQ(table.weight_of(1), 1);
    EXPECT_EQ(table.sum_of_weights(), 3);
    EXPECT_TRUE(table.counts_rows());
    table.weight = {1, 1, 1};
    EXPECT_TRUE(table.counts_rows());
    table.weight = {0.5, -2, 1};
    table.check();
    EXPECT_FALSE(table.counts_rows());
    EXPECT_EQ(table.sum_of_weights(), -0.5);
    EXPECT_THAT(table.take(std::vector<std::size_t>{1, 1, 0}).weight, ElementsAre(-2, -2, 0.5));
    EventTable more = table;
    append(more, table);
    EXPECT_THAT(more.weight, ElementsAre(0.5, -2, 1, 0.5, -2, 1));
    EXPECT_THROW(append(more, three_events()), ContractViolation);
    append(more, three_events().take({}));
    EXPECT_EQ(more.size(), 6U);
    EventTable none = three_events().take({});
    append(none, table);
    EXPECT_EQ(none.weight, table.weight);
    table.weight.pop_back();
    EXPECT_THROW(table.check(), ContractViolation);
}

}  // namespace
}  // namespace lacathode
