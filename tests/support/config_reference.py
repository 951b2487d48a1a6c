#!/usr/bin/env python3
"""The key reference docs/configuration.md, written or checked.

usage: config_reference.py --write|--check ROOT PROGRAM
All of it comes from PROGRAM --dump-reference, where each key is declared once.
--check: exit 1, with the difference, when the page is not what --write would write.
"""
import difflib
import json
import subprocess
import sys
from pathlib import Path

INTRODUCTION = """# Configuration keys
Written by `tests/support/config_reference.py` from `lacathode-run --dump-reference`; a test checks that it is up to date.
In a configuration file, each section is an object; on the command line of a stage, the key `batch_size` is the option
`--batch-size`, and `--set train_flow.batch_size=512` works with every program that has the section. A value outside the
last column but one is refused before any work.

Files to read (`input`, `extra_background`) are one path or a list of paths, and may be patterns with `*`, `?` and `[...]`. In a configuration file they are
relative to that file (from a pipe or standard input: to the working directory), on the command line to the working directory, where several are
`--input a.h5 b.h5`. `--print-config` shows them relative to the working directory.

"""


def page(program):
    result = subprocess.run([program, "--dump-reference"], capture_output=True, text=True, check=True)
    lines = [INTRODUCTION]
    for name, fields in json.loads(result.stdout).items():
        lines.append(f"## {name}\n| key | unit | default | values | meaning |\n|---|---|---|---|---|\n")
        for field in fields:
            default = json.dumps(field["default"], ensure_ascii=False)
            lines.append(f"| `{field['key']}` | {field['unit']} | `{default}` | {field['values']} | {field['help']} |\n")
        lines.append("\n")
    return "".join(lines).rstrip() + "\n"


def main(arguments):
    if len(arguments) != 3 or arguments[0] not in ("--write", "--check"):
        print(__doc__, file=sys.stderr)
        return 2
    target = Path(arguments[1]) / "docs" / "configuration.md"
    wanted = page(arguments[2])
    if arguments[0] == "--write":
        target.write_text(wanted)
        return 0
    found = target.read_text() if target.exists() else ""
    difference = difflib.unified_diff(found.splitlines(), wanted.splitlines(), str(target), "expected", lineterm="")
    print("\n".join(difference) or "configuration reference: up to date")
    return 0 if found == wanted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
