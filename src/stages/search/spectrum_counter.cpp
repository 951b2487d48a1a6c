#include "stages/search/spectrum_counter.hpp"

#include <algorithm>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/search/spectrum_settings.hpp"

namespace lacathode {
namespace {

constexpr std::size_t nodes_of_cell = 16;

// But for rounding; a mean with negative weights may lie anywhere.
bool lies_in(const MassCell& cell, double mass) {
    const double rounding = 1e-9 * (cell.high - cell.low);
    return cell.low - rounding <= mass && mass <= cell.high + rounding;
}

// The signal region excludes its edges, everything else has the lower of its own.
std::size_t cell_beside(const MassWindow& window, double mass, const std::vector<MassCell>& cells) {
    const std::size_t found = cell_of(mass, cells);
    const bool on_edge = mass == window.low() && found > 0 && found < cells.size();
    return on_edge ? found - 1 : found;
}

[[noreturn]] void refuse_negative_bin(const MassCell& cell, const std::string& source) {
    throw InputError(concat(source, ": the weights between the masses ", cell.low, " and ",
                            cell.high,
                            " do not add up to a spectrum: events of negative weights "
                            "outweigh the others; use wider bins (fit_background.bin_width)"));
}

}  // namespace

CellCounter::CellCounter(std::vector<MassCell> cells, std::size_t cuts)
    : cells_(std::move(cells)),
      counts_(cuts, cells_.size()),
      squares_(cuts, cells_.size()),
      sums_(cells_.size() * nodes_of_cell) {}

void CellCounter::add(std::size_t cell, double mass, double weight,
                      const std::vector<double>& passed) {
    MassNode& sum = sums_[cell * nodes_of_cell + finer_bin(mass, cell)];
    sum.mass += weight * mass;
    sum.weight += weight;
    for (std::size_t cut = 0; cut < passed.size(); ++cut) {
        counts_(cut, cell) += weight * passed[cut];
        squares_(cut, cell) += weight * weight * passed[cut];
    }
}

std::vector<std::vector<MassNode>> CellCounter::nodes(const std::string& source) const {
    std::vector<std::vector<MassNode>> all;
    for (std::size_t cell = 0; cell < cells_.size(); ++cell) all.push_back(nodes_of(cell, source));
    return all;
}

std::vector<MassNode> CellCounter::nodes_of(std::size_t cell, const std::string& source) const {
    std::vector<MassNode> sums;
    MassNode open{0, 0};
    for (std::size_t i = cell * nodes_of_cell; i < (cell + 1) * nodes_of_cell; ++i) {
        open = {open.mass + sums_[i].mass, open.weight + sums_[i].weight};
        if (open.weight > 0) sums.push_back(std::exchange(open, {0, 0}));
    }
    while (open.weight < 0 && !sums.empty()) {
        open = {open.mass + sums.back().mass, open.weight + sums.back().weight};
        sums.pop_back();
    }
    if (open.weight < 0) refuse_negative_bin(cells_[cell], source);
    if (open.weight > 0) sums.push_back(open);
    for (MassNode& sum : sums) {
        sum.mass /= sum.weight;
        if (!lies_in(cells_[cell], sum.mass)) refuse_negative_bin(cells_[cell], source);
    }
    return sums;
}

std::size_t CellCounter::finer_bin(double mass, std::size_t cell) const {
    const auto [low, high] = cells_[cell];
    const double place = (mass - low) / (high - low) * static_cast<double>(nodes_of_cell);
    return std::min(static_cast<std::size_t>(place), nodes_of_cell - 1);
}

SpectrumCounter::SpectrumCounter(const MassWindow& signal_region,
                                 const std::vector<MassCell>& cells,
                                 const std::vector<MassCell>& bins, std::size_t cuts)
    : signal_region_(signal_region), all_(cells, cuts), inside_(bins, cuts) {}

bool SpectrumCounter::add(double mass, double weight, const std::vector<double>& passed) {
    const std::vector<MassCell>& cells = all_.cells();
    const std::size_t cell = cell_beside(signal_region_, mass, cells);
    if (cell == cells.size()) return false;
    all_.add(cell, mass, weight, passed);
    if (cells[cell].low != signal_region_.low()) return false;
    inside_.add(cell_of(mass, inside_.cells()), mass, weight, passed);
    return true;
}

}  // namespace lacathode
