#include "lacathode/stats/spectrum_fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stats/poisson_distribution.hpp"
#include "stats/integration_nodes.hpp"
#include "stats/orthonormal_terms.hpp"
#include "stats/positive_definite.hpp"

namespace lacathode {
namespace {

using stats::detail::cholesky;
using stats::detail::integration_nodes;
using stats::detail::make_orthonormal;
using stats::detail::solve;

constexpr int most_steps = 100;
constexpr double small_decrement = 1e-12;  // of twice the log-likelihood
// An expectation below it, as steep functions have far beyond the last event, has no inverse.
constexpr double least_expectation = std::numeric_limits<double>::min();

double log_likelihood(std::span<const double> counts, const SpectrumFit& fit,
                      const SpectrumModel::Options& options) {
    double sum = 0;
    for (std::size_t cell = 0; cell < counts.size(); ++cell) {
        if (options.left_out.holds(cell)) {
            sum -= options.emptiness * fit.expected[cell];
            continue;
        }
        const double signal = options.signal.empty() ? 0 : options.signal[cell];
        sum += poisson_log_likelihood(counts[cell], fit.expected[cell] + signal);
    }
    return sum;
}

struct Slope {
    std::vector<double> gradient;  // [K]
    Matrix<double> information;    // [K, K] lower triangle, Fisher's
    Matrix<double> curvature;      // [K, K] lower triangle, that of narrow cells
};

// Without signal Fisher's information is the curvature of narrow cells itself, as ln f is linear.
// Beside a signal it is not, and steps by it may take hundreds. Of less than no signal it bars the
// way to a cell that expects less than nothing, which the curvature does not.
Slope slope_of(std::span<const double> counts, const SpectrumFit& fit,
               const SpectrumModel::Options& options) {
    const std::size_t parameters = fit.coefficients.size();
    Slope slope{std::vector<double>(parameters), Matrix<double>(parameters, parameters),
                Matrix<double>(parameters, parameters)};
    for (std::size_t cell = 0; cell < counts.size(); ++cell) {
        const bool is_left_out = options.left_out.holds(cell);
        if (is_left_out && options.emptiness == 0) continue;
        const double count = is_left_out ? 0 : counts[cell];
        if (std::max(count, fit.expected[cell]) < least_expectation) continue;
        const double part = is_left_out ? options.emptiness : 1;
        const double signal = options.signal.empty() || is_left_out ? 0 : options.signal[cell];
        const double beside = 1 / (fit.expected[cell] + signal);
        const double ratio = count * beside;
        const double curved = part * (ratio * beside + (1 - ratio) / fit.expected[cell]);
        // An empty cell bars no way before its end: there is nothing to be less likely.
        const double inverse = part * (count == 0 && signal < 0 ? 1 / fit.expected[cell] : beside);
        const auto derivative = fit.jacobian.row(cell);
        for (std::size_t j = 0; j < parameters; ++j) {
            slope.gradient[j] += part * (ratio - 1) * derivative[j];
            for (std::size_t k = 0; k <= j; ++k) {
                const double product = derivative[j] * derivative[k];
                slope.information(j, k) += inverse * product;
                slope.curvature(j, k) += curved * product;
            }
        }
    }
    return slope;
}

Matrix<double> inverse_of(const Matrix<double>& triangle) {
    const std::size_t size = triangle.rows();
    Matrix<double> inverse(size, size);
    for (std::size_t j = 0; j < size; ++j) {
        std::vector<double> unit(size);
        unit[j] = 1;
        std::ranges::copy(solve(triangle, unit), inverse.row(j).begin());
    }
    return inverse;
}

// Of the cells that are fitted alone: a signal region that is left out may be blinded.
std::size_t filled_cells(std::span<const double> counts, const CellRange& left_out) {
    std::size_t filled = 0;
    for (std::size_t cell = 0; cell < counts.size(); ++cell)
        filled += !left_out.holds(cell) && counts[cell] > 0 ? 1 : 0;
    return filled;
}

[[noreturn]] void fail(std::span<const double> counts, const CellRange& left_out) {
    throw NumericalError(concat("the fit of the spectrum does not converge (",
                                filled_cells(counts, left_out), " of ",
                                counts.size() - (left_out.last - left_out.first),
                                " fitted bins have events): use a looser cut, fewer parameters, "
                                "wider bins or a range in which the function fits"));
}

}  // namespace

SpectrumModel::SpectrumModel(const SpectrumFunction& function, const std::vector<MassCell>& cells,
                             std::span<const double> weights)
    : SpectrumModel(function, cells, integration_nodes(cells), weights) {}

SpectrumModel::SpectrumModel(const SpectrumFunction& function, std::vector<MassCell> cells,
                             const std::vector<std::vector<MassNode>>& nodes,
                             std::span<const double> weights)
    : cells_(std::move(cells)), parameters_(function.parameters()), first_node_{0} {
    expects(weights.size() == cells_.size() && nodes.size() == cells_.size(),
            "one weight and one list of nodes a cell");
    if (cells_.size() <= parameters_) {
        throw UsageError(concat(cells_.size(), " bins cannot tell ", parameters_,
                                " parameters: use more bins or fewer parameters"));
    }
    std::vector<double> values;
    std::vector<double> node_weights;
    for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
        double total = 0;
        for (const MassNode& node : nodes[cell]) total += node.weight;
        expects(total > 0, "each cell has a node of a positive weight");
        for (const auto& [mass, weight] : nodes[cell]) {
            const std::vector<double> terms = function.terms(mass);
            values.insert(values.end(), terms.begin(), terms.end());
            width_.push_back(weight);
            node_weights.push_back((weights[cell] + 0.5) * weight / total);
        }
        total_.push_back(total);
        first_node_.push_back(width_.size());
    }
    terms_ = Matrix<double>(width_.size(), parameters_, std::move(values));
    raw_ = make_orthonormal(terms_, node_weights);
}

void SpectrumModel::expect(std::span<const double> coefficients, SpectrumFit& fit) const {
    fit.coefficients.assign(coefficients.begin(), coefficients.end());
    fit.expected.assign(cells_.size(), 0.0);
    fit.jacobian = Matrix<double>(cells_.size(), parameters_);
    for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
        const auto derivative = fit.jacobian.row(cell);
        for (std::size_t node = first_node_[cell]; node < first_node_[cell + 1]; ++node) {
            const auto terms = terms_.row(node);
            const double logarithm =
                std::inner_product(terms.begin(), terms.end(), coefficients.begin(), 0.0);
            const double content = width_[node] * std::exp(logarithm);
            fit.expected[cell] += content;
            for (std::size_t k = 0; k < parameters_; ++k) derivative[k] += content * terms[k];
        }
    }
}

// Least squares on the logarithms of the counts.
std::vector<double> SpectrumModel::start_from(std::span<const double> counts,
                                              const Options& options) const {
    if (!options.start.empty()) return {options.start.begin(), options.start.end()};
    Matrix<double> squares(parameters_, parameters_);
    std::vector<double> moment(parameters_);
    for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
        if (options.left_out.holds(cell)) continue;
        const double weight = counts[cell] + 0.5;
        const double density = std::log(weight / total_[cell]);
        const auto terms = terms_.row((first_node_[cell] + first_node_[cell + 1]) / 2);
        for (std::size_t j = 0; j < parameters_; ++j) {
            moment[j] += weight * density * terms[j];
            for (std::size_t k = 0; k <= j; ++k) squares(j, k) += weight * terms[j] * terms[k];
        }
    }
    const Matrix<double> triangle = cholesky(squares);
    if (triangle.rows() == 0) fail(counts, options.left_out);
    return solve(triangle, moment);
}

SpectrumFit SpectrumModel::fit(std::span<const double> counts) const {
    return fit(counts, Options{});
}

SpectrumFit SpectrumModel::fit(std::span<const double> counts, const Options& options) const {
    expects(counts.size() == cells_.size(), "one count a cell");
    // Fewer bins with events than parameters: the likelihood has no maximum.
    if (filled_cells(counts, options.left_out) < parameters_) fail(counts, options.left_out);
    SpectrumFit fit;
    expect(start_from(counts, options), fit);
    fit.log_likelihood = log_likelihood(counts, fit, options);
    const bool is_beside_signal =
        !options.signal.empty() &&
        std::ranges::all_of(options.signal, [](double s) { return s >= 0; });
    for (int i = 0; i < most_steps; ++i) {
        const Slope slope = slope_of(counts, fit, options);
        const Matrix<double> triangle = cholesky(slope.information);
        if (triangle.rows() == 0) break;
        const Matrix<double> curved =
            is_beside_signal ? cholesky(slope.curvature) : Matrix<double>();
        const std::vector<double> step =
            solve(curved.rows() == 0 ? triangle : curved, slope.gradient);
        const double decrement =
            std::inner_product(step.begin(), step.end(), slope.gradient.begin(), 0.0);
        if (!std::isfinite(decrement)) break;
        if (decrement < small_decrement * (1 + std::abs(fit.log_likelihood) * 1e-3)) {
            fit.covariance = inverse_of(triangle);
            return fit;
        }
        SpectrumFit next;
        for (double length = 1; length > 1e-6; length /= 2) {
            std::vector<double> trial = fit.coefficients;
            for (std::size_t k = 0; k < parameters_; ++k) trial[k] += length * step[k];
            expect(trial, next);
            next.log_likelihood = log_likelihood(counts, next, options);
            if (next.log_likelihood >= fit.log_likelihood + 1e-4 * length * decrement) break;
        }
        if (!(next.log_likelihood >= fit.log_likelihood)) {
            // Rounding hides what is left of the way.
            if (decrement > 1e-6) break;
            fit.covariance = inverse_of(triangle);
            return fit;
        }
        fit = std::move(next);
    }
    fail(counts, options.left_out);
}

std::vector<double> SpectrumModel::parameters_of(const SpectrumFit& fit) const {
    std::vector<double> parameters(parameters_);
    for (std::size_t k = 0; k < parameters_; ++k) {
        for (std::size_t j = 0; j < parameters_; ++j)
            parameters[k] += fit.coefficients[j] * raw_(j, k);
    }
    return parameters;
}

Matrix<double> SpectrumModel::parameter_covariance(const SpectrumFit& fit) const {
    Matrix<double> result(parameters_, parameters_);
    for (std::size_t k = 0; k < parameters_; ++k) {
        for (std::size_t l = 0; l < parameters_; ++l) {
            for (std::size_t i = 0; i < parameters_; ++i) {
                for (std::size_t j = 0; j < parameters_; ++j)
                    result(k, l) += raw_(i, k) * fit.covariance(i, j) * raw_(j, l);
            }
        }
    }
    return result;
}

double saturated_deviance(std::span<const double> counts, const SpectrumFit& fit,
                          const CellRange& left_out) {
    double sum = 0;
    for (std::size_t cell = 0; cell < counts.size(); ++cell) {
        if (left_out.holds(cell)) continue;
        sum += poisson_log_likelihood(counts[cell], counts[cell]) -
               poisson_log_likelihood(counts[cell], fit.expected[cell]);
    }
    return 2 * sum;
}

double expected_variance(const SpectrumFit& fit, std::size_t cell) {
    const auto derivative = fit.jacobian.row(cell);
    double variance = 0;
    for (std::size_t j = 0; j < derivative.size(); ++j) {
        for (std::size_t k = 0; k < derivative.size(); ++k)
            variance += derivative[j] * fit.covariance(j, k) * derivative[k];
    }
    return variance;
}

}  // namespace lacathode
