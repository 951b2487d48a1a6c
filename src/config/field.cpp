#include "lacathode/config/field.hpp"

#include <algorithm>

namespace lacathode {

const Field* find_field(const Section& section, const std::string& key) {
    const auto found = std::ranges::find_if(section.fields, [&key](const Field& field) {
        return field.key == key || (!field.former.empty() && field.former == key);
    });
    return found == section.fields.end() ? nullptr : &*found;
}

}  // namespace lacathode
