"""The effective settings: of a run as its files have them, of a study as its chains do."""
import json

from . import page, words


def collected(configs):
    """{section: {key: {value as JSON: those that have it}}} of [(name, {section: {key: value}})]."""
    found = {}
    for name, config in configs:
        for section, settings in config.items():
            for key, value in settings.items():
                found.setdefault(section, {}).setdefault(key, {}).setdefault(json.dumps(value, ensure_ascii=False), []).append(name)
    return found


def value_text(values):
    """The value; of several each with what has it."""
    if len(values) == 1:
        return page.element("code", next(iter(values)))
    return page.joined(*(page.joined(page.element("code", value), f" ({words.shortened(names)})")
                         for value, names in values.items()), by="; ")


def table(configs):
    return page.table(["key", "value"], [[page.element("code", f"{section}.{key}"), value_text(values)]
                                         for section, keys in collected(configs).items() for key, values in keys.items()])
