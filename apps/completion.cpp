// Completion of command lines in bash and zsh.
#include <string_view>

#include "lacathode/core/text.hpp"
#include "program_page.hpp"

namespace lacathode {
namespace {

std::string replaced(const std::string& text, char from, std::string_view to) {
    std::string result;
    for (const char c : text) result += c == from ? std::string(to) : std::string(1, c);
    return result;
}

// "_lacathode_encode"
std::string function_name(const ProgramPage& page) {
    return concat('_', replaced(page.text.name, '-', "_"));
}

std::vector<OptionEntry> all_options(const ProgramPage& page) {
    std::vector<OptionEntry> options;
    for (const OptionGroup& group : page.groups) {
        options.insert(options.end(), group.options.begin(), group.options.end());
    }
    return options;
}

// What --set takes, without the values.
std::vector<std::string> settings_of(const ProgramPage& page) {
    std::vector<std::string> settings;
    for (const Section& section : page.text.sections) {
        for (const Field& field : section.fields) {
            settings.push_back(concat(section.name, ".", field.key, "="));
        }
    }
    return settings;
}

std::vector<std::string> command_names(const ProgramPage& page) {
    std::vector<std::string> names;
    for (const ProgramEntry& program : page.text.commands) {
        names.push_back(command_of(program.name));
    }
    return names;
}

bool is_set(const OptionEntry& option) {
    return option.names.front() == "--set";
}

std::string bash_reply(const std::vector<std::string>& words) {
    return concat("mapfile -t COMPREPLY < <(compgen -W '", joined(words, " "), "' -- \"$word\")");
}

std::string bash_cases(const ProgramPage& page) {
    std::string cases;
    for (const OptionEntry& option : all_options(page)) {
        if (is_set(option)) {
            cases +=
                concat("        --set)\n            compopt -o nospace\n            ",
                       bash_reply(settings_of(page)), "\n            return\n            ;;\n");
        } else if (!option.choices.empty()) {
            cases += concat("        ", joined(option.names, "|"), ")\n            ",
                            bash_reply(option.choices), "\n            return\n            ;;\n");
        }
    }
    if (cases.empty()) return "";
    return concat("    case ${COMP_WORDS[COMP_CWORD - 1]} in\n", cases, "    esac\n");
}

// The first word is a program, which completes what follows.
std::string bash_commands(const ProgramPage& page) {
    if (page.text.commands.empty()) return "";
    return concat(
        "    if ((COMP_CWORD > 1)); then\n"
        "        local program=lacathode-${COMP_WORDS[1]}\n"
        "        local complete_program=_${program//-/_}\n"
        "        COMP_WORDS=(\"$program\" \"${COMP_WORDS[@]:2}\")\n"
        "        ((COMP_CWORD -= 1))\n"
        "        declare -F \"$complete_program\" >/dev/null ||\n"
        "            source \"${BASH_SOURCE[0]%/*}/$program\" 2>/dev/null || return\n"
        "        \"$complete_program\"\n"
        "        return\n"
        "    fi\n"
        "    if [[ $word != -* ]]; then\n        ",
        bash_reply(command_names(page)), "\n        return\n    fi\n");
}

// In an argument of _arguments: 'OPTION[HELP]:VALUE:ACTION'.
std::string zsh_escaped(const std::string& text) {
    std::string escaped;
    for (const char c : text) {
        if (std::string_view("[]:\\").find(c) != std::string_view::npos) escaped += '\\';
        escaped += c;
    }
    return replaced(escaped, '\'', "'\\''");
}

std::string zsh_value(const ProgramPage& page, const OptionEntry& option) {
    if (option.value.empty()) return "";
    std::string action = option.value == "PATH" ? "_files" : " ";
    if (!option.choices.empty()) action = concat("(", joined(option.choices, " "), ")");
    if (is_set(option)) action = concat("compadd -S \"\" -- ", joined(settings_of(page), " "));
    return concat(":", zsh_escaped(option.value), ":", action);
}

std::string zsh_option(const ProgramPage& page, const OptionEntry& option) {
    std::string all;
    for (const std::string& name : option.names) {
        all += concat("        '", option.repeats || is_set(option) ? "*" : "", name, "[",
                      zsh_escaped(option.help), "]", zsh_value(page, option), "' \\\n");
    }
    return all;
}

std::string zsh_commands(const ProgramPage& page) {
    std::string commands;
    for (const auto& [name, description] : page.text.commands) {
        commands += concat("            '", command_of(name), ":",
                           zsh_escaped(first_clause(description)), "'\n");
    }
    return concat(
        "    if ((CURRENT == 2)) && [[ $PREFIX != -* ]]; then\n"
        "        local -a commands=(\n",
        commands,
        "        )\n"
        "        _describe command commands\n"
        "        return\n"
        "    fi\n"
        "    if ((CURRENT > 2)); then\n"
        "        shift words\n"
        "        ((CURRENT -= 1))\n"
        "        words[1]=lacathode-$words[1]\n"
        "        _normal\n"
        "        return\n"
        "    fi\n");
}

}  // namespace

std::string bash_completion(const ProgramPage& page) {
    std::vector<std::string> names;
    for (const OptionEntry& option : all_options(page)) {
        names.insert(names.end(), option.names.begin(), option.names.end());
    }
    return concat("# bash completion for ", page.text.name, "\n", function_name(page),
                  "() {\n"
                  "    local word=${COMP_WORDS[COMP_CWORD]}\n"
                  "    COMPREPLY=()\n",
                  bash_commands(page), bash_cases(page), "    if [[ $word == -* ]]; then\n        ",
                  bash_reply(names), "\n    fi\n}\ncomplete -o default -F ", function_name(page),
                  " ", page.text.name, "\n");
}

std::string zsh_completion(const ProgramPage& page) {
    std::string options;
    for (const OptionEntry& option : all_options(page)) options += zsh_option(page, option);
    return concat("#compdef ", page.text.name, "\n", function_name(page), "() {\n",
                  page.text.commands.empty() ? "" : zsh_commands(page), "    _arguments \\\n",
                  options, "        '*:file:_files'\n}\n", function_name(page), " \"$@\"\n");
}

}  // namespace lacathode
