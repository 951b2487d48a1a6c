"""The report of the folder of a study (lacathode-study)."""
import matplotlib
from common.failure import InputError
from plotting import page as layout
from plotting import style
from plotting.study import figure
from reading import results as gathered
from reading.files import Blinded
from reading.run_files import RunFiles

from . import checks, configuration, hunts, page, pictures, provenance, results, toys, words


def report(folder):
    study = gathered.read(folder)
    runs = {chain.name: RunFiles(chain.folder) for chain in study.chains}
    first = next(iter(runs.values()))
    return page.document(f"{study.title}: report of the study {study.name}" if study.title else f"Report of the study {study.name}",
                         page.paragraph(summary(study)), *words.summary(first, study.chains[0].config["run"].get("members")),
                         page.section("Warnings", *(warnings(runs, checks.OF_TOYS, toys.warnings(study)) if toys.are_toys(study)
                                                    else warnings(runs, checks.ALL))),
                         page.section("Figure", drawn(study)),
                         *([toys.section(study)] if toys.are_toys(study) else [*worth(study), *chains(runs)]),
                         page.section("Records", page.folded("Configuration", configuration.table([(chain.name, chain.config) for chain in study.chains])),
                                      *(page.folded(f"Provenance of {name}", *provenance.block(run, name))
                                        for name, run in runs.items())))


def worth(study):
    """Of a scan that toys were compared with."""
    found = toys.global_table(study)
    return [page.section("Global p", *found)] if found else []


def chains(runs):
    return [page.section(name, page.paragraph(words.data(run)), *tables(run)) for name, run in runs.items()]


def summary(study):
    count = len(study.chains)
    if count == 1:
        return f"The study has one chain, {study.chains[0].name}."
    return (f"The study has {count} chains: {words.listed(chain.name for chain in study.chains)}. Of the first, {study.chains[0].name}, "
            "in words:")


def warnings(runs, kinds, of_all=()):
    """Those of all chains together; of the others each of the first chain that has it, with how many others do."""
    found = {}
    for name, run in runs.items():
        for text in checks.warnings(run, kinds):
            found.setdefault(page.escaped(text), []).append(name)
    told = [*of_all, *(page.joined(page.element("b", words.shortened(names)), ": ", text) for text, names in found.items())]
    return [page.bullets(told, class_="warnings") if told else page.paragraph("None.")]


def tables(run):
    return [*hunts.tables(run), *results.tables(run)] or [page.paragraph("No method was evaluated.")]


def drawn(study):
    matplotlib.rcParams.update(style.parameters())
    try:
        image = layout.compose(figure.picture(study))
    except Blinded:
        return page.paragraph("None: the hunts are blinded (hunt.unblind).")
    except InputError as error:
        return page.paragraph(f"None: {error}.")
    return page.picture(pictures.data_uri(image), "The figure of the study", image.get_figwidth(), f"{study.called}.")
