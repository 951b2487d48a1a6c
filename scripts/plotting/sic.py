"""Significance improvement and ROC curves of all methods; `metrics` are those of kind sic, by method."""
import numpy as np

from . import bands, style
from .page import Panel, Picture

SIC = r"SIC $= \epsilon_S/\sqrt{\epsilon_B}$"


def draw_by_background(axis, metrics):
    """SIC against the background efficiency."""
    for method, values in metrics.items():
        bands.draw(axis, values["background_efficiency"], values, "sic", method)
    lowest = lowest_efficiency(metrics)
    grid = np.geomspace(lowest, 1, 300)
    axis.plot(grid, np.sqrt(grid), **RANDOM)
    axis.set(xscale="log", xlabel=r"Background efficiency $\epsilon_B$", ylabel=SIC, xlim=(lowest, 1))
    return finish(axis, metrics, "sic")


def draw_by_signal(axis, metrics):
    """SIC against the signal efficiency."""
    for method, values in metrics.items():
        bands.draw(axis, values["by_signal_efficiency/signal_efficiency"], values, "by_signal_efficiency", method)
    grid = np.linspace(0, 1, 300)
    axis.plot(grid, np.sqrt(grid), **RANDOM)
    axis.set(xlabel=r"Signal efficiency $\epsilon_S$", ylabel=SIC, xlim=(0, 1))
    return finish(axis, metrics, "by_signal_efficiency")


def draw_roc(axis, metrics):
    """Background rejection against the signal efficiency, where SIC is given."""
    for method, values in metrics.items():
        draw_rejection(axis, values, method)
    lowest = lowest_efficiency(metrics)
    grid = np.geomspace(lowest, 1, 300)
    axis.plot(grid, 1 / grid, **RANDOM)
    name_counting_error(axis, metrics, "sic")
    axis.set(yscale="log", xlabel=r"Signal efficiency $\epsilon_S$", ylabel=r"Background rejection $1/\epsilon_B$",
             xlim=(0, 1), ylim=(0.8, 1.3 / lowest))
    return axis


# A score without information has eps_S = eps_B.
RANDOM = {"color": style.GREY, "linestyle": ":", "linewidth": 1.2, "label": "random"}


def draw_rejection(axis, values, method):
    # Where SIC is not given, too few background events are left for the rejection either.
    look = style.look(method)
    rejection = np.where(np.isfinite(values["sic/median"]), 1 / values["background_efficiency"], np.nan)
    axis.plot(values["signal_efficiency/median"], rejection, color=look.colour, linestyle=look.line,
              label=bands.label(values, "signal_efficiency", method))
    if len(values["signal_efficiency/runs"]) > 1:
        axis.fill_betweenx(rejection, values["signal_efficiency/low"], values["signal_efficiency/high"],
                           color=look.colour, alpha=0.25, linewidth=0)
    error = bands.counting_error(values, "sic")
    if error is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = rejection * 2 * error / values["sic/median"]  # SIC has half of the relative error of eps_B
        bands.draw_counting_error(axis, values["signal_efficiency/median"], rejection, spread, look.colour)


def name_counting_error(axis, metrics, key):
    if any(bands.counting_error(values, key) is not None for values in metrics.values()):
        bands.name_counting_error(axis)


def finish(axis, metrics, key):
    name_counting_error(axis, metrics, key)
    axis.set_ylim(0, 1.08 * max(1.0, bands.top(metrics, "sic"), bands.top(metrics, "by_signal_efficiency")))
    return axis


def lowest_efficiency(metrics):
    """The smallest background efficiency at which any method has a SIC."""
    shown = [values["background_efficiency"][np.isfinite(values["sic/median"])] for values in metrics.values()]
    return np.concatenate(shown).min(initial=0.5)


def title(metrics):
    first = next(iter(metrics.values()))
    counts = f"{int(first['@signal_events']):,} signal and {int(first['@background_events']):,} background events"
    repeated = any(len(values["sic/runs"]) > 1 for values in metrics.values())
    return f"Signal region, {counts}" + ("; median and central 68 % of the trainings" if repeated else "")


def picture(run, names):
    metrics = run.metrics("sic")
    if not metrics:
        return None
    panels = [Panel(name, lambda axis, draw=draw: draw(axis, metrics))
              for name, draw in (("background", draw_by_background), ("signal", draw_by_signal), ("roc", draw_roc))]
    return Picture(panels, title(metrics), legend="common")
