"""Tables in ROOT files (TTree, RNTuple) and in Parquet files, in one form.

A source has `name`, `columns` (name to numpy type, of the flat numeric ones), `others` (name to why it is none of them), and
`chunks(names)`, which yields arrays by name for some rows at a time, so that any file fits the memory."""
from common.failure import BAD_INPUT, USAGE, Failure

CHUNK_ROWS = 65536
PACKAGES = {"root": ("uproot", "h5py"), "parquet": ("pyarrow", "h5py")}


def kind_of(path):
    """"root" or "parquet", by the first bytes."""
    try:
        with open(path, "rb") as file:
            head = file.read(5)
    except OSError as error:
        raise Failure(BAD_INPUT, f"{path}: cannot be read: {error.strerror}") from error
    if head == b"root\0":
        return "root"
    if head[:4] == b"PAR1":
        return "parquet"
    raise Failure(BAD_INPUT, f"{path}: is neither a ROOT nor a Parquet file; HDF5 and CSV are read by lacathode-prepare itself")


class RootSource:
    """A TTree or an RNTuple; `key` may be left out if it is the only one."""

    TABLES = ("TTree", "TNtuple", "TNtupleD", "ROOT::RNTuple", "ROOT::Experimental::RNTuple")

    def __init__(self, path, key):
        import uproot  # only after environment.enter
        file = uproot.open(path)
        if path.stat().st_size < file.file.fEND:
            raise Failure(BAD_INPUT, f"{path}: cannot be read: it was cut off, {path.stat().st_size} of {file.file.fEND} bytes are there; "
                          "copy it again")
        self.name = self.chosen(path, file, key)
        self.table = file[self.name]
        self.columns, self.others = {}, {}
        types = self.table.typenames()
        for name in self.table.keys():
            try:
                sample = self.table.arrays([name], entry_stop=0, library="np")[name]
            except Exception as error:  # whatever uproot cannot interpret
                self.others[name] = f"uproot cannot read it: {error}".splitlines()[0]
                continue
            if sample.dtype.kind in "biuf" and sample.ndim == 1:
                self.columns[name] = sample.dtype
            else:
                self.others[name] = f"{types.get(name, sample.dtype)} is not one number a row"

    @classmethod
    def chosen(cls, path, file, key):
        tables = [name for name, kind in file.classnames(cycle=False).items() if kind in cls.TABLES]
        listed = f"tables there: {', '.join(tables)}" if tables else "it holds none"
        if key is None and len(tables) != 1:
            raise Failure(BAD_INPUT, f"{path}: which TTree or RNTuple? {listed}" + ("; choose with --tree" if tables else ""))
        if key is not None and key.split(";")[0] not in tables:
            raise Failure(BAD_INPUT, f"{path}: no TTree or RNTuple '{key}'; {listed}")
        return tables[0] if key is None else key

    def chunks(self, names):
        yield from self.table.iterate(names, step_size=CHUNK_ROWS, library="np")


class ParquetSource:
    """A Parquet file. A null of a float is NaN; one of an integer or a truth value has no number."""

    def __init__(self, path, key):
        import numpy as np
        import pyarrow.parquet  # only after environment.enter
        from pyarrow import types
        if key is not None:
            raise Failure(USAGE, f"--tree {key}: a Parquet file is one table; leave it out")
        self.path, self.name = path, "table"
        self.file = pyarrow.parquet.ParquetFile(path)
        self.columns, self.others = {}, {}
        for field in self.file.schema_arrow:
            if types.is_integer(field.type) or types.is_floating(field.type) or types.is_boolean(field.type):
                self.columns[field.name] = np.dtype(field.type.to_pandas_dtype())
            else:
                self.others[field.name] = f"{field.type} is not one number a row"

    def chunks(self, names):
        first = 0
        for batch in self.file.iter_batches(CHUNK_ROWS, columns=names):
            yield {name: self.values(name, batch.column(name), first) for name in names}
            first += batch.num_rows

    def values(self, name, column, first):
        if column.null_count and self.columns[name].kind != "f":
            row = first + next(i for i, value in enumerate(column) if not value.is_valid)
            raise Failure(BAD_INPUT, f"{self.path}: column '{name}' is null in row {row}, and {self.columns[name]} has no such "
                          "number; leave such rows out, or write the column as float64")
        return column.to_numpy(zero_copy_only=False)


SOURCES = {"root": RootSource, "parquet": ParquetSource}
