// A dense row-major matrix that owns its values, and spans over its rows.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace lacathode {

template <class T>
class Matrix {
  public:
    Matrix() = default;
    Matrix(std::size_t rows, std::size_t cols, T value = T{})
        : rows_(rows), cols_(cols), values_(rows * cols, value) {}
    Matrix(std::size_t rows, std::size_t cols, std::vector<T> values)
        : rows_(rows), cols_(cols), values_(std::move(values)) {}

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t cols() const noexcept { return cols_; }
    [[nodiscard]] T& operator()(std::size_t row, std::size_t col) {
        return values_[row * cols_ + col];
    }
    [[nodiscard]] const T& operator()(std::size_t row, std::size_t col) const {
        return values_[row * cols_ + col];
    }
    [[nodiscard]] std::span<T> row(std::size_t row) {
        return {values_.data() + row * cols_, cols_};
    }
    [[nodiscard]] std::span<const T> row(std::size_t row) const {
        return {values_.data() + row * cols_, cols_};
    }
    [[nodiscard]] std::span<T> values() noexcept { return values_; }
    [[nodiscard]] std::span<const T> values() const noexcept { return values_; }
    /// Adds the rows of `more`, which has as many columns, behind its own. The memory grows by a
    /// factor, so that many small matrices are appended in linear time.
    void append(const Matrix& more) {
        values_.insert(values_.end(), more.values_.begin(), more.values_.end());
        rows_ += more.rows_;
    }
    bool operator==(const Matrix&) const = default;

  private:
    std::size_t rows_ = 0;
    std::size_t cols_ = 0;
    std::vector<T> values_;
};

}  // namespace lacathode
