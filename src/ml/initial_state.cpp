#include <cmath>
#include <functional>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/ml/maf.hpp"
#include "lacathode/ml/mlp.hpp"
#include "lacathode/ml/state_layout.hpp"

namespace lacathode {
namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// Subtracts from v its part along each of the orthonormal `basis`.
void project_out(Vector& v, const std::vector<Vector>& basis) {
    for (const Vector& q : basis) {
        const double along = dot(q, v);
        for (std::size_t i = 0; i < v.size(); ++i) v[i] -= along * q[i];
    }
}

// `count` orthonormal vectors of `length` >= count entries, uniform over all such frames: the Q of
// a normal matrix's QR decomposition whose R has a positive diagonal, which is what Gram-Schmidt
// gives and torch.nn.init.orthogonal_ arranges by its sign fix.
std::vector<Vector> orthonormal_vectors(std::size_t count, std::size_t length,
                                        RandomStream& stream) {
    std::vector<Vector> vectors;
    for (std::size_t i = 0; i < count; ++i) {
        Vector v(length);
        for (double& value : v) value = stream.normal();
        project_out(v, vectors);
        project_out(v, vectors);  // the second pass removes the rounding of the first
        const double norm = std::sqrt(dot(v, v));
        for (double& value : v) value /= norm;
        vectors.push_back(std::move(v));
    }
    return vectors;
}

// A row-major matrix with orthonormal columns (rows >= cols) or rows.
std::vector<float> orthogonal_matrix(const ArrayLayout& layout, RandomStream& stream) {
    const auto rows = static_cast<std::size_t>(layout.shape[0]);
    const auto cols = static_cast<std::size_t>(layout.shape[1]);
    const bool tall = rows >= cols;
    const auto vectors =
        tall ? orthonormal_vectors(cols, rows, stream) : orthonormal_vectors(rows, cols, stream);
    std::vector<float> values;
    values.reserve(rows * cols);
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t col = 0; col < cols; ++col) {
            values.push_back(static_cast<float>(tall ? vectors[col][row] : vectors[row][col]));
        }
    }
    return values;
}

std::vector<float> uniform_values(std::size_t count, double bound, RandomStream& stream) {
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(bound * (2 * stream.uniform() - 1));
    return values;
}

}  // namespace

NamedArrays initial_maf_state(const MafArchitecture& architecture, RandomStream stream) {
    expects(problems(architecture).empty(), "a possible flow architecture");
    NamedArrays state;
    for (const ArrayLayout& layout : maf_state_layout(architecture)) {
        const float constant = layout.name.ends_with("running_var") ? 1.0F : 0.0F;
        state.push_back({layout.name, layout.shape,
                         layout.shape.size() == 2 ? orthogonal_matrix(layout, stream)
                                                  : std::vector<float>(layout.size(), constant)});
    }
    return state;
}

NamedArrays initial_mlp_state(const MlpArchitecture& architecture, RandomStream stream) {
    expects(problems(architecture).empty(), "a possible classifier architecture");
    NamedArrays state;
    double bound = 0;
    for (const ArrayLayout& layout : mlp_state_layout(architecture)) {
        // A layer's weight comes before its bias, which has the same bound.
        if (layout.shape.size() == 2) bound = 1 / std::sqrt(static_cast<double>(layout.shape[1]));
        state.push_back({layout.name, layout.shape, uniform_values(layout.size(), bound, stream)});
    }
    return state;
}

}  // namespace lacathode
