"""How z of searches of pseudo-data without signal is distributed (lacathode-toys), beside the normal distribution of a calibrated one."""
import numpy as np
from reading.results import REPEATED, SIGNAL_REGION, hunts, require, variants

from .. import style
from ..names import number
from ..page import Panel
from . import looks

LARGEST = 5.0  # |z| of the axis; what lies beyond is in the outermost bins
EDGES = np.linspace(-LARGEST, LARGEST, 21)


def found(chains):
    """{(method, members, variant, efficiency): z [T]} of the quoted estimates after each cut, of all signal regions; what failed is left out."""
    collected, variant = {}, variants(chains, REPEATED + SIGNAL_REGION)
    for chain, method, _, hunt in hunts(chains):
        for efficiency, z in zip(hunt["background_efficiency"][1:], hunt[f"{hunt['@quoted']}/z"][1:]):
            if np.isfinite(z):
                key = method, chain.config["run"]["members"], variant[chain.name], float(efficiency)
                collected.setdefault(key, []).append(z)
    return {key: np.array(values) for key, values in collected.items()}


def panel(study, chains, name, title):
    """A panel a cut, a line a method, number of members and variant."""
    by_cut = require(found(chains), study, name)
    searched = list(dict.fromkeys(key[:-1] for key in by_cut))
    lines = looks.of_variants(searched)

    def draw(axis, cut):
        grid = np.linspace(EDGES[0], EDGES[-1], 201)
        axis.plot(grid, np.exp(-grid**2 / 2) / np.sqrt(2 * np.pi), color=style.GREY, linewidth=1, label=r"$\mathcal{N}(0, 1)$")
        for one, look in zip(searched, lines):
            if (*one, cut) in by_cut:
                draw_searches(axis, by_cut[(*one, cut)], look)
        axis.set(xlim=(EDGES[0], EDGES[-1]), ylim=(0, None), xlabel="Local significance $z$", ylabel="Density")
        return axis
    cuts = sorted({efficiency for *_, efficiency in by_cut}, reverse=True)
    return [Panel(f"toys_{number(100 * cut)}", lambda axis, cut=cut: draw(axis, cut), f"{number(100 * cut)} % of the background kept")
            for cut in cuts]


def draw_searches(axis, z, look):
    inside = np.clip(z, EDGES[0], np.nextafter(EDGES[-1], 0))
    density = np.histogram(inside, EDGES)[0] / (len(z) * np.diff(EDGES))
    moments = f"mean {z.mean():+.2f}, width {z.std(ddof=1):.2f}" if len(z) > 1 else f"{z[0]:+.2f}"
    axis.stairs(density, EDGES, color=look.colour, linestyle=look.line, linewidth=look.width,
                label=f"{look.name}, {len(z)}: {moments}".replace("-", "−"))
