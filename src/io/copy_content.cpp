#include "lacathode/io/copy_content.hpp"

#include <span>

#include "io/content_hash.hpp"
#include "io/hdf5.hpp"
#include "io/hdf5_types.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

using io::detail::join;
using io::detail::type_name;

template <FileElement T>
bool copy_if(const std::string& type, const InputFile& from, const std::string& dataset,
             OutputFile& to, const std::string& as) {
    if (type != type_name<T>()) return false;
    const std::vector<T> values = from.read<T>(dataset);
    to.write<T>(as, values, from.shape(dataset));
    return true;
}

template <FileElement... Ts>
void copy_dataset(const InputFile& from, const std::string& dataset, OutputFile& to,
                  const std::string& as) {
    const std::string type = from.element_type(dataset);
    if ((copy_if<Ts>(type, from, dataset, to, as) || ...)) return;
    throw InputError(concat(from.path(), ": '", dataset, "' has elements of type ", type));
}

void copy_object(const InputFile& from, const std::string& name, OutputFile& to,
                 const std::string& as) {
    const bool is_group = from.is_group(name);
    if (!is_group) {
        copy_dataset<float, double, std::int8_t, std::uint8_t, std::int64_t, std::uint64_t>(
            from, name, to, as);
    }
    for (const auto& [attribute, value] : from.attributes(name)) {
        if (name == "/" && (attribute == "format" || attribute == "format_version")) continue;
        to.set_attribute(as, attribute, value);
    }
    if (!is_group) return;
    for (const std::string& child : from.children(name)) {
        if (!io::detail::is_provenance(join(name, child)))
            copy_object(from, join(name, child), to, join(as, child));
    }
}

}  // namespace

void copy_content(const InputFile& from, OutputFile& to, const std::string& group) {
    copy_object(from, "/", to, group);
}

}  // namespace lacathode
