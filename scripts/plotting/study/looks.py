"""Colours, lines and names of curves that differ in method, chain or both."""
from __future__ import annotations

from .. import style

COLOURS = (style.BLUE, style.VERMILION, style.GREEN, style.ORANGE, style.PURPLE, style.SKY, style.BLACK, style.WINE)
LINES = ("-", (0, (5, 1.5)), (0, (1.2, 0.8)), (0, (4, 1, 1, 1)), (0, (8, 2)), (0, (2, 1)))


def looks(curves):
    """A Look for each (chain, method) of `curves`, in order: a method keeps its own where it alone tells curves apart;
    else the colour is the chain's, and the line the method's, or the chain's too if there is one method."""
    labels = labels_of(chain for chain, _ in curves)
    chains = list(labels)
    methods = list(dict.fromkeys(method for _, method in curves))
    if len(chains) == 1:
        return [style.look(method) for _, method in curves]
    found = []
    for chain, method in curves:
        place = chains.index(chain.name)
        line = methods.index(method) if len(methods) > 1 else place
        label = f"{style.look(method).name}, {labels[chain.name]}" if len(methods) > 1 else labels[chain.name]
        found.append(style.Look(label, COLOURS[place % len(COLOURS)], LINES[line % len(LINES)]))
    return found


def labels_of(chains):
    """{name of a chain: what tells it from the others}; of one chain alone nothing does."""
    names = list(dict.fromkeys(chain.name for chain in chains))
    return dict(zip(names, different(names)))


def words(chain):
    """A chain's name as people write it."""
    return ", ".join(part.replace("_", " ") for part in chain.split("-"))


def different(chains):
    """What tells the names of chains apart: the alternatives that not all of them share."""
    parts = [name.split("-") for name in chains]
    kept = [place for place in range(len(parts[0])) if len({part[place] for part in parts}) > 1]
    return [", ".join(part[place].replace("_", " ") for place in kept) for part in parts]
