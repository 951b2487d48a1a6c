// The headline of a sculpting study: p-values over retrainings, of which some may be bounds.
#include "lacathode/stages/metrics/sculpting_metrics.hpp"

#include <gmock/gmock.h>

#include <limits>

#include "lacathode/stages/metrics/headline_file.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double bound = RandomSelectionNull::smallest_simulated_p;

// Of one efficiency, a retraining for each p; `simulated` says which p a simulation gave.
SculptingMetrics metrics_of(const std::vector<double>& p,
                            const std::vector<std::uint8_t>& simulated) {
    const std::size_t runs = p.size();
    SculptingMetrics metrics;
    metrics.efficiency = {0.01};
    metrics.threshold = Matrix<double>(runs, 1, 0.5);
    metrics.selected = Matrix<std::int64_t>(runs, 1, 10);
    metrics.chi2_per_dof = curve_band(Matrix<double>(runs, 1, 1.0));
    metrics.p_value = Matrix<double>(runs, 1, p);
    metrics.simulated = Matrix<std::uint8_t>(runs, 1, simulated);
    metrics.null = {{.mean = 0.99, .variance = 0.01, .low = 0.9, .high = 1.1}};
    metrics.edges = {2, 3, 4};
    metrics.full = {500, 500};
    metrics.histogram = std::vector<std::int64_t>(2 * runs, 5);
    return metrics;
}

struct SculptingHeadline : Scratch {
    // As it is told of the metrics and of the file that holds them.
    [[nodiscard]] std::string p_text(const std::vector<double>& p,
                                     const std::vector<std::uint8_t>& simulated) const {
        const SculptingMetrics metrics = metrics_of(p, simulated);
        OutputFile file(path("sculpting.h5"), FileFormat::metrics, Overwrite::allow);
        write_metrics(file,
                      {.method = Method::cathode,
                       .mass = {"m", "TeV"},
                       .signal_region = MassWindow(3.3, 3.7),
                       .unmapped = Unmapped::rejected,
                       .part = EvaluatedPart::test},
                      metrics);
        (void)file.commit(some_provenance());
        const Quantity told = headline(metrics).back();
        const Quantity read = read_headline(path("sculpting.h5")).back();
        EXPECT_EQ(told.name, "p_value_at_0.01");
        EXPECT_EQ(text_of(read), text_of(told));
        return text_of(told);
    }
};

TEST_F(SculptingHeadline, AMedianThatABoundEntersIsABound) {
    EXPECT_EQ(p_text({bound}, {1}), "< 0.0005");
    EXPECT_EQ(p_text({0, bound}, {0, 1}), "< 0.00025");
    EXPECT_EQ(p_text({bound, 0.3}, {1, 1}), "< 0.1503");
    EXPECT_EQ(p_text({bound, bound, 0.3}, {1, 1, 1}), "< 0.0005");
    // The bound is the largest of three: what it hides may lie below the median.
    EXPECT_EQ(p_text({1e-9, 1e-7, bound}, {0, 0, 1}), "< 1e-07");
}

TEST_F(SculptingHeadline, OtherMediansAreNumbers) {
    EXPECT_EQ(p_text({0.02}, {1}), "0.02");
    EXPECT_EQ(p_text({bound}, {0}), "0.0005") << "of the distribution";
    EXPECT_EQ(p_text({bound, 0.3, 0.1}, {1, 1, 0}), "0.1") << "below the median, however small";
    EXPECT_EQ(p_text({1e-9, 1e-7, nan}, {0, 0, 1}), "5.05e-08");
    EXPECT_EQ(p_text({0}, {0}), "< 1e-300");
}

}  // namespace
}  // namespace lacathode::test
