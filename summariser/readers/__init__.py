"""Files, folders, patterns and standard input -> documents.

`stream_documents` is the one way in: an iterator of items, each an `Entry` (a document, its place, and the columns carried
through) or `Damaged` (an `InputError` for that file or row alone). `read_documents` is a list over it that raises at the
first damaged one. `as_row` writes an entry as the row that reads back as itself.

The text of a document is that of its file with two changes: a byte-order mark at the start is dropped, and ``\\r\\n``
becomes ``\\n``; the text in a row of JSON Lines or a table is taken as it is. Every offset in a brief counts characters of
that text.
"""

from summariser.readers.inputs import passed_over
from summariser.readers.items import Damaged, Entry, Item, Place
from summariser.readers.rows import COLUMNS, as_row, of_row, with_failure
from summariser.readers.stream import (
    InputFile,
    count_documents,
    input_files,
    read_brief,
    read_documents,
    stream_documents,
)
from summariser.readers.told import parse_published

__all__ = [
    "COLUMNS",
    "Damaged",
    "Entry",
    "InputFile",
    "Item",
    "Place",
    "as_row",
    "count_documents",
    "input_files",
    "of_row",
    "parse_published",
    "passed_over",
    "read_brief",
    "read_documents",
    "stream_documents",
    "with_failure",
]
