#!/usr/bin/env python3
"""Tables of a study: what lacathode-study gathered in FOLDER/results.h5, as CSV and for HEPData.

Writes into FOLDER/tables (or --out): results.csv, a line for each headline quantity of each chain and method (median over
the retrainings, central 68 %, counting error); events.csv, the numbers of events of each chain; hepdata/, a submission
with a table for every chain and kind of curve.

example: tables.py out/paper/lacathode_fig6
exit codes: 0 ok, 2 usage, 3 missing or foreign input, 4 cannot write
"""
import argparse
import csv
import json
import sys
from pathlib import Path

try:
    import numpy as np
    from plotting import style
    from plotting.files import InputError
    from plotting.study import results
except ImportError as error:
    sys.exit(f"tables.py: {error}; it needs h5py and numpy (Debian: python3-h5py)")

HEADLINE = ("max_median_sic", "max_median_sic_background_efficiency", "max_median_sic_selected_background", "sic_at_1e-2",
            "sic_at_1e-3", "initial_significance")
JUDGED = (0.01, 0.05, 0.19)  # efficiencies whose chi2/ndof are headline quantities
COLUMNS = ("chain", "method", "quantity", "value", "low", "high", "counting_error")
MISSING = "-"


def sic_rows(values):
    for name in HEADLINE:
        yield (name, values[f"@{name}"], *(values.get(f"@{name}_{part}") for part in ("low", "high", "counting_error")))


def sculpting_rows(values):
    for wanted in JUDGED:
        at = int(np.argmin(np.abs(values["efficiency"] - wanted)))
        name = f"at_{values['efficiency'][at]:g}"
        yield (f"chi2_per_dof_{name}", *(values[f"chi2_per_dof/{part}"][at] for part in ("median", "low", "high")), None)
        yield (f"random_selection_{name}", *(values[f"null/{part}"][at] for part in ("mean", "low", "high")), None)
        yield (f"p_value_{name}", float(np.median(values["p_value"][:, at])), None, None, None)


ROWS = {"sic": sic_rows, "sculpting": sculpting_rows}


def headline(study):
    """[COLUMNS] of all chains and methods."""
    return [(chain.name, method, *row) for kind, rows in ROWS.items()
            for chain, method, values in results.with_kind(study.chains, kind) for row in rows(values)]


def event_rows(study):
    """[chain, part, events] of all chains."""
    return [(chain.name, part, count) for chain in study.chains for part, count in chain.events.items()]


def text_of(value):
    return "" if value is None else str(value) if isinstance(value, (str, int)) else f"{value:.6g}"


def write_csv(path, header, rows):
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([text_of(value) for value in row] for row in rows)


# What HEPData has of a kind of metrics: name of the table, of x and of y, keys of x and y.
CURVES = {"sic": (("SIC against background efficiency", "Background efficiency", "SIC", "background_efficiency", "sic"),
                  ("SIC against signal efficiency", "Signal efficiency", "SIC",
                   "by_signal_efficiency/signal_efficiency", "by_signal_efficiency")),
          "sculpting": (("chi2/ndof against efficiency", "Efficiency in the signal region", "chi2/ndof", "efficiency",
                         "chi2_per_dof"),)}


def hepdata_number(value):
    return float(f"{value:.6g}") if np.isfinite(value) else MISSING


def dependent(method, quantity, values, key):
    """A column of a table; both errors of each value, where there are some."""
    counting = values.get(f"{key}/counting_error")
    several = len(values[f"{key}/runs"]) > 1
    median, low, high = (values[f"{key}/{part}"] for part in ("median", "low", "high"))

    def entry(at):
        if not np.isfinite(median[at]):
            return {"value": MISSING}
        errors = []
        if several:
            errors.append({"asymerror": {"plus": hepdata_number(high[at] - median[at]),
                                         "minus": hepdata_number(low[at] - median[at])}, "label": "retrainings"})
        if counting is not None:
            errors.append({"symerror": hepdata_number(counting[at]), "label": "background events"})
        return {"value": hepdata_number(median[at]), **({"errors": errors} if errors else {})}
    return {"header": {"name": quantity}, "qualifiers": [{"name": "Method", "value": style.look(method).name}],
            "values": [entry(at) for at in range(len(median))]}


def hepdata_tables(study):
    """[(name, description, content)] of all curves."""
    for chain in study.chains:
        for kind, curves in CURVES.items():
            by_method = chain.metrics.get(kind, {})
            for title, x_name, y_name, x_key, y_key in curves if by_method else ():
                x = next(iter(by_method.values()))[x_key]
                content = {"independent_variables": [{"header": {"name": x_name},
                                                      "values": [{"value": hepdata_number(value)} for value in x]}],
                           "dependent_variables": [dependent(method, y_name, values, y_key)
                                                   for method, values in by_method.items()]}
                yield f"{chain.name}: {title}", f"{study.title}. {title}, {chain.name}.", content


def write_hepdata(folder, study):
    """A submission: JSON is YAML, too."""
    folder.mkdir(exist_ok=True)
    documents = []
    for number, (name, description, content) in enumerate(hepdata_tables(study), 1):
        file = f"table_{number:02}.yaml"
        (folder / file).write_text(json.dumps(content, indent=1) + "\n")
        documents.append({"name": name, "description": description, "keywords": [], "data_file": file})
    (folder / "submission.yaml").write_text("".join(f"---\n{json.dumps(document, indent=1)}\n" for document in documents))


def write_all(arguments):
    study = results.read(arguments.folder)
    out = arguments.out or study.folder / "tables"
    out.mkdir(parents=True, exist_ok=True)
    write_csv(out / "results.csv", COLUMNS, headline(study))
    write_csv(out / "events.csv", ("chain", "part", "events"), event_rows(study))
    write_hepdata(out / "hepdata", study)
    print(out)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="FOLDER", help="folder of a study")
    parser.add_argument("--out", metavar="DIR", type=Path, help="folder for the tables (default: FOLDER/tables)")
    arguments = parser.parse_args(arguments)
    try:
        write_all(arguments)
    except InputError as error:
        print(f"tables.py: {error}", file=sys.stderr)
        return 3
    except OSError as error:
        print(f"tables.py: cannot write: {error}", file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
