// A file in the scratch directory.
#pragma once

#include <optional>
#include <string>

namespace lacathode::io::detail {

/// An empty file of a name of its own, removed when this object goes.
class ScratchFile {
  public:
    /// In the scratch directory; nothing if there is none. `target`: the file that it is for.
    /// Throws OutputError.
    static std::optional<ScratchFile> for_target(const std::string& target);
    ~ScratchFile();
    ScratchFile(ScratchFile&& other) noexcept;
    ScratchFile& operator=(ScratchFile&&) = delete;
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

  private:
    explicit ScratchFile(std::string name) : name_(std::move(name)) {}

    std::string name_;  ///< empty: moved from
};

}  // namespace lacathode::io::detail
