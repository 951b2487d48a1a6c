#!/usr/bin/env python3
"""Pictures of a run, or the figure of a study or of the toy study.

Reads what `lacathode-run` left in DIR (docs/formats.md) and draws what it finds there (docs/pictures.md):
losses, features (data beside sampled background, or the sideband), latent (marginals against N(0, 1)),
check (latent means, widths and p-values against the mass), score (data beside background and truth),
sic (SIC and ROC curves), mass (spectrum before and after cuts), sculpting (chi2/ndof against efficiency),
hunt (spectrum and expected background after each cut, with pulls), limit (upper limits after each cut).

example: plot.py out/demo --format png,pdf --experiment CMS --label 'Open Data' --energy '13 TeV'
exit codes: 0 ok, 2 usage, 3 missing or foreign input, 4 cannot write, 130 and 143 interrupted
"""
import argparse
import io
import re
import sys
from dataclasses import replace
from pathlib import Path

try:
    import matplotlib
    from common import whole_file
    from common.failure import USAGE, Failure, InputError
    from common.program import run_script
    from plotting import check, features, hunt, latent, limits, losses, mass, page, score, sculpting, sic, style, toy
    from plotting.names import Names, fault, settable
    from plotting.study.figure import picture as study_picture
    from reading.files import Run
    from reading.results import is_study, read as read_study
except ImportError as error:
    sys.exit(f"plot.py: {error}; it needs h5py, numpy and matplotlib (Debian: python3-h5py python3-matplotlib)")

PICTURES = {"losses": losses, "features": features, "latent": latent, "check": check, "score": score, "sic": sic,
            "mass": mass, "sculpting": sculpting, "hunt": hunt, "limit": limits}
OF_SCULPTING = ("mass", "sculpting")  # pictures of metrics that a blinded search may hide
FORMATS = ("png", "pdf", "svg")
TEXTS = ("title", "x_label", "y_label")


class UsageError(Failure):
    """An option that does not fit the run."""

    def __init__(self, message):
        super().__init__(USAGE, message)


def comma_separated(allowed):
    def parse(text):
        values = text.split(",")
        unknown = [value for value in values if value not in allowed]
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)} (known: {', '.join(allowed)})")
        return values
    return parse


def typeset(text):
    """A text that matplotlib can set, $mathematics$ included."""
    reason = fault(text)
    if reason:
        raise argparse.ArgumentTypeError(f"'{text}' is no mathematics that matplotlib knows: {reason}")
    return settable(text)


def assignment(text):
    """NAME=TEXT as (name, text)."""
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME=TEXT")
    return name, typeset(value)


def place(text):
    """PICTURE[.PANEL]=TEXT as ((picture, panel or empty), text)."""
    name, value = assignment(text)
    picture, _, panel = name.partition(".")
    return (picture, panel), value


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", metavar="DIR", help="folder of a run, of a study, or of the toy study")
    parser.add_argument("--out", metavar="DIR", type=Path, help="folder for the pictures (default: DIR/plots)")
    parser.add_argument("--format", metavar="LIST", type=comma_separated(FORMATS), default=["png"],
                        help=f"comma-separated, of {', '.join(FORMATS)} (default: png)")
    parser.add_argument("--only", metavar="LIST", type=comma_separated(tuple(PICTURES)), default=None,
                        help=f"comma-separated, of {', '.join(PICTURES)}; one that cannot be drawn is an error "
                             "(default: whatever the folder has files for)")
    parser.add_argument("--separate", action="store_true",
                        help="a file PICTURE_PANEL for every panel, one column of a paper wide")
    texts = parser.add_argument_group("texts", "$mathematics$ is allowed in all but the experiment's name")
    texts.add_argument("--experiment", metavar="TEXT", default="",
                       help="above every picture, in bold; CMS, ATLAS, LHCb or ALICE take mplhep's style if it is "
                            "installed")
    texts.add_argument("--label", metavar="TEXT", type=typeset, default="", help="beside it, such as 'Open Data'")
    texts.add_argument("--energy", metavar="TEXT", type=typeset, default="", help="at the right, such as '13 TeV'")
    texts.add_argument("--title", metavar="PICTURE=TEXT", type=place, action="append", default=[],
                       help="title of a picture in place of its own; of a panel with PICTURE.PANEL=TEXT")
    texts.add_argument("--x-label", metavar="PICTURE[.PANEL]=TEXT", type=place, action="append", default=[],
                       help="label of the x axis of a picture's panels or of one of them, such as sic.roc")
    texts.add_argument("--y-label", metavar="PICTURE[.PANEL]=TEXT", type=place, action="append", default=[],
                       help="label of their y axis")
    texts.add_argument("--symbol", metavar="NAME=TEXT", type=assignment, action="append", default=[],
                       help="symbol of a feature, a latent coordinate or the mass, such as m_j1='$m_{J_1}$'")
    return parser.parse_args(arguments)


def own_names(run, symbols):
    known = run.columns() if symbols else []  # which takes reading the events
    for name, _ in symbols:
        if known and name not in known:
            raise UsageError(f"--symbol {name}: {run.folder} has no such column (it has {', '.join(known)})")
    return Names(dict(symbols))


def named_pictures(arguments):
    """The pictures that --title, --x-label and --y-label speak of."""
    named = known_pictures(PICTURES, arguments)
    left_out = named - set(arguments.only or PICTURES)
    if left_out:
        raise UsageError(f"a text is given for {', '.join(sorted(left_out))}, which --only leaves out")
    return named


def known_pictures(known, arguments):
    """Names of pictures that texts are given for; all must be known."""
    named = {picture for option in TEXTS for (picture, _), _ in getattr(arguments, option)}
    unknown = named - set(known)
    if unknown:
        raise UsageError(f"a text is given for {', '.join(sorted(unknown))}: no such picture "
                         f"(known: {', '.join(known)})")
    return named


def with_texts(name, picture, arguments):
    """The picture with the titles and labels of its axes that were asked for."""
    for option in TEXTS:
        for (wanted, panel), text in getattr(arguments, option):
            if wanted == name and option == "title" and not panel:
                picture = replace(picture, title=text)
            elif wanted == name:
                picture = replace(picture, panels=labelled(picture.panels, panel, {option: text}, name))
    return picture


def labelled(panels, wanted, text, picture):
    """The panels, with the text on the wanted one, or on all."""
    known = [panel.name for panel in panels]
    if wanted and wanted not in known:
        raise UsageError(f"{picture}.{wanted}: no such panel (there are {', '.join(known)})")
    return [replace(panel, **text) if wanted in ("", panel.name) else panel for panel in panels]


def figures(name, picture, arguments):
    """[(name of the file, figure)]."""
    experiment = page.Experiment(arguments.experiment.replace("$", r"\$"), arguments.label, arguments.energy)
    if not arguments.separate:
        return [(name, page.compose(picture, experiment))]
    return [(f"{name}_{panel}", page.compose(alone, experiment))
            for panel, alone in zip(file_names(picture.panels), picture.separate())]


def file_names(panels):
    """A name for the file of each panel, no two the same."""
    plain = [re.sub(r"[^\w+-]+", "_", panel.name) for panel in panels]
    return [f"{name}_{index}" if plain.count(name) > 1 else name for index, name in enumerate(plain)]


def save(figure, folder, name, formats):
    """Paths of what it wrote."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.{suffix}" for suffix in formats]
    for path, suffix in zip(paths, formats):
        content = io.BytesIO()  # matplotlib raises anything where the disk is full
        figure.savefig(content, format=suffix)
        whole_file.write_bytes(path, content.getvalue())
        print(path)
    return paths


def tell_left_over(folder, names, written):
    """Files of pictures of these names, or of their panels, that an earlier call has written."""
    known = re.compile(rf"({'|'.join(map(re.escape, names))})(_.*)?\.({'|'.join(FORMATS)})", re.DOTALL)
    if left := sorted(str(path) for path in folder.glob("*.*") if known.fullmatch(path.name) and path not in written):
        print(f"plot.py: not drawn by this call, perhaps of an earlier one: {', '.join(left)}", file=sys.stderr)


def is_hidden(run, name):
    return name in OF_SCULPTING and run.hidden("sculpting")


def missing(run, name):
    """Why there is no picture of that name."""
    if is_hidden(run, name):
        return f"the picture '{name}' is not drawn while the search is blinded (hunt.unblind): the data of the signal region set its cuts"
    return f"lacks the files for the picture '{name}'"


def pictures(run, arguments):
    """{name: picture} of what is asked for, or of all that the folder has files for."""
    names, named, found = own_names(run, arguments.symbol), named_pictures(arguments), {}
    for name in arguments.only or PICTURES:
        picture = PICTURES[name].picture(run, names)
        if picture is not None:
            found[name] = with_texts(name, picture, arguments)
        elif arguments.only or name in named:
            raise InputError(f"{run.folder}: {missing(run, name)}")
        elif is_hidden(run, name):
            print(f"plot.py: {missing(run, name)}", file=sys.stderr)
    if not found:
        raise InputError(f"{run.folder}: holds nothing to draw (expected what lacathode-run writes)")
    return found


def study_figure(folder, arguments):
    """{name: picture} of a study, or of the toy study, which have one."""
    if arguments.only or arguments.symbol:
        raise UsageError(f"{folder} is a study, of one figure: --only and --symbol are for runs")
    name = Path(folder).resolve().name
    known_pictures([name], arguments)
    picture = study_picture(read_study(folder)) if is_study(folder) else toy.picture(folder)
    return {name: with_texts(name, picture, arguments)}


def draw_all(arguments):
    matplotlib.rcParams.update(style.parameters(arguments.experiment))
    of_run = not (is_study(arguments.dir) or toy.folders(arguments.dir))
    found = pictures(Run(arguments.dir), arguments) if of_run else study_figure(arguments.dir, arguments)
    folder = arguments.out or Path(arguments.dir) / "plots"
    written = []
    for name, picture in found.items():
        for file, figure in figures(name, picture, arguments):
            written += save(figure, folder, file, arguments.format)
    tell_left_over(folder, (arguments.only or PICTURES) if of_run else found, written)


def main(arguments=None):
    arguments = parse_arguments(arguments)
    return run_script("plot.py", lambda: draw_all(arguments))


if __name__ == "__main__":
    sys.exit(main())
