"""The input: one text and what is known about it."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Document", "DocumentInfo"]


class DocumentInfo(BaseModel):
    """What a brief says of the document it was made from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(description="the caller's id, the file's name, or the first 12 digits of sha256")
    title: str | None = Field(default=None, description="as given, or the first line where that is a heading")
    published: date | datetime | None = Field(default=None, description="dates in words are resolved against it")
    source: str | None = Field(default=None, description="file, URL or publisher")
    language: str | None = Field(default=None, description="ISO 639-1 code")
    sha256: str = Field(description="digest of the text in UTF-8")


class Document(BaseModel):
    """A text to make a brief of. Only ``text`` is needed.

    ``published`` is a date, or a date and time with its zone; without it "Tuesday" stays words. ``title`` is what the
    text does not itself contain: a first line that is a heading needs no repeating here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    id: str | None = None
    title: str | None = None
    published: date | datetime | None = None
    source: str | None = None
    language: str | None = None

    @cached_property
    def sha256(self) -> str:
        """Digest of the text in UTF-8, in hexadecimal."""
        # A lone surrogate can reach us from a JSON escape; it must not make the digest fail.
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
