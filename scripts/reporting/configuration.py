"""The effective settings, as the files' provenance has them."""
import json

from . import page, words


def collected(run):
    """{section: {key: {value as JSON: files that have it}}}."""
    found = {}
    for name, said in run.items():
        for section, settings in said["provenance"].get("config", {}).items():
            for key, value in settings.items():
                found.setdefault(section, {}).setdefault(key, {}).setdefault(json.dumps(value, ensure_ascii=False), []).append(name)
    return found


def value_text(values):
    """The value; of several each with the file that has it."""
    if len(values) == 1:
        return page.element("code", next(iter(values)))
    return page.joined(*(page.joined(page.element("code", value), f" ({words.shortened(names)})")
                         for value, names in values.items()), by="; ")


def table(run):
    return page.table(["key", "value"], [[page.element("code", f"{section}.{key}"), value_text(values)]
                                         for section, keys in collected(run).items() for key, values in keys.items()])
