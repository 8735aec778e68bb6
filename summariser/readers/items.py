"""What a stream of inputs is made of: documents with their place, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from summariser.errors import InputError
    from summariser_schemas import Document

__all__ = ["Damaged", "Entry", "Item", "Place", "Unit"]

Unit = Literal["line", "row", "entry", "message"]
"""What a file of several documents counts: lines of JSONL, rows of a table, entries of a feed, messages of a mailbox."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an input stands. ``number`` counts from 1; of a CSV file the header is row 1, as spreadsheets count."""

    name: str
    """The file's path, the URL, or "standard input"."""
    unit: Unit | None = None
    number: int | None = None

    @property
    def within(self) -> str | None:
        """The place within the file, such as "line 3"; None where the file is one document."""
        return None if self.unit is None else f"{self.unit} {self.number}"

    def __str__(self) -> str:
        return self.name if self.unit is None else f"{self.name}, {self.within}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A document, where it was read, and ``extra``: what its row holds beside the columns that are ours, fit for JSON."""

    document: Document
    place: Place
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Damaged:
    """An input that could not be read, alone among its neighbours: what was wrong, naming the place and what to do.

    ``id`` is that of the row and ``extra`` all of its columns, ours too, where it could be read that far. Where
    ``place.unit`` is None the error concerns the whole file, or all of it that was not read before.
    """

    error: InputError
    place: Place
    id: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])


Item = Entry | Damaged
"""What `stream_documents` yields."""
