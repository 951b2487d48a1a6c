"""Global p-values by toys (lacathode-toys): of the folder of the toys, or of the scan that they were compared with."""
from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from lacathode import value

from . import local_p, methods, results
from .files import contents, metrics_of, settings

FILE, TOYS, SCAN = "calibration.h5", "toys", "scan"


@dataclass(frozen=True)
class GlobalP:
    """Of the largest z of a scan's signal regions after one cut."""
    method: str
    efficiency: float
    region: tuple  # (low, high) of the largest z
    z: float
    local_p_value: float
    p_value: float
    low: float  # 68 % interval by the number of toys
    high: float
    toys: int
    above: int  # toys whose largest z is as large
    by_crossings: float
    local_is_bound: bool = False  # of the local p, by other toys

    @property
    def local(self):
        """(p, whether it is a bound)."""
        return self.local_p_value, self.local_is_bound

    @property
    def text(self):
        """A bound where no toy is above."""
        return local_p.text(self.p_value, self.above == 0, digits=3)


def of_study(study):
    """[GlobalP], methods in the usual order and looser cuts first; empty where there are none, and while the scan is blinded."""
    beside = Path(os.path.abspath(study.folder)).parent
    is_of_toys = (study.folder / FILE).is_file()
    toys, scan = (study.folder, beside / SCAN) if is_of_toys else (beside / TOYS, study.folder)
    if not (toys / FILE).is_file():
        return []
    made_from, found = read(toys / FILE)
    if not results.is_study(scan):
        return found if is_of_toys else []
    searched = results.read(scan)
    if results.are_blinded(searched.chains):
        return []  # the toys may have been compared with it before
    if content_hash(scan / results.RESULTS) != made_from:
        return found if is_of_toys else []
    bounds = local_bounds(searched)
    return [replace(one, local_is_bound=bounds.get((one.method, one.efficiency, one.region), one.local_is_bound)) for one in found]


def local_bounds(scan):
    """{(method, efficiency, signal region): whether the local p of the quoted estimate is a bound}."""
    return {(method, float(efficiency), (hunt["@signal_region_low"], hunt["@signal_region_high"])): local_p.of_cut(hunt, hunt["@quoted"], cut)[1]
            for _, method, hunt in results.with_kind(scan.chains, "hunt_00") for cut, efficiency in enumerate(hunt["background_efficiency"])}


def read(path):
    """(content hash of the scan, those of the file)."""
    def read_global(file):
        made_from = value(file["provenance/inputs"].attrs.get("scan", "")).rpartition(" ")[2]
        metrics = metrics_of(path, file, settings(file))
        names = sorted((name.split("/")[0] for name in metrics if name.endswith("/global/p_value")), key=methods.order)
        return made_from, [one for method in names for one in of_method(metrics, method)]
    return contents(path, ("lacathode.metrics",), read_global)


def of_method(metrics, method):
    def column(name):
        return metrics[f"{method}/{name}"]
    edges = list(zip(metrics["signal_region_low"], metrics["signal_region_high"]))
    drawn = metrics.config.get("hunt", {}).get("toys", 0)  # for the local p, with or without the scan
    for cut, efficiency in enumerate(column("background_efficiency")):
        numbers = {name: column(f"global/{name}")[cut] for name in ("z", "local_p_value", "p_value", "toys", "above")}
        yield GlobalP(method, float(efficiency), edges[column("global/window")[cut]], **numbers, low=column("global/p_value_low")[cut],
                      high=column("global/p_value_high")[cut], by_crossings=column("global/p_value_by_crossings")[cut],
                      local_is_bound=local_p.is_least(numbers["local_p_value"], drawn))


def content_hash(path):
    return contents(path, ("lacathode.study",), lambda file: value(file["provenance"].attrs["content_hash"]))
