// Datasets of a search: a row or a number of each cut, NaN where there is none.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "lacathode/core/text.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/stages/search/background_estimate.hpp"
#include "lacathode/stages/search/mass_spectrum.hpp"

namespace lacathode {

inline constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

/// [cuts, columns] float64; rows that are shorter are filled up with NaN.
void write_rows(OutputFile& file, const std::string& name, std::size_t cuts, std::size_t columns,
                const std::function<std::vector<double>(std::size_t cut)>& row_of);
/// [cuts] float64
void write_numbers(OutputFile& file, const std::string& name, std::size_t cuts,
                   const std::function<double(std::size_t cut)>& number_of);

/// Datasets below "/ESTIMATE/" of what one estimate gave after each cut: `Made` as of_kind takes
/// it. `of` is called with it, or with it and the cut's number.
template <class Made>
class EstimateDatasets {
  public:
    EstimateDatasets(OutputFile& file, const std::vector<std::vector<Made>>& cuts, Estimate kind,
                     const std::string& group = "")
        : file_(file),
          cuts_(cuts),
          kind_(kind),
          group_(concat("/", estimate_name(kind), "/", group)) {}

    template <class Of>
    void rows(const std::string& name, std::size_t columns, const Of& of) const {
        write_rows(file_, group_ + name, cuts_.size(), columns, [&](std::size_t cut) {
            const Made* one = of_kind(cuts_[cut], kind_);
            return one != nullptr ? value(of, *one, cut) : std::vector<double>{};
        });
    }
    template <class Of>
    void numbers(const std::string& name, const Of& of) const {
        write_numbers(file_, group_ + name, cuts_.size(), [&](std::size_t cut) {
            const Made* one = of_kind(cuts_[cut], kind_);
            return one != nullptr ? static_cast<double>(value(of, *one, cut)) : no_number;
        });
    }

  private:
    template <class Of>
    static auto value(const Of& of, const Made& made, std::size_t cut) {
        if constexpr (std::invocable<const Of&, const Made&, std::size_t>) {
            return of(made, cut);
        } else {
            return of(made);
        }
    }

    OutputFile& file_;
    const std::vector<std::vector<Made>>& cuts_;
    Estimate kind_;
    std::string group_;
};

/// The spectra with the method, the mass and the signal region, and the reference's estimate;
/// `blinded`: not what lies in the signal region after a cut.
void write_spectra(OutputFile& file, const MassSpectra& spectra, bool blinded);
/// The fits of one estimate.
void write_estimates(OutputFile& file, const MassSpectra& spectra, const BackgroundEstimates& made,
                     Estimate kind);

}  // namespace lacathode
