#!/usr/bin/env python3
"""Writes a folder like that of `lacathode-run` (docs/formats.md), with made-up but plausible content.

usage: make_synthetic_run.py DIR [--events N] [--runs R] [--bins B] [--seed S]
Nothing is trained: the latent coordinates, samples and scores are drawn so that LaCATHODE does not
sculpt and CATHODE does. Efficiencies, SIC and chi2 are computed from those scores.
"""
import argparse
import warnings
from pathlib import Path

import h5py
import numpy as np

LOW, HIGH = 3.3, 3.7
UNITS = {"m_j1": "TeV", "delta_m": "TeV", "tau21_j1": "1", "tau21_j2": "1"}
SEPARATION = {"lacathode": 1.9, "cathode": 2.0}
MASS_DEPENDENCE = {"lacathode": 0.0, "cathode": 0.25}


def open_new(path, file_format, **attributes):
    path.parent.mkdir(parents=True, exist_ok=True)
    file = h5py.File(path, "w")
    file.attrs.update({"format": f"lacathode.{file_format}", "format_version": np.int64(1), **attributes})
    provenance = file.create_group("provenance")
    provenance.attrs.update({"program": "make_synthetic_run", "version": "0", "git_revision": "unknown",
                             "command_line": "", "config": "{}", "seed": np.uint64(0), "host": "",
                             "content_hash": "0" * 32})
    provenance.create_group("inputs")
    file.create_group("counts")
    return file


def write_table(path, kind, mass, features, units, truth=None, partition=None, **attributes):
    with open_new(path, kind, signal_region_low=LOW, signal_region_high=HIGH,
                  **{"flow_hash": "", "method": "", **attributes}) as file:
        file["mass"] = mass
        file["mass"].attrs.update({"name": "m_jj", "unit": "TeV"})
        for index, (name, values) in enumerate(features.items()):
            dataset = file.create_dataset(f"features/{name}", data=values.astype("f4"))
            dataset.attrs.update({"unit": units[name], "index": np.int64(index)})
        count = len(mass)
        file["partition"] = np.zeros(count, "u1") if partition is None else partition
        file["source_row"] = np.arange(count) if truth is not None else -1 - np.arange(count)
        if truth is not None:
            file["label"] = truth.astype("i1")
        missing = np.isnan(next(iter(features.values())))
        if missing.any():
            file["mapped"] = (~missing).astype("u1")
        if kind == "latent":
            file["log_prob"] = np.full(count, -5.3)


def draw_events(rng, background, signal):
    """(mass, features, truth, partition): a falling spectrum, and a narrow peak of signal."""
    mass = np.concatenate([2.3 + rng.exponential(0.75, background), rng.normal(3.45, 0.09, signal)])
    truth = np.concatenate([np.zeros(background, int), np.ones(signal, int)])
    features = background_features(rng, mass)
    peak = truth == 1
    features["m_j1"][peak] = rng.normal(0.1, 0.02, signal)
    features["delta_m"][peak] = rng.normal(0.4, 0.04, signal)
    for name in ("tau21_j1", "tau21_j2"):
        features[name][peak] = rng.beta(4, 9, signal)
    split = rng.permutation(np.repeat([0, 1, 2], [3, 1, 2])[np.arange(len(mass)) % 6])
    injected = np.arange(len(mass)) < background + signal // 20
    return mass, features, truth, np.where(injected, split, 3).astype("u1")


def background_features(rng, mass):
    scale = 1 + 0.1 * (mass - 3.5)
    return {"m_j1": scale * rng.gamma(3.0, 0.045, len(mass)), "delta_m": scale * rng.gamma(1.4, 0.13, len(mass)),
            "tau21_j1": rng.beta(6, 4, len(mass)), "tau21_j2": rng.beta(6.5, 4, len(mass))}


def write_latent(rng, folder, mass, truth, partition):
    z = {f"z{k}": rng.normal(0.01 * k, 1 + 0.01 * (k - 1), len(mass)) + 1.5 * truth for k in range(4)}
    unmapped = rng.random(len(mass)) < 2e-3
    for values in z.values():
        values[unmapped] = np.nan
    write_table(folder / "latent.h5", "latent", mass, z, dict.fromkeys(z, "1"), truth, partition)


def write_losses(rng, path, kind, epochs, kept, start, end, **attributes):
    with open_new(path, kind, signal_region_low=LOW, signal_region_high=HIGH, **attributes) as file:
        epoch = np.arange(epochs + 1)
        curve = end + (start - end) * np.exp(-1.3 * epoch**0.6)
        spread = 0.02 * (curve[1] - end) + 1e-4
        validation = curve + rng.normal(0, spread, epochs + 1) + 0.3 * spread * epoch / epochs
        file["losses/training"] = curve + rng.normal(0, spread / 3, epochs + 1) - spread * epoch / epochs
        file["losses/validation"] = validation
        if kind == "flow":
            file["losses/validation_left_out"] = np.zeros(epochs + 1, "u8")
        for rank, best in enumerate(1 + np.argsort(validation[1:])[:kept]):
            state = file.create_group(f"states/{rank:02d}")
            state.attrs.update({"epoch": np.int64(best), "validation_loss": validation[best]})


def make_scores(rng, method, mass, truth):
    """A score in (0, 1) that separates signal, and leans on the mass as much as the method does."""
    logit = rng.standard_normal(len(mass)) + MASS_DEPENDENCE[method] * np.abs(mass - 3.5)
    logit += truth * rng.normal(SEPARATION[method], 0.12)
    return 1 / (1 + np.exp(-logit))


def bands(runs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # grid points where no run has a value stay NaN
        low, median, high = np.nanquantile(runs, [0.16, 0.5, 0.84], axis=0)
    return {"runs": runs, "median": median, "low": low, "high": high}


def sic_curves(scores, truth, grid):
    """Signal efficiency [G] on a grid of background efficiencies, and SIC with few events left out."""
    background = np.sort(scores[truth == 0])[::-1]
    thresholds = background[np.clip((grid * len(background)).astype(int), 0, len(background) - 1)]
    signal = (scores[truth == 1][:, None] > thresholds).mean(axis=0)
    enough = grid * len(background) >= 6.25
    return signal, np.where(enough, signal / np.sqrt(grid), np.nan)


def write_sic(folder, method, scores, mass, truth, grid_size=500):
    inside = (LOW < mass) & (mass < HIGH)
    grid = np.geomspace(1e-4, 1, grid_size)
    curves = [sic_curves(values[inside], truth[inside], grid) for values in scores]
    signal, sic = (np.array(parts) for parts in zip(*curves))
    by_signal = np.linspace(1 / grid_size, 1, grid_size)
    against = np.array([np.interp(by_signal, s, v, left=np.nan) for s, v in zip(signal, sic)])
    with open_new(folder / method / "sic.h5", "metrics", kind="sic", method=method, signal_region_low=LOW,
                  signal_region_high=HIGH, denominator="all", max_median_sic=np.nanmax(np.median(sic, 0)),
                  initial_significance=2.2, signal_not_mapped=np.int64(0), background_not_mapped=np.int64(0),
                  signal_events=np.int64((inside & (truth == 1)).sum()),
                  background_events=np.int64((inside & (truth == 0)).sum())) as file:
        file["background_efficiency"] = grid
        file["by_signal_efficiency/signal_efficiency"] = by_signal
        file["max_sic"] = np.nanmax(sic, axis=1)
        for key, runs in (("signal_efficiency", signal), ("sic", sic), ("by_signal_efficiency", against)):
            for name, values in bands(runs).items():
                file[f"{key}/{name}"] = values


def write_sculpting(rng, folder, method, scores, mass, bins):
    edges = np.quantile(mass, np.linspace(0, 1, bins + 1))
    full = np.histogram(mass, edges)[0]
    efficiency = np.linspace(0.01, 0.2, 39)
    inside = (LOW < mass) & (mass < HIGH)
    thresholds = np.array([np.quantile(values[inside], 1 - efficiency) for values in scores])
    selected = np.array([[np.histogram(mass[values > cut], edges)[0] for cut in cuts]
                         for values, cuts in zip(scores, thresholds)])

    def chi2(counts):
        want = full / full.sum() * counts.sum(axis=-1, keepdims=True)
        return ((counts - want)**2 / want).sum(axis=-1) / (bins - 1)

    random = np.array([[chi2(np.histogram(rng.choice(mass, int(e * len(mass)), replace=False), edges)[0])
                        for e in efficiency] for _ in range(30)])
    with open_new(folder / method / "sculpting.h5", "metrics", kind="sculpting", method=method,
                  signal_region_low=LOW, signal_region_high=HIGH, events=np.int64(len(mass)),
                  not_mapped=np.int64(0)) as file:
        file["efficiency"], file["threshold"], file["edges"] = efficiency, thresholds, edges
        file["selected"] = selected.sum(axis=-1)
        file["histogram/full"], file["histogram/selected"] = full, selected
        file["p_value"] = np.full(thresholds.shape, 0.5)
        file["null/mean"] = 1 - efficiency
        file["null/low"], file["null/high"] = np.quantile(random, [0.16, 0.84], axis=0)
        for name, values in bands(chi2(selected)).items():
            file[f"chi2_per_dof/{name}"] = values


def write_method(rng, folder, method, runs, bins, mass, truth):
    scores = [make_scores(rng, method, mass, truth) for _ in range(runs)]
    for run, values in enumerate(scores):
        write_losses(rng, folder / method / f"classifier_{run:02d}.h5", "classifier", 50, 10, 0.70, 0.684,
                     method=method, flow_hash="", inputs=np.int64(4), hidden="64,64,64")
        write_table(folder / method / f"scores_{run:02d}.h5", "scores", mass, {"score": values},
                    {"score": "1"}, truth, method=method)
    write_sic(folder, method, scores, mass, truth)
    background = truth == 0
    write_sculpting(rng, folder, method, [values[background] for values in scores], mass[background], bins)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=Path)
    parser.add_argument("--events", type=int, default=60_000, help="background events")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--bins", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng, folder = np.random.default_rng(options.seed), options.dir
    folder.mkdir(parents=True, exist_ok=True)

    mass, features, truth, partition = draw_events(rng, options.events, options.events // 20)
    write_table(folder / "events.h5", "events", mass, features, UNITS, truth, partition)
    write_latent(rng, folder, mass, truth, partition)
    write_losses(rng, folder / "flow.h5", "flow", 40, 10, 7.8, 5.283, features=np.int64(4), hidden=np.int64(128),
                 blocks=np.int64(15), mass_name="m_jj", mass_unit="TeV")
    drawn = rng.uniform(LOW, HIGH, options.events // 4)
    write_table(folder / "samples.h5", "events", drawn, background_features(rng, drawn), UNITS, method="cathode")
    normal = {f"z{k}": rng.standard_normal(len(drawn)) for k in range(4)}
    write_table(folder / "normal.h5", "latent", drawn, normal, dict.fromkeys(normal, "1"), method="lacathode")
    for method in SEPARATION:
        write_method(rng, folder, method, options.runs, options.bins, mass, truth)


if __name__ == "__main__":
    main()
