"""Where the files come from: stages, hashes, and inputs down to the user's tables."""
from __future__ import annotations

from pathlib import PurePath

from . import page

OF_ALL = "common"  # the section of the configuration that every stage has
SEALS = {"verified": "all bytes as they were written", "none": "no seal"}


def stage(said):
    return ", ".join(section for section in said["provenance"].get("config", {}) if section != OF_ALL)


def state(run, name, source):
    """(file of the run that is the input, None) or (file that has taken its name, "changed") or (None, None): elsewhere."""
    for other, said in run.items():
        if said["provenance"]["content_hash"] == source["content_hash"]:
            return other, None
    ends = [other for other in run if other != name and f"/{source['path']}".endswith(f"/{other}")]
    other = max(ends, key=len, default=None)
    # An input of a method's folder that is gone is no file of that name in the folder above.
    is_above = other is not None and "/" not in other and folder_of(source["path"]) in map(folder_of, run)
    return (None, None) if other is None or is_above else (other, "changed")


def folder_of(path):
    return PurePath(path).parent.name or None


def warnings(run):
    for name, said in run.items():
        for source in said["provenance"]["inputs"].values():
            other, changed = state(run, name, source)
            if changed:
                yield f"{name} was made from another {other} than the one that is there now: run lacathode-run again."


def input_text(run, anchors, name, role, source):
    other, changed = state(run, name, source)
    if other is None:
        return page.joined(f"{role}: {source['path']} ", page.element("span", source["content_hash"], class_="hash"))
    return page.joined(f"{role}: ", page.element("a", other, href=f"#{anchors[other]}"), f" ({changed})" if changed else "")


def lines(*texts):
    return page.joined(*(page.element("div", text) for text in texts))


def row(run, anchors, name, said):
    made, code = said["provenance"], f"{said['provenance']['version']}, {said['provenance']['git_revision']}"
    inputs = [input_text(run, anchors, name, role, source) for role, source in made["inputs"].items()]
    return [name, lines(stage(said), f"algorithm {made.get('algorithm', 'unknown')}"),
            lines(page.element("span", made["content_hash"], class_="hash"), SEALS.get(said["seal"], said["seal"])),
            lines(*inputs), lines(page.value(code), f"seed {made['seed']}", page.value(made.get("networks", "")))]


def block(run, anchor="file"):
    """Tables of the files; `anchor` begins the ids of their rows, unlike any other of the page."""
    anchors = {name: f"{anchor}-{index}" for index, name in enumerate(run)}
    head = ["file", "stage", "content hash", "made from", "version, seed, networks"]
    commands = dict.fromkeys(said["provenance"].get("command_line", "") for said in run.values())
    return [page.table(head, [row(run, anchors, name, said) for name, said in run.items()], ids=list(anchors.values())),
            page.paragraph("Made by the commands"), page.bullets(page.element("code", command) for command in commands)]


SHOWN_ELSEWHERE = ("format", "kind", "format_version", "path", "seal", "warnings")


def further(run):
    """Files of the folder that `lacathode-run` does not make; None if there are none."""
    rows = []
    for name, said in run.further.items():
        if isinstance(said, str):
            rows.append([name, "", said])
            continue
        what = ", ".join(str(said[key]) for key in ("format", "kind") if said.get(key))
        told = (f"{key} = {f'{value:.4g}' if isinstance(value, float) else value}" for key, value in said.items()
                if isinstance(value, (str, int, float)) and key not in SHOWN_ELSEWHERE and value != "")
        rows.append([name, what, ", ".join(told)])
    return page.table(["file", "what it is", "what it says"], rows, "Other files of the folder.") if rows else None
