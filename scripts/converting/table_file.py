"""A table for lacathode-prepare: one-dimensional datasets of one length in the HDF5 group `events`."""
import os
import tempfile
from pathlib import Path

from .failure import CANNOT_WRITE, USAGE, Failure

GROUP = "events"
CHUNK = 16384


def check_output(path, source, force):
    """Before any work: nothing is there that must stay, and its directory can be written."""
    if path.exists() and path.samefile(source):
        raise Failure(USAGE, f"{path}: is the input; name another output")
    if path.is_dir():
        raise Failure(CANNOT_WRITE, f"{path}: is a directory; name a file")
    if path.exists() and not force:
        raise Failure(CANNOT_WRITE, f"{path}: exists already; pass --force to replace it")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise Failure(CANNOT_WRITE, f"{path.parent}: is no directory that can be written")


def mode():
    """Of a new file."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def append(datasets, chunk, rows):
    """Adds the chunk behind the rows there are; returns how many there are then."""
    for name, values in chunk.items():
        datasets[name].resize((rows + len(values),))
        datasets[name][rows:] = values
    return rows + len(next(iter(chunk.values())))


def write(path, columns, chunks):
    """Writes the chunks, arrays by name, under a temporary name and renames. `columns`: name to type. Returns the number of rows."""
    import h5py  # only after environment.enter
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".partial", dir=path.parent)
        os.close(descriptor)
        rows = 0
        with h5py.File(temporary, "w") as file:
            datasets = {name: file.create_dataset(f"{GROUP}/{name}", shape=(0,), maxshape=(None,), dtype=kind, chunks=(CHUNK,))
                        for name, kind in columns.items()}
            for chunk in chunks:
                rows = append(datasets, chunk, rows)
        os.chmod(temporary, mode())
        os.replace(temporary, path)
        return rows
    except (OSError, RuntimeError) as error:  # h5py raises either
        raise Failure(CANNOT_WRITE, f"{path}: cannot be written: {error}") from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
