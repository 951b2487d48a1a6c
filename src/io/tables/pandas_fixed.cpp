// df.to_hdf(path, key): group KEY with axis0 (all column names), axis1 (index), and for each block
// of columns of one type blockN_items (their names) and blockN_values [rows, items].
#include <algorithm>

#include "io/hdf5_attributes.hpp"
#include "io/hdf5_types.hpp"
#include "io/tables/hdf5_columns.hpp"
#include "io/tables/layouts.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode::io::detail {
namespace {

struct Block {
    Handle values;
    std::size_t width = 0;
    bool numeric = false;
    std::vector<std::string> items;
};

class PandasFixed final : public ColumnTable {
  public:
    PandasFixed(ForeignFile file, const std::string& key)
        : ColumnTable(file.path, "pandas fixed, key '" + key + "'"), file_(std::move(file)) {
        columns_ = names_in(join(key, "axis0"));
        for (int i = 0; file_.has(block_name(key, i, "_values")); ++i) add_block(key, i);
        if (blocks_.empty()) file_.fail("'" + key + "' has no values; write the DataFrame again");
        locate_columns();
    }

  private:
    struct Place {
        std::size_t block;
        std::size_t column;
    };

    static std::string block_name(const std::string& key, int number, const char* part) {
        return join(key, "block" + std::to_string(number) + part);
    }

    [[nodiscard]] std::vector<std::string> names_in(const std::string& dataset) const {
        if (!file_.has(dataset) || H5Iget_type(file_.open(dataset).get()) != H5I_DATASET) {
            file_.fail("'" + dataset +
                       "' is missing: columns with several levels are not read; "
                       "give them one level each");
        }
        return read_names(file_.open_dataset(dataset).get());
    }

    void add_block(const std::string& key, int number) {
        const std::string name = block_name(key, number, "_values");
        Block block;
        block.items = names_in(block_name(key, number, "_items"));
        block.values = file_.open_dataset(name);
        const Handle type = own(H5Dget_type(block.values.get()), H5Tclose, "read a type");
        block.numeric = number_kind(type.get()) != NumberKind::none && !holds_times(block);
        block.width = block.items.size();
        if (block.numeric) set_rows(block, name);
        blocks_.push_back(std::move(block));
    }

    // pandas stores a frame without rows as one placeholder, its type and its shape.
    static bool has_no_rows(const Block& block) {
        return attribute_exists(block.values.get(), "value_type") &&
               attribute_exists(block.values.get(), "shape");
    }

    // Dates and durations it stores as integers, and their type.
    static bool holds_times(const Block& block) {
        return attribute_exists(block.values.get(), "value_type") && !has_no_rows(block);
    }

    void set_rows(const Block& block, const std::string& name) {
        Shape shape = dataset_shape(block.values.get());
        if (has_no_rows(block)) shape = {0, block.width};
        const bool first = std::ranges::none_of(blocks_, &Block::numeric);
        if (shape.size() != 2 || shape[1] != block.width || (!first && shape[0] != rows_)) {
            file_.fail("'" + name + "' has shape " + text_of(shape) + ", expected [" +
                       (first ? "rows" : std::to_string(rows_)) + ", " +
                       std::to_string(block.width) + "]; write the DataFrame again");
        }
        const auto aligned = aligned_rows(block.values.get());
        if (first || block.width > widest_) block_rows_ = aligned;
        widest_ = std::max(widest_, block.width);
        rows_ = shape[0];
    }

    void locate_columns() {
        for (const auto& column : columns_) {
            bool found = false;
            for (std::size_t block = 0; !found && block < blocks_.size(); ++block) {
                const auto& items = blocks_[block].items;
                const auto item = std::ranges::find(items, column);
                found = item != items.end();
                if (found) {
                    places_.push_back({block, static_cast<std::size_t>(item - items.begin())});
                }
            }
            if (!found) file_.fail("column '" + column + "' is in no block; write it again");
        }
    }

    void read_block(std::size_t first, std::size_t count, std::span<const std::size_t> columns,
                    double* out) override {
        for (std::size_t number = 0; number < blocks_.size(); ++number) {
            const auto in_block = [&](std::size_t column) {
                return places_[column].block == number;
            };
            if (std::ranges::any_of(columns, in_block)) copy(number, first, count, columns, out);
        }
    }

    void copy(std::size_t number, std::size_t first, std::size_t count,
              std::span<const std::size_t> columns, double* out) const {
        const Block& block = blocks_[number];
        const auto in_block = std::ranges::find_if(
            columns, [&](std::size_t column) { return places_[column].block == number; });
        const auto values = block_values(block, columns_[*in_block], first, count);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const Place place = places_[columns[i]];
            if (place.block != number) continue;
            for (std::size_t row = 0; row < count; ++row) {
                out[row * columns.size() + i] = values[row * block.width + place.column];
            }
        }
    }

    // `asked` is one of its columns, for messages.
    [[nodiscard]] std::vector<double> block_values(const Block& block, const std::string& asked,
                                                   std::size_t first, std::size_t count) const {
        if (!block.numeric) {
            file_.fail("(" + description_ + "): column '" + asked +
                       "' does not hold numbers; choose another or convert it");
        }
        try {
            return read_numbers(block.values.get(), first, count);
        } catch (const Hdf5Error& error) {
            file_.fail("(" + description_ + "): block of column '" + asked + "': " + error.what());
        }
    }

    ForeignFile file_;
    std::vector<Block> blocks_;
    std::vector<Place> places_;  ///< one a column
    std::size_t widest_ = 0;
};

}  // namespace

std::unique_ptr<ColumnTable> open_pandas_fixed(ForeignFile file, const std::string& key) {
    return std::make_unique<PandasFixed>(std::move(file), key);
}

}  // namespace lacathode::io::detail
