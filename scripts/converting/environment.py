"""The packages that read other formats, from this Python or from a virtual environment of their own."""
import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from common.failure import CANNOT_WRITE, Failure

ENTERED = "LACATHODE_CONVERT_ENVIRONMENT"  # set once the environment was entered, so that it is entered once only


def missing(packages):
    return [name for name in packages if importlib.util.find_spec(name) is None]


def place(name):
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "lacathode" / f"convert-{name}-python{sys.version_info.major}.{sys.version_info.minor}"


def run(command, packages):
    process = subprocess.run([str(word) for word in command], stdout=sys.stderr, check=False)
    if process.returncode != 0:
        raise Failure(CANNOT_WRITE, f"the packages {', '.join(packages)} are needed and could not be installed ({command[0]} ended with "
                      f"{process.returncode}, see above); a virtual environment needs ensurepip (Debian: python3-venv) and PyPI. With "
                      f"another Python that has the packages: PYTHON {sys.argv[0]} ...")


def make(directory, packages):
    """Makes the environment unless it is there and whole; of two at a time one waits."""
    whole = directory / "whole"
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with open(f"{directory}.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if whole.exists():
                return
            shutil.rmtree(directory, ignore_errors=True)
            print(f"installing {', '.join(packages)} from PyPI into {directory}, once", file=sys.stderr)
            run([sys.executable, "-m", "venv", directory], packages)
            run([directory / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], packages)
            whole.touch()
    except OSError as error:
        raise Failure(CANNOT_WRITE, f"{directory}: the environment with {', '.join(packages)} cannot be made: {error}; "
                      "set XDG_CACHE_HOME to a directory that is writable") from error


def enter(name, packages):
    """Returns if the packages can be imported; else the script begins again in an environment that has them."""
    lacking = missing(packages)
    if not lacking:
        return
    directory = place(name)
    if os.environ.get(ENTERED):
        raise Failure(CANNOT_WRITE, f"{directory} lacks {', '.join(lacking)}; remove it and try again")
    make(directory, packages)
    python = directory / "bin/python"
    os.environ[ENTERED] = str(directory)
    os.execv(python, [str(python), *sys.argv])
