"""The report of the folder of a `lacathode-run`."""
from reading.run_files import RunFiles

from . import checks, configuration, hunts, page, pictures, provenance, results, words


def report(folder, known_pictures):
    """The page. `known_pictures`: {name: module of plotting}."""
    run = RunFiles(folder)
    configs = [(name, said["provenance"].get("config", {})) for name, said in run.items()]
    title = f"{words.listed(words.source_names(run))}: report of the run {run.folder.resolve().name}"
    return page.document(title, *words.summary(run), *warnings(run), *tables(run),
                         page.section("Pictures", *pictures.figures(run.pictured, known_pictures)),
                         page.section("Records", page.folded("Configuration", configuration.table(configs)),
                                      page.folded("Provenance", *provenance.block(run))))


def warnings(run):
    found = checks.warnings(run)
    return [page.section("Warnings", page.bullets(found, class_="warnings") if found else page.paragraph("None."))]


def tables(run):
    search, found = hunts.tables(run), results.tables(run)
    beside = [table for table in (checks.mapping_table(run), provenance.further(run)) if table]
    results_ = [page.section("Results", *(found or [page.paragraph("No method was evaluated.")]))] if found or not search else []
    return [*([page.section("Search", *search)] if search else []), *results_, *([page.section("Checks", *beside)] if beside else [])]
