// What stands in the way of a study: found one by one, told at once.
#pragma once

#include <string>
#include <vector>

#include "lacathode/core/errors.hpp"

namespace lacathode {

class StudyProblems {
  public:
    /// Of the settings; the sentences say themselves which chain they are of.
    void add_settings(const std::vector<std::string>& problems);
    /// Told once, with the chains that it is of; of no chain in particular if that is empty.
    void add(const std::string& chain, ExitCode code, const std::string& problem);
    /// What `action` throws because of settings, an input or an output is a problem of the chain.
    template <class Action>
    void collect(const std::string& chain, const Action& action) {
        try {
            action();
        } catch (const UsageError& error) {
            add(chain, error.code(), error.what());
        } catch (const InputError& error) {
            add(chain, error.code(), error.what());
        } catch (const OutputError& error) {
            add(chain, error.code(), error.what());
        }
    }
    [[nodiscard]] bool empty() const noexcept { return problems_.empty(); }
    /// Throws all: UsageError if one is of the settings, else InputError or OutputError, whichever
    /// came first.
    void require_none() const;

  private:
    struct Problem {
        ExitCode code;
        std::string text;
        std::vector<std::string> chains;
    };
    std::vector<Problem> problems_;
};

}  // namespace lacathode
