"""What columns, units and numbers of events are called in pictures."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from matplotlib import cbook, mathtext

SYMBOLS = {"m_jj": r"$m_{JJ}$", "m_j1": r"$m_{J_1}$", "delta_m": r"$\Delta m_J$", "delta_r": r"$\Delta R$",
           "tau21_j1": r"$\tau_{21}^{J_1}$", "tau21_j2": r"$\tau_{21}^{J_2}$", "m": r"$m$"}
LATENT = re.compile(r"z(\d+)")
LONGEST_NAME, LONGEST_UNIT = 22, 10  # in letters: both together fit below a panel


def plain(text, longest=LONGEST_NAME):
    """`text` as it is: no mathematics in it, in one line, its middle left out where it is too long."""
    shown = "".join(letter if letter.isprintable() else " " for letter in str(text))
    if len(shown) > longest:
        shown = f"{shown[:longest // 2]}…{shown[-(longest // 2 - 1):]}"
    return shown.replace("$", r"\$")


def fault(text):
    """Why matplotlib cannot set the $mathematics$ of a text; None if it can, or where there is none."""
    try:
        for line in filter(cbook.is_math_text, text.splitlines()):
            mathtext.MathTextParser("path").parse(line)
    except ValueError as error:
        return str(error).strip().splitlines()[-1]
    return None


def settable(text):
    """A text that matplotlib can set, whole or broken: with the $mathematics$ of the lines in which it knows them, else as it is."""
    return "\n".join(line if cbook.is_math_text(line) and fault(line) is None else re.sub(r"(?<!\\)\$", r"\\$", line)
                     for line in text.splitlines())


def number(value):
    """A number as matplotlib writes those of an axis, with a minus sign."""
    return f"{value:g}".replace("-", "−")


def unit_text(unit):
    """The unit as it is; nothing for pure numbers."""
    return "" if unit in ("", "1") else plain(unit, LONGEST_UNIT)


def in_brackets(unit, inverse=""):
    return f" [{inverse}{unit_text(unit)}]" if unit_text(unit) else ""


def density_label(unit):
    return "Density" + in_brackets(unit, inverse="1/")


def rate_label(unit):
    return f"Events / {unit_text(unit) or 'unit'}"


@dataclass(frozen=True)
class Names:
    """Symbols of columns: those of one's own first (name -> text, $mathematics$ allowed), then the field's.

    A name that has no symbol stands as it is."""
    own: Mapping[str, str] = field(default_factory=dict)

    def symbol(self, name):
        if name in self.own:
            return self.own[name]
        latent = LATENT.fullmatch(name)
        return f"$z_{{{latent[1]}}}$" if latent else SYMBOLS.get(name, plain(name))

    def axis_label(self, name, unit):
        return self.symbol(name) + in_brackets(unit)
