// A group of one-dimensional datasets of one length, as h5py users write it.
#include "io/tables/hdf5_columns.hpp"
#include "io/tables/layouts.hpp"

namespace lacathode::io::detail {
namespace {

class ColumnGroup final : public ColumnTable {
  public:
    ColumnGroup(ForeignFile file, const std::string& key)
        : ColumnTable(file.path, "HDF5 group of columns, key '" + key + "'"),
          file_(std::move(file)) {
        for (const auto& name : child_names(file_.open(key).get())) {
            if (file_.has(join(key, name))) add(key, name);
        }
    }

  private:
    void add(const std::string& key, const std::string& name) {
        const auto length = number_column_length(file_.open(join(key, name)).get());
        if (!length) return;
        rows_ = *length;
        columns_.push_back(name);
        datasets_.push_back(file_.open_dataset(join(key, name)));
        block_rows_ = aligned_rows(datasets_.back().get());
    }

    void read_block(std::size_t first, std::size_t count, std::span<const std::size_t> columns,
                    double* out) override {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto values = column_values(columns[i], first, count);
            for (std::size_t row = 0; row < count; ++row)
                out[row * columns.size() + i] = values[row];
        }
    }

    [[nodiscard]] std::vector<double> column_values(std::size_t column, std::size_t first,
                                                    std::size_t count) const {
        try {
            return read_numbers(datasets_[column].get(), first, count);
        } catch (const Hdf5Error& error) {
            file_.fail("(" + description_ + "): column '" + columns_[column] +
                       "': " + error.what());
        }
    }

    ForeignFile file_;
    std::vector<Handle> datasets_;
};

}  // namespace

std::unique_ptr<ColumnTable> open_column_group(ForeignFile file, const std::string& key) {
    return std::make_unique<ColumnGroup>(std::move(file), key);
}

}  // namespace lacathode::io::detail
