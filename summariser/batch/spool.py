"""Items that are needed twice and may come only once: written down as they are read, in a file that nobody else sees."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from summariser.batch.folder import writing
from summariser.errors import InputError
from summariser.readers import Damaged, Entry, Place
from summariser_schemas import Document

if TYPE_CHECKING:
    from pathlib import Path

    from summariser.readers import Item

__all__ = ["Spool"]

_AT_ONCE = 16


class Spool(Iterable["list[Item]"]):
    """Iterate over `first` for the items as they come, a few at a time, then over the spool itself for the same again, and
    for those that ``first`` was not asked for. The file is gone when the process is, or when the spool is closed.

    Raises:
        InputError: the folder cannot be written.
    """

    def __init__(self, folder: Path, read: Iterator[list[Item]]) -> None:
        self._folder = folder
        self._read = read
        with writing(self._folder):
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 -- it lives as long as the spool

    def first(self) -> Iterator[list[Item]]:
        """The items, written down before they are handed on."""
        for items in self._read:
            with writing(self._folder):
                self._file.writelines(map(_line, items))
            yield items

    def __iter__(self) -> Iterator[list[Item]]:
        with writing(self._folder):
            self._file.seek(0)
        while lines := list(islice(self._file, _AT_ONCE)):
            yield [_item(json.loads(line)) for line in lines]
        yield from self._read

    def close(self) -> None:
        """Forget the items."""
        self._file.close()


def _line(item: Item) -> bytes:
    kept: dict[str, Any] = {"place": asdict(item.place), "extra": dict(item.extra)}
    if isinstance(item, Entry):
        kept["document"] = item.document.model_dump(mode="json")
    else:
        kept |= {"error": str(item.error), "id": item.id}
    return json.dumps(kept).encode("ascii") + b"\n"


def _item(kept: dict[str, Any]) -> Item:
    place = Place(**kept["place"])
    if "document" not in kept:
        return Damaged(InputError(kept["error"]), place, kept["id"], kept["extra"])
    document = kept["document"]
    if published := document["published"]:
        # A date and a midnight are not the same.
        kind = date if len(published) == len("2024-01-30") else datetime
        document["published"] = kind.fromisoformat(published)
    return Entry(Document.model_validate(document), place, kept["extra"])
