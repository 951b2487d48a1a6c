"""How strongly a cut on the score reshapes the background: chi2/ndof against the efficiency."""
import numpy as np
from matplotlib.ticker import LogLocator

from . import style


def draw(run):
    metrics = run.metrics("sculpting")
    if not metrics:
        return None
    figure, (axis,) = style.new_figure(1, width=5.8, height=4.4)
    null = next(iter(metrics.values()))
    percent = 100 * null["efficiency"]
    axis.fill_between(percent, null["null/low"], null["null/high"], color=style.GREY, alpha=0.35,
                      linewidth=0, label="random selection, central 68 %")
    axis.plot(percent, null["null/mean"], color=style.GREY, linestyle="--", linewidth=1.3,
              label="random selection, expectation")
    for method, values in metrics.items():
        style.band_of_runs(axis, 100 * values["efficiency"], values, "chi2_per_dof", method)
    axis.set(xlabel="Efficiency in the signal region [%]", ylabel=r"$\chi^2 / n_\mathrm{dof}$",
             xlim=(percent.min(), percent.max()))
    make_room(axis, metrics)
    style.legend_above(figure, axis.get_legend_handles_labels(), ncols=2)
    return figure


def make_room(axis, metrics):
    """Logarithmic when the methods are far apart."""
    drawn = [values[key] for values in metrics.values()
             for key in ("chi2_per_dof/low", "chi2_per_dof/high", "null/low", "null/high")]
    low, high = np.nanmin([np.nanmin(values) for values in drawn]), np.nanmax([np.nanmax(v) for v in drawn])
    if low > 0 and high / low > 8:
        axis.set(yscale="log", ylim=(0.8 * low, 1.3 * high))
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_major_formatter("{x:g}")
        axis.yaxis.set_minor_formatter("")
    else:
        axis.set_ylim(0.92 * low, 1.08 * high)
