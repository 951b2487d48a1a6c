#!/usr/bin/env python3
"""The report of a run or of a study: one HTML page with everything in it, for any browser, without network.

Reads what `lacathode-run` left in DIR, or `lacathode-study` in the folder of a study (docs/formats.md), and writes what was
done, warnings, tables of the results, pictures
(docs/pictures.md), settings, and where every file comes from. The same files give the same page.

example: report.py out/demo --output demo.html
exit codes: 0 ok, 2 usage, 3 missing or foreign input, 4 the output is there already or cannot be written, 130 and 143 interrupted
"""
import argparse
import os
import sys
from pathlib import Path

try:
    from common import program, whole_file
    from common.failure import InputError
    from reading.results import is_study
    from reporting import run, study
    import plot
except ImportError as error:
    sys.exit(f"report.py: {error}; it needs h5py, numpy and matplotlib (Debian: python3-h5py python3-matplotlib)")


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", metavar="DIR", type=Path, help="folder of a run or of a study")
    parser.add_argument("--output", metavar="FILE", type=Path, help="page to write (default: DIR/report.html)")
    parser.add_argument("--force", action="store_true", help="replace the output if it exists")
    return parser.parse_args(arguments)


def write_report(arguments):
    if not os.path.isdir(arguments.dir):
        raise InputError(f"{arguments.dir}: no such folder")
    output = arguments.output or arguments.dir / "report.html"
    whole_file.check_output(output, arguments.dir, arguments.force)
    page = study.report(arguments.dir) if is_study(arguments.dir) else run.report(arguments.dir, plot.PICTURES)
    whole_file.write_text(output, page)
    print(output)


def main(arguments=None):
    arguments = parse_arguments(arguments)
    return program.run_script("report.py", lambda: write_report(arguments))


if __name__ == "__main__":
    sys.exit(main())
