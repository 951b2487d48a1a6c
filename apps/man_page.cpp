// Manual pages in the macros of man(7).
#include <algorithm>

#include "lacathode/core/provenance.hpp"
#include "lacathode/core/text.hpp"
#include "program_page.hpp"

namespace lacathode {
namespace {

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

// As it stands, whatever it holds: no line of it is a request, no character an escape.
std::string literal(const std::string& text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '\\':
                escaped += "\\e";
                break;
            case '-':
                escaped += "\\-";
                break;
            case '"':
                escaped += "\\(dq";
                break;
            case ',':  // a line may break behind it
                escaped += ",\\:";
                break;
            default:
                escaped += c;
        }
    }
    const bool is_request = text.starts_with('.') || text.starts_with('\'');
    return is_request ? "\\&" + escaped : escaped;
}

std::string bold(const std::string& text) {
    return "\\fB" + literal(text) + "\\fR";
}

// A list's item: head, then what it means.
std::string item(const std::string& head, const std::string& text) {
    return concat(".TP\n", head, "\n", literal(text), "\n");
}

std::string head_of(const OptionEntry& option) {
    std::vector<std::string> names;
    for (const std::string& name : option.names) names.push_back(bold(name));
    std::string head = joined(names, ", ");
    if (!option.value.empty()) head += " \\fI" + literal(option.value) + "\\fR";
    return option.repeats ? head + " ..." : head;
}

std::string items(const std::vector<OptionEntry>& options) {
    std::string text;
    for (const OptionEntry& option : options) text += item(head_of(option), option.help);
    return text;
}

std::string synopsis(const ProgramPage& page) {
    std::string text = bold(page.text.name);
    if (!page.text.commands.empty()) text += " \\fICOMMAND\\fR";
    text += " [\\fIOPTION\\fR]...";
    for (const OptionEntry& positional : page.positionals) {
        text += " \\fI" + literal(positional.names.front()) + "\\fR";
    }
    return text + "\n";
}

std::string commands(const ProgramPage& page) {
    if (page.text.commands.empty()) return "";
    std::string text = ".SH COMMANDS\n";
    for (const auto& [name, description] : page.text.commands) {
        text += item(bold(command_of(name)), description);
    }
    return text;
}

std::string options(const ProgramPage& page) {
    std::string text = ".SH OPTIONS\n" + items(page.positionals);
    for (const OptionGroup& group : page.groups) {
        if (group.options.empty()) continue;
        text += ".SS " + literal(group.title) + "\n" + items(group.options);
    }
    return text;
}

std::string keys(const ProgramPage& page) {
    if (page.keys.empty()) return "";
    std::string text =
        ".SH CONFIGURATION KEYS\nSet in the file of \\fB\\-\\-config\\fR, or by \\fB\\-\\-set\\fR "
        "\\fISECTION.KEY=VALUE\\fR.\n";
    for (const OptionGroup& section : page.keys) {
        text += ".SS " + literal(section.title) + "\n" + items(section.options);
    }
    return text;
}

std::string exit_status() {
    return ".SH EXIT STATUS\n" + item("0", "success") +
           item("2", "usage: wrong option, configuration key or value") +
           item("3", "an input file or its content cannot be used") +
           item("4", "an output cannot be written, or is there already and --force is not given") +
           item("5", "numerical failure, such as a loss that is not finite") +
           item("6",
                "a quality check failed (lacathode-check-flow, hunt.checks = fail); all outputs "
                "are there") +
           item("70", "a bug of the program") +
           item("75", "stopped by --time-limit or SIGUSR1; the same command goes on") +
           item("130, 143", "interrupted by Ctrl-C or SIGTERM");
}

std::string see_also(const ProgramPage& page) {
    std::vector<std::string> names = {"lacathode"};
    for (const ProgramEntry& program : all_programs()) names.push_back(program.name);
    std::erase(names, page.text.name);
    for (std::string& name : names) name = bold(name) + "(1)";
    return ".SH SEE ALSO\n" + joined(names, ",\n") + "\n";
}

}  // namespace

std::string man_page(const ProgramPage& page) {
    return concat(".TH ", upper(literal(page.text.name)), " 1 \"\" \"lacathode ", library_version(),
                  "\" \"Enhanced bump hunts\"\n.nh\n.ad l\n.SH NAME\n", literal(page.text.name),
                  " \\- ", literal(first_clause(page.text.description)), "\n.SH SYNOPSIS\n",
                  synopsis(page), ".SH DESCRIPTION\n", literal(page.text.description), "\n",
                  commands(page), options(page), keys(page), ".SH EXAMPLE\n.nf\n",
                  literal(page.text.example), "\n.fi\n", exit_status(), see_also(page));
}

}  // namespace lacathode
