"""Tables as HEPData has them, and a submission of them."""
from __future__ import annotations

import json
import re

import numpy as np
from common import whole_file

MISSING = "-"
LONGEST_NAME = 64  # of a table, in HEPData's schema of submissions


def number(value):
    """Six digits, of whole numbers all; what is not finite is missing."""
    if not np.isfinite(value):
        return MISSING
    return int(value) if float(value).is_integer() else float(f"{value:.6g}")


def symmetric(error, label):
    """The entry of an error, none where it is not finite."""
    return [{"symerror": number(error), "label": label}] if np.isfinite(error) else []


def asymmetric(value, low, high, label):
    """The entry of an interval around the value, none where it is not finite."""
    if not np.isfinite([low, high]).all():
        return []
    return [{"asymerror": {"plus": number(high - value), "minus": number(low - value)}, "label": label}]


def is_zero(error):
    return error["symerror"] == 0 if "symerror" in error else not any(error["asymerror"].values())


def entry(value, errors=()):
    """A value with its errors; a value that is not finite has none, and errors that are all 0 HEPData refuses."""
    if not np.isfinite(value):
        return {"value": MISSING}
    return {"value": number(value), **({} if all(map(is_zero, errors)) else {"errors": list(errors)})}


def column(name, values, unit=None, qualifiers=()):
    """A variable of a table: entries, or bins as (low, high)."""
    entries = [{"low": number(one[0]), "high": number(one[1])} if isinstance(one, tuple) else one for one in values]
    header = {"name": name, **({"units": unit} if unit else {})}
    return {"header": header, **({"qualifiers": list(qualifiers)} if qualifiers else {}), "values": entries}


def table(independent, dependent):
    return {"independent_variables": independent, "dependent_variables": dependent}


def text(document):
    """JSON is YAML, too, but for letters as pairs of surrogates."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def write(folder, tables):
    """A submission of (name, description, table) in place of an earlier one, whose further tables are removed."""
    folder.mkdir(exist_ok=True)
    contents, documents = {}, []
    for number_of, (name, description, content) in enumerate(tables, 1):
        if len(name) > LONGEST_NAME:
            name, description = f"{name[:LONGEST_NAME - 5].rstrip()} {number_of}", f"{name}. {description}"
        file = f"table_{number_of:02}.yaml"
        contents[file] = text(content)
        documents.append({"name": name, "description": description, "keywords": [], "data_file": file})
    contents["submission.yaml"] = "".join(f"---\n{text(document)}" for document in documents)
    for file, content in contents.items():
        whole_file.write_text(folder / file, content)
    for path in folder.iterdir():  # the last: until here an earlier submission may name them
        if re.fullmatch(r"table_\d{2,}\.yaml", path.name) and path.name not in contents:
            path.unlink()
