"""Time and memory of the tools on generated files of growing size.

usage: tools.py APPS RESULT.json EVENTS
Four features, a flow and a classifier at the papers' size, trained for one short epoch (speed does not
depend on the weights); files of 10^4, 10^5, ... up to EVENTS rows.
"""
import json
import os
import sys
import tempfile
import time
from pathlib import Path


def run(*command):
    """Seconds and peak memory in MB of a command that must succeed."""
    start = time.perf_counter()
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawn(command[0], [str(part) for part in command], os.environ, file_actions=silent)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"tools.py: failed: {' '.join(str(part) for part in command)}")
    return {"seconds": time.perf_counter() - start, "megabytes": usage.ru_maxrss / 1024}


def sizes(largest):
    events = 10_000
    while events < largest:
        yield events
        events *= 10
    yield largest


def main(apps, result, largest):
    tool = lambda name: f"{apps}/lacathode-{name}"
    table = {}
    with tempfile.TemporaryDirectory(dir=Path(result).parent) as folder:
        file = lambda name: f"{folder}/{name}.h5"
        toy = (tool("generate-toy"), "--features", 4, "-q")
        run(*toy, "--events", 40_000, "--output", file("train"))
        run(tool("train-flow"), "--events", file("train"), "--epochs", 1, "--keep-best", 1, "-q", "--output", file("flow"))
        run(tool("encode"), "--events", file("train"), "--flow", file("flow"), "-q", "--output", file("latent"))
        run(tool("sample"), "--method", "lacathode", "--events", file("train"), "--flow", file("flow"), "--training", 2000,
            "--validation", 1000, "-q", "--output", file("normal"))
        run(tool("train-classifier"), "--data", file("latent"), "--background", file("normal"), "--epochs", 1, "--keep-best", 1,
            "-q", "--output", file("classifier"))
        for events in sizes(int(largest)):
            row = {}
            row["generate-toy"] = run(*toy, "--events", events, "--output", file("toy"), "--force")
            row["encode"] = run(tool("encode"), "--events", file("toy"), "--flow", file("flow"), "-q", "--force", "--output",
                                file("toy_latent"))
            row["score"] = run(tool("score"), "--events", file("toy_latent"), "--classifier", file("classifier"), "-q", "--force",
                               "--output", file("scores"))
            row["sample"] = run(tool("sample"), "--method", "cathode", "--events", file("train"), "--flow", file("flow"),
                                "--training", events - events // 4, "--validation", events // 4, "-q", "--force", "--output",
                                file("sample"))
            table[events] = row
            print(f"{events} events: " + ", ".join(f"{name} {value['seconds']:.2f} s {value['megabytes']:.0f} MB"
                                                   for name, value in row.items()), flush=True)
    Path(result).write_text(json.dumps(table, indent=1))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
