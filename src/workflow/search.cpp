#include "lacathode/workflow/search.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iomanip>
#include <limits>

#include "lacathode/config/json_tree.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

constexpr std::size_t most_windows = 1'000;
constexpr std::size_t most_toys = 1'000'000;

Alternative alternative(const std::string& name, const JsonTree& settings) {
    return {name, to_json(settings), {}};
}

// A folder's name, which has no '-': without the exponent of a small number.
std::string name_of_window(double centre, int digits) {
    const std::string name = concat(std::setprecision(digits), 'm', centre);
    const std::size_t exponent = name.find("e-");
    if (exponent == std::string::npos) return name;
    const int decimals = digits - 1 - std::stoi(name.substr(exponent + 1));
    const std::string fixed = concat(std::fixed, std::setprecision(decimals), 'm', centre);
    return fixed.substr(0, fixed.find_last_not_of('0') + 1);
}

// Of six digits, or of as many as tell each centre from the next.
std::vector<std::string> names_of_windows(const std::vector<double>& centres) {
    std::vector<std::string> names;
    for (int digits = 6;; ++digits) {
        names.clear();
        for (const double centre : centres) names.push_back(name_of_window(centre, digits));
        const bool differ = std::ranges::adjacent_find(names) == names.end();
        if (differ || digits == std::numeric_limits<double>::max_digits10) return names;
    }
}

std::vector<Alternative> windows(const ScanConfig& scan) {
    const std::vector<std::string> names = names_of_windows(scan.centres);
    std::vector<Alternative> all;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const double centre = scan.centres[i];
        JsonTree settings;
        settings["prepare"]["signal_region_low"] = centre - 0.5 * scan.width;
        settings["prepare"]["signal_region_high"] = centre + 0.5 * scan.width;
        all.push_back(alternative(names[i], settings));
    }
    if (all.empty()) all.push_back({"signal_region", "{}", {}});
    return all;
}

std::vector<Alternative> numbered_toys(const ToysConfig& toys) {
    std::vector<Alternative> all;
    for (std::size_t i = 0; i < toys.count; ++i) {
        JsonTree settings;
        settings["pseudo_data"]["number"] = static_cast<std::int64_t>(toys.first + i);
        all.push_back(alternative(concat("toy", toys.first + i), settings));
    }
    return all;
}

}  // namespace

Section section(ScanConfig& c) {
    return {
        "scan",
        {{"centres", "mass unit",
          "Middles of the signal regions, in the order of the mass; empty: the signal region of "
          "prepare alone.",
          &c.centres, Range::positive()},
         {"width", "mass unit", "Width of each.", &c.width, Range::positive()}}};
}

Section section(ToysConfig& c) {
    return {"toys",
            {{"first", "", "Number of the first toy.", &c.first, Range::within(0, most_toys)},
             {"count", "toys", "How many, each searched anew with everything retrained.", &c.count,
              Range::within(1, most_toys)}}};
}

std::vector<Section> sections(Search& search) {
    std::vector<Section> all = sections(search.chain);
    all.insert(all.begin(), {section(search.toys), section(search.scan)});
    return all;
}

std::vector<std::string> problems(const Search& search) {
    Search s = search;
    Problems found;
    found.add(range_problems(section(s.toys)));
    found.add(range_problems(section(s.scan)));
    found.unless(s.toys.first > most_toys || s.toys.count > most_toys ||
                     s.toys.first + s.toys.count <= most_toys + 1,
                 "toys.first = ", s.toys.first, " and toys.count = ", s.toys.count,
                 " number toys beyond ", most_toys, "; use smaller ones");
    found.unless(s.scan.centres.size() <= most_windows, "scan.centres has ", s.scan.centres.size(),
                 " signal regions; there may be ", most_windows);
    const bool ascend =
        std::ranges::adjacent_find(s.scan.centres, std::greater_equal()) == s.scan.centres.end();
    found.unless(ascend, "scan.centres must ascend, each once");
    return found.take();
}

std::vector<std::string> toys_problems(const Search& search) {
    Problems found;
    found.unless(search.chain.stages.of<PseudoData>().source == PseudoSource::null ||
                     search.chain.stages.of<Hunt>().unblind,
                 "pseudo_data.source = bootstrap draws the events of the signal region themselves, "
                 "and their mean tells what is there: it needs hunt.unblind = true");
    return found.take();
}

bool are_null(const Search& search) {
    const PseudoData::Config& pseudo_data = search.chain.stages.of<PseudoData>();
    return pseudo_data.source == PseudoSource::null && pseudo_data.signal == 0;
}

std::string lack_of_global_p(const Search& search) {
    if (!are_null(search))
        return "the toys have signal (pseudo_data.source = bootstrap or pseudo_data.signal)";
    const std::size_t expected = search.chain.stages.of<PseudoData>().expected;
    if (expected == 0) return {};
    return concat("the toys have another number of events than the data (pseudo_data.expected = ",
                  expected, ')');
}

std::string remark_on_toys(const Search& search) {
    const Study study = toys_study(search);
    const PseudoData::Config& base = study.chain.stages.of<PseudoData>();
    if (base.source != PseudoSource::null) return {};
    const auto is_left_out = [&](const MassWindow& window) {
        constexpr double rounding = 1e-9;
        return std::abs(window.low() - base.signal_region_low) < rounding &&
               std::abs(window.high() - base.signal_region_high) < rounding;
    };
    if (std::ranges::any_of(searched_windows(search), is_left_out)) return {};
    return concat("the flow of the pseudo-data leaves out ", base.signal_region_low, " to ",
                  base.signal_region_high,
                  ", which is no signal region of the search: a signal in one of those is learned "
                  "and drawn again; set pseudo_data.signal_region_low and high to the one where it "
                  "is most likely");
}

std::string remark_on_weights(const Search& search) {
    const std::string& column = search.chain.stages.of<Prepare>().weight_column;
    if (column.empty() || search.chain.stages.of<PseudoData>().source != PseudoSource::null)
        return {};
    return concat(
        "the toys' events weigh one each, as many as the weights of the data (", column,
        ") add up to: where the data have another number of rows, the toys' networks learn "
        "from another number of events, what they get wrong is another part of the "
        "statistical error, and a global p is that of other searches");
}

std::string remark_on_windows(const Search& search) {
    const std::vector<double>& centres = search.scan.centres;
    constexpr double rounding = 1e-9;
    const auto overlaps = [&](double one, double next) {
        return next - one < search.scan.width * (1 - rounding);
    };
    const auto found = std::ranges::adjacent_find(centres, overlaps);
    if (found == centres.end()) return {};
    return concat("signal regions overlap, as those around ", *found, " and ", *(found + 1),
                  " with scan.width = ", search.scan.width,
                  ": an excess shows in both, and lies in the sidebands of their neighbours; their "
                  "p-values are correlated, which the global p by toys takes into account");
}

Study scan_study(const Search& search) {
    Study study;
    study.study.name = "scan";
    study.study.title = "Scan of the signal region";
    study.study.panels = {"local_p"};
    study.study.vary.axes = {windows(search.scan)};
    study.chain = search.chain;
    study.chain.run.hunt = true;
    return study;
}

Study toys_study(const Search& search) {
    Study study = scan_study(search);
    study.study.name = "toys";
    study.study.title = "Searches of pseudo-data";
    study.study.panels = {"toys"};
    study.study.vary.axes.insert(study.study.vary.axes.begin(), numbered_toys(search.toys));
    RunConfig& run = study.chain.run;
    run.pseudo_data = true;
    run.sic = run.sculpting = run.check_flow = false;
    run.retrainings = 1;
    study.chain.stages.of<Hunt>().unblind = true;
    study.chain.stages.of<Hunt>().failed_fit = FailedFit::leave_out;
    // Of right toys some fail; all of them together, the calibration, tell.
    study.chain.stages.of<Hunt>().checks = HuntChecks::warn;
    const Prepare::Config& prepare = search.chain.stages.of<Prepare>();
    PseudoData::Config& pseudo_data = study.chain.stages.of<PseudoData>();
    if (pseudo_data.signal_region_low == 0 && pseudo_data.signal_region_high == 0) {
        pseudo_data.signal_region_low = prepare.signal_region_low;
        pseudo_data.signal_region_high = prepare.signal_region_high;
    }
    return study;
}

std::vector<std::string> window_names(const Search& search) {
    std::vector<std::string> names;
    for (const Alternative& one : windows(search.scan)) names.push_back(one.name);
    return names;
}

std::vector<MassWindow> searched_windows(const Search& search) {
    std::vector<MassWindow> all;
    for (const StudyChain& chain : chains_of(scan_study(search), {})) {
        const Prepare::Config& prepare = chain.config.stages.of<Prepare>();
        all.emplace_back(prepare.signal_region_low, prepare.signal_region_high);
    }
    return all;
}

}  // namespace lacathode
