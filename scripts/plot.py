#!/usr/bin/env python3
"""Pictures of a run.

Reads what `lacathode-run` left in DIR (docs/formats.md) and draws what it finds there:
losses, features (data against sampled background), latent (marginals against N(0, 1)),
sic (SIC and ROC curves), mass (before and after cuts), sculpting (chi2/ndof against efficiency).

example: plot.py out/demo --out out/demo/plots --format png,pdf
exit codes: 0 ok, 2 usage, 3 missing or foreign input, 4 cannot write
"""
import argparse
import sys
from pathlib import Path

try:
    from plotting import features, files, latent, losses, masses, sculpting, sic, style
except ImportError as error:
    sys.exit(f"plot.py: {error}; it needs h5py, numpy and matplotlib (Debian: python3-h5py python3-matplotlib)")

PICTURES = {"losses": losses.draw, "features": features.draw, "latent": latent.draw, "sic": sic.draw,
            "mass": masses.draw, "sculpting": sculpting.draw}
FORMATS = ("png", "pdf", "svg")


def comma_separated(allowed):
    def parse(text):
        values = text.split(",")
        unknown = [value for value in values if value not in allowed]
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)} (known: {', '.join(allowed)})")
        return values
    return parse


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", metavar="DIR", help="folder of a run")
    parser.add_argument("--out", metavar="DIR", type=Path, help="folder for the pictures (default: DIR/plots)")
    parser.add_argument("--format", metavar="LIST", type=comma_separated(FORMATS), default=["png"],
                        help=f"comma-separated, of {', '.join(FORMATS)} (default: png)")
    parser.add_argument("--only", metavar="LIST", type=comma_separated(tuple(PICTURES)), default=None,
                        help=f"comma-separated, of {', '.join(PICTURES)}; one that cannot be drawn is an error "
                             "(default: whatever the folder has files for)")
    return parser.parse_args()


def save(figure, folder, name, formats):
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in formats:
        path = folder / f"{name}.{suffix}"
        figure.savefig(path)
        print(path)


def draw_all(arguments):
    run = files.Run(arguments.dir)
    style.apply()
    drawn = 0
    for name in arguments.only or PICTURES:
        figure = PICTURES[name](run)
        if figure is not None:
            save(figure, arguments.out or run.folder / "plots", name, arguments.format)
            drawn += 1
        elif arguments.only:
            raise files.InputError(f"{run.folder}: lacks the files for the picture '{name}'")
    if not drawn:
        raise files.InputError(f"{run.folder}: holds nothing to draw (expected what lacathode-run writes)")


def main():
    arguments = parse_arguments()
    try:
        draw_all(arguments)
    except files.InputError as error:
        print(f"plot.py: {error}", file=sys.stderr)
        return 3
    except OSError as error:
        print(f"plot.py: cannot write: {error}", file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
