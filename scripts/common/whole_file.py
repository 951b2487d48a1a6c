"""Outputs that appear under their names only when they are complete."""
import contextlib
import csv
import os
import re
import tempfile
from pathlib import Path

from .failure import CANNOT_WRITE, USAGE, Failure


def check_output(path, source, force):
    """Before any work: nothing is there that must stay, and its directory can be written."""
    if is_same(path, source):
        raise Failure(USAGE, f"{path}: is the input; name another output")
    if path.is_dir():
        raise Failure(CANNOT_WRITE, f"{path}: is a directory; name a file")
    if path.exists() and not force:
        raise Failure(CANNOT_WRITE, f"{path}: exists already; pass --force to replace it")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise Failure(CANNOT_WRITE, f"{path.parent}: is no directory that can be written")


def is_same(path, source):
    try:
        return path.samefile(source)
    except OSError:  # one of them is not there, or nobody may look
        return False


def mode():
    """Of a new file."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@contextlib.contextmanager
def whole_file(path):
    """A temporary path beside `path`, which takes its name in the end, and is removed if anything goes wrong."""
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".partial", dir=path.parent)
        os.close(descriptor)
        yield temporary
        os.chmod(temporary, mode())
        os.replace(temporary, path)
    except (OSError, RuntimeError) as error:  # h5py raises either
        raise Failure(CANNOT_WRITE, f"{path}: cannot be written: {error}") from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def write_bytes(path, content):
    with whole_file(path) as temporary:
        Path(temporary).write_bytes(content)


def write_text(path, text):
    """In UTF-8, which has no surrogates: Python's stand-ins for bytes of a name that are no UTF-8 become replacement characters."""
    write_bytes(path, re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text).encode())


def write_rows(path, rows):
    """A table as CSV."""
    with whole_file(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
