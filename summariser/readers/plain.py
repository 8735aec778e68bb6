"""Plain text: a file is a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summariser.errors import InputError
from summariser.readers.decoding import decoded, whole
from summariser.readers.items import Entry, Place
from summariser.readers.origins import same_but_line_ends
from summariser_schemas import Document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

    from summariser.readers.inputs import Source
    from summariser.readers.items import Item
    from summariser.readers.told import Told
    from summariser_schemas import Origin

__all__ = ["entry_of_file", "text_items"]


def entry_of_file(text: str, source: Source, told: Told, *, origin: Origin | None = None) -> Entry:
    """The one document of a file that says nothing of itself: its name, and what was told of all inputs."""
    document = Document(
        text=text,
        id=source.id,
        title=told.title,
        published=told.published,
        source=source.given,
        url=source.url,
        language=told.language,
        origin=origin,
    )
    return Entry(document, Place(source.name))


def text_items(stream: BufferedReader, source: Source, told: Told) -> Iterator[Item]:
    """The text of a file, but for a byte-order mark and carriage returns before line feeds."""
    raw = decoded(whole(stream, source.name), name=source.name, encoding=told.encoding, declared=source.charset)
    text = raw.replace("\r\n", "\n")
    if not text.strip():
        raise InputError(
            f"{source.name}: {'contains only white space' if text else 'is empty'}; there is nothing to summarise"
        )
    yield entry_of_file(text, source, told, origin=same_but_line_ends(raw))
