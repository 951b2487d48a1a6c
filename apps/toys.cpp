#include <cstdio>
#include <memory>

#include "lacathode/config/json_tree.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/workflow/search.hpp"
#include "lacathode/workflow/search_results.hpp"
#include "programs.hpp"
#include "study_tool.hpp"
#include "tool_main.hpp"

namespace {

using namespace lacathode;

std::string line(const char* format, auto... values) {
    char text[200];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

// Where no toy is as far out as the data, the next one might have been the first.
std::string global_p(const GlobalSignificance& global) {
    return global.above == 0 ? concat('<', rounded_up(global.p_value, 3))
                             : line("%.3g", global.p_value);
}

struct Toys {
    Search search;
    StudyTool tool;
    SearchCalibration found;

    Summary run(const StageContext& context) {
        const Study study = toys_study(search);
        for (const std::string& remark :
             {remark_on_windows(search), remark_on_toys(search), remark_on_weights(search)})
            if (!remark.empty()) log_warning(remark);
        if (tool.is_complete() || tool.options.dry_run)
            require_room_for_calibration(search, tool.directory);
        return tool.run(study, context, [&] { calibrate(study, context); });
    }

    [[nodiscard]] std::string text() const {
        if (!tool.is_complete()) return tool.text();
        std::string text = line("%-12s %-14s %10s %6s %6s  %17s  %17s  %s\n", "method", "window",
                                "efficiency", "toys", "failed", "mean of z", "width of z",
                                found.is_null ? "p of uniform local p" : "");
        for (const Calibration& one : found.calibrations) {
            text += line("%-12s %-14s %10g %6zu %6zu  %7.3f +- %6.3f  %7.3f +- %6.3f  ",
                         one.method.c_str(), one.window.c_str(), one.efficiency, one.null.toys,
                         one.null.failed, one.null.mean, one.null.mean_error, one.null.width,
                         one.null.width_error);
            text += found.is_null ? line("%.3g\n", one.null.uniformity) : "\n";
        }
        if (found.global.empty()) return text;
        text += line("\n%-12s %10s  %-14s %7s %10s  %32s  %s\n", "method", "efficiency", "window",
                     "z", "local p", "global p (68 %)", "by up-crossings");
        for (const GlobalResult& one : found.global) {
            text += line("%-12s %10g  %-14s %7.2f %10.3g  %10s [%8.2g, %8.2g]  %.3g\n",
                         one.method.c_str(), one.efficiency, one.window.c_str(), one.z,
                         one.local_p_value, global_p(one.global).c_str(), one.global.low,
                         one.global.high, one.global.by_crossings);
        }
        return text;
    }

    [[nodiscard]] std::string json() const {
        if (!tool.is_complete()) return tool.json();
        JsonTree tree;
        tree["out"] = tool.directory;
        for (const Calibration& one : found.calibrations) {
            tree["calibration"][one.method][one.window][concat(one.efficiency)] =
                Summary{{"toys", static_cast<std::int64_t>(one.null.toys)},
                        {"failed", static_cast<std::int64_t>(one.null.failed)},
                        {"mean", one.null.mean},
                        {"mean_error", one.null.mean_error},
                        {"width", one.null.width},
                        {"width_error", one.null.width_error}};
            if (found.is_null) {
                tree["calibration"][one.method][one.window][concat(one.efficiency)]
                    ["uniformity_p_value"] = one.null.uniformity;
            }
        }
        for (const GlobalResult& one : found.global) {
            tree["global"][one.method][concat(one.efficiency)] =
                Summary{{"window", one.window},
                        {"z", one.z},
                        {"local_p_value", one.local_p_value},
                        {"toys", static_cast<std::int64_t>(one.global.toys)},
                        {"above", static_cast<std::int64_t>(one.global.above)},
                        {"p_value", one.global.p_value},
                        {"p_value_low", one.global.low},
                        {"p_value_high", one.global.high},
                        {"p_value_by_crossings", one.global.by_crossings}};
        }
        return to_json(tree);
    }

  private:
    void calibrate(const Study& study, const StageContext& context) {
        found.names = window_names(search);
        found.windows = searched_windows(search);
        found.is_null = are_null(search);
        const auto toys = read_found(study, tool.directory, found.windows.size());
        found.calibrations = calibrations(found.names, toys);
        keep_calibration(found, search, context, tool.directory);  // whatever the scan may lack
        if (found.is_null) {
            for (const std::string& remark : remarks_on_local_p(found.calibrations))
                log_warning(remark);
        }
        const std::string lack = lack_of_global_p(search);
        lack.empty() ? compare_with_data(toys, context) : log_info("no global p: " + lack);
    }

    // With the scan of the same settings, if it is done and unblinded.
    void compare_with_data(const std::vector<std::vector<Found>>& toys,
                           const StageContext& context) {
        Search unblinded = search;
        unblinded.chain.stages.of<Hunt>().unblind = true;
        const Study scan = scan_study(unblinded);
        const std::string lack = lack_of(scan, context);
        if (!lack.empty()) {
            log_info(concat("no unblinded scan of the data with these settings in ", tool.directory,
                            ": ", lack));
            return;
        }
        // Its folders may be those of other settings.
        gather_scan(scan, context, tool.directory, [&] {
            const auto data = read_found(scan, tool.directory, found.windows.size());
            found.global = global_results(data.front(), toys);
            keep_calibration(found, search, context, tool.directory);
        });
        if (scan.chain.run.retrainings > 1) {
            log_warning(concat("run.retrainings = ", scan.chain.run.retrainings,
                               ": the global p is that of the scan's retraining 0 alone"));
        }
    }

    // Why the scan is not there; empty: it is.
    [[nodiscard]] std::string lack_of(const Study& scan, const StageContext& context) const {
        try {
            wait_for_study(scan, context, tool.directory, tool.options.latency());
            if (is_made(scan, context, tool.directory)) return {};
        } catch (const UsageError& error) {
            return error.what();  // what may be done blinded only, say
        } catch (const InputError& error) {
            return error.what();
        } catch (const OutputError& error) {
            return concat("lacathode-scan has to make files of its own again: ", error.what());
        }
        return "global p-values need one (lacathode-scan with the same --out)";
    }
};

Tool toys_tool() {
    const auto toys = std::make_shared<Toys>();
    std::vector<Section> all = sections(toys->search);
    return {.name = tool_name("toys"),
            .description = toys_description,
            .example = "lacathode-toys --config search.json --first 1 --count 200 --out out/search",
            .arguments = toys->tool.arguments(),
            .sections = {all.front()},
            .further_sections = {all.begin() + 1, all.end()},
            .problems =
                [toys] {
                    Problems found;
                    found.add(problems(toys->search));
                    found.add(toys_problems(toys->search));
                    if (found.empty()) found.add(problems(toys_study(toys->search)));
                    found.add(toys->tool.problems());
                    return found.take();
                },
            .run = [toys](const StageContext& context) { return toys->run(context); },
            .text = [toys] { return toys->text(); },
            .json = [toys] { return toys->json(); },
            .verdict = [toys] { require_passed_checks(toys->tool.failed); }};
}

}  // namespace

int main(int argc, char** argv) {
    return tool_main(argc, argv, toys_tool);
}
