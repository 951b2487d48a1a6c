"""The methods by their order in pictures and tables, and what they are called."""

NAMES = {"lacathode": "LaCATHODE", "cathode": "CATHODE", "cwola": "CWoLa Hunting", "anode": "ANODE", "idealised": "idealised detector",
         "supervised": "supervised", "double_map": "double map", "curtains": "CURTAINs-like"}


def name(method):
    return NAMES.get(method, method)


def order(method):
    """The methods that have a name come first, in its table's order; others follow by theirs."""
    known = list(NAMES)
    return (known.index(method) if method in known else len(known), method)
