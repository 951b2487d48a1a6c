"""What lacathode-export and the other programs wrote, as columns: `types` (name to numpy type) and `chunks()`."""
import csv
import sys
from pathlib import Path

from common.failure import BAD_INPUT, Failure

CHUNK_ROWS = 65536
WHOLE = ("label", "partition", "source_row", "mapped", "fold")  # columns that lacathode-export writes without fractions


class CsvEvents:
    """A table with a line of names and one number a field. A column without fractions is int64, any other float64; of a table without rows
    WHOLE are int64."""

    def __init__(self, path):
        import numpy as np  # only after environment.enter
        self.path = path
        self.names = self.header()
        whole, any_row = [True] * len(self.names), False
        for rows in self.rows():
            any_row = True
            for i, values in enumerate(zip(*rows)):
                whole[i] = whole[i] and all(value.lstrip("+-").isdigit() for value in values)
        if not any_row:
            whole = [name in WHOLE for name in self.names]
        self.types = {name: np.dtype("i8" if is_whole else "f8") for name, is_whole in zip(self.names, whole)}

    def header(self):
        with open(self.path, newline="", encoding="utf-8") as file:
            names = next(csv.reader(file), [])
        if not names or len(set(names)) < len(names):
            raise Failure(BAD_INPUT, f"{self.path}: its first line must name the columns, each once")
        return names

    def rows(self):
        """Lists of rows, each a list of texts."""
        with open(self.path, newline="", encoding="utf-8") as file:
            reader = csv.reader(file)
            next(reader)
            some = []
            for row in reader:
                if len(row) != len(self.names):
                    raise Failure(BAD_INPUT, f"{self.path}, line {reader.line_num}: has {len(row)} fields; the header names {len(self.names)}")
                some.append(row)
                if len(some) == CHUNK_ROWS:
                    yield some
                    some = []
            if some:
                yield some

    def chunks(self):
        import numpy as np
        for rows in self.rows():
            try:
                yield {name: np.array(values).astype(kind) for (name, kind), values in zip(self.types.items(), zip(*rows))}
            except (ValueError, OverflowError) as error:
                raise Failure(BAD_INPUT, f"{self.path}: {error}; every field must be a number") from error


class FileEvents:
    """An events, latent or scores file, with the columns that lacathode.columns gives it."""

    def __init__(self, path):
        sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python"))
        import lacathode
        try:
            self.columns = lacathode.columns(path)
        except lacathode.FileError as error:
            raise Failure(BAD_INPUT, str(error)) from error
        except (KeyError, OSError, RuntimeError, ValueError) as error:  # h5py raises any
            raise Failure(BAD_INPUT, f"{path}: is damaged: {error}") from error
        self.types = {name: values.dtype for name, values in self.columns.items()}

    def chunks(self):
        for first in range(0, len(next(iter(self.columns.values()))), CHUNK_ROWS):
            yield {name: values[first:first + CHUNK_ROWS] for name, values in self.columns.items()}


def open_events(path):
    try:
        with open(path, "rb") as file:
            head = file.read(520)
    except OSError as error:
        raise Failure(BAD_INPUT, f"{path}: cannot be read: {error.strerror}") from error
    if b"\x89HDF" in head or head.startswith(b"lacathode file"):
        return FileEvents(path)
    if b"\0" in head:
        raise Failure(BAD_INPUT, f"{path}: is neither a CSV table nor a file of lacathode")
    try:
        return CsvEvents(path)
    except (UnicodeDecodeError, csv.Error) as error:
        raise Failure(BAD_INPUT, f"{path}: is no CSV table: {error}") from error
