#include "model_file.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode::models::detail {
namespace {

std::string rank_group(std::size_t rank) {
    return "/states/" + two_digits(rank);
}

NamedArrays read_state(const InputFile& file, const std::string& group,
                       const std::vector<ArrayLayout>& layout) {
    NamedArrays arrays;
    for (const auto& [name, shape] : layout) {
        const Shape expected(shape.begin(), shape.end());
        arrays.push_back({name, shape, file.read<float>(group + "/" + name, expected)});
        require_finite(file, group + "/" + name, arrays.back().values);
    }
    return arrays;
}

Checkpoint read_checkpoint(const InputFile& file, const std::string& group,
                           const std::vector<ArrayLayout>& layout) {
    const std::int64_t epoch = file.int_attribute(group, "epoch");
    if (epoch < 1) {
        throw InputError(
            concat(file.path(), ": ", group, ": attribute 'epoch' = ", epoch, " must be positive"));
    }
    return {.epoch = static_cast<std::size_t>(epoch),
            .validation_loss = file.double_attribute(group, "validation_loss"),
            .state = read_state(file, group, layout)};
}

}  // namespace

void write_checkpoints(OutputFile& file, const std::vector<Checkpoint>& best) {
    for (std::size_t rank = 0; rank < best.size(); ++rank) {
        const std::string group = rank_group(rank);
        for (const NamedArray& array : best[rank].state) {
            const Shape shape(array.shape.begin(), array.shape.end());
            file.write<float>(group + "/" + array.name, array.values, shape);
        }
        file.set_attribute(group, "epoch", static_cast<std::int64_t>(best[rank].epoch));
        file.set_attribute(group, "validation_loss", best[rank].validation_loss);
    }
}

std::vector<Checkpoint> read_checkpoints(const InputFile& file,
                                         const std::vector<ArrayLayout>& layout, std::size_t most) {
    const std::size_t ranks = std::min(file.children("/states").size(), most);
    if (ranks == 0) throw InputError(file.path() + ": /states is empty: train the model again");
    std::vector<Checkpoint> best;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        best.push_back(read_checkpoint(file, rank_group(rank), layout));
    }
    return best;
}

std::string read_kind(const InputFile& file, const std::string& oldest,
                      const std::vector<std::string>& known) {
    if (!file.has_attribute("/", "kind")) return oldest;
    std::string kind = file.string_attribute("/", "kind");
    if (std::ranges::find(known, kind) != known.end()) return kind;
    throw InputError(concat(file.path(), ": attribute 'kind' = '", kind, "' is none of ",
                            joined(known, ", "), ": it may come from a later version"));
}

void require_possible(const InputFile& file, const std::vector<std::string>& problems) {
    if (!problems.empty()) throw InputError(file.path() + ": " + problems.front());
}

std::size_t positive_attribute(const InputFile& file, const std::string& name) {
    const std::int64_t value = file.int_attribute("/", name);
    if (value <= 0)
        throw InputError(
            concat(file.path(), ": attribute '", name, "' = ", value, " must be positive"));
    return static_cast<std::size_t>(value);
}

std::string description(const Column& mass, const std::vector<Column>& features,
                        const MassWindow& window) {
    std::string text = mass.name + " [" + mass.unit + "], x = (";
    for (std::size_t i = 0; i < features.size(); ++i) {
        text += (i == 0 ? "" : ", ") + features[i].name + " [" + features[i].unit + "]";
    }
    return text + "), " + window.text();
}

}  // namespace lacathode::models::detail
