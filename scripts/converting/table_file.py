"""A table for lacathode-prepare: one-dimensional datasets of one length in the HDF5 group `events`."""
from common.whole_file import whole_file

GROUP = "events"
CHUNK = 16384


def append(datasets, chunk, rows):
    """Adds the chunk behind the rows there are; returns how many there are then."""
    for name, values in chunk.items():
        datasets[name].resize((rows + len(values),))
        datasets[name][rows:] = values
    return rows + len(next(iter(chunk.values())))


def write(path, columns, chunks):
    """Writes the chunks, arrays by name, under a temporary name and renames. `columns`: name to type. Returns the number of rows."""
    import h5py  # only after environment.enter
    rows = 0
    with whole_file(path) as temporary, h5py.File(temporary, "w") as file:
        datasets = {name: file.create_dataset(f"{GROUP}/{name}", shape=(0,), maxshape=(None,), dtype=kind, chunks=(CHUNK,))
                    for name, kind in columns.items()}
        for chunk in chunks:
            rows = append(datasets, chunk, rows)
    return rows
