#!/usr/bin/env python3
"""A hunt as a workspace for pyhf: one channel, the signal region, with a free signal and a background of Gaussian error.

Reads a metrics file of `lacathode-hunt` (docs/formats.md) and writes the JSON that pyhf, cabinetry and HEPData take. The limits
that pyhf finds with it are those of the file up to the shape of the background's likelihood, which is Gaussian here and
the fit's own there. While a hunt is blinded the observation is what is expected.

example: workspace.py out/search/lacathode/hunt_00.h5 --efficiency 0.001 --output workspace.json
exit codes: 0 ok, 2 usage, 3 missing or foreign input, 4 cannot write, 130 and 143 interrupted
"""
import argparse
import json
import sys
from pathlib import Path

try:
    import numpy as np
    from common import whole_file
    from common.failure import InputError
    from common.program import run_script
    from reading import estimates, files
except ImportError as error:
    sys.exit(f"workspace.py: {error}; it needs h5py and numpy (Debian: python3-h5py)")

FARTHEST = 10  # errors of the signal, to which its bounds reach


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hunt", metavar="HUNT", help="metrics file of lacathode-hunt")
    parser.add_argument("--efficiency", metavar="EPS", type=float, required=True, help="background efficiency of the cut")
    parser.add_argument("--estimate", choices=("spectrum", "efficiency"), help="of the background (default: the quoted one)")
    parser.add_argument("--output", metavar="FILE", type=Path, help="file to write (default: standard output)")
    parser.add_argument("--force", action="store_true", help="replace the output if it exists")
    return parser.parse_args(arguments)


def cut_of(hunt, efficiency):
    """Index of the cut of that efficiency."""
    found, = np.nonzero(np.isclose(hunt["background_efficiency"], efficiency, rtol=1e-6))
    if len(found) == 1:
        return int(found[0])
    known = ", ".join(f"{value:g}" for value in hunt["background_efficiency"])
    raise InputError(f"{hunt.path}: has no cut of the background efficiency {efficiency:g}; there are {known}")


def workspace(hunt, efficiency, estimate=None):
    """pyhf's workspace of one cut; `hunt`: the file's Metrics."""
    if hunt["@signal"] != "window":
        raise InputError(f"{hunt.path}: sought a signal of shape '{hunt['@signal']}', which one count does not tell; "
                               "hunt again with hunt.signal = window")
    if estimates.has_weights(hunt):
        raise InputError(f"{hunt.path}: has events with weights, and a sum of weights has not the variance of a count, which pyhf would "
                               "give it; hunt without prepare.weight_column, or take the limits of the file, which honour weights")
    estimate, cut = estimate or hunt["@quoted"], cut_of(hunt, efficiency)
    expected, error, spurious = (float(hunt[f"{estimate}/{name}"][cut]) for name in ("expected", "error", "spurious"))
    error = float(np.hypot(error, spurious))
    if not np.isfinite(expected):
        missing = "after that cut: its fit did not converge" if cut > 0 else "without a cut"
        raise InputError(f"{hunt.path}: has no estimate '{estimate}' {missing}")
    if error >= expected:
        raise InputError(f"{hunt.path}: expects {expected:.4g} +- {error:.4g} events after that cut: one standard deviation below there would be "
                         "none, which pyhf's histosys cannot tell; take a looser cut, a smaller hunt.background_uncertainty, or the limits of the file")
    observed = float(hunt[f"{estimate}/observed"][cut])
    if not np.isfinite(observed):
        observed = expected
    spread = float(np.sqrt(max(observed, 1) + error**2))
    signal = {"name": "signal", "data": [1.0],
              "modifiers": [{"name": "signal_events", "type": "normfactor", "data": None}]}
    background = {"name": "background", "data": [expected],
                  "modifiers": [{"name": "background_estimate", "type": "histosys",
                                 "data": {"hi_data": [expected + error], "lo_data": [expected - error]}}]}
    parameter = {"name": "signal_events", "inits": [max(observed - expected, 0.0)],
                 "bounds": [[0.0, max(observed - expected, 0.0) + FARTHEST * spread]]}
    return {"version": "1.0.0",
            "channels": [{"name": "signal_region", "samples": [signal, background]}],
            "observations": [{"name": "signal_region", "data": [observed]}],
            "measurements": [{"name": "search", "config": {"poi": "signal_events", "parameters": [parameter]}}]}


def write_workspace(options):
    hunt = files.read_metrics(options.hunt, "hunt")
    if options.output is not None:
        whole_file.check_output(options.output, options.hunt, options.force)
    text = json.dumps(workspace(hunt, options.efficiency, options.estimate), indent=2) + "\n"
    if options.output is None:
        print(text, end="")
    else:
        whole_file.write_text(options.output, text)


def main(arguments=None):
    options = parse_arguments(arguments)
    return run_script("workspace.py", lambda: write_workspace(options))


if __name__ == "__main__":
    sys.exit(main())
