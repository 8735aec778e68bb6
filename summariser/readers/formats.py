"""Which reader a file is for, told by its first bytes and its ending; and what it was packed in."""

from __future__ import annotations

import gzip
import re
import zlib
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, cast

from summariser.errors import InputError
from summariser.readers.extras import needs

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from _typeshed import WriteableBuffer
    from zstandard import ZstdDecompressionObj

    from summariser.readers.inputs import Source
    from summariser.readers.items import Item
    from summariser.readers.told import Told

    Reader = Callable[[BufferedReader, Source, Told], Iterator[Item]]

__all__ = ["UNPACKING_ERRORS", "is_known", "reader_of", "unpacked"]

UNPACKING_ERRORS = (EOFError, zlib.error, OSError)
"""What reading raises where a file ends too early, is damaged, or cannot be read on."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_BUFFER = 1 << 16
_LARGEST_WINDOW = 1 << 27
"""Bytes that unpacking zstd may hold; the command zstd makes files that need 8 MiB, and this much with --long."""
_PACKED_AT_ONCE = 1 << 10
"""Bytes of zstd that are unpacked in one go: a bomb makes 32 MiB of them."""

# Told by the first bytes, whatever the file is called.
_MAGIC = ((b"%PDF-", "pdf"), (b"PK\x03\x04", "docx"), (b"PAR1", "parquet"))
_REFUSED = (
    (_GZIP, "is packed twice; unpack it once with gunzip"),
    (_ZSTD, "is packed twice; unpack it once with unzstd"),
    (b"BZh", "is packed with bzip2; unpack it first with bunzip2"),
    (b"\xfd7zXZ\x00", "is packed with xz; unpack it first with unxz"),
    (
        b"\xd0\xcf\x11\xe0",
        "is an old Office document or an Outlook message; save it as DOCX, PDF, e-mail or plain text first",
    ),
    (b"{\\rtf", "is an RTF document; save it as DOCX or plain text first"),
)
_ENDINGS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".xml": "feed",
    ".rss": "feed",
    ".atom": "feed",
    ".rdf": "feed",
    ".eml": "message",
    ".mbox": "mbox",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".text": "text",
    ".parquet": "parquet",
    ".docx": "docx",
    ".pdf": "pdf",
}
_KNOWN_UNREAD = frozenset({".doc", ".msg", ".rtf", ".bz2", ".xz"})
"""Endings of what is refused with a word on what to turn it into."""
# Told by how the text begins, where the name does not say.
_BEGINNINGS = (
    (re.compile(rb'\s*\{\s*"'), "jsonl"),
    (re.compile(rb"\s*(?:<!--.{0,2000}?-->\s*)?(?:<!doctype html|<html)", re.IGNORECASE | re.DOTALL), "html"),
    (re.compile(rb"\s*(?:<\?xml.{0,500}?\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<html", re.IGNORECASE | re.DOTALL), "html"),
    (re.compile(rb"\s*(?:<\?xml.{0,500}?\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:rss|feed|rdf:RDF)\b", re.DOTALL), "feed"),
    (re.compile(rb"From \S+ .{0,100}\d\d:\d\d"), "mbox"),
    (re.compile(rb"(?:Return-Path|Received|Delivered-To|Message-ID|MIME-Version):", re.IGNORECASE), "message"),
)
_UTF8_MARK = b"\xef\xbb\xbf"


_ONE_EACH = frozenset({"html", "message", "markdown", "text", "docx", "pdf"})


def is_known(ending: str) -> bool:
    """Whether files that end so are taken from a folder: those that a reader is for, and those whose refusal says what to do."""
    return ending in _ENDINGS or ending in _KNOWN_UNREAD


def is_of_several(source: Source) -> bool | None:
    """Whether a file holds a document a line, or one document; None where its name does not say."""
    if source.path is None or source.path.suffix.lower() in (".gz", ".zst"):
        return None
    kind = _ENDINGS.get(source.ending)
    return True if kind == "jsonl" else False if kind in _ONE_EACH else None


def reader_of(stream: BufferedReader, source: Source) -> Reader:
    """The reader that a file is for.

    Raises:
        InputError: it is of a kind that none reads; the message says what to turn it into.
    """
    head = stream.peek()
    for magic, what in _REFUSED:
        if head.startswith(magic):
            raise InputError(f"{source.name}: {what}")
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None) or _ENDINGS.get(source.ending)
    if kind is None:
        begun = head.removeprefix(_UTF8_MARK)
        kind = next((kind for beginning, kind in _BEGINNINGS if beginning.match(begun)), "text")
    return _reader(kind)


@contextmanager
def unpacked(stream: BufferedReader, name: str) -> Generator[BufferedReader]:
    """Unpack gzip and zstd, told by their first bytes. How much is unpacked is bounded by what reads it.

    Raises:
        ConfigurationError: zstd is needed, and not installed.
    """
    head = stream.peek(len(_ZSTD))
    if head.startswith(_GZIP):
        with gzip.GzipFile(fileobj=stream) as file:
            yield BufferedReader(cast("RawIOBase", file), _BUFFER)
    elif head.startswith(_ZSTD):
        try:
            import zstandard
        except ImportError:
            raise needs("zstd", name) from None
        decompressor = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
        try:
            yield BufferedReader(_Frames(stream, decompressor.decompressobj), _BUFFER)
        except zstandard.ZstdError as error:
            raise InputError(f"{name}: is damaged or cut off ({error}); what stands before was read") from None
    else:
        yield stream


class _Frames(RawIOBase):
    """Frames of zstd, one after another. The library's own reader takes a file that is cut off for one that ends."""

    def __init__(self, stream: BufferedReader, begin: Callable[[], ZstdDecompressionObj]) -> None:
        self._stream = stream
        self._begin = begin
        self._frame: ZstdDecompressionObj | None = None
        self._packed = b""
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Unpack the next bytes."""
        while not self._ready:
            self._packed = self._packed or self._stream.read(_PACKED_AT_ONCE)
            if not self._packed:
                if self._frame is not None:
                    raise EOFError("the file ended within a frame of zstd")
                return 0
            self._frame = self._frame or self._begin()
            self._ready = memoryview(self._frame.decompress(self._packed))
            self._packed = b""
            if self._frame.eof:
                self._packed, self._frame = self._frame.unused_data, None
        view = memoryview(buffer).cast("B")
        size = min(len(view), len(self._ready))
        view[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size


def _reader(kind: str) -> Reader:
    """Import a reader when the first file for it comes."""
    match kind:
        case "jsonl" | "json" | "csv":
            from summariser.readers import rows

            return {"jsonl": rows.jsonl_items, "json": rows.json_items, "csv": rows.csv_items}[kind]
        case "html":
            from summariser.readers.web import html_items

            return html_items
        case "feed":
            from summariser.readers.markup import feed_items

            return feed_items
        case "message" | "mbox":
            from summariser.readers import mail

            return mail.message_items if kind == "message" else mail.mbox_items
        case "markdown":
            from summariser.readers.markdown import markdown_items

            return markdown_items
        case "parquet":
            from summariser.readers.parquet import parquet_items

            return parquet_items
        case "docx":
            from summariser.readers.office import docx_items

            return docx_items
        case "pdf":
            from summariser.readers.pdf import pdf_items

            return pdf_items
        case _:
            from summariser.readers.plain import text_items

            return text_items
