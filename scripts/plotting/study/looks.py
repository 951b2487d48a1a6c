"""Colours, lines and names of curves that differ in method, chain or both."""
from __future__ import annotations

from dataclasses import replace

from .. import style

COLOURS = (style.BLUE, style.VERMILION, style.GREEN, style.ORANGE, style.PURPLE, style.SKY, style.BLACK, style.WINE)
LINES = ("-", (0, (5, 1.5)), (0, (1.2, 0.8)), (0, (4, 1, 1, 1)), (0, (8, 2)), (0, (2, 1)))


def looks(curves):
    """A Look for each (chain, method) of `curves`, in order: a method keeps its own where it alone tells curves apart;
    else the colour is the chain's, and the line the method's, or the chain's too if there is one method."""
    labels = labels_of(chain for chain, _ in curves)
    return of_labels([(labels[chain.name], method) for chain, method in curves])


def of_variants(curves):
    """The same for (method, members, variant). Of several members the line is thicker and the name tells their number."""
    plain = of_labels([(words(variant) if need_variants(curves) else "", method) for method, _, variant in curves])
    return [look if members == 1 else replace(look, name=f"{look.name}, {members} members", width=2)
            for look, (_, members, _) in zip(plain, curves)]


def need_variants(curves):
    """Whether methods and numbers of members do not tell all of them apart."""
    return len({(method, members) for method, members, _ in curves}) < len(curves)


def of_labels(curves):
    """A Look for each (what tells the chain from the others, method)."""
    labels, methods = (list(dict.fromkeys(names)) for names in zip(*curves))
    if len(labels) == 1:
        return [style.look(method) for _, method in curves]
    found = []
    for label, method in curves:
        place = labels.index(label)
        line = methods.index(method) if len(methods) > 1 else place
        name = ", ".join(filter(None, (style.look(method).name if len(methods) > 1 or not label else "", label)))
        found.append(style.Look(name, COLOURS[place % len(COLOURS)], LINES[line % len(LINES)]))
    return found


def labels_of(chains):
    """{name of a chain: what tells it from the others}; of one chain alone nothing does."""
    names = list(dict.fromkeys(chain.name for chain in chains))
    return dict(zip(names, different(names)))


def how_many(counts, things):
    """Of each point of a curve: "5 searches each", or "4 to 5 searches" where they differ."""
    fewest, most = min(counts), max(counts)
    return f"{fewest} {things} each" if fewest == most else f"{fewest} to {most} {things}"


def words(chain):
    """A chain's name as people write it."""
    return ", ".join(part.replace("_", " ") for part in chain.split("-"))


def different(chains):
    """What tells the names of chains apart: the alternatives that not all of them share."""
    parts = [name.split("-") for name in chains]
    kept = [place for place in range(len(parts[0])) if len({part[place] for part in parts}) > 1]
    return [", ".join(part[place].replace("_", " ") for place in kept) for part in parts]
