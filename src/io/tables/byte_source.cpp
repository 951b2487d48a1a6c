#include "io/tables/byte_source.hpp"

#include <array>
#include <fstream>
#include <string_view>

#include "io/tables/gzip_source.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode::io::detail {
namespace {

class PlainSource final : public ByteSource {
  public:
    PlainSource(std::string path, std::ifstream file)
        : path_(std::move(path)), file_(std::move(file)) {}

    [[nodiscard]] bool compressed() const override { return false; }

    std::size_t read(std::span<char> out) override {
        file_.read(out.data(), static_cast<std::streamsize>(out.size()));
        if (file_.bad()) throw InputError(path_ + ": reading failed; copy the file again");
        return static_cast<std::size_t>(file_.gcount());
    }

    void go_to(std::uint64_t position) override {
        file_.clear();
        file_.seekg(static_cast<std::streamoff>(position));
    }

  private:
    std::string path_;
    std::ifstream file_;
};

}  // namespace

std::unique_ptr<ByteSource> ByteSource::open(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw InputError(path + ": cannot be opened");
    std::array<char, 2> head{};
    file.read(head.data(), head.size());
    const bool gzip = file && std::string_view(head.data(), head.size()) == gzip_mark;
    file.clear();
    file.seekg(0);
    if (gzip) return open_gzip(path, std::move(file));
    return std::make_unique<PlainSource>(path, std::move(file));
}

}  // namespace lacathode::io::detail
