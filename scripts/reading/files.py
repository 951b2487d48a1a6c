"""Reading the files of docs/formats.md, as far as pictures, tables and reports need them."""
from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

import h5py
import lacathode
import numpy as np
from common.failure import InputError, unsealed
from lacathode import PARTITIONS, TEST, value

from . import methods

DATA = PARTITIONS[:TEST + 1]  # their parts
OF_A_FOLD = ("events", "samples", "latent", "flow", "check", "classifier")  # files that each fold has of its own
OF_SELECTED_DATA = ("sculpting",)  # metrics that, without truth, set their cuts by the data of the signal region


TRAINING = re.compile(r"(?<=_)\d{2,}$")  # its number, at the end of a file's name


def by_numbers(path):
    """A key that sorts 100 after 99."""
    return [int(part) if place % 2 else part for place, part in enumerate(re.split(r"(\d+)", str(path)))]


class Blinded(InputError):
    """What is asked for is blinded."""


@dataclass
class Table:
    """An event table: masses [N] and features by name, each [N]; NaN where the flow maps nothing."""
    mass: np.ndarray
    mass_name: str
    mass_unit: str
    features: dict
    units: dict
    label: np.ndarray | None
    partition: np.ndarray
    weight: np.ndarray  # ones where the file has none
    region: tuple
    of_folds: bool = False  # each row by models that have not seen it

    @property
    def in_signal_region(self):
        return (self.region[0] < self.mass) & (self.mass < self.region[1])

    @property
    def is_data(self):
        return self.partition <= TEST

    def part(self, name):
        """Rows [N] of a partition."""
        return self.partition == PARTITIONS.index(name)


def open_checked(path, expected):
    """Opens an HDF5 file of the expected `format` and a known version, once its bytes are what its seal says."""
    if lacathode.check_seal(path) == "none":
        unsealed.append(str(path))
    file = lacathode.opened(path)
    found = value(file.attrs["format"])
    if found not in expected:
        file.close()
        raise InputError(f"{path}: is '{found}', expected {' or '.join(expected)}")
    return file


def contents(path, expected, read):
    """read(open file), with what is missing or damaged told as an InputError."""
    try:
        with open_checked(path, expected) as file:
            return read(file)
    except lacathode.FileError as error:
        raise InputError(str(error)) from error
    except KeyError as error:
        raise InputError(f"{path}: {error.args[0]}") from error
    except (OSError, RuntimeError, ValueError) as error:  # h5py raises any
        raise InputError(f"{path}: is damaged: {error}") from error


def read_table(path, kind):
    """Table of a file of kind `events`, `latent` or `scores`."""
    def read(file):
        names = sorted(file["features"], key=lambda name: file["features"][name].attrs["index"])
        units = {name: value(file["features"][name].attrs["unit"]) for name in names}
        mass = file["mass"]
        return Table(
            mass=mass[:], mass_name=value(mass.attrs["name"]), mass_unit=value(mass.attrs["unit"]),
            features={name: file["features"][name][:] for name in names}, units=units,
            label=file["label"][:] if "label" in file else None,
            partition=file["partition"][:], weight=event_weights(file),
            region=read_region(file), of_folds="fold" in file)
    return contents(path, (f"lacathode.{kind}",), read)


def agreed(table, path):
    """A table of scores, with what the scores of another training of the same events do not map, or have learned from."""
    def read(file):
        return file["mass"][:], file["mapped"][:] != 0 if "mapped" in file else True, file["partition"][:]
    masses, mapped, partition = contents(path, ("lacathode.scores",), read)
    if not np.array_equal(masses, table.mass):
        raise InputError(f"{path}: holds other events than the scores of the first training")
    features = {name: np.where(mapped, values, np.nan) for name, values in table.features.items()}
    return replace(table, features=features, partition=np.where(partition == lacathode.TRAINING, lacathode.TRAINING, table.partition))


def event_weights(file):
    """Of its events [N], in float64, in which they are summed; ones where the file has none."""
    return file["weight"][:].astype(float) if "weight" in file else np.ones(len(file["mass"]))


def tell_truth(counts):
    """Whether counts of events by part, as lacathode-prepare has them, are of labelled data; it leaves out those that are 0."""
    return any(f"{part}_{truth}" in counts for part in DATA for truth in ("background", "signal"))


def read_region(file):
    return float(file.attrs["signal_region_low"]), float(file.attrs["signal_region_high"])


def kept_epochs(file):
    """Epochs whose networks the score averages; of trees, how many of them are kept."""
    if "trees" in file:
        return [len(file["trees/first_node"]) - 1]
    return sorted(int(state.attrs["epoch"]) for state in file["states"].values())


def accuracy(file):
    """{"validation": [E]}, from the first epoch on; empty where the file does not have it."""
    values = file["losses"].get("validation_accuracy")
    return {} if values is None else {"validation": values[1:]}


def has_equal_ratios(file, tolerance=0.01):
    """Whether validation has as many background events per data event as training: class weights, which are the training
    set's, then make the classes of the validation events equal, too."""
    counts = file["counts"].attrs if "counts" in file else {}
    numbers = [counts.get(f"{part}_{kind}", 0) for part, kind in
               (("training", "data"), ("validation", "background"), ("training", "background"), ("validation", "data"))]
    return all(numbers) and abs(numbers[0] * numbers[1] / (numbers[2] * numbers[3]) - 1) < tolerance


def read_losses(path):
    """Losses [E+1] and the kept epochs of a flow or classifier."""
    def read(file):
        left_out = file["losses"].get("validation_left_out")
        return {"step": "Trees" if "trees" in file else "Epoch",
                "training": file["losses/training"][:], "validation": file["losses/validation"][:],
                "left_out": 0 if left_out is None else int(left_out[:].max()),
                "accuracy": accuracy(file), "equal_ratios": has_equal_ratios(file), "kept": kept_epochs(file)}
    return contents(path, ("lacathode.flow", "lacathode.classifier"), read)


def read_metrics(path, kind):
    """The Metrics of a file."""
    def read(file):
        found = value(file.attrs["kind"])
        if found != kind:
            raise InputError(f"{path}: holds metrics of kind '{found}', expected '{kind}'")
        return metrics_of(path, file, settings(file))
    return contents(path, ("lacathode.metrics",), read)


def settings(file):
    """The settings, by section, that made a file; empty where it does not tell."""
    return json.loads(value(file["provenance"].attrs.get("config", "{}"))) if "provenance" in file else {}


def metrics_of(path, group, config):
    """Every dataset of a file or group by its full name, and its attributes under '@name'."""
    values = {f"@{name}": value(attribute) for name, attribute in group.attrs.items()}
    group.visititems(lambda name, item: values.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return Metrics(path, values, config)


class Metrics(dict):
    """A dictionary whose missing keys are errors of the file they should have been in; `config`: the settings, by section, that made it."""

    def __init__(self, path, values, config=None):
        super().__init__(values)
        self.path, self.config = path, config or {}

    def __missing__(self, key):
        raise InputError(f"{self.path}: lacks '{key.lstrip('@')}'")


def is_blinded(hunts, of_folds):
    """Whether a method's search is: one of its hunts is, or there is none yet of data without truth that folds have scored."""
    return any(hunt["@blinded"] for hunt in hunts) if hunts else of_folds


def is_hidden(metrics, hunts, of_folds):
    """Whether a blinded search hides metrics of OF_SELECTED_DATA: those of data without truth."""
    return metrics["@judged"] == "sidebands" and is_blinded(hunts, of_folds)


def trainings_in(folder, name):
    numbered = sorted((path for path in folder.glob(f"{name}_*.h5") if TRAINING.search(path.stem)), key=by_numbers)
    return numbered or [path for path in [folder / f"{name}.h5"] if path.exists()]


class Run:
    """What lies in the folder of one `lacathode-run`; None or empty for what is not there."""

    def __init__(self, folder):
        self.folder = Path(folder)
        if not os.path.isdir(folder):
            raise InputError(f"{folder}: no such folder")
        try:
            self.methods = sorted((path.name for path in self.folder.iterdir() if self._is_method(path)), key=methods.order)
        except OSError as error:
            raise InputError(f"{folder}: cannot be read: {error.strerror}") from error
        self._tables = {}

    @staticmethod
    def _is_method(path):
        return path.is_dir() and any((path / name).exists()
                                     for name in ("sic.h5", "sculpting.h5", "classifier_00.h5", "scores_00.h5", "hunt_00.h5"))

    def trainings(self, name):
        """Paths of the files of one kind in the order of the retrainings: NAME_00.h5, ..., or NAME.h5 alone; OF_A_FOLD of the first one."""
        own = trainings_in(self.folder, name)
        return own if own or name.split("/")[-1] not in OF_A_FOLD else trainings_in(self.folder / "fold_0", name)

    def table(self, name, kind):
        """An event table, of the first retraining if there are several; read once."""
        if name not in self._tables:
            paths = self.trainings(name)
            self._tables[name] = read_table(paths[0], kind) if paths else None
        return self._tables[name]

    def events(self):
        return self.table("events", "events")

    def samples(self):
        """Background sampled from the flow in the space of the features."""
        return self.table("samples", "events")

    def latent(self):
        return self.table("latent", "latent")

    def flows(self, method=""):
        """Losses of the flows of the sidebands, or of those that only one method has (ANODE)."""
        return [read_losses(path) for path in self.trainings(f"{method}/flow" if method else "flow")]

    def classifiers(self, method):
        """Losses of a method's classifiers."""
        return [read_losses(path) for path in self.trainings(f"{method}/classifier")]

    def scores(self, method):
        """The data's scores of a method's first training."""
        return self.table(f"{method}/scores", "scores")

    def background_scores(self, method):
        """Scores of what stands for background from the same classifier, if somebody made them (docs/pictures.md)."""
        return self.table(f"{method}/background_scores", "scores")

    def judged_scores(self, method, trainings):
        """As scores(), of what the metrics of so many trainings count: what one of them does not map has no score, and what one has learned from
        is of the training, as for lacathode-evaluate-sculpting."""
        scores = self.scores(method)
        for path in self.trainings(f"{method}/scores")[1:trainings] if scores is not None else ():
            scores = agreed(scores, path)
        return scores

    def has_truth(self, method):
        """Whether a method's scores come with labels."""
        scores = self.scores(method)
        return scores is not None and scores.label is not None

    def of_folds(self, method):
        """Whether each event is scored by models of a fold that have not seen it; scores may be discarded, the first fold's events are not."""
        scores = self.scores(method)
        return (self.folder / "fold_0/events.h5").exists() if scores is None else scores.of_folds

    def metrics(self, kind):
        """Metrics of that kind by method, for the methods that have them and whose search does not hide them."""
        return {method: values for method, values in self._all_metrics(kind).items() if not self._hides(method, kind, values)}

    def hidden(self, kind):
        """Methods that have metrics of that kind which their blinded search hides."""
        return [method for method, values in self._all_metrics(kind).items() if self._hides(method, kind, values)]

    def _all_metrics(self, kind):
        paths = {method: self.folder / method / f"{kind}.h5" for method in self.methods}
        return {method: read_metrics(path, kind) for method, path in paths.items() if path.exists()}

    def _hides(self, method, kind, values):
        return kind in OF_SELECTED_DATA and is_hidden(values, self.all_hunts(method), self.of_folds(method))

    def blinded(self, method):
        """Whether nothing of the data in the signal region after a cut may be shown."""
        return is_blinded(self.all_hunts(method), self.of_folds(method) and not self.has_truth(method))

    def hunts(self):
        """Metrics of the hunt with a method's first training, by method, for the methods that have one."""
        found = {method: self.all_hunts(method) for method in self.methods}
        return {method: of_method[0] for method, of_method in found.items() if of_method}

    def all_hunts(self, method):
        """Metrics of the hunts of a method, one a training."""
        return [read_metrics(path, "hunt") for path in self.trainings(f"{method}/hunt")]

    def check(self):
        """Metrics of the check of the first flow."""
        paths = self.trainings("check")
        return read_metrics(paths[0], "flow") if paths else None

    def columns(self):
        """Names of the mass and of all features and latent coordinates that the pictures may show."""
        tables = [table for table in (self.events(), self.latent()) if table]
        return list(dict.fromkeys(name for table in tables for name in (table.mass_name, *table.features)))
