#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stats/spectrum_fit.hpp"

namespace lacathode {
namespace {

// Gauss and Legendre's four points on (-1, 1): exact for polynomials of degree seven.
struct Node {
    double place;
    double weight;
};
constexpr std::array<Node, 4> nodes = {{{-0.8611363115940526, 0.3478548451374538},
                                        {-0.3399810435848563, 0.6521451548625461},
                                        {0.3399810435848563, 0.6521451548625461},
                                        {0.8611363115940526, 0.3478548451374538}}};
// Over a tenth of m a spectrum falls by a factor of three; the four points are then exact to 1e-8.
constexpr double widest_piece = 0.1;

std::size_t pieces_of(const MassCell& cell) {
    return static_cast<std::size_t>(std::ceil((cell.high - cell.low) / (widest_piece * cell.low)));
}

std::vector<std::vector<MassNode>> integration_nodes(const std::vector<MassCell>& cells) {
    std::vector<std::vector<MassNode>> all;
    for (const MassCell& cell : cells) {
        expects(cell.low > 0 && cell.high > cell.low, "cells of positive masses and widths");
        const std::size_t pieces = pieces_of(cell);
        const double half = 0.5 * (cell.high - cell.low) / static_cast<double>(pieces);
        std::vector<MassNode>& of_cell = all.emplace_back();
        for (std::size_t piece = 0; piece < pieces; ++piece) {
            const double centre = cell.low + half * static_cast<double>(2 * piece + 1);
            for (const auto& [place, weight] : nodes)
                of_cell.push_back({centre + half * place, half * weight});
        }
    }
    return all;
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
    make_orthonormal(node_weights);
}

// Gram and Schmidt's, each term twice, for the digits. raw_ keeps what becomes of the terms.
void SpectrumModel::make_orthonormal(std::span<const double> node_weights) {
    raw_ = Matrix<double>(parameters_, parameters_);
    const double total = std::accumulate(node_weights.begin(), node_weights.end(), 0.0);
    const auto product = [&](std::size_t j, std::size_t k) {
        double sum = 0;
        for (std::size_t node = 0; node < terms_.rows(); ++node)
            sum += node_weights[node] * terms_(node, j) * terms_(node, k);
        return sum / total;
    };
    const auto subtract = [&](std::size_t j, std::size_t k, double factor) {
        for (std::size_t node = 0; node < terms_.rows(); ++node)
            terms_(node, j) -= factor * terms_(node, k);
        for (std::size_t i = 0; i < parameters_; ++i) raw_(j, i) -= factor * raw_(k, i);
    };
    for (std::size_t j = 0; j < parameters_; ++j) {
        raw_(j, j) = 1;
        for (int pass = 0; pass < 2; ++pass) {
            for (std::size_t k = 0; k < j; ++k) subtract(j, k, product(j, k));
        }
        const double scale = 1 / std::sqrt(product(j, j));
        for (std::size_t node = 0; node < terms_.rows(); ++node) terms_(node, j) *= scale;
        for (double& value : raw_.row(j)) value *= scale;
    }
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

}  // namespace lacathode
