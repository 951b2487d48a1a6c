#include "support/reference_flow.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace lacathode::test {
namespace {

/// Degrees written out once more, apart from the library's (docs/method.md (3.6)).
int hidden_degree(std::size_t unit, std::size_t features) {
    return features == 1 ? -1 : static_cast<int>(unit % (features - 1));
}
int output_degree(std::size_t output, std::size_t features) {
    return static_cast<int>(output % features) - 1;
}

/// One feature's moments over events.
std::pair<double, double> mean_and_variance(const std::vector<std::vector<double>>& u,
                                            std::size_t feature) {
    double mean = 0;
    for (const auto& event : u) mean += event[feature] / static_cast<double>(u.size());
    double variance = 0;
    for (const auto& event : u) {
        variance += std::pow(event[feature] - mean, 2) / static_cast<double>(u.size());
    }
    return {mean, variance + 1e-5};
}

std::vector<double>& array_of(ReferenceBlock& block, const std::string& name) {
    const std::pair<const char*, std::vector<double>*> arrays[] = {
        {"input_weight", &block.input_weight},
        {"input_bias", &block.input_bias},
        {"condition_weight", &block.condition_weight},
        {"hidden_weight", &block.hidden_weight},
        {"hidden_bias", &block.hidden_bias},
        {"output_weight", &block.output_weight},
        {"output_bias", &block.output_bias},
        {"log_gamma", &block.log_gamma},
        {"beta", &block.beta},
        {"running_mean", &block.running_mean},
        {"running_var", &block.running_var}};
    for (const auto& [known, array] : arrays) {
        if (name == known) return *array;
    }
    throw std::invalid_argument("no array " + name);
}

std::size_t block_of(const std::string& name) {
    return std::stoul(name.substr(6, name.find('/') - 6));
}

}  // namespace

ReferenceFlow::ReferenceFlow(const MafArchitecture& architecture, const NamedArrays& state)
    : architecture_(architecture), blocks_(architecture.blocks) {
    for (const NamedArray& array : state) {
        auto& values =
            array_of(blocks_.at(block_of(array.name)), array.name.substr(array.name.find('/') + 1));
        for (std::size_t i = 0; i < array.values.size(); ++i) {
            values.push_back(acts(array.name, i) ? static_cast<double>(array.values[i]) : 0.0);
        }
    }
}

bool ReferenceFlow::acts(const std::string& name, std::size_t index) const {
    const std::size_t d = architecture_.features;
    const std::size_t h = architecture_.hidden;
    if (name.ends_with("input_weight")) {
        return hidden_degree(index / d, d) >= static_cast<int>(index % d);
    }
    if (name.ends_with("hidden_weight")) {
        return hidden_degree(index / h, d) >= hidden_degree(index % h, d);
    }
    if (name.ends_with("output_weight")) {
        return output_degree(index / h, d) >= hidden_degree(index % h, d);
    }
    return true;
}

double& ReferenceFlow::parameter(const std::string& name, std::size_t index) {
    return array_of(blocks_.at(block_of(name)), name.substr(name.find('/') + 1)).at(index);
}

ReferenceFlow::Made ReferenceFlow::made(const ReferenceBlock& block, const std::vector<double>& x,
                                        double mass) const {
    const std::size_t d = architecture_.features;
    const std::size_t h = architecture_.hidden;
    std::vector<double> h1(block.input_bias);
    std::vector<double> h2(block.hidden_bias);
    std::vector<double> out(block.output_bias);
    for (std::size_t r = 0; r < h; ++r) {
        h1[r] += block.condition_weight[r] * mass;
        for (std::size_t i = 0; i < d; ++i) h1[r] += block.input_weight[r * d + i] * x[i];
        h1[r] = std::max(h1[r], 0.0);
    }
    for (std::size_t r = 0; r < h; ++r) {
        for (std::size_t k = 0; k < h; ++k) h2[r] += block.hidden_weight[r * h + k] * h1[k];
        h2[r] = std::max(h2[r], 0.0);
    }
    for (std::size_t r = 0; r < 2 * d; ++r) {
        for (std::size_t k = 0; k < h; ++k) out[r] += block.output_weight[r * h + k] * h2[k];
    }
    Made result{std::vector<double>(d), 0};
    for (std::size_t i = 0; i < d; ++i) {
        result.u[i] = (x[i] - out[i]) * std::exp(-out[d + i]);
        result.log_det -= out[d + i];
    }
    return result;
}

ReferenceResult ReferenceFlow::forward(const Matrix<double>& y, const std::vector<double>& mass,
                                       BatchNormMode mode) const {
    const std::size_t d = architecture_.features;
    std::vector<std::vector<double>> x;
    for (std::size_t e = 0; e < y.rows(); ++e) x.emplace_back(y.row(e).begin(), y.row(e).end());
    std::vector<double> log_det(y.rows(), 0.0);
    for (const ReferenceBlock& block : blocks_) {
        for (std::size_t e = 0; e < x.size(); ++e) {
            Made made_of_event = made(block, x[e], mass[e]);
            x[e] = std::move(made_of_event.u);
            log_det[e] += made_of_event.log_det;
        }
        for (std::size_t i = 0; i < d; ++i) {
            const auto [mean, variance] =
                mode == BatchNormMode::training
                    ? mean_and_variance(x, i)
                    : std::pair(block.running_mean[i], block.running_var[i]);
            for (std::size_t e = 0; e < x.size(); ++e) {
                x[e][i] = std::exp(block.log_gamma[i]) * (x[e][i] - mean) / std::sqrt(variance) +
                          block.beta[i];
                log_det[e] += block.log_gamma[i] - 0.5 * std::log(variance);
            }
        }
        for (auto& event : x) std::ranges::reverse(event);
    }
    ReferenceResult result{Matrix<double>(y.rows(), d), std::move(log_det)};
    for (std::size_t e = 0; e < x.size(); ++e) std::ranges::copy(x[e], result.z.row(e).begin());
    return result;
}

double ReferenceFlow::loss(const Matrix<double>& y, const std::vector<double>& mass,
                           const std::vector<double>& weight) const {
    const auto log_prob = reference_log_prob(forward(y, mass, BatchNormMode::training));
    double sum = 0;
    for (std::size_t e = 0; e < log_prob.size(); ++e) sum -= weight[e] * log_prob[e];
    return sum / static_cast<double>(y.rows());
}

std::vector<std::vector<double>> ReferenceFlow::population_statistics(
    const Matrix<double>& y, const std::vector<double>& mass) const {
    std::vector<std::vector<double>> statistics;
    const std::size_t d = architecture_.features;
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
        ReferenceFlow first_blocks = *this;
        first_blocks.blocks_.resize(k + 1);
        ReferenceBlock& last = first_blocks.blocks_.back();
        last.log_gamma.assign(d, 0.0);
        last.beta.assign(d, 0.0);
        last.running_mean.assign(d, 0.0);
        last.running_var.assign(d, 1.0);
        for (std::size_t j = 0; j < k; ++j) {
            std::copy_n(statistics[j].begin(), d, first_blocks.blocks_[j].running_mean.begin());
            std::copy_n(statistics[j].begin() + static_cast<std::ptrdiff_t>(d), d,
                        first_blocks.blocks_[j].running_var.begin());
        }
        const Matrix<double> reversed = first_blocks.forward(y, mass, BatchNormMode::evaluation).z;
        std::vector<std::vector<double>> u;
        for (std::size_t e = 0; e < y.rows(); ++e) {
            u.emplace_back(reversed.row(e).rbegin(), reversed.row(e).rend());
        }
        std::vector<double> moments(2 * d);
        for (std::size_t i = 0; i < d; ++i) {
            std::tie(moments[i], moments[d + i]) = mean_and_variance(u, i);
        }
        statistics.push_back(std::move(moments));
    }
    return statistics;
}

std::vector<double> reference_log_prob(const ReferenceResult& result) {
    std::vector<double> log_prob(result.log_det);
    for (std::size_t e = 0; e < log_prob.size(); ++e) {
        for (const double z : result.z.row(e)) {
            log_prob[e] -= 0.5 * (z * z + std::log(2 * std::numbers::pi));
        }
    }
    return log_prob;
}

}  // namespace lacathode::test
