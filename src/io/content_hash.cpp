#include "io/content_hash.hpp"

#include <array>
#include <istream>
#include <new>
#include <vector>

#include "io/hdf5_types.hpp"
#include "lacathode/core/interrupt.hpp"

namespace lacathode::io::detail {
namespace {

std::string hexadecimal(const XXH128_canonical_t& hash) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : hash.digest) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

const char* add_value(Digest& digest, const AttributeValue& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        digest.update(text->data(), text->size());
        return "string";
    }
    if (const auto* number = std::get_if<double>(&value)) {
        digest.update(number, sizeof *number);
        return type_name<double>();
    }
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        digest.update(number, sizeof *number);
        return type_name<std::int64_t>();
    }
    digest.update(&std::get<std::uint64_t>(value), sizeof(std::uint64_t));
    return type_name<std::uint64_t>();
}

}  // namespace

Digest::Digest() : state_(XXH3_createState()) {
    if (!state_) throw std::bad_alloc();
    XXH3_128bits_reset(state_.get());
}

void Digest::update(const void* bytes, std::size_t count) {
    if (count > 0) XXH3_128bits_update(state_.get(), bytes, count);
}

std::size_t Digest::update(std::istream& stream) {
    std::vector<char> buffer(std::size_t{1} << 20);
    std::size_t bytes = 0;
    while (stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
           stream.gcount() > 0) {
        check_interrupt();
        const auto count = static_cast<std::size_t>(stream.gcount());
        update(buffer.data(), count);
        bytes += count;
    }
    return bytes;
}

std::string Digest::text() const {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_.get()));
    return hexadecimal(canonical);
}

void ContentHash::add(const std::string& name, const std::string& type, const Shape& shape,
                      const Digest& bytes) {
    lines_.emplace(name, type + '\t' + text_of(shape) + '\t' + bytes.text());
}

void ContentHash::add(const std::string& object, const std::string& name,
                      const AttributeValue& value) {
    Digest digest;
    const char* type = add_value(digest, value);
    add(object + "@" + name, type, {}, digest);
}

void ContentHash::add_foreign(const std::string& name) {
    add(name, "other", {}, Digest());
}

std::string ContentHash::text() const {
    Digest digest;
    for (const auto& [name, rest] : lines_) {
        const std::string line = name + '\t' + rest + '\n';
        digest.update(line.data(), line.size());
    }
    return digest.text();
}

bool is_provenance(const std::string& object) {
    return object == "/provenance" || object.starts_with("/provenance/");
}

}  // namespace lacathode::io::detail
