#!/usr/bin/env python3
"""The key reference docs/configuration.md, written or checked.

usage: config_reference.py --write|--check ROOT PROGRAM...
Keys, units and meanings come from src/config/sections.cpp, where each is declared once; defaults from
PROGRAM --dump-default (lacathode-run and lacathode-generate-toy together know every section).
--check: exit 1, with the difference, when the page is not what --write would write.
"""
import difflib
import json
import re
import subprocess
import sys
from pathlib import Path

INTRODUCTION = """# Configuration keys
Written by `tests/support/config_reference.py` from the declarations and the programs' `--dump-default`; a test checks that
it is up to date. In a configuration file, each section is an object; on the command line of a stage, the key `batch_size`
is the option `--batch-size`, and `--set train_flow.batch_size=512` works with every program that has the section.

"""
SECTION = re.compile(r"^Section section\(\w+& \w+\) \{(.*?)^\}", re.S | re.M)
TEXT = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
FIELD = re.compile(r'\{\s*"(\w+)",\s*' + TEXT + r",\s*" + TEXT + r",\s*(&|choice)")


def joined(literals):
    """C++ string literals that stand one after the other, as one text."""
    return "".join(json.loads(literal) for literal in re.findall(r'"(?:[^"\\]|\\.)*"', literals))


def declared(source):
    """{section: [(key, unit, meaning)]} in declared order."""
    sections = {}
    for body in SECTION.findall(source):
        name = re.search(r'return\s*\{\s*"(\w+)"', body)[1]
        sections[name] = [(key, joined(unit), joined(text)) for key, unit, text, _ in FIELD.findall(body)]
    return sections


def defaults(programs):
    """{section: {key: default}} of all programs together."""
    values = {}
    for program in programs:
        result = subprocess.run([program, "--dump-default"], capture_output=True, text=True, check=True)
        values.update(json.loads(result.stdout))
    return values


def page(source, programs):
    sections, values = declared(source), defaults(programs)
    if {name: [key for key, _, _ in fields] for name, fields in sections.items()} != \
            {name: list(keys) for name, keys in values.items()}:
        sys.exit("config_reference.py: sections.cpp and --dump-default disagree about the keys")
    lines = [INTRODUCTION]
    for name, fields in sections.items():
        lines.append(f"## {name}\n| key | unit | default | meaning |\n|---|---|---|---|\n")
        for key, unit, meaning in fields:
            default = json.dumps(values[name][key], ensure_ascii=False)
            lines.append(f"| `{key}` | {unit} | `{default}` | {meaning} |\n")
        lines.append("\n")
    return "".join(lines).rstrip() + "\n"


def main(arguments):
    if len(arguments) < 3 or arguments[0] not in ("--write", "--check"):
        print(__doc__, file=sys.stderr)
        return 2
    root = Path(arguments[1])
    target = root / "docs" / "configuration.md"
    wanted = page((root / "src/config/sections.cpp").read_text(), arguments[2:])
    if arguments[0] == "--write":
        target.write_text(wanted)
        return 0
    found = target.read_text() if target.exists() else ""
    difference = difflib.unified_diff(found.splitlines(), wanted.splitlines(), str(target), "expected", lineterm="")
    print("\n".join(difference) or "configuration reference: up to date")
    return 0 if found == wanted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
