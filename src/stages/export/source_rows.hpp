// Columns of the tables that events came from.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lacathode/core/matrix.hpp"
#include "lacathode/core/provenance.hpp"

namespace lacathode {

/// The tables that lacathode-prepare read for an events file of this provenance, in the order in
/// which source_row counts their rows.
std::vector<InputRecord> source_tables(const Provenance& provenance);

/// Values of the columns `names` of the tables at `paths`, [source_rows, names], in the order of
/// `source_rows`, which count through all tables. `key` as of ColumnTable::open. Throws InputError
/// as that does, or for a row that none of the tables has.
Matrix<double> read_source_rows(const std::vector<std::string>& paths, const std::string& key,
                                const std::vector<std::string>& names,
                                std::span<const std::int64_t> source_rows);

}  // namespace lacathode
