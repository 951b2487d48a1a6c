#include "stats/integration_nodes.hpp"

#include <array>
#include <cmath>
#include <cstddef>

#include "lacathode/core/errors.hpp"

namespace lacathode::stats::detail {
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

}  // namespace

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

}  // namespace lacathode::stats::detail
