// The Poisson fit of a smooth function to a binned mass spectrum (docs/method.md, section 11).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lacathode/core/matrix.hpp"
#include "lacathode/stats/spectrum_function.hpp"

namespace lacathode {

/// A range of the mass whose events are counted together: a bin, or the whole signal region.
struct MassCell {
    double low;
    double high;
};

/// Neighbouring cells: from `first` to before `last`.
struct CellRange {
    std::size_t first = 0;
    std::size_t last = 0;

    [[nodiscard]] static CellRange one(std::size_t cell) noexcept { return {cell, cell + 1}; }
    [[nodiscard]] bool holds(std::size_t cell) const noexcept {
        return first <= cell && cell < last;
    }
};

/// A mass and its weight in the sum that stands for an integral over a cell.
struct MassNode {
    double mass;
    double weight;
};

/// A maximum of the likelihood.
struct SpectrumFit {
    std::vector<double> coefficients;  ///< [K] of the model's own terms, see SpectrumModel
    std::vector<double> expected;      ///< [C] background events in each cell
    Matrix<double> jacobian;           ///< [C, K] d expected / d coefficients
    Matrix<double> covariance;         ///< [K, K] of the coefficients
    double log_likelihood = 0;         ///< sum of n ln(mu) - mu over the cells of the fit
};

/// Cells and function, prepared for many fits. The terms g_k are made orthonormal under the weights
/// of the cells, which makes the information nearly a multiple of 1 and each fit a few steps of
/// Newton's method on the exact integrals over the cells.
class SpectrumModel {
  public:
    /// `weights` [C]: about the counts to come; need not be precise. Throws UsageError
    /// unless there are more cells than parameters, InputError where the function is not defined.
    SpectrumModel(const SpectrumFunction& function, const std::vector<MassCell>& cells,
                  std::span<const double> weights);
    /// The same with sums over the cells' own nodes [C] instead of integrals: with the events of
    /// another spectrum as weights, `function` is the fraction of them that is expected (docs/
    /// method.md (11.6)). Each cell has a node, of a weight above 0.
    SpectrumModel(const SpectrumFunction& function, std::vector<MassCell> cells,
                  const std::vector<std::vector<MassNode>>& nodes, std::span<const double> weights);

    [[nodiscard]] const std::vector<MassCell>& cells() const noexcept { return cells_; }
    [[nodiscard]] std::size_t parameters() const noexcept { return parameters_; }

    /// What a fit may be told beside the counts.
    struct Options {
        CellRange left_out = {};  ///< cells that do not count: the signal region
        double emptiness = 0;     ///< of these: they count as empty, by this part of their contents
        std::span<const double> signal = {};  ///< [C] events beside the background; empty: none
        std::span<const double> start = {};   ///< [K] coefficients; empty: from the counts
    };
    /// `counts` [C], 0 or more. Throws NumericalError if it does not converge, for instance as too
    /// few cells have events.
    [[nodiscard]] SpectrumFit fit(std::span<const double> counts, const Options& options) const;
    [[nodiscard]] SpectrumFit fit(std::span<const double> counts) const;

    /// p of SpectrumFunction and their covariance from those of the model's own terms.
    [[nodiscard]] std::vector<double> parameters_of(const SpectrumFit& fit) const;
    [[nodiscard]] Matrix<double> parameter_covariance(const SpectrumFit& fit) const;

  private:
    void expect(std::span<const double> coefficients, SpectrumFit& fit) const;
    [[nodiscard]] std::vector<double> start_from(std::span<const double> counts,
                                                 const Options& options) const;

    std::vector<MassCell> cells_;
    std::size_t parameters_;
    std::vector<std::size_t> first_node_;  ///< [C + 1]
    std::vector<double> width_;            ///< [Q] weight of each node in its sum
    std::vector<double> total_;            ///< [C] of these weights
    Matrix<double> terms_;                 ///< [Q, K] orthonormal
    Matrix<double> raw_;                   ///< [K, K] row j: own term j in the function's g_k
};

/// Twice the difference of log-likelihood to a model that expects every count: over the cells that
/// `left_out` does not hold.
double saturated_deviance(std::span<const double> counts, const SpectrumFit& fit,
                          const CellRange& left_out = {});

/// The variance of the background expected in a cell, from the covariance of the fit.
double expected_variance(const SpectrumFit& fit, std::size_t cell);

}  // namespace lacathode
