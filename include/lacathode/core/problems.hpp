// What is wrong with a user's settings: collected, so that all of it is said at once.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lacathode/core/text.hpp"

namespace lacathode {

/// Sentences, one a problem; empty when all is well.
class Problems {
  public:
    /// Adds the sentence made of `parts` unless `condition` holds.
    template <class... Parts>
    void unless(bool condition, const Parts&... parts) {
        if (!condition) sentences_.push_back(concat(parts...));
    }
    /// Adds what others found, each behind `prefix`.
    void add(const std::vector<std::string>& others, const std::string& prefix = {}) {
        for (const std::string& other : others) sentences_.push_back(prefix + other);
    }
    [[nodiscard]] bool empty() const noexcept { return sentences_.empty(); }
    [[nodiscard]] std::vector<std::string> take() { return std::move(sentences_); }

  private:
    std::vector<std::string> sentences_;
};

/// Throws UsageError with all of `problems`, a line each below `heading`, unless there is none.
void require_no_problems(const std::string& heading, const std::vector<std::string>& problems);

}  // namespace lacathode
