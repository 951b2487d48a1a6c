"""p-values of hunts, of which those by toys may be bounds: p = (k + 1) / (n + 1) with k of n toys beyond, and k = 0."""
from decimal import ROUND_CEILING, Context
from math import isclose

SMALLEST = 1e-300  # what attributes and summaries hold of smaller ones
FURTHER = 10  # times as many toys, where few are beyond (hunt.toys)


def toys(hunt, estimate, cut):
    """How many toys the local p is by; 0 for asymptotic ones, and of older files, which do not tell."""
    by_cut = hunt.get(f"{estimate}/p_value_toys")
    return 0 if by_cut is None else by_cut[cut]


def has_none_beyond(p_value, number):
    """Of so many toys."""
    return number > 0 and p_value < 1.5 / (number + 1)


def is_least(p_value, drawn):
    """Whether p is a bound, of a file that tells but hunt.toys, `drawn`: by so many toys, or FURTHER times as many, it is 1 / (n + 1) only with
    none beyond."""
    return bool(p_value <= SMALLEST or drawn > 0 and any(isclose(p_value * (number + 1), 1, rel_tol=1e-12) for number in (drawn, FURTHER * drawn)))


def of_cut(hunt, estimate, cut):
    """(p, whether it is a bound) of a hunt's metrics; p is NaN while it is blinded."""
    p_value = hunt[f"{estimate}/p_value"][cut]
    return p_value, bool(p_value <= SMALLEST or has_none_beyond(p_value, toys(hunt, estimate, cut)))


def of_goodness(hunt, estimate, cut):
    """(p of the fit to the sidebands, whether it is a bound), by the toys that the file tells; of older files its settings do."""
    p_value, by_cut = hunt[f"{estimate}/goodness_p_value"][cut], hunt.get(f"{estimate}/goodness_toys")
    number = hunt.config.get("fit_background", {}).get("toys", 0) if by_cut is None else by_cut[cut]
    return p_value, bool(has_none_beyond(p_value, number))


def rounded_up(bound, digits):
    """In so many digits, so that it still is one."""
    exact = f"{bound:.12g}"  # the double of 0.07 lies above 0.07
    return f"{float(Context(prec=digits, rounding=ROUND_CEILING).create_decimal(exact)):g}"


def value(p_value, bound):
    """As tables have it: the number, or a text that says that it is a bound."""
    return text(p_value, bound) if bound else p_value


def text(p_value, bound, digits=4):
    """As it is told: a bound, rounded up, as "< 0.0001"."""
    p_value = max(p_value, SMALLEST)
    if bound:
        return f"< {rounded_up(p_value, 2)}"
    return f"{p_value:.{digits}g}"
