"""Word documents (DOCX): a ZIP archive with the text in one XML file."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING, cast

from summariser.errors import InputError
from summariser.readers.decoding import LARGEST_FILE, whole
from summariser.readers.markup import events
from summariser.readers.plain import entry_of_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

    from summariser.readers.inputs import Source
    from summariser.readers.items import Item
    from summariser.readers.told import Told

__all__ = ["docx_items"]

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main ",
    "http://purl.oclc.org/ooxml/wordprocessingml/main ",
)
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
"""The same content once more, for programs that cannot show the first."""
_MAIN = "word/document.xml"
_MOST_TIMES = 300
"""How many times its packed size a part may have; text is packed to a fifth, and only a bomb to so little."""


def docx_items(stream: BufferedReader, source: Source, told: Told) -> Iterator[Item]:
    """The one document of a file: paragraphs and tables as they would be printed, tracked deletions left out."""
    text = "\n\n".join(_paragraphs(whole(stream, source.name), source.name))
    if not text:
        raise InputError(f"{source.name}: holds no text; there is nothing to summarise")
    yield entry_of_file(text, source, told)


def _paragraphs(data: bytes, name: str) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            part = archive.getinfo(_MAIN)
            if part.file_size > LARGEST_FILE or part.file_size > (1 << 20) + _MOST_TIMES * part.compress_size:
                raise InputError(
                    f"{name}: its text unpacks from {part.compress_size} to {part.file_size} bytes; it is refused"
                )
            # The archive's reader ends at the size that was declared, whatever is packed.
            with archive.open(part) as opened:
                return _read(io.BufferedReader(cast("io.RawIOBase", opened)), name)
    except KeyError:
        raise InputError(
            f"{name}: is a ZIP archive and no Word document; unpack it, or save it as plain text or PDF"
        ) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        reason = "it is encrypted" if "password" in str(error) else str(error)
        raise InputError(f"{name}: is a damaged archive ({reason})") from None


def _read(stream: BufferedReader, name: str) -> list[str]:
    # Paragraphs of the body, then, innermost last, of the cells and rows that are open.
    open_lists: list[list[str]] = [[]]
    open_texts: list[list[str]] = []
    left_out = 0
    within_text = False
    for kind, tag, attributes in events(stream, f"{name} ({_MAIN})"):
        word = next((tag.removeprefix(space) for space in _WORD if tag.startswith(space)), None)
        if kind == "text":
            if within_text and open_texts and not left_out:
                open_texts[-1].append(tag)
        elif tag == _FALLBACK or word in ("del", "moveFrom"):
            left_out += 1 if kind == "start" else -1
        elif left_out:
            continue
        elif kind == "start":
            if word == "p":
                open_texts.append([])
            elif word in ("tr", "tc"):
                open_lists.append([])
            elif word == "t":
                within_text = True
            elif word == "tab" and open_texts and not _is_tab_stop(attributes):
                open_texts[-1].append("\t")
            elif word in ("br", "cr") and open_texts:
                open_texts[-1].append("\n")
            elif word == "noBreakHyphen" and open_texts:
                open_texts[-1].append("-")
        elif word == "t":
            within_text = False
        elif word == "p":
            paragraph = "".join(open_texts.pop()).strip()
            if paragraph:
                open_lists[-1].append(paragraph)
        elif word == "tc":
            cell = " ".join(open_lists.pop())
            open_lists[-1].append(" ".join(cell.split()))
        elif word == "tr":
            row = [cell for cell in open_lists.pop() if cell]
            if row:
                open_lists[-1].append(" | ".join(row))
    return open_lists[0]


def _is_tab_stop(attributes: dict[str, str]) -> bool:
    """A tab in a paragraph's properties says where tabs stop, and is none."""
    return any(name.endswith(" pos") for name in attributes)
