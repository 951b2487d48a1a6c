// Counts of events in the cells of a mass spectrum, and in the bins of the one that is the signal
// region.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/matrix.hpp"
#include "lacathode/stats/spectrum_fit.hpp"

namespace lacathode {

/// Counts of each of E cuts in C cells, and all events in finer bins.
class CellCounter {
  public:
    CellCounter(std::vector<MassCell> cells, std::size_t cuts);

    /// `passed` [E]: 1 for a cut that the event passes.
    void add(std::size_t cell, double mass, double weight, const std::vector<double>& passed);

    [[nodiscard]] const std::vector<MassCell>& cells() const noexcept { return cells_; }
    /// Sums of weights. [E, C]
    [[nodiscard]] const Matrix<double>& counts() const noexcept { return counts_; }
    /// Sums of squared weights. [E, C]
    [[nodiscard]] const Matrix<double>& squares() const noexcept { return squares_; }
    /// Those finer bins of each cell that have events, at their mean mass. One of no positive
    /// weight joins the next one. Throws InputError if a cell's weights add up to less than
    /// nothing. [C]
    [[nodiscard]] std::vector<std::vector<MassNode>> nodes(const std::string& source) const;

  private:
    [[nodiscard]] std::vector<MassNode> nodes_of(std::size_t cell, const std::string& source) const;
    [[nodiscard]] std::size_t finer_bin(double mass, std::size_t cell) const;

    std::vector<MassCell> cells_;
    Matrix<double> counts_;
    Matrix<double> squares_;
    std::vector<MassNode> sums_;  // of weights, and of masses times weights
};

/// The cells of a search, and the bins of the one that is the signal region.
class SpectrumCounter {
  public:
    SpectrumCounter(const MassWindow& signal_region, const std::vector<MassCell>& cells,
                    const std::vector<MassCell>& bins, std::size_t cuts);

    /// Whether the event lies in the signal region; one outside of all cells is not counted.
    bool add(double mass, double weight, const std::vector<double>& passed);

    [[nodiscard]] const CellCounter& all() const noexcept { return all_; }
    [[nodiscard]] const CellCounter& inside() const noexcept { return inside_; }

  private:
    MassWindow signal_region_;
    CellCounter all_;
    CellCounter inside_;
};

}  // namespace lacathode
