"""Significance improvement and ROC curves of all methods."""
import numpy as np

from . import style


def draw(run):
    metrics = run.metrics("sic")
    if not metrics:
        return None
    figure, (by_background, by_signal, roc) = style.new_figure(3)
    for method, values in metrics.items():
        style.band_of_runs(by_background, values["background_efficiency"], values, "sic", method)
        style.band_of_runs(by_signal, values["by_signal_efficiency/signal_efficiency"], values,
                           "by_signal_efficiency", method)
        draw_roc(roc, values, method)
    draw_random(by_background, by_signal, roc, lowest_efficiency(metrics))
    by_background.set(xscale="log", xlabel=r"Background efficiency $\epsilon_B$",
                      xlim=(lowest_efficiency(metrics), 1))
    by_signal.set(xlabel=r"Signal efficiency $\epsilon_S$", xlim=(0, 1))
    roc.set(yscale="log", xlabel=r"Signal efficiency $\epsilon_S$",
            ylabel=r"Background rejection $1/\epsilon_B$", xlim=(0, 1),
            ylim=(1, 1 / lowest_efficiency(metrics)))
    for axis in (by_background, by_signal):
        axis.set(ylabel=r"SIC $= \epsilon_S/\sqrt{\epsilon_B}$")
        axis.set_ylim(0, 1.12 * highest(metrics))
    style.legend_above(figure, by_background.get_legend_handles_labels(), title(metrics))
    return figure


def draw_roc(axis, values, method):
    # Where SIC is not given, too few background events are left for the rejection either.
    rejection = np.where(np.isfinite(values["sic/median"]), 1 / values["background_efficiency"], np.nan)
    colour = style.method_colour(method)
    axis.plot(values["signal_efficiency/median"], rejection, color=colour)
    if len(values["signal_efficiency/runs"]) > 1:
        axis.fill_betweenx(rejection, values["signal_efficiency/low"], values["signal_efficiency/high"],
                           color=colour, alpha=0.22, linewidth=0)


def draw_random(by_background, by_signal, roc, lowest):
    """A score without information has eps_S = eps_B."""
    grid, look = np.geomspace(lowest, 1, 300), dict(color=style.GREY, linestyle="--", linewidth=1.3)
    by_background.plot(grid, np.sqrt(grid), label="random", **look)
    by_signal.plot(grid, np.sqrt(grid), **look)
    roc.plot(grid, 1 / grid, **look)


def lowest_efficiency(metrics):
    return min(values["background_efficiency"].min() for values in metrics.values())


def highest(metrics):
    """Top of every curve and band that is drawn."""
    keys = ("sic/median", "sic/high", "by_signal_efficiency/median", "by_signal_efficiency/high")
    drawn = np.concatenate([values[key] for values in metrics.values() for key in keys])
    return max([1.0, *drawn[np.isfinite(drawn)]])


def title(metrics):
    first = next(iter(metrics.values()))
    counts = f"{int(first['@signal_events']):,} signal and {int(first['@background_events']):,} background events"
    bands = any(len(values["sic/runs"]) > 1 for values in metrics.values())
    return f"Signal region, {counts}" + ("; median and central 68 % of the trainings" if bands else "")
