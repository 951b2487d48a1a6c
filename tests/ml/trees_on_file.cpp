// Trains trees on events in a plain binary file and prints what trees_oracle.py compares.
//
// usage: trees_on_file FILE D TRAINING VALIDATION TREES LEAVES RATE L2 PATIENCE THREADS SCORES
//   FILE: float32 rows of D inputs, target, weight; training events first, then validation.
//   SCORES: file that takes the validation events' scores, float32.
// stdout: seconds, seconds of all threads' processor time, then a line "training_loss
// validation_loss" for each iteration.
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <vector>

#include "lacathode/ml/trees_training.hpp"

namespace {

lacathode::ClassifierData read(std::ifstream& file, std::size_t events, std::size_t inputs) {
    std::vector<float> values(events * (inputs + 2));
    file.read(reinterpret_cast<char*>(values.data()),
              static_cast<std::streamsize>(values.size() * sizeof(float)));
    if (!file) throw std::runtime_error("the file is too short");
    lacathode::ClassifierData data{lacathode::Matrix<float>(events, inputs), {}, {}};
    for (std::size_t event = 0; event < events; ++event) {
        const float* row = values.data() + event * (inputs + 2);
        for (std::size_t i = 0; i < inputs; ++i) data.x(event, i) = row[i];
        data.target.push_back(row[inputs]);
        data.weight.push_back(row[inputs + 1]);
    }
    return data;
}

}  // namespace

int main(int count, char** arguments) {
    using namespace lacathode;
    if (count != 12) {
        std::cerr << "usage: trees_on_file FILE D TRAINING VALIDATION TREES LEAVES RATE L2 "
                     "PATIENCE THREADS SCORES\n";
        return 2;
    }
    const auto number = [&](int i) { return std::strtoull(arguments[i], nullptr, 10); };
    std::ifstream file(arguments[1], std::ios::binary);
    const ClassifierData training = read(file, number(3), number(2));
    const ClassifierData validation = read(file, number(4), number(2));
    const int threads = std::atoi(arguments[10]);
    const TreesOptions options{.trees = number(5),
                               .leaves = number(6),
                               .learning_rate = std::atof(arguments[7]),
                               .l2 = std::atof(arguments[8]),
                               .patience = number(9)};
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t processor_start = std::clock();
    const TrainedTrees trained =
        train_trees(training, validation, options, RandomStream(1, "trees"), threads);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    const double processor = static_cast<double>(std::clock() - processor_start) / CLOCKS_PER_SEC;
    std::cout << seconds.count() << ' ' << processor << '\n' << std::setprecision(12);
    for (std::size_t i = 0; i < trained.training_loss.size(); ++i) {
        std::cout << trained.training_loss[i] << ' ' << trained.validation_loss[i] << '\n';
    }
    const auto scores = make_tree_scorer(trained.ensemble, threads)->score(validation.x);
    std::ofstream(arguments[11], std::ios::binary)
        .write(reinterpret_cast<const char*>(scores.data()),
               static_cast<std::streamsize>(scores.size() * sizeof(float)));
    return 0;
}
