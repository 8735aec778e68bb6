"""PDF: the text of its pages, and on which page each sentence stands."""

from __future__ import annotations

import re
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

from summariser.errors import InputError
from summariser.readers.decoding import whole
from summariser.readers.extras import needs
from summariser.readers.plain import entry_of_file
from summariser_schemas import Origin
from summariser_schemas.document import whole_characters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import BufferedReader

    from summariser.readers.inputs import Source
    from summariser.readers.items import Item
    from summariser.readers.told import Told

__all__ = ["joined", "pdf_items"]

_MOST_PAGES = 5_000
_MOST_CHARACTERS = 20_000_000
# PDFium is not safe for threads.
_lock = threading.Lock()

_HYPHENATED = re.compile("[\u0002\ufffe\u00ad]\n?")
_ENDED = re.compile(r"""[.!?…。！？:;]["'”’»)\]]*$""")
_LISTED = re.compile(r"(?:[•▪●◦–—*-]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.|seite|página)?\s*[-–]?\s*\d{1,4}\s*[-–]?(?:\s*(?:/|of|de|von|sur)\s*\d{1,4})?", re.IGNORECASE
)
_FULL = 0.75
"""Part of a page's width from which on a line may go on in the next."""


def pdf_items(stream: BufferedReader, source: Source, told: Told) -> Iterator[Item]:
    """The one document of a file, its hard-wrapped lines joined into paragraphs."""
    pages = _pages(whole(stream, source.name), source.name)
    text, starts = joined(pages)
    if not text.strip():
        raise InputError(
            f"{source.name}: its {len(pages)} pages hold no text, so they are pictures; recognise the text first, for "
            "instance with ocrmypdf"
        )
    yield entry_of_file(text, source, told, origin=Origin(pages=tuple(starts)))


def joined(pages: Sequence[str]) -> tuple[str, list[int]]:
    """Join the lines of pages into one text, and say where in it each page begins.

    What stands at the head or foot of most pages is left out. A sentence may go on across a page's end.
    """
    text = ""
    starts: list[int] = []
    for lines in _without_margins([_lines(page) for page in pages]):
        paragraphs = _paragraphs(lines)
        goes_on = bool(text) and bool(paragraphs) and not _ENDED.search(text) and paragraphs[0][:1].islower()
        separator = "" if not text or not paragraphs else " " if goes_on else "\n\n"
        starts.append(len(text) + len(separator))
        text += separator + "\n\n".join(paragraphs)
    return text, starts


def _pages(data: bytes, name: str) -> list[str]:
    try:
        import pypdfium2
    except ImportError:
        raise needs("pdf", name) from None
    with _lock:
        try:
            pdf: Any = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).casefold():
                raise InputError(f"{name}: is encrypted; save it without its password first") from None
            raise InputError(f"{name}: is damaged or no PDF ({error})") from None
        try:
            return _read(pdf, name)
        finally:
            pdf.close()


def _read(pdf: Any, name: str) -> list[str]:
    import pypdfium2

    if len(pdf) > _MOST_PAGES:
        raise InputError(f"{name}: has {len(pdf)} pages, and {_MOST_PAGES} is the most for one document; split it")
    pages: list[str] = []
    size = 0
    for number in range(len(pdf)):
        try:
            page = pdf[number]
            textpage = page.get_textpage()
            text = str(textpage.get_text_range())
            textpage.close()
            page.close()
        except (pypdfium2.PdfiumError, UnicodeError) as error:
            raise InputError(f"{name}, page {number + 1}: cannot be read ({error})") from None
        size += len(text)
        if size > _MOST_CHARACTERS:
            raise InputError(f"{name}, page {number + 1}: more than {_MOST_CHARACTERS} characters up to here; split it")
        pages.append(whole_characters(text))
    return pages


def _lines(page: str) -> list[str]:
    text = _HYPHENATED.sub("", page.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""))
    return [" ".join(line.split()) for line in text.split("\n")]


def _without_margins(pages: list[list[str]]) -> list[list[str]]:
    """Leave out first and last lines that most pages share but for their digits, and bare page numbers."""
    filled = [[line for line in page if line] for page in pages]
    seen = Counter(_shape(line) for page in filled if page for line in {page[0], page[-1]})
    repeated = {shape for shape, times in seen.items() if times >= max(3, len(pages) / 2)}
    kept: list[list[str]] = []
    for page in pages:
        lines = list(page)
        for edge in (0, -1):
            while lines and (not lines[edge] or _shape(lines[edge]) in repeated or _PAGE_NUMBER.fullmatch(lines[edge])):
                lines.pop(edge)
        kept.append(lines)
    return kept


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", line)


def _paragraphs(lines: list[str]) -> list[str]:
    """Join the lines of a page: one that fills most of the width goes on in the next, unless that begins a list entry."""
    width = sorted(map(len, lines))[len(lines) * 9 // 10] if lines else 0
    paragraphs: list[str] = []
    before = ""
    for line in lines:
        goes_on = len(before) >= _FULL * width or (line[:1].islower() and not _ENDED.search(before))
        if before and line and goes_on and not _LISTED.match(line):
            paragraphs[-1] += ("" if before.endswith("-") and line[:1].islower() else " ") + line
        elif line:
            paragraphs.append(line)
        before = line
    return paragraphs
