"""The files in the folder of a run, each with what it says of itself."""
from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

import lacathode
import numpy as np
from common.failure import InputError, unsealed

from .files import DATA, Run, by_numbers
from .results import RESULTS

NUMBER = r"\d{2,}"
OF_RUN = rf"events|(flow|latent|samples|normal|moved|moved_normal|moved_sideband|check)_{NUMBER}"
OF_METHOD = rf"(flow|latent|classifier|reference|hunt|(member_)?(scores|background_scores))_{NUMBER}|background|sic|sculpting"
FOLD = r"fold_\d+/"
OF_FOLDS = ("flow", "member_scores")
CHAIN = re.compile(rf"({FOLD})?(({OF_RUN})|\w+/({OF_METHOD}))\.h5|pseudo_data\.h5|base/(events|flow_00)\.h5")
PLACES = ("*.h5", "*/*.h5", "fold_*/*/*.h5")
SHARED = "shared"  # where studies have their files


def paths(folder):
    """Files of a run's folder, but those of studies, scans and toys with the same --out."""
    of_others = {folder / SHARED, *(path.parent for path in folder.glob(f"*/{RESULTS}"))}
    return [path for place in PLACES for path in sorted(folder.glob(place), key=by_numbers) if path.parent not in of_others]


class RunFiles(dict):
    """Attributes (as lacathode.attributes has them) by path in the folder, for the files of `lacathode-run` in the order of its
    steps. `further`: the same of other files of lacathode, and of files that are none why they are not."""

    def __init__(self, folder):
        super().__init__()
        self.folder = Path(folder)
        self.pictured = Run(folder)  # says so if there is no folder
        self.further = {}
        names = [path.relative_to(self.folder).as_posix() for path in paths(self.folder)]
        for name in filter(CHAIN.fullmatch, names):
            self[name] = self.attributes(name)
        for name in names:
            if name not in self:
                self.further[name] = self.attributes_or_reason(name)
        if "events.h5" not in self and not self.folds:
            raise InputError(f"{folder}: is not the folder of a run: it lacks events.h5, with which lacathode-run begins")

    def attributes(self, name):
        path = self.folder / name
        try:
            said = lacathode.attributes(path)
        except lacathode.FileError as error:
            raise InputError(str(error)) from error
        except (AttributeError, KeyError, OSError, RuntimeError, ValueError) as error:  # h5py raises any
            raise InputError(f"{path}: is damaged: {error}") from error
        if said["seal"] == "none":
            unsealed.append(str(path))
        return said

    def attributes_or_reason(self, name):
        try:
            return self.attributes(name)
        except InputError as error:
            return str(error).removeprefix(f"{self.folder / name}: ")

    def of_kind(self, kind, method=None):
        """{path: attributes} of KIND.h5 or KIND_NN.h5 in the folder itself, or in a method's; of OF_FOLDS in those of the folds, too."""
        fold, of_method = f"({FOLD})?" if kind in OF_FOLDS else "", f"{re.escape(method)}/" if method else ""
        pattern = re.compile(rf"{fold}{of_method}{kind}(_{NUMBER})?\.h5")
        return {name: said for name, said in self.items() if pattern.fullmatch(name)}

    @property
    def methods(self):
        return self.pictured.methods

    @property
    def folds(self):
        """Number of folds, 0 without."""
        there = [said for name, said in self.items() if re.fullmatch(rf"{FOLD}events\.h5", name)]
        return there[0]["provenance"]["config"]["prepare"]["folds"] if there else 0  # others may be discarded

    @property
    def events(self):
        """What the table of events says; with folds that of the first."""
        return self["fold_0/events.h5" if self.folds else "events.h5"]

    @cached_property
    def counts(self):
        """Numbers of events of the data, PART_TRUTH and PART_TRUTH_in_signal_region, as lacathode-prepare counts them; of other events from the
        table itself."""
        said, table = self.events["counts"], None if self.folds else self.pictured.events()
        return said if table is None or any(name.startswith(DATA) for name in said) else of_table(table)


def of_table(table):
    truths = {"events": True} if table.label is None else {"background": table.label == 0, "signal": table.label == 1}
    return {f"{part}_{truth}{suffix}": int(np.sum(table.part(part) & rows & inside)) for part in DATA for truth, rows in truths.items()
            for suffix, inside in (("", True), ("_in_signal_region", table.in_signal_region))}
