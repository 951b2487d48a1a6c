"""The figure of a study: the panels that its configuration names."""
from dataclasses import replace
from fnmatch import fnmatchcase

from common.failure import InputError

from ..names import settable
from ..page import Picture
from . import background, curves, injections, power, scan, spectra, toys, training

KINDS = {**{kind: curves.panel(kind) for kind in curves.DRAWN}, "sic_ratio": curves.ratio_panel,
         "max_sic": injections.panel(False), "significance": injections.panel(True),
         "mass": spectra.methods_panel, "mass_cuts": spectra.cuts_panel, "flow_losses": training.flow_panel,
         "losses": training.classifier_panel, "accuracy": training.accuracy_panel,
         "features": background.features_panels, "sample_ratio": background.ratio_panel,
         "correlation": background.correlation_panels, "local_p": scan.panel,
         "power": power.panel, "toys": toys.panel}


OWN_LEGENDS = {"mass_cuts", "flow_losses", "losses", "accuracy", "features", "correlation", "toys"}


def picture(study):
    panels = [panel for name in study.panels for panel in panels_of(study, name)]
    if not panels:
        raise InputError(f"{study.folder}: the study names no panel (study.panels)")
    kinds = {name.partition("@")[0] for name in study.panels}
    return Picture(panels, settable(study.title), "own" if kinds & OWN_LEGENDS else "common")


def panels_of(study, name):
    """The panels of KIND, KIND@CHAINS or KIND@CHAINS/METHODS."""
    kind, _, choice = name.partition("@")
    chains, _, methods = choice.partition("/")
    if kind not in KINDS:
        raise InputError(f"{study.folder}: unknown panel '{kind}' (known: {', '.join(KINDS)})")
    chosen = [chain for chain in study.chains if fnmatchcase(chain.name, chains or "*")]
    if not chosen:
        raise InputError(f"{study.folder}: panel '{name}': no such chain "
                         f"(there are {', '.join(chain.name for chain in study.chains)})")
    chosen = [only(chain, methods or "*") for chain in chosen]
    return KINDS[kind](study, chosen, name, title_of(choice))


def title_of(choice):
    """What CHAINS/METHODS of a panel say in words: "shifted" of "shifted-*"."""
    words = [part for part in choice.replace("/", "-").split("-") if part.strip("*")]
    return ", ".join(word.strip("*").replace("_", " ") for word in words)


def only(chain, methods):
    """The chain with the metrics of these methods."""
    metrics = {kind: {method: values for method, values in by_method.items() if fnmatchcase(method, methods)}
               for kind, by_method in chain.metrics.items()}
    return replace(chain, metrics=metrics, chosen=methods)
