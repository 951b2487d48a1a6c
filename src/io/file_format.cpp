#include "lacathode/io/file_format.hpp"

#include <array>

#include "io/format_version.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

struct FormatText {
    FileFormat format;
    const char* name;
    const char* producer;
};

constexpr std::array<FormatText, 8> formats = {{
    {FileFormat::events, "lacathode.events", "lacathode-prepare"},
    {FileFormat::latent, "lacathode.latent", "lacathode-encode"},
    {FileFormat::scores, "lacathode.scores", "lacathode-score"},
    {FileFormat::flow, "lacathode.flow", "lacathode-train-flow"},
    {FileFormat::classifier, "lacathode.classifier", "lacathode-train-classifier"},
    {FileFormat::metrics, "lacathode.metrics",
     "lacathode-evaluate-sic, lacathode-evaluate-sculpting, lacathode-check-flow, "
     "lacathode-fit-background, lacathode-hunt or lacathode-toys"},
    {FileFormat::study, "lacathode.study", "lacathode-study"},
    {FileFormat::training, "lacathode.training",
     "lacathode-train-flow or lacathode-train-classifier, when it is stopped"},
}};

const FormatText& text_of(FileFormat format) {
    for (const auto& entry : formats) {
        if (entry.format == format) return entry;
    }
    throw ContractViolation("no such file format");
}

}  // namespace

std::vector<FileFormat> all_formats() {
    std::vector<FileFormat> all;
    for (const auto& entry : formats) all.push_back(entry.format);
    return all;
}

std::string format_name(FileFormat format) {
    return text_of(format).name;
}

namespace io::detail {

std::optional<FileFormat> format_of_name(const std::string& name) {
    for (const auto& entry : formats) {
        if (name == entry.name) return entry.format;
    }
    return std::nullopt;
}

std::string format_producer(FileFormat format) {
    return text_of(format).producer;
}

}  // namespace io::detail
}  // namespace lacathode
