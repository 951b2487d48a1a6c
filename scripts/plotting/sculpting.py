"""How much a cut on the score changes the mass spectrum: chi2/ndof against the efficiency."""
import numpy as np

from . import bands, histogram, style
from .page import Panel, Picture


SAME_NULL = 0.01  # relative difference of means of random selections that a picture does not show


def draw(axis, metrics):
    """`metrics`: those of kind sculpting, by method."""
    first = next(iter(metrics.values()))
    percent = 100 * first["efficiency"]
    if all(have_one_null(first, values) for values in metrics.values()):
        draw_null(axis, first)
    else:
        draw_nulls(axis, metrics)
    for method, values in metrics.items():
        bands.draw(axis, 100 * values["efficiency"], values, "chi2_per_dof", method)
    axis.set(xlabel="Efficiency in the signal region [%]", ylabel=r"$\chi^2 / n_\mathrm{dof}$")
    frame_efficiency(axis, percent)
    frame_chi2(axis, metrics)
    return axis


def have_one_null(one, other):
    """Whether random selections are the same for both. Of data they are each method's own, as many events as its cut keeps in the sidebands."""
    return (np.shape(one["efficiency"]) == np.shape(other["efficiency"]) and
            all(np.allclose(one[f"null/{value}"], other[f"null/{value}"], rtol=SAME_NULL, atol=0, equal_nan=True)
                for value in ("mean", "low", "high")))


def draw_null(axis, null):
    """Darker than the spectra, and another line than that of a random score, which may share the legend."""
    percent = 100 * null["efficiency"]
    axis.fill_between(percent, null["null/low"], null["null/high"], color=style.DARK, alpha=0.5, linewidth=0,
                      label="random selection, 68 %")
    axis.plot(percent, null["null/mean"], color=style.DARK, linestyle="-.", linewidth=1,
              label="random selection, mean")


def draw_nulls(axis, metrics):
    """Each method's in its colour, thinner than its curve."""
    for method, values in metrics.items():
        look, percent = style.look(method), 100 * values["efficiency"]
        axis.fill_between(percent, values["null/low"], values["null/high"], color=look.colour, alpha=0.12, linewidth=0)
        axis.plot(percent, values["null/mean"], color=look.colour, linestyle="-.", linewidth=0.7,
                  label=f"random selection, {look.name}: mean, 68 %")


def frame_efficiency(axis, percent):
    if len(percent) < 2:
        return
    axis.set_xlim(percent.min(), percent.max())
    if percent.max() > 3 * percent.min():
        axis.set_xscale("log")
        histogram.set_plain_ticks(axis.xaxis, histogram.TICKS)


def frame_chi2(axis, metrics):
    """Logarithmic when the methods are far apart."""
    drawn = np.concatenate([values[key] for values in metrics.values()
                            for key in ("chi2_per_dof/low", "chi2_per_dof/high", "null/low", "null/high")])
    drawn = drawn[np.isfinite(drawn)]
    if not len(drawn):
        return
    low, high = drawn.min(), drawn.max()
    if low > 0 and high > histogram.FAR_APART * low:
        axis.set(yscale="log", ylim=(0.8 * low, 1.3 * high))
        histogram.set_plain_ticks(axis.yaxis, histogram.TICKS)
    elif high > low:
        axis.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))


def title(metrics):
    """Says what is compared; signal that a classifier has learned from changes what its cut does to the background."""
    first = next(iter(metrics.values()))
    judged = "Sideband spectrum of data" if first["@judged"] == "sidebands" else "Mass spectrum of background"
    note = trained_with({method: int(values["@signal_in_training"]) for method, values in metrics.items()})
    return f"{judged}: cut against no cut" + (f"\n({note})" if note else "")


def trained_with(signal):
    """Of signal events by method; the supervised classifier has its own."""
    counts = set(signal.values())
    if len(counts) > 1:
        return "signal events in training: " + ", ".join(f"{style.look(method).name} {count:,}" for method, count in signal.items())
    count, = counts
    return f"trained with {count:,} signal events" if count else ""


def picture(run, names):
    metrics = run.metrics("sculpting")
    if not metrics:
        return None
    return Picture([Panel("sculpting", lambda axis: draw(axis, metrics))],
                   title(metrics) + style.hidden_note(run.hidden("sculpting")), legend="common")
