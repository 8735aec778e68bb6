"""The input: one text and what is known about it."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from datetime import date, datetime
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

__all__ = ["Document", "DocumentInfo", "Origin", "whole_characters"]

_SURROGATE = re.compile("[\ud800-\udfff]")


def whole_characters(text: str) -> str:
    """Put U+FFFD for halves of a surrogate pair, which JSON escapes can smuggle in: they cannot be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text


_Text = Annotated[str, AfterValidator(whole_characters)]


class Origin(BaseModel):
    """Where the text of a document stands in what it was read from, as far as a reader could keep track.

    ``pages`` and ``runs`` are kept as bare numbers, since there is one for every page and every stretch between two tags.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    place: str | None = Field(
        default=None, description="file and place in it, where the source does not say: 'news.csv, row 7'"
    )
    pages: tuple[int, ...] = Field(default=(), description="offset in the text at which page 1, 2, … begins")
    runs: tuple[int, ...] = Field(
        default=(),
        description="four numbers for each stretch that text and source share: characters of the text since the last "
        "stretch, characters of the text in it, and the same two of the source, where the first may be negative",
    )

    @cached_property
    def _stretches(self) -> list[tuple[int, int, int, int]]:
        """First and last bound of each run in the text, and in the source."""
        found: list[tuple[int, int, int, int]] = []
        text = source = 0
        for skipped, length, source_skipped, source_length in zip(*[iter(self.runs)] * 4, strict=True):
            text, source = text + skipped, source + source_skipped
            found.append((text, text + length, source, source + source_length))
            text, source = text + length, source + source_length
        return found

    def page(self, start: int) -> int | None:
        """The page, counted from 1, on which the character at ``start`` of the text stands; None without pages."""
        return max(1, bisect_right(self.pages, start)) if self.pages else None

    def within(self, start: int, end: int) -> tuple[int, int] | None:
        """The bounds in the source of ``text[start:end]``, markup in between included; None where they are not known."""
        runs = self._stretches
        first = bisect_right(runs, start, key=lambda run: run[1])
        last = bisect_left(runs, end, key=lambda run: run[0]) - 1
        if first > last:
            return None
        begin, _, source_begin, source_end = runs[first]
        # A run of equal lengths holds the same characters; any other, such as an entity's, is taken as a whole.
        if start > begin and runs[first][1] - begin == source_end - source_begin:
            source_begin += start - begin
        begin, finish, source, source_end = runs[last]
        if end < finish and finish - begin == source_end - source:
            source_end -= finish - end
        return (source_begin, source_end) if source_begin < source_end else None


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
    place: str | None = Field(
        default=None,
        description="file and place in it, where the source does not say: 'news.csv, row 7'",
        exclude_if=_is_none,
    )
    language: str | None = Field(default=None, description="ISO 639-1 code")
    sha256: str = Field(description="digest of the text in UTF-8")
    extra: dict[str, JsonValue] = Field(
        default_factory=dict, description="other columns of the document's row", exclude_if=_is_empty
    )


class Document(BaseModel):
    """A text to make a brief of. Only ``text`` is needed.

    ``published`` is a date, or a date and time with its zone; without it "Tuesday" stays words. ``title`` is what the
    text does not itself contain: a first line that is a heading needs no repeating here. ``origin`` says where the text
    stands in what it was read from. Halves of surrogate pairs become U+FFFD: they cannot be written as UTF-8.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: _Text
    id: _Text | None = None
    title: _Text | None = None
    published: date | datetime | None = None
    source: _Text | None = None
    url: _Text | None = Field(default=None, exclude_if=_is_none)
    language: _Text | None = None
    origin: Origin | None = Field(default=None, exclude_if=_is_none)

    @cached_property
    def sha256(self) -> str:
        """Digest of the text in UTF-8, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def name(self) -> str:
        """What its brief goes by: the id, or where none is given the beginning of the digest."""
        return self.id or self.sha256[:12]
