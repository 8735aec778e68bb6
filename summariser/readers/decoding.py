"""Bytes -> text, and lines of text, each with a limit on its size."""

from __future__ import annotations

import codecs
import io
import re
import shlex
from typing import TYPE_CHECKING

from summariser.errors import InputError
from summariser.readers.inputs import STANDARD_INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

__all__ = [
    "LARGEST_FILE",
    "LONGEST_LINE",
    "bare_lines",
    "decoded",
    "is_western",
    "known_codec",
    "lines",
    "marked",
    "whole",
]

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


_AS_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
# What Polish, Czech, Turkish, Cyrillic or Mac text looks like when it is taken for windows-1252.
_GARBLED = re.compile(
    r"[A-Za-z][\x80-\x9f¡-¦¨©¬®-³¶¸¹¼-¿×÷†‡ƒˆ˜‚„‰‹›][a-z]|[a-z][À-ÖØ-ÞŠŽŒŸ][a-z]|[À-ÿ]{4}|[À-ÿ][0-9]"
    r"|(?<!\w)[ÐÑÒÔÕÛ](?!\w)|[\x00-\x08\x0e-\x1f]"
)
_FAMILIAR = 0.2
"""Share of words that are among a language's commonest: about 0.4 of a text in it, under 0.15 of one in another."""


def whole(stream: BufferedReader, name: str, *, most: int = LARGEST_FILE) -> bytes:
    """Read all of a file that is one document, or a list that is small enough to be held.

    Raises:
        InputError: it is larger than ``most`` bytes.
    """
    data = stream.read(most + 1)
    if len(data) > most:
        raise InputError(
            f"{name}: is larger than {most >> 20} MiB, too much for one document; split it, or give a file of "
            "many documents as JSON Lines"
        )
    return data


def marked(data: bytes) -> tuple[str | None, int]:
    """Name the codec that a byte-order mark stands for, and the bytes of the mark."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return codec, len(mark)
    return None, 0


def decoded(data: bytes, *, name: str, encoding: str | None = None, declared: str | None = None) -> str:
    """Decode a text, without its byte-order mark.

    The mark decides, then ``encoding``, which the user gave, then what the file itself ``declared``; then it is UTF-8, or
    windows-1252 where it reads as a language that is written in it. Other encodings are never guessed: a wrong guess would
    put another currency's sign into a brief.

    Raises:
        InputError: it is binary, or in no encoding that can be told; the message names the first bad byte and its line.
    """
    mark, skip = marked(data)
    if mark is None and declared is not None and encoding is None:
        found = _as_declared(data, declared)
        if found is not None:
            return found
    codec = mark or encoding or "utf-8"
    if codec == "utf-8" and (at := data.find(b"\0")) >= 0:
        if (wide := _unmarked_utf16(data)) is not None:
            return data.decode(wide)
        raise InputError(
            f"{name}: byte 0x00 at offset {at} (line {data.count(bytes([10]), 0, at) + 1}), so it is binary or damaged; "
            "give its text instead"
        )
    try:
        return data[skip:].decode(codec)
    except UnicodeDecodeError as error:
        if codec == "utf-8" and encoding is None and mark is None and is_western(data):
            return data.decode("cp1252")
        at = skip + error.start
        line = data[skip:at].decode(codec, "replace").count("\n") + 1
        if mark not in (None, "utf-8"):
            advice = f"is not {codec[:6].upper()}, although the file starts as such; it is damaged or cut off, so fetch it again"
        elif encoding is not None:
            advice = f"is not {encoding}; give another encoding"
        else:
            advice = (
                "is not UTF-8; name its encoding (--encoding windows-1251), or convert it first, for instance: "
                + _iconv("latin1", name)
            )
        raise InputError(f"{name}: byte 0x{data[at]:02x} at offset {at} (line {line}) {advice}") from None


def known_codec(label: str) -> str:
    """The codec of an encoding's name; what pages call ISO 8859-1 is windows-1252, and so for the others they mislabel.

    Raises:
        LookupError: there is no such encoding of text.
    """
    codec = codecs.lookup(label.strip().strip("\"'"))
    if not getattr(codec, "_is_text_encoding", True):
        raise LookupError(label)
    return _AS_MEANT.get(codec.name, codec.name)


def is_western(data: bytes) -> bool:
    """Whether bytes that are not UTF-8 read, in windows-1252, as a language that is written in it."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    from summariser.sentences import familiarity

    return not _GARBLED.search(text) and familiarity(text) >= _FAMILIAR


def _as_declared(data: bytes, declared: str) -> str | None:
    """The text as the file says it is encoded; pages often hold a few bytes that are not."""
    try:
        codec = known_codec(declared)
    except LookupError:
        return None
    for attempt in (codec, "utf-8"):
        try:
            return data.decode(attempt)
        except UnicodeDecodeError:
            continue
    return data.decode(codec, "replace")


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without its mark: for text in mostly Latin letters, every other byte of it is zero."""
    sample = data[:4096]
    half = len(sample) // 2
    for codec, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if half >= 8 and zeros.count(0) > 0.7 * half and sample.count(0) < 1.1 * half:
            try:
                data.decode(codec)
            except UnicodeDecodeError:
                continue
            return codec
    return None


def lines(stream: BufferedReader, name: str, encoding: str | None = None) -> Iterator[bytes]:
    """Lines of a file, in UTF-8 and with their ends, whatever it was written in; a byte-order mark is dropped.

    Where no mark and no ``encoding`` says otherwise, it is UTF-8, or windows-1252 where its beginning reads as such. Bytes
    that are not UTF-8 are left for the line's reader to find.

    Raises:
        InputError: a line is longer than `LONGEST_LINE`, or the encoding is broken: nothing after it can be read.
    """
    head = stream.peek()
    codec, skip = marked(head)
    stream.read(skip)
    codec = codec or encoding or ("cp1252" if not _is_utf8(head) and is_western(head) else "utf-8")
    if codec == "utf-8":
        yield from bare_lines(stream, name)
        return
    wrapped = io.TextIOWrapper(stream, encoding=codec, newline="\n")
    number = 0
    try:
        while line := wrapped.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise _too_long(name, number)
            yield line.encode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name}, after line {number}: is not {codec} ({error.reason}); it is damaged or cut off. Nothing after it was read"
        ) from None
    finally:
        wrapped.detach()


def bare_lines(stream: BufferedReader, name: str) -> Iterator[bytes]:
    """Lines of a file as they are, with their ends.

    Raises:
        InputError: a line is longer than `LONGEST_LINE`.
    """
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise _too_long(name, number)
        yield line


def _too_long(name: str, number: int) -> InputError:
    return InputError(f"{name}, line {number}: is longer than {LONGEST_LINE >> 20} MiB; nothing after it was read")


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # a character cut off at the end is none of its business
    except UnicodeDecodeError:
        return False
    return True


def _iconv(source: str, name: str) -> str:
    return f"iconv -f {source} -t utf-8 {'FILE' if name == STANDARD_INPUT else shlex.quote(name)} > converted.txt"
