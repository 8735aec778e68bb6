"""The input: one text and what is known about it."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field, JsonValue

__all__ = ["Document", "DocumentInfo", "Origin"]


class Origin(BaseModel):
    """Where the text of a document stands in what it was read from, as far as a reader could keep track.

    ``pages`` and ``runs`` are kept as bare numbers, since there is one for every page and every stretch between two tags.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    place: str | None = Field(default=None, description="the place within a file of several documents: 'row 7'")
    pages: tuple[int, ...] = Field(default=(), description="offset in the text at which page 1, 2, … begins")
    runs: tuple[int, ...] = Field(
        default=(),
        description="four numbers for each stretch that text and source share: characters of the text since the last "
        "stretch, characters of the text in it, and the same two of the source, where the first may be negative",
    )


def _is_empty(value: object) -> bool:
    return not value


def _is_none(value: object) -> bool:
    return value is None


class DocumentInfo(BaseModel):
    """What a brief says of the document it was made from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(description="the caller's id, the file's name, or the first 12 digits of sha256")
    title: str | None = Field(default=None, description="as given, or the first line where that is a heading")
    published: date | datetime | None = Field(default=None, description="dates in words are resolved against it")
    source: str | None = Field(default=None, description="file, URL or publisher")
    url: str | None = Field(default=None, description="where it was published", exclude_if=_is_none)
    place: str | None = Field(default=None, description="where in its file it stands: 'row 7'", exclude_if=_is_none)
    language: str | None = Field(default=None, description="ISO 639-1 code")
    sha256: str = Field(description="digest of the text in UTF-8")
    extra: dict[str, JsonValue] = Field(
        default_factory=dict, description="other columns of the document's row", exclude_if=_is_empty
    )


class Document(BaseModel):
    """A text to make a brief of. Only ``text`` is needed.

    ``published`` is a date, or a date and time with its zone; without it "Tuesday" stays words. ``title`` is what the
    text does not itself contain: a first line that is a heading needs no repeating here. ``origin`` says where the text
    stands in what it was read from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    id: str | None = None
    title: str | None = None
    published: date | datetime | None = None
    source: str | None = None
    url: str | None = Field(default=None, exclude_if=_is_none)
    language: str | None = None
    origin: Origin | None = Field(default=None, exclude_if=_is_none)

    @cached_property
    def sha256(self) -> str:
        """Digest of the text in UTF-8, in hexadecimal."""
        # A lone surrogate can reach us from a JSON escape; it must not make the digest fail.
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
