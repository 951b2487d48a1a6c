// An HDF5 file that somebody else wrote.
#pragma once

#include <string>

#include "io/hdf5.hpp"
#include "io/trial_reading.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode::io::detail {

/// An open foreign file whose datasets are tables or parts of them.
struct ForeignFile {
    std::string path;
    Handle handle;

    /// Throws InputError if it is truncated or damaged.
    explicit ForeignFile(const std::string& file_path);

    [[nodiscard]] bool has(const std::string& name) const;
    /// Throws InputError for a dataset whose values are in other files; so does open_dataset.
    [[nodiscard]] Handle open(const std::string& name) const;
    /// The dataset with a chunk cache of two chunks. Throws InputError naming a filter that this
    /// HDF5 library cannot undo, and for one whose values were not all written.
    [[nodiscard]] Handle open_dataset(const std::string& name) const;
    /// The text of an attribute, empty if it is missing or not text.
    [[nodiscard]] std::string text_attribute(const std::string& object,
                                             const std::string& name) const;
    [[noreturn]] void fail(const std::string& problem) const;

  private:
    void refuse_other_files(hid_t dataset, const std::string& name) const;
};

/// What `work` makes of the foreign file at `path`, after it did so in a child process
/// (try_in_child). Throws its InputErrors; a failure of HDF5 becomes one that names the file.
template <class Work>
auto tried(const std::string& path, const Work& work) {
    const auto result = [&] {
        try {
            return work(ForeignFile(path));
        } catch (const Hdf5Error& error) {
            throw InputError(path + ": " + error.what() + "; it may be damaged: copy it again");
        }
    };
    try_in_child(path, [&] { (void)result(); });
    return result();
}

}  // namespace lacathode::io::detail
