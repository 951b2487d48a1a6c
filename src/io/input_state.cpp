#include "io/input_state.hpp"

#include "io/hdf5_attributes.hpp"
#include "io/hdf5_types.hpp"

namespace lacathode {

using detail::check;
using detail::Handle;
using detail::own;

namespace {

std::string with_article(const std::string& type) {
    return (type == "int8" || type == "int64" ? "an " : "a ") + type;
}

}  // namespace

Handle InputFile::Impl::open_object(const std::string& name) const {
    if (!guarded([&] { return detail::link_exists(file_.get(), name); })) {
        throw InputError(path_ + ": '" + name + "' is missing; " + remedy());
    }
    return guarded([&] {
        return own(H5Oopen(file_.get(), name.c_str(), H5P_DEFAULT), H5Oclose,
                   "open '" + name + "'");
    });
}

Handle InputFile::Impl::open_dataset(const std::string& name) const {
    Handle object = open_object(name);
    if (H5Iget_type(object.get()) != H5I_DATASET) {
        throw InputError(path_ + ": '" + name + "' is not a dataset; " + remedy());
    }
    return object;
}

AttributeValue InputFile::Impl::attribute(const std::string& object,
                                          const std::string& name) const {
    const Handle handle = open_object(object);
    auto value = guarded([&] { return detail::read_attribute(handle.get(), name); });
    if (value) return std::move(*value);
    throw InputError(path_ + ": attribute '" + name + "' of '" + object +
                     "' is missing or is not a single text or number; " + remedy());
}

void InputFile::Impl::read_rows(const std::string& name, const char* type, std::size_t first,
                                std::size_t count, void* values) const {
    const Handle dataset = open_dataset(name);
    guarded([&] {
        const std::string action = "read dataset '" + name + "'";
        const Handle stored = own(H5Dget_type(dataset.get()), H5Tclose, action);
        const std::string found = detail::stored_type_name(stored.get());
        if (found != type) {
            throw detail::Hdf5Error("dataset '" + name + "' has type " + found + ", expected " +
                                    with_article(type));
        }
        const Handle space = own(H5Dget_space(dataset.get()), H5Sclose, action);
        const Handle memory = detail::select_rows(space.get(), first, count);
        check(H5Dread(dataset.get(), stored.get(), memory.get(), space.get(), H5P_DEFAULT, values),
              action);
    });
}

}  // namespace lacathode
