#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "io/output_state.hpp"
#include "io/provenance_group.hpp"

namespace lacathode {

using detail::check;

namespace {

std::string parent_of(const std::string& path) {
    const auto parent = std::filesystem::path(path).parent_path();
    return parent.empty() ? "." : parent.string();
}

// The file must not lie under its name before its bytes are on the disk.
bool sync_to_disk(const std::string& path) {
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool synced = fsync(descriptor) == 0;
    const int reason = errno;
    close(descriptor);
    errno = reason;
    return synced;
}

}  // namespace

std::string OutputFile::Impl::finish_hash() {
    for (const auto& [name, dataset] : datasets_) {
        const std::size_t announced = dataset.shape.empty() ? 1 : dataset.shape[0];
        expects(dataset.rows == announced || dataset.row_elements == 0,
                "every array is complete when the file is committed");
        content_.add(name, dataset.type, dataset.shape, dataset.digest);
    }
    return content_.text();
}

// Chunks that are still in memory go to disk in H5Fflush; only there does a full disk show.
void OutputFile::Impl::close_all() {
    const std::string action = "write " + partial_;
    check(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL), action);
    for (auto& [name, dataset] : datasets_) check(dataset.handle.reset(), action);
    check(file_.reset(), action);
}

void OutputFile::Impl::sync_partial() const {
    if (!sync_to_disk(partial_)) {
        throw OutputError(path_ + ": cannot write " + partial_ +
                          " to disk: " + std::strerror(errno) + "; check free space and quota");
    }
}

void OutputFile::Impl::rename_partial() {
    if (overwrite_ == Overwrite::forbid && access(path_.c_str(), F_OK) == 0) {
        finished_ = true;  // hours of work may be in it
        throw OutputError(path_ + ": appeared while this program ran; the result was kept as " +
                          partial_ + ", rename it");
    }
    if (rename(partial_.c_str(), path_.c_str()) != 0) {
        throw OutputError(path_ + ": cannot rename " + partial_ + ": " + std::strerror(errno));
    }
    finished_ = true;
    sync_to_disk(parent_of(path_));  // best effort: not every file system can
}

std::string OutputFile::Impl::commit(Provenance provenance) {
    expects(!finished_, "a file is committed once");
    provenance.content_hash = finish_hash();
    guarded([&] {
        detail::write_provenance(file_.get(), provenance);
        close_all();
    });
    sync_partial();
    rename_partial();
    return provenance.content_hash;
}

// HDF5 insists on writing what it still holds, and fails badly if it cannot: give it a sink.
void OutputFile::Impl::discard() noexcept {
    finished_ = true;
    unlink(partial_.c_str());
    void* descriptor = nullptr;
    if (file_ && H5Fget_vfd_handle(file_.get(), H5P_DEFAULT, &descriptor) >= 0 && descriptor) {
        const int sink = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (sink >= 0) {
            dup2(sink, *static_cast<int*>(descriptor));
            close(sink);
        }
    }
    datasets_.clear();
    file_.reset();
}

}  // namespace lacathode
