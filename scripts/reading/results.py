"""What lies in the folder of a study: the results of all chains, and a folder for each chain."""
from __future__ import annotations

import json
import os
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from common.failure import InputError
from lacathode import value

from . import methods
from .files import OF_SELECTED_DATA, Blinded, Run, contents, is_hidden, metrics_of

RESULTS = "results.h5"
SIGNAL_REGION = (("prepare", "signal_region_low"), ("prepare", "signal_region_high"))
REPEATED = (("common", "seed"), ("prepare", "injected_signal"), ("pseudo_data", "number"), ("pseudo_data", "signal"),
            ("run", "sic"), ("run", "sculpting"), ("run", "score_background"))  # settings in which chains differ that do the same with other events
BLINDED_PANELS = ("mass", "mass_cuts", "sculpting", "local_p", "power", "toys")  # kinds of which blinded hunts hide something


@dataclass(frozen=True)
class Chain:
    """One combination of what a study varies."""
    name: str
    config: dict  # of its settings, by section
    events: dict  # numbers of events by part and truth
    metrics: dict  # kind -> method -> Metrics
    folder: Path
    chosen: str = "*"  # pattern of the methods that a panel shows; `metrics` has no other ones

    def run(self):
        """The folder as that of a lacathode-run."""
        return Run(self.folder)

    @property
    def region(self):
        """(low, high) of the signal region."""
        return tuple(self.config[section][key] for section, key in SIGNAL_REGION)

    def settings(self, without):
        """As a text that is the same for the same settings, but for those of `without`, (section, key)."""
        return json.dumps({section: {key: value for key, value in keys.items() if (section, key) not in without}
                           for section, keys in self.config.items()}, sort_keys=True)

    @property
    def methods(self):
        """Those of the folder that are chosen."""
        return [method for method in self.run().methods if fnmatchcase(method, self.chosen)]


@dataclass(frozen=True)
class Study:
    folder: Path
    title: str
    panels: tuple  # KIND, KIND@CHAINS or KIND@CHAINS/METHODS
    chains: tuple  # in the order of the study

    @property
    def name(self):
        """That of its folder."""
        return self.folder.resolve().name

    @property
    def called(self):
        """Its title, or its name where it has none."""
        return self.title or self.name


def is_study(folder):
    return os.path.isfile(Path(folder) / RESULTS)


def read(folder):
    folder = Path(folder)
    path = folder / RESULTS

    def read_study(file):
        chains = sorted(file["chain"].items(), key=lambda item: item[1].attrs["index"])
        return Study(folder, value(file.attrs["title"]), tuple(value(file.attrs["panels"]).split()),
                     tuple(chain_of(path, name, group, folder / name) for name, group in chains))
    return contents(path, ("lacathode.study",), read_study)


def chain_of(path, name, group, folder):
    metrics, config = {}, json.loads(value(group.attrs["config"]))
    for method in sorted((key for key in group if key != "events"), key=methods.order):
        for kind, values in group[method].items():
            metrics.setdefault(kind, {})[method] = metrics_of(f"{path}: {values.name}", values, config)
    events = {part: int(count) for part, count in group["events"].attrs.items()}
    return Chain(name, config, events, shown(metrics, of_folds=config["run"].get("folds", 0) > 0), folder)


def shown(metrics, of_folds):
    """Without what blinded searches hide."""
    hunted = {}
    for kind, by_method in metrics.items():
        if kind.startswith("hunt"):
            for method, values in by_method.items():
                hunted.setdefault(method, []).append(values)
    left = {kind: {method: values for method, values in by_method.items()
                   if kind not in OF_SELECTED_DATA or not is_hidden(values, hunted.get(method, []), of_folds)}
            for kind, by_method in metrics.items()}
    return {kind: by_method for kind, by_method in left.items() if by_method}


def variants(chains, pooled=REPEATED):
    """{name of a chain: its variant}. Those that differ in settings of `pooled` alone are of one variant, which is called by the alternatives that
    all of them have and not every chain has; by its first chain where that tells no two variants apart."""
    found = {}
    for chain in chains:
        found.setdefault(chain.settings(pooled), []).append(chain.name)
    common = shared(chain.name for chain in chains)
    names = ["-".join(part for part in shared(of) if part not in common) for of in found.values()]
    if len(set(names)) < len(names):
        names = [of[0] for of in found.values()]
    return {chain: name for of, name in zip(found.values(), names) for chain in of}


def shared(names):
    """The alternatives that names of chains have in common, in order."""
    first, *others = (name.split("-") for name in names)
    return [part for part in first if all(part in other for other in others)]


def with_kind(chains, kind):
    """[(chain, method, metrics)] of all that has metrics of that kind."""
    return [(chain, method, values) for chain in chains for method, values in chain.metrics.get(kind, {}).items()]


def hunts(chains):
    """[(chain, method, name of the hunt, metrics)] of all chains, a hunt a retraining."""
    return [(chain, method, kind, values) for chain in chains for kind in sorted(chain.metrics) if kind.startswith("hunt")
            for method, values in chain.metrics[kind].items()]


def are_blinded(chains):
    """Whether a hunt of them is."""
    return any(hunt["@blinded"] for *_, hunt in hunts(chains))


def is_toy(chain):
    """Whether the chain has searched pseudo-data (lacathode-toys)."""
    return bool(chain.config["run"].get("pseudo_data"))


def is_null(chain):
    """Whether it has searched pseudo-data without any signal, of which every toy draws its own and z and p are known."""
    return is_toy(chain) and chain.config["pseudo_data"]["source"] == "null" and chain.config["pseudo_data"]["signal"] == 0


def require(found, study, wanted):
    """What was found for a panel (KIND, KIND@CHAINS or KIND@CHAINS/METHODS)."""
    if not found and wanted.partition("@")[0] in BLINDED_PANELS and are_blinded(study.chains):
        raise Blinded(f"{study.folder / RESULTS}: nothing for the panel '{wanted}' that may be shown while the hunts are blinded (hunt.unblind)")
    if not found:
        raise InputError(f"{study.folder / RESULTS}: nothing for the panel '{wanted}'")
    return found
