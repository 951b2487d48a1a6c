"""Local p-values of hunts, of which those by toys may be bounds."""
SMALLEST = 1e-300  # what files hold of smaller ones


def is_bound(p_value, error):
    """Whether none of the toys lies above: p = (k + 1) / (n + 1) with its error sqrt[p (1 - p) / (n + 1)] has k = 0 then. Without toys
    the error is 0."""
    return error > 0 and p_value**2 * (1 - p_value) / error**2 < 1.5  # (n + 1) p = k + 1


def of_cut(hunt, estimate, cut):
    """(p, whether it is a bound) of a hunt's metrics; p is NaN while it is blinded."""
    p_value = hunt[f"{estimate}/p_value"][cut]
    return p_value, p_value <= SMALLEST or bool(is_bound(p_value, hunt[f"{estimate}/p_value_error"][cut]))


def text(p_value, bound, digits=4):
    """As it is told: a bound as "< 0.0001"."""
    p_value = max(p_value, SMALLEST)
    return f"< {float(f'{p_value:.2g}'):g}" if bound else f"{p_value:.{digits}g}"
