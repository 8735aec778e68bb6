"""Bytes -> text, and lines of text, each with a limit on its size."""

from __future__ import annotations

import codecs
import io
import shlex
from typing import TYPE_CHECKING

from summariser.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

__all__ = ["LARGEST_FILE", "LONGEST_LINE", "decoded", "lines", "whole"]

LARGEST_FILE = 64 << 20
"""Bytes of a file that is one document, unpacked. The text of the longest novels takes a tenth of it."""
LONGEST_LINE = 64 << 20
"""Bytes of a line of a file of many documents."""

_MARKS = (
    # UTF-32's little-endian mark begins with UTF-16's.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def whole(stream: BufferedReader, name: str) -> bytes:
    """Read all of a file that is one document.

    Raises:
        InputError: it is larger than `LARGEST_FILE`.
    """
    data = stream.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise InputError(
            f"{name}: is larger than {LARGEST_FILE >> 20} MiB, too much for one document; split it, or give a file of "
            "many documents as JSON Lines"
        )
    return data


def marked(data: bytes) -> tuple[str | None, int]:
    """Name the codec that a byte-order mark stands for, and the bytes of the mark."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return codec, len(mark)
    return None, 0


def decoded(data: bytes, *, name: str) -> str:
    """Decode a text, without its byte-order mark.

    Raises:
        InputError: it is binary, or in no encoding that can be told; the message names the first bad byte and its line.
    """
    mark, skip = marked(data)
    codec = mark or "utf-8"
    if mark is None and (at := data.find(b"\0")) >= 0:
        raise InputError(
            f"{name}: byte 0x00 at offset {at} (line {data.count(bytes([10]), 0, at) + 1}), so it is binary or UTF-16 "
            f"without a byte-order mark; for the latter convert it first: {_iconv('utf-16le', name)}"
        )
    try:
        return data[skip:].decode(codec)
    except UnicodeDecodeError as error:
        at = skip + error.start
        line = data[skip:at].decode(codec).count("\n") + 1
        advice = (
            f"is not UTF-8; convert the file first, for instance: {_iconv('latin1', name)}"
            if codec == "utf-8"
            else f"is not {codec[:6].upper()}, although the file starts as such; it is damaged or cut off, so fetch it again"
        )
        raise InputError(f"{name}: byte 0x{data[at]:02x} at offset {at} (line {line}) {advice}") from None


def lines(stream: BufferedReader, name: str) -> Iterator[bytes]:
    """Lines of a file in UTF-8, with their ends; a file in UTF-16 or UTF-32 is recoded. A byte-order mark is dropped.

    Raises:
        InputError: a line is longer than `LONGEST_LINE`, or the encoding is broken: nothing after it can be read.
    """
    head = stream.peek(4)[:4]
    codec, skip = marked(head)
    stream.read(skip)
    if codec not in (None, "utf-8"):
        yield from _recoded(stream, codec, name)
        return
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise InputError(
                f"{name}, line {number}: is longer than {LONGEST_LINE >> 20} MiB; nothing after it was read"
            )
        yield line


def _recoded(stream: BufferedReader, codec: str, name: str) -> Iterator[bytes]:
    wrapped = io.TextIOWrapper(stream, encoding=codec, newline="\n")
    number = 0
    try:
        while line := wrapped.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise InputError(
                    f"{name}, line {number}: is longer than {LONGEST_LINE >> 20} MiB; nothing after it was read"
                )
            yield line.encode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name}, after line {number}: is not {codec[:6].upper()} ({error.reason}), although the file starts as such; it is "
            "damaged or cut off, so fetch it again"
        ) from None
    finally:
        wrapped.detach()


def _iconv(source: str, name: str) -> str:
    return f"iconv -f {source} -t utf-8 {'FILE' if name == 'standard input' else shlex.quote(name)} > converted.txt"
