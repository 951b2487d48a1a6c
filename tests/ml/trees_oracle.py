#!/usr/bin/env python3
"""Boosted trees beside scikit-learn's HistGradientBoostingClassifier with the same settings.

usage: trees_oracle.py freeze FILE      scikit-learn's losses, which trees_oracle_test.cpp reads
       trees_oracle.py compare PROGRAM [--latent H5 --normal H5]
                                        the same comparison live; also on the files of a run
       trees_oracle.py time PROGRAM [--latent H5 --normal H5] [--repeat 5] [--threads 2]
                                        median times of alternating trainings

PROGRAM is trees_on_file. Needs numpy and scikit-learn >= 1.7, and h5py for files of a run.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time

import numpy as np

TREES, LEAVES, RATE, MINIMUM = 100, 31, 0.1, 20
INPUTS, TRAINING, VALIDATION = 4, 20_000, 10_000
SEEDS = (1, 2, 3)
CASES = {"continuous": 0.0, "grid": 1.0}  # name: l2
EVERY = 10  # iterations between two frozen losses


class Integers:
    """SplitMix64, as in trees_oracle_test.cpp: the same numbers in both languages."""

    def __init__(self, seed):
        self.state = np.uint64(seed) << np.uint64(32)

    def draw(self, count):
        with np.errstate(over="ignore"):
            x = self.state + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
            self.state = x[-1]
            x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            return x ^ (x >> np.uint64(31))


def bell(integers, events):
    """Sums of 12 uniform numbers, minus 6: nearly normal, and exact in binary. [events, INPUTS]"""
    uniform = (integers.draw(events * INPUTS * 12) >> np.uint64(40)).astype(np.float64) * 2.0**-24
    return uniform.reshape(events, INPUTS, 12).sum(axis=2) - 6


def make_events(case, integers, events):
    """x, target, weight. A third is data, of which every eighth event is a narrow signal."""
    number = np.arange(events)
    data = number % 3 == 0
    signal = data & (number // 3 % 8 == 0)
    x = bell(integers, events)
    x[signal] = 0.25 * x[signal] + [0.5, -1, 1.25, 0.25]
    weight = np.ones(events)
    if case == "grid":  # fewer than 255 values, and weights of classes and events
        x = np.floor(x * 16) / 16
        weight = np.where(data, 1.5, 0.75) * (1 + 0.25 * (number % 5))
    return x.astype(np.float32), data.astype(np.float64), weight


def make_sets(case, seed):
    integers = Integers(seed)
    return make_events(case, integers, TRAINING), make_events(case, integers, VALIDATION)


def class_weights(target):
    data = target.sum()
    return np.where(target == 1, target.size / (2 * data), target.size / (2 * (target.size - data)))


def make_run_sets(latent, normal):
    """Training and validation events of a run's signal region, class weights as in a training."""
    import h5py
    sets = []
    for partition in (0, 1):
        x, target = [], []
        for path, value in ((latent, 1), (normal, 0)):
            with h5py.File(path) as file:
                use = (file["partition"][:] == partition) & (file["mapped"][:] == 1)
                if value == 1:
                    use &= (file["mass"][:] > 3.3) & (file["mass"][:] < 3.7)
                columns = [file["features"][name][:][use] for name in sorted(file["features"])]
            x.append(np.stack(columns, axis=1))
            target.append(np.full(len(x[-1]), float(value)))
        sets.append((np.concatenate(x), np.concatenate(target)))
    scale = class_weights(sets[0][1])
    by_class = {value: scale[sets[0][1] == value][0] for value in (0.0, 1.0)}
    return [(x, t, np.where(t == 1, by_class[1.0], by_class[0.0])) for x, t in sets]


def mean_loss(logit, target, weight):
    return np.mean(weight * (np.logaddexp(0, logit) - target * logit))


def auc(score, target, weight):
    from sklearn.metrics import roc_auc_score
    return roc_auc_score(target, score, sample_weight=weight)


def classifier(trees, rate, l2, **more):
    from sklearn.ensemble import HistGradientBoostingClassifier
    return HistGradientBoostingClassifier(
        max_iter=trees, learning_rate=rate, max_leaf_nodes=LEAVES, min_samples_leaf=MINIMUM,
        l2_regularization=l2, max_bins=255, random_state=1, **{"early_stopping": False, **more})


def weights_or_none(weight):
    return None if np.all(weight == 1) else weight


def staged_logits(model, constant, x):
    """Logits after 0, 1, ... trees. [trees + 1, events]"""
    first = np.full(len(x), constant)
    return np.array([first] + [logit.ravel() for logit in model.staged_decision_function(x)])


def sklearn_losses(training, validation, trees, rate, l2):
    """Losses [trees + 1] of both sets, and the validation events' logits [trees + 1, events]."""
    x, target, weight = training
    model = classifier(trees, rate, l2).fit(x, target, weights_or_none(weight))
    constant = np.log(np.sum(weight * target) / np.sum(weight * (1 - target)))
    losses = []
    for values, t, w in (training, validation):
        logits = staged_logits(model, constant, values)
        losses.append([mean_loss(logit, t, w) for logit in logits])
    return *losses, logits


def write_events(path, training, validation):
    with open(path, "wb") as file:
        for x, target, weight in (training, validation):
            np.column_stack([x, target, weight]).astype(np.float32).tofile(file)


def run_program(program, path, training, validation, trees, rate, l2, patience, threads):
    """Its own seconds (wall, processor), losses of both sets [iterations + 1], and scores of validation events."""
    scores = path + ".scores"
    counts = [training[0].shape[1], len(training[1]), len(validation[1])]
    command = [program, path, *counts, trees, LEAVES, rate, l2, patience, threads, scores]
    lines = subprocess.run([str(part) for part in command], check=True, capture_output=True,
                           text=True).stdout.split("\n")
    losses = np.array([line.split() for line in lines[1:] if line], dtype=float)
    return [float(field) for field in lines[0].split()], losses[:, 0], losses[:, 1], np.fromfile(scores, np.float32)


def freeze(path):
    import sklearn
    with open(path, "w", encoding="ascii") as file:
        file.write(f"# trees_oracle.py freeze, scikit-learn {sklearn.__version__}: case seed iteration "
                   "training_loss validation_loss; area under the ROC curve\n")
        for case, l2 in CASES.items():
            for seed in SEEDS:
                sets = make_sets(case, seed)
                training, validation, logits = sklearn_losses(*sets, TREES, RATE, l2)
                area = auc(logits[np.argmin(validation)], *sets[1][1:])
                for i in range(0, TREES + 1, EVERY):
                    file.write(f"{case} {seed} {i} {training[i]:.10f} {validation[i]:.10f}\n")
                file.write(f"{case} {seed} area {area:.8f}\n")


def datasets(options):
    """name, sets, trees, learning rate, l2, tolerance on the area under the ROC curve"""
    for case, l2 in CASES.items():
        for seed in SEEDS:
            yield f"{case} {seed}", make_sets(case, seed), TREES, RATE, l2, 0.002
    if options.latent:
        sets = make_run_sets(options.latent, options.normal)
        plain = [(x, target, np.ones(target.size)) for x, target, _ in sets]
        yield "run, weight 1", plain, 200, 0.05, 0.0, 0.002
        # Weights move scikit-learn's quantiles, not ours. With 240 to 255 bins its own area on the
        # demo scatters between 0.5255 and 0.5352.
        yield "run, class weights", sets, 200, 0.05, 0.0, 0.01


def compare(options):
    print("sample  trees  validation loss: theirs  ours  relative   AUC: theirs  ours")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "events")
        for name, (training, validation), trees, rate, l2, tolerance in datasets(options):
            _, theirs, logits = sklearn_losses(training, validation, trees, rate, l2)
            write_events(path, training, validation)
            _, _, ours, scores = run_program(options.program, path, training, validation, trees,
                                             rate, l2, trees, options.threads)
            best = int(np.argmin(ours))
            relative = np.max(np.abs(ours / np.array(theirs) - 1))
            area, own = (auc(x, *validation[1:]) for x in (logits[best], scores))
            print(f"{name}  {trees}  {theirs[best]:.6f}  {ours[best]:.6f}  {relative:.1e} (worst)  "
                  f"{area:.5f}  {own:.5f}")
            failed |= relative > 0.005 or abs(own - area) > tolerance
    return 1 if failed else 0


def toy_of_size(data, background, seed=1):
    random = np.random.default_rng(seed)
    sets = []
    for part in (1, 3):
        n1, n0 = data // part, background // part
        x = random.normal(size=(n1 + n0, INPUTS)).astype(np.float32)
        x[: n1 // 100] = 0.25 * x[: n1 // 100] + np.float32([0.5, -1, 1.25, 0.25])
        target = np.r_[np.ones(n1), np.zeros(n0)]
        sets.append((x, target, class_weights(target)))
    return sets


def timed(work):
    """Wall and processor seconds, the latter of all threads."""
    start, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - processor


def measure(options):
    training, validation = (make_run_sets(options.latent, options.normal) if options.latent
                            else toy_of_size(70_000, 200_000))
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    plain = classifier(200, 0.05, 0)
    watching = classifier(200, 0.05, 0, early_stopping=True, n_iter_no_change=200)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "events")
        write_events(path, training, validation)
        runs = {
            "scikit-learn, no losses": lambda: timed(lambda: plain.fit(*training)),
            "scikit-learn, losses of both sets": lambda: timed(lambda: watching.fit(
                *training, X_val=validation[0], y_val=validation[1],
                sample_weight_val=validation[2])),
            "this project, losses of both sets": lambda: run_program(
                options.program, path, training, validation, 200, 0.05, 0, 200,
                options.threads)[0],
        }
        times = {name: [] for name in runs}
        for _ in range(options.repeat):
            for name, run in runs.items():
                times[name].append(run())
    print(f"{len(training[1])} training and {len(validation[1])} validation events, 200 trees, "
          f"{options.threads} threads; {options.repeat} alternating runs: median (fastest)")
    for name, values in times.items():
        wall, processor = np.median(values, axis=0)
        fastest = np.min(values, axis=0)
        print(f"{name}: {wall:.2f} ({fastest[0]:.2f}) s, "
              f"processor {processor:.2f} ({fastest[1]:.2f}) s")
    return 0


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("command", choices=("freeze", "compare", "time"))
    parser.add_argument("program")
    parser.add_argument("--latent")
    parser.add_argument("--normal")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if options.command == "freeze":
        return freeze(options.program)
    return compare(options) if options.command == "compare" else measure(options)


if __name__ == "__main__":
    sys.exit(main())
