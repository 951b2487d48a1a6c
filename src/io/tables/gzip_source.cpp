#include "io/tables/gzip_source.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>
#include <vector>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"

namespace lacathode::io::detail {
namespace {

constexpr std::size_t packed_bytes = std::size_t{1} << 16;
constexpr int gzip_window = 15 + 16;  // as zlib.h has it: the largest window, with gzip's header

// zlib's state, which must not move.
class Inflater {
  public:
    Inflater() {
        if (inflateInit2(&stream_, gzip_window) != Z_OK) throw std::bad_alloc();
    }
    ~Inflater() { inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    void restart() { inflateReset(&stream_); }
    void take(std::span<char> packed) {
        stream_.next_in = reinterpret_cast<Bytef*>(packed.data());
        stream_.avail_in = static_cast<uInt>(packed.size());
    }
    /// What was taken and is not unpacked yet.
    [[nodiscard]] std::string_view rest() const {
        return {reinterpret_cast<const char*>(stream_.next_in), stream_.avail_in};
    }
    void skip(std::size_t count) {
        stream_.next_in += count;
        stream_.avail_in -= static_cast<uInt>(count);
    }

    struct Step {
        std::size_t bytes = 0;  ///< unpacked
        int status = Z_OK;      ///< as zlib has it
    };
    Step unpack(std::span<char> out) {
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(out.size());
        const int status = inflate(&stream_, Z_NO_FLUSH);
        return {.bytes = out.size() - stream_.avail_out, .status = status};
    }
    [[nodiscard]] std::string message() const { return stream_.msg ? stream_.msg : "no gzip data"; }

  private:
    z_stream stream_{};
};

class GzipSource final : public ByteSource {
  public:
    GzipSource(std::string path, std::ifstream file)
        : path_(std::move(path)), file_(std::move(file)), packed_(packed_bytes) {}

    [[nodiscard]] bool compressed() const override { return true; }

    std::size_t read(std::span<char> out) override {
        std::size_t filled = 0;
        while (filled < out.size() && next_member()) {
            if (inflater_.rest().empty() && !load()) fail("ends too early, it was cut off");
            const auto step = inflater_.unpack(out.subspan(filled));
            filled += step.bytes;
            position_ += step.bytes;
            inside_ = step.status != Z_STREAM_END;
            if (inside_ && step.status != Z_OK && step.status != Z_BUF_ERROR) {
                fail("is damaged (" + inflater_.message() + ")");
            }
        }
        return filled;
    }

    void go_to(std::uint64_t position) override {
        if (position < position_) {
            file_.clear();
            file_.seekg(0);
            inflater_.take({});
            inside_ = false;
            position_ = 0;
        }
        std::vector<char> skipped(packed_bytes);
        while (position_ < position) {
            check_interrupt();
            const auto count = std::min<std::uint64_t>(skipped.size(), position - position_);
            if (read(std::span(skipped).first(count)) == 0)
                fail("became shorter while it was read");
        }
    }

  private:
    [[noreturn]] void fail(const std::string& problem) const {
        throw InputError(path_ + ": its gzip data " + problem + ", " + std::to_string(position_) +
                         " bytes of text are whole; copy or download it again");
    }

    // More of the file; false at its end.
    bool load() {
        file_.read(packed_.data(), static_cast<std::streamsize>(packed_.size()));
        if (file_.bad()) throw InputError(path_ + ": reading failed; copy the file again");
        const auto count = static_cast<std::size_t>(file_.gcount());
        inflater_.take(std::span(packed_).first(count));
        return count > 0;
    }

    // Inside a member, or at the beginning of the next one; false if there is none.
    bool next_member() {
        if (inside_) return true;
        if (!skip_zeros()) return false;
        if (inflater_.rest().front() != gzip_mark.front()) {
            fail("is followed by something else");
        }
        inflater_.restart();
        return inside_ = true;
    }

    // Some programs fill up blocks with zeros. False at the end of the file.
    bool skip_zeros() {
        while (true) {
            const std::string_view rest = inflater_.rest();
            const auto other = rest.find_first_not_of('\0');
            inflater_.skip(std::min(other, rest.size()));
            if (other != std::string_view::npos) return true;
            if (!load()) return false;
        }
    }

    std::string path_;
    std::ifstream file_;
    std::vector<char> packed_;
    Inflater inflater_;
    bool inside_ = false;         ///< of a member
    std::uint64_t position_ = 0;  ///< bytes of text delivered
};

}  // namespace

std::unique_ptr<ByteSource> open_gzip(std::string path, std::ifstream file) {
    return std::make_unique<GzipSource>(std::move(path), std::move(file));
}

}  // namespace lacathode::io::detail
