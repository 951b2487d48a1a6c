// Features of dijet events from the LHC Olympics columns (docs/method.md, section 1). GeV become
// TeV here.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/matrix.hpp"

namespace lacathode {

/// The 14 jet columns of the LHC Olympics R&D features file, in the order dijet_features wants:
/// pxj1 pyj1 pzj1 mj1 [GeV], tau1j1 tau2j1 tau3j1 [1], then the same of jet 2.
std::span<const std::string_view> lhco_columns();

/// m_j1, delta_m [TeV]; tau21_j1, tau21_j2, delta_r [1].
std::vector<Column> available_features();

struct DijetOptions {
    /// Names out of available_features(), in the order of the output's columns.
    std::vector<std::string> features = {"m_j1", "delta_m", "tau21_j1", "tau21_j2"};
};

/// NaN in rows that are unphysical.
struct DijetFeatures {
    std::vector<double> mass;  ///< [N] m_jj, TeV
    Matrix<double> features;   ///< [N, D]
};

/// The first column of `jets` [14], an index into lhco_columns(), whose value makes them unusable;
/// none if all are good.
std::optional<std::size_t> unphysical_column(std::span<const double> jets);

/// Jets are ordered by mass: j1 is the lighter one and tau21 = tau2 / (1e-5 + tau1) follows its
/// jet. A row is unphysical if a value is not finite, a tau is negative, a jet has no transverse
/// momentum, or its mass is below -2.5e-4 |p|: masses between that and 0 are those of massless jets
/// whose four-vectors were rounded to float32, and are kept. `jets`: [N, 14], float64, units of
/// lhco_columns().
DijetFeatures dijet_features(const Matrix<double>& jets, const DijetOptions& options = {});

}  // namespace lacathode
