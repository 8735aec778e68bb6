"""Files and standard input -> documents, each refused with one clear line where it cannot be read.

The text of a document is that of its file with two changes: a byte-order mark at the start is dropped, and ``\\r\\n``
becomes ``\\n``. Every offset in a brief counts characters of that text.
"""

from __future__ import annotations

import codecs
import os
import re
import shlex
import sys
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from summariser.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summariser_schemas import Document

__all__ = ["parse_published", "read_brief", "read_documents"]

STDIN = "-"

# Files that people hand in by mistake, and what turns them into text.
_FORMATS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "is a PDF; extract its text first, for instance with pdftotext"),
    (b"PK\x03\x04", "is a ZIP archive or an office document; save it as plain text first"),
    (b"\xd0\xcf\x11\xe0", "is an office document; save it as plain text first"),
    (b"\x1f\x8b", "is compressed; unpack it first with gunzip"),
    (b"{\\rtf", "is an RTF document; save it as plain text first"),
)
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def read_documents(
    paths: Sequence[str | Path],
    *,
    title: str | None = None,
    published: str | date | datetime | None = None,
    language: str | None = None,
    stdin: BinaryIO | None = None,
) -> list[Document]:
    """Read and check every file before any of them is worked on, so that nothing is paid for a job that cannot finish.

    ``-`` stands for standard input. A document's id is its file's stem, its source the path as given; one from standard
    input has neither. Files are UTF-8, with or without a byte-order mark, or UTF-16 with one. ``published`` (an ISO
    date, or a date and time with its zone) and ``language`` (ISO 639 code) hold for all of them, ``title`` for one.

    Raises:
        InputError: a file is missing, not readable, empty or not text, or an argument makes no sense.
    """
    if not paths:
        raise InputError("no input: name the files, or - for standard input")
    if title is not None and len(paths) > 1:
        raise InputError(f"a title was given for {len(paths)} inputs; give it with one input only")
    if sum(str(path) == STDIN for path in paths) > 1:
        raise InputError("- is named twice; standard input can be read only once")
    if language is not None and not re.fullmatch(r"[a-z]{2,3}", language):
        raise InputError(f"language {language!r} is not an ISO 639 code; give two letters such as en")
    day = parse_published(published) if isinstance(published, str) else published
    texts = [_text(path, stdin) for path in paths]

    from summariser_schemas import Document

    return [
        Document(
            text=text,
            id=None if str(path) == STDIN else _printable(Path(path).stem),
            title=title,
            published=day,
            source=None if str(path) == STDIN else _printable(str(path)),
            language=language,
        )
        for path, text in zip(paths, texts, strict=True)
    ]


def read_brief(path: str | Path, *, stdin: BinaryIO | None = None) -> dict[str, Any]:
    """Read a brief in JSON; ``-`` stands for standard input.

    Raises:
        InputError: it is missing, not readable or no JSON object; the message names file, line and column.
    """
    import json

    name = "standard input" if str(path) == STDIN else _printable(str(path))
    try:
        brief = json.loads(_text(path, stdin))
    except json.JSONDecodeError as error:
        raise InputError(f"{name}, line {error.lineno}, column {error.colno}: not JSON ({error.msg})") from None
    if not isinstance(brief, dict):
        raise InputError(f"{name}: a brief is a JSON object, and this is {str(brief)[:40]!r}; give one brief a file")
    return cast("dict[str, Any]", brief)


def parse_published(text: str) -> date | datetime:
    """Read an ISO 8601 date (``2024-01-30``), or a date and time with its zone (``2024-01-30T09:00:00+01:00``).

    Raises:
        InputError: it is neither.
    """
    stripped = text.strip()
    try:
        return date.fromisoformat(stripped)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(stripped)
    except ValueError as error:
        # "day is out of range for month" helps; "Invalid isoformat string" says no more than we do.
        reason = "" if "format" in str(error) else f" ({error})"
        raise InputError(
            f"{text!r} is not a date{reason}; "
            "write it as 2024-01-30, or with time and zone as 2024-01-30T09:00:00+01:00"
        ) from None
    if moment.tzinfo is None:
        raise InputError(f"{text!r} has a time and no zone; add one (Z or +01:00), or give the date alone")
    return moment


def _text(path: str | Path, stdin: BinaryIO | None) -> str:
    if str(path) == STDIN:
        return _decode((stdin or sys.stdin.buffer).read(), name="standard input", quoted="FILE")
    name = _printable(str(path))
    return _decode(_bytes(Path(path), name), name=name, quoted=shlex.quote(name))


def _bytes(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{name}: no such file{_nearest(path)}") from None
    except NotADirectoryError:
        raise InputError(f"{name}: {_printable(str(path.parent))} is a file, not a directory") from None
    except IsADirectoryError:
        pattern = _printable(str(path / "*.txt"))
        raise InputError(f"{name}: is a directory; name the files in it, for instance {pattern}") from None
    except PermissionError:
        raise InputError(f"{name}: no permission to read it") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _nearest(path: Path) -> str:
    try:
        names = [entry.name for entry in os.scandir(path.parent) if entry.is_file()]
    except OSError:
        return f"; there is no directory {_printable(str(path.parent))}"
    close = get_close_matches(path.name, names, n=1)
    return f"; did you mean {_printable(str(path.parent / close[0]))}?" if close else ""


def _decode(data: bytes, *, name: str, quoted: str) -> str:
    for magic, what in _FORMATS:
        if data.startswith(magic):
            raise InputError(f"{name}: {what}")
    if data.startswith(_UTF32):
        raise InputError(f"{name}: is UTF-32; convert it first: {_iconv('utf-32', quoted)}")
    codec, skip = _codec(data)
    if codec == "utf-8" and (at := data.find(b"\0")) >= 0:
        raise InputError(
            f"{name}: byte 0x00 at offset {at} (line {data.count(bytes([10]), 0, at) + 1}), so it is binary or UTF-16 "
            f"without a byte-order mark; for the latter convert it first: {_iconv('utf-16le', quoted)}"
        )
    try:
        text = data[skip:].decode(codec)
    except UnicodeDecodeError as error:
        at = skip + error.start
        line = data[skip:at].decode(codec).count("\n") + 1
        advice = (
            f"is not UTF-8; convert the file first, for instance: {_iconv('latin1', quoted)}"
            if codec == "utf-8"
            else "is not UTF-16, although the file starts as such; it is damaged or cut off, so fetch it again"
        )
        raise InputError(f"{name}: byte 0x{data[at]:02x} at offset {at} (line {line}) {advice}") from None
    text = text.replace("\r\n", "\n")
    if not text.strip():
        raise InputError(
            f"{name}: {'contains only white space' if text else 'is empty'}; there is nothing to summarise"
        )
    return text


def _codec(data: bytes) -> tuple[str, int]:
    """Name the codec and the bytes of its mark. A mark chosen here keeps offsets exact, where "utf-16" hides it."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8", len(codecs.BOM_UTF8)
    return (_UTF16[data[:2]], 2) if data[:2] in _UTF16 else ("utf-8", 0)


def _iconv(source: str, quoted: str) -> str:
    return f"iconv -f {source} -t utf-8 {quoted} > converted.txt"


def _printable(path: str) -> str:
    """Stand in for bytes of a file name that are not UTF-8: a lone surrogate cannot be written to JSON."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
