#include "lacathode/stages/frame/training_file.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/io/output_path.hpp"
#include "lacathode/io/own_file.hpp"

namespace lacathode {
namespace {

TrainingState read_state(const InputFile& file) {
    TrainingState state;
    const auto count = [&file](const char* name) {
        return static_cast<std::size_t>(file.int_attribute("/", name));
    };
    for (std::size_t i = 0; i < count("arrays"); ++i) {
        const std::string place = concat("/arrays/", i);
        const Shape shape = file.shape(place);
        state.arrays.push_back({file.string_attribute(place, "name"),
                                {shape.begin(), shape.end()},
                                file.read<float>(place)});
    }
    for (std::size_t i = 0; i < count("numbers"); ++i) {
        const std::string place = concat("/numbers/", i);
        state.numbers.emplace_back(file.string_attribute(place, "name"), file.read<double>(place));
    }
    return state;
}

// A file that cannot be read now may be the work of a day: it is not written over.
std::optional<InputFile> whole_file(const std::string& path) {
    try {
        return open_own_file(path);
    } catch (const InputError& error) {
        throw InputError(concat(error.what(),
                                "; it may hold the state of this training: let the other program "
                                "end, or make the file readable, then give the command again"));
    }
}

// What cannot be looked at is none either.
bool is_no_file_of_ours(const std::string& path) {
    try {
        return !is_own_file(path);
    } catch (const InputError& error) {
        log_warning(error.what());
        return true;
    }
}

void write_state(OutputFile& file, const TrainingState& state) {
    for (std::size_t i = 0; i < state.arrays.size(); ++i) {
        const NamedArray& array = state.arrays[i];
        file.write<float>(concat("/arrays/", i), array.values,
                          {array.shape.begin(), array.shape.end()}, {{"name", array.name}});
    }
    for (std::size_t i = 0; i < state.numbers.size(); ++i) {
        const auto& [name, values] = state.numbers[i];
        file.write<double>(concat("/numbers/", i), values, {values.size()}, {{"name", name}});
    }
    file.set_attribute("/", "arrays", static_cast<std::int64_t>(state.arrays.size()));
    file.set_attribute("/", "numbers", static_cast<std::int64_t>(state.numbers.size()));
}

}  // namespace

std::string training_identity(const Provenance& made) {
    std::string text = concat(made.algorithm, '\n', made.config, '\n', made.networks, '\n');
    std::map<std::string, std::string> hashes;  // a file does not keep the order of the inputs
    for (const InputRecord& input : made.inputs) hashes[input.role] = input.content_hash;
    for (const auto& [role, hash] : hashes) text += concat(role, ' ', hash, '\n');
    return text;
}

std::string training_path(const std::string& output) {
    return output + ".training";
}

TrainingFile::TrainingFile(const std::string& output, Provenance maker,
                           std::chrono::duration<double> interval)
    : path_(training_path(output)), maker_(std::move(maker)), interval_(interval) {}

std::optional<TrainingState> TrainingFile::kept() {
    std::error_code unknown;
    if (!std::filesystem::exists(path_, unknown) && !unknown) return std::nullopt;
    const std::optional<InputFile> whole = whole_file(path_);
    // Somebody may have named events so.
    is_foreign_ = whole ? whole->format() != FileFormat::training : is_no_file_of_ours(path_);
    if (is_foreign_) {
        log_warning(path_ +
                    " is no training of these programs and is left alone: this training saves no "
                    "state; move the file away");
        return std::nullopt;
    }
    try {
        const InputFile file(path_, FileFormat::training);
        if (training_identity(file.provenance()) == training_identity(maker_))
            return read_state(file);
        log_warning(path_ +
                    " belongs to a training with other settings or inputs, or on another "
                    "instruction set: this one begins anew");
    } catch (const InputError& error) {
        log_warning(concat(error.what(), "; the training begins anew"));
    }
    return std::nullopt;
}

bool TrainingFile::is_due() {
    if (is_foreign_) return false;
    if (stop_was_asked_for()) return !stop_is_kept_;
    return interval_.count() > 0 && Clock::now() - last_ >= interval_;
}

void TrainingFile::keep(const TrainingState& state) {
    if (is_foreign_) return;
    const HeldInterrupts held;
    const Clock::time_point begin = Clock::now();
    try {
        OutputFile file(path_, FileFormat::training, Overwrite::allow);
        write_state(file, state);
        file.commit(maker_);
    } catch (const Error& error) {
        if (!warned_)
            log_warning(concat(error.what(), "; the training goes on without saving its state"));
        warned_ = true;
    }
    stop_is_kept_ = stop_was_asked_for();
    last_ = Clock::now();
    log_debug(
        concat("state saved in ", std::chrono::duration<double>(last_ - begin).count(), " s"));
}

void TrainingFile::discard() {
    if (is_foreign_) return;
    std::error_code ignored;  // it is of no use any more, and harmless
    std::filesystem::remove(path_, ignored);
    remove_left_behind(path_);
}

}  // namespace lacathode
