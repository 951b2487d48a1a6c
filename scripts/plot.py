#!/usr/bin/env python3
"""Pictures of a run.

Reads what `lacathode-run` left in DIR (docs/formats.md) and draws what it finds there (docs/pictures.md):
losses, features (data beside sampled background, or the sideband), latent (marginals against N(0, 1)),
score (data beside background and truth), sic (SIC and ROC curves), mass (spectrum before and after cuts),
sculpting (chi2/ndof against efficiency).

example: plot.py out/demo --format png,pdf
exit codes: 0 ok, 2 usage, 3 missing or foreign input, 4 cannot write
"""
import argparse
import sys
from pathlib import Path

try:
    import matplotlib
    from plotting import features, files, latent, losses, mass, page, score, sculpting, sic, style
    from plotting.names import Names
except ImportError as error:
    sys.exit(f"plot.py: {error}; it needs h5py, numpy and matplotlib (Debian: python3-h5py python3-matplotlib)")

PICTURES = {"losses": losses, "features": features, "latent": latent, "score": score, "sic": sic, "mass": mass,
            "sculpting": sculpting}
FORMATS = ("png", "pdf", "svg")


def comma_separated(allowed):
    def parse(text):
        values = text.split(",")
        unknown = [value for value in values if value not in allowed]
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)} (known: {', '.join(allowed)})")
        return values
    return parse


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", metavar="DIR", help="folder of a run")
    parser.add_argument("--out", metavar="DIR", type=Path, help="folder for the pictures (default: DIR/plots)")
    parser.add_argument("--format", metavar="LIST", type=comma_separated(FORMATS), default=["png"],
                        help=f"comma-separated, of {', '.join(FORMATS)} (default: png)")
    parser.add_argument("--only", metavar="LIST", type=comma_separated(tuple(PICTURES)), default=None,
                        help=f"comma-separated, of {', '.join(PICTURES)}; one that cannot be drawn is an error "
                             "(default: whatever the folder has files for)")
    return parser.parse_args(arguments)


def save(figure, folder, name, formats):
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in formats:
        path = folder / f"{name}.{suffix}"
        figure.savefig(path)
        print(path)


def pictures(run, arguments):
    """{name: picture} of what is asked for, or of all that the folder has files for."""
    found = {}
    for name in arguments.only or PICTURES:
        picture = PICTURES[name].picture(run, Names())
        if picture is not None:
            found[name] = picture
        elif arguments.only:
            raise files.InputError(f"{run.folder}: lacks the files for the picture '{name}'")
    if not found:
        raise files.InputError(f"{run.folder}: holds nothing to draw (expected what lacathode-run writes)")
    return found


def draw_all(arguments):
    run = files.Run(arguments.dir)
    matplotlib.rcParams.update(style.parameters())
    for name, picture in pictures(run, arguments).items():
        save(page.compose(picture), arguments.out or run.folder / "plots", name, arguments.format)


def main(arguments=None):
    arguments = parse_arguments(arguments)
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
