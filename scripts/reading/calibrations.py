"""Global p-values by toys (lacathode-toys): of the folder of the toys, or of the scan that they were compared with."""
from __future__ import annotations

from dataclasses import dataclass

from lacathode import value

from . import local_p, methods
from .files import contents, metrics_of
from .results import RESULTS

FILE, TOYS = "calibration.h5", "toys"


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

    @property
    def text(self):
        """A bound where no toy is above."""
        return local_p.text(self.p_value, self.above == 0, digits=3)


def of_study(study):
    """[GlobalP], methods in the usual order and looser cuts first; empty where there are none."""
    own = study.folder / FILE
    if own.is_file():
        return read(own)
    beside = study.folder.parent / TOYS / FILE
    return read(beside, content_hash(study.folder / RESULTS)) if beside.is_file() else []


def read(path, scan=None):
    """Those of the file; with the content hash of a scan only if they are of that one."""
    def read_global(file):
        made_from = value(file["provenance/inputs"].attrs.get("scan", "")).rpartition(" ")[2]
        if scan is not None and made_from != scan:
            return []
        metrics = metrics_of(path, file, {})
        names = sorted((name.split("/")[0] for name in metrics if name.endswith("/global/p_value")), key=methods.order)
        return [one for method in names for one in of_method(metrics, method)]
    return contents(path, ("lacathode.metrics",), read_global)


def of_method(metrics, method):
    def column(name):
        return metrics[f"{method}/{name}"]
    edges = list(zip(metrics["signal_region_low"], metrics["signal_region_high"]))
    for cut, efficiency in enumerate(column("background_efficiency")):
        numbers = {name: column(f"global/{name}")[cut] for name in ("z", "local_p_value", "p_value", "toys", "above")}
        yield GlobalP(method, float(efficiency), edges[column("global/window")[cut]], **numbers, low=column("global/p_value_low")[cut],
                      high=column("global/p_value_high")[cut], by_crossings=column("global/p_value_by_crossings")[cut])


def content_hash(path):
    return contents(path, ("lacathode.study",), lambda file: value(file["provenance"].attrs["content_hash"]))
