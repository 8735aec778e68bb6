"""Parquet: one document a row, read a batch at a time."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from io import BytesIO, FileIO
from typing import TYPE_CHECKING, Any, cast

from summariser.errors import InputError
from summariser.readers.extras import needs
from summariser.readers.items import Place
from summariser.readers.rows import as_item, column_names

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from io import BufferedReader
    from typing import IO

    from summariser.readers.inputs import Source
    from summariser.readers.items import Item
    from summariser.readers.told import Told

__all__ = ["parquet_items"]

_ROWS = 256
"""Rows that are held at a time."""


def parquet_items(stream: BufferedReader, source: Source, told: Told) -> Iterator[Item]:
    """One document a row, with the columns of JSON Lines."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise needs("parquet", source.name) from None
    number = 0
    with _seekable(stream) as file:
        try:
            table: Any = pyarrow.parquet.ParquetFile(file, pre_buffer=False)
            names = column_names(list(table.schema_arrow.names), source.name)
            for batch in table.iter_batches(batch_size=_ROWS):
                for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    number += 1
                    record = dict(zip(names, values, strict=True))
                    yield as_item(record, Place(source.name, "row", number), source, told)
        except (pyarrow.ArrowException, OSError) as error:
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            after = f" after row {number}; nothing after it was read" if number else ""
            raise InputError(f"{source.name}: is damaged or no Parquet{after} ({reason})") from None


@contextmanager
def _seekable(stream: BufferedReader) -> Generator[IO[bytes]]:
    """Parquet is read from its end: what cannot be, being packed or piped, goes through a temporary file."""
    # What unpacks gzip can seek too, but begins anew each time it goes back.
    if isinstance(stream.raw, FileIO | BytesIO) and stream.seekable():
        yield cast("IO[bytes]", stream)
        return
    with tempfile.TemporaryFile() as file:
        shutil.copyfileobj(stream, file)
        file.seek(0)
        yield file
