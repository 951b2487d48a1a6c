#include "lacathode/stages/check_flow/two_sample.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/ml/trees_training.hpp"

namespace lacathode {
namespace {

// The rows of both samples from one eighth of them to another; target 1: observed.
ClassifierData eighths(const Matrix<float>& observed, const Matrix<float>& sampled,
                       std::size_t first, std::size_t last) {
    ClassifierData data;
    std::vector<float> values;
    for (const Matrix<float>* sample : {&observed, &sampled}) {
        for (std::size_t row = sample->rows() * first / 8; row < sample->rows() * last / 8; ++row) {
            const auto event = sample->row(row);
            values.insert(values.end(), event.begin(), event.end());
            data.target.push_back(sample == &observed ? 1.0F : 0.0F);
        }
    }
    data.x = Matrix<float>(data.size(), observed.cols(), std::move(values));
    data.weight.assign(data.size(), 1);
    return data;
}

}  // namespace

RankSum two_sample_test(const Matrix<float>& observed, const Matrix<float>& sampled, int threads,
                        const RandomStream& stream) {
    expects(observed.rows() >= 8 && sampled.rows() >= 8, "every part has events of both samples");
    expects(observed.cols() == sampled.cols(), "both samples have the same columns");
    ClassifierData training = eighths(observed, sampled, 0, 3);
    ClassifierData validation = eighths(observed, sampled, 3, 4);
    set_class_weights(training, validation);
    const TrainedTrees trees = train_trees(training, validation, {}, stream, threads);
    const ClassifierData tested = eighths(observed, sampled, 4, 8);
    const std::vector<float> score = make_tree_scorer(trees.ensemble, threads)->score(tested.x);
    const std::vector<std::int8_t> label(tested.target.begin(), tested.target.end());
    return rank_sum_test(roc_curve(score, label));
}

}  // namespace lacathode
