#!/usr/bin/env python3
"""Tables of a study or of a hunt, as CSV and for HEPData.

Of a study, what lacathode-study gathered in FOLDER/results.h5; writes into FOLDER/tables (or --out): results.csv, a line for
each headline quantity of each chain and method (median over the retrainings, central 68 %, counting error; of an expected
background the declared systematic error too); events.csv, the
numbers of events of each chain; of unblinded hunts power.csv, z against the injected signal, and, of several signal regions,
closure.csv, how far they lie from what is expected; global.csv, the global p of a scan by its toys; hepdata/, a submission with a table for every chain and kind of curve.
Of a hunt's file: results.csv and hepdata/ with the cuts and the spectra, into hunt_00_tables beside hunt_00.h5 (or --out).
What is blinded is missing.

example: tables.py out/paper/lacathode_fig6
         tables.py out/search/lacathode/hunt_00.h5
exit codes: 0 ok, 2 usage, 3 missing or foreign input, 4 cannot write, 130 and 143 interrupted
"""
import argparse
import os
import sys
from itertools import chain
from pathlib import Path

try:
    from common import whole_file
    from common.program import run_script
    from reading import results
    from reading.files import read_metrics
    from tabling import closure, global_p, hepdata, hunt
    from tabling import study as study_tables
except ImportError as error:
    sys.exit(f"tables.py: {error}; it needs h5py and numpy (Debian: python3-h5py)")


OPTIONAL = ("power", "closure", "global")


def text_of(value):
    return "" if value is None else str(value) if isinstance(value, (str, int)) else f"{value:.6g}"


def write_csv(path, header, rows):
    whole_file.write_rows(path, [header, *([text_of(value) for value in row] for row in rows)])


def made_folder(path):
    path.mkdir(parents=True, exist_ok=True)
    return path


def write_study(folder, out):
    study = results.read(folder)
    out = made_folder(out or study.folder / "tables")
    found = {"results": (study_tables.COLUMNS, study_tables.headline(study)),
             "events": (("chain", "part", "events"), study_tables.events(study)),
             "power": (study_tables.POWER_COLUMNS, list(study_tables.power_rows(study))),
             "closure": (closure.COLUMNS, list(closure.rows(study))),
             "global": (global_p.COLUMNS, list(global_p.rows(study)))}
    for name in OPTIONAL:
        if not found[name][1]:  # one of an earlier call may tell what is blinded now
            (out / f"{name}.csv").unlink(missing_ok=True)
            del found[name]
    for name, (columns, rows) in found.items():
        write_csv(out / f"{name}.csv", columns, rows)
    hepdata.write(out / "hepdata", chain(study_tables.tables(study), global_p.tables(study)))
    return out


def write_hunt(path, out):
    values = read_metrics(path, "hunt")
    out = made_folder(out or path.with_name(f"{path.stem}_tables"))
    write_csv(out / "results.csv", hunt.COLUMNS, hunt.rows(values))
    hepdata.write(out / "hepdata", hunt.tables(values))
    return out


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", metavar="FOLDER|HUNT", type=Path, help="folder of a study, or file of a hunt")
    parser.add_argument("--out", metavar="DIR", type=Path, help="folder for the tables")
    arguments = parser.parse_args(arguments)
    write = write_hunt if os.path.isfile(arguments.results) else write_study
    return run_script("tables.py", lambda: print(write(arguments.results, arguments.out)))


if __name__ == "__main__":
    sys.exit(main())
