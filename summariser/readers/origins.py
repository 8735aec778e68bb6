"""Text that was taken out of a marked-up source, brought back to the characters it stands for there."""

from __future__ import annotations

import html
import re
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from summariser_schemas import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Runs", "Squeezed", "aligned", "page_characters", "same_but_line_ends", "visible_text"]

_ENTITY = re.compile(r"&(?:#[0-9]{1,8};?|#[xX][0-9a-fA-F]{1,8};?|[A-Za-z][A-Za-z0-9]{1,31};?)")
_TAG_NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9:-]*)")
_TAG_MARK = re.compile("[>\"']")
_UNSEEN = frozenset({"script", "style", "template", "noscript", "title", "textarea", "svg", "iframe", "select"})
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q s samp small span strike strong "
    "sub sup time tt u var wbr".split()
)
_CLOSING = {tag: re.compile(f"</{tag}", re.IGNORECASE) for tag in _UNSEEN}
_LONG = 24
"""Characters from which on a piece is taken for found wherever it stands after the last."""
_NEARBY, _NEARBY_TIMES = 64, 16
"""How far from the last one a beginning is looked for: characters, and how many more for each of its own."""
_LONGEST_STEP = 1024
_MOST_STEPS = 5_000
"""Steps for all lines that do not stand in the source as they are, so that no page takes too long."""


@dataclass
class Squeezed:
    """A source without white space and markup, each character with its place in it: ``source[starts[i]:ends[i]]``."""

    text: str = ""
    starts: array[int] = field(default_factory=lambda: array("I"))
    ends: array[int] = field(default_factory=lambda: array("I"))

    @classmethod
    def of(cls, pieces: Iterator[tuple[str, int, int]]) -> Squeezed:
        """Squeeze pieces of text with their places. A piece as long as its place stands there as it is."""
        squeezed = cls()
        parts: list[str] = []
        for text, start, end in pieces:
            verbatim = len(text) == end - start
            for at, character in enumerate(text):
                if not character.isspace():
                    parts.append(character)
                    squeezed.starts.append(start + at if verbatim else start)
                    squeezed.ends.append(start + at + 1 if verbatim else end)
        squeezed.text = "".join(parts)
        return squeezed


def aligned(
    text: str, source: Squeezed, *, inserted: re.Pattern[str] | None = None, place: str | None = None
) -> Origin:
    """Find the text, line by line, in the source it came from, and say where it stands.

    The lines follow one another in the source for the most part. What the extractor ``inserted`` of its own, such as bullets
    and bars between cells, stands nowhere, and has no run.
    """
    pieces: list[_Piece] = []
    offset = 0
    for line in text.split("\n"):
        at = 0
        for part in [line] if inserted is None else inserted.split(line):
            if part.strip():
                begun = line.index(part, at)
                at = begun + len(part)
                pieces.append(_Piece.of(part, offset + begun))
        offset += len(line) + 1
    _Aligner(source).align(pieces)
    runs = Runs()
    for piece in pieces:
        for where, found in piece.found:
            _add_runs(where, found, source, runs)
    return Origin(place=place, runs=tuple(runs.deltas))


def same_but_line_ends(source: str) -> Origin | None:
    """The origin of a text that is its source with ``\\r\\n`` turned into ``\\n``; None where there is none of them."""
    if "\r\n" not in source:
        return None
    runs = Runs()
    start = lost = 0
    while start < len(source):
        at = source.find("\r\n", start)
        end = len(source) if at < 0 else at
        if end > start:
            runs.add(start - lost, end - start, start, end - start)
        if at < 0:
            break
        # The line feed begins the next run.
        start, lost = at + 1, lost + 1
    return Origin(runs=tuple(runs.deltas))


class Runs:
    """Runs as `Origin` keeps them: each four numbers, relative to the end of the one before."""

    def __init__(self) -> None:
        self.deltas: list[int] = []
        self._text = self._source = 0

    def add(self, text: int, length: int, source: int, source_length: int) -> None:
        """Add a run: where it begins in the text and its length, and the same of the source."""
        self.deltas += (text - self._text, length, source - self._source, source_length)
        self._text, self._source = text + length, source + source_length


@dataclass
class _Piece:
    """A part of the text that should stand in one place: its visible characters, where each stands in the text, and
    ``found``: for each stretch of them that was found, where it begins in the squeezed source."""

    squeezed: str
    where: list[int]
    found: list[tuple[list[int], int]] = field(default_factory=list[tuple[list[int], int]])

    @classmethod
    def of(cls, text: str, start: int) -> _Piece:
        where = [start + at for at, character in enumerate(text) if not character.isspace()]
        return cls("".join(text.split()), where)

    def place(self, at: int) -> None:
        self.found = [(self.where, at)]

    @property
    def bounds(self) -> tuple[int, int] | None:
        """From where to where in the squeezed source it was found."""
        return (self.found[0][1], self.found[-1][1] + len(self.found[-1][0])) if self.found else None


class _Aligner:
    """Finds pieces in the source they came from, in their order: first what follows at once or is long, then the rest between."""

    def __init__(self, source: Squeezed) -> None:
        self._text = source.text
        self._steps = 0

    def align(self, pieces: list[_Piece]) -> None:
        """Find as many as there are."""
        cursor = 0
        for piece in pieces:
            size = len(piece.squeezed)
            far = len(self._text) if size >= _LONG else cursor + _NEARBY + size
            if (at := self._text.find(piece.squeezed, cursor, far)) >= 0:
                piece.place(at)
                cursor = at + size
        ends = len(self._text)
        bounds: list[int] = []
        for piece in reversed(pieces):
            bounds.append(ends)
            ends = piece.bounds[0] if piece.bounds else ends
        cursor = 0
        for piece, end in zip(pieces, reversed(bounds), strict=True):
            if not piece.found:
                self._between(piece, cursor, end)
            if piece.bounds and cursor <= piece.bounds[0] <= end:
                cursor = piece.bounds[1]

    def _between(self, piece: _Piece, start: int, end: int) -> None:
        """Find a piece between its neighbours; else, if it is long, anywhere; else its parts."""
        at = self._text.find(piece.squeezed, start, end)
        if at < 0 and len(piece.squeezed) >= _LONG:
            at = self._text.find(piece.squeezed)
        if at >= 0:
            piece.place(at)
            return
        first = 0
        while first < len(piece.squeezed) and self._steps < _MOST_STEPS:
            self._steps += 1
            at, length = self._longest(piece.squeezed, first, start, end)
            if length:
                piece.found.append((piece.where[first : first + length], at))
                start = at + length
            first += length or 1

    def _longest(self, squeezed: str, first: int, start: int, end: int) -> tuple[int, int]:
        """Where the longest beginning of ``squeezed[first:]`` stands that stands nearby, and its length."""
        low, high = 0, min(len(squeezed) - first, _LONGEST_STEP)
        at = 0
        while low < high:
            middle = (low + high + 1) // 2
            far = min(end, start + _NEARBY + _NEARBY_TIMES * middle)
            found = self._text.find(squeezed[first : first + middle], start, far)
            if found < 0:
                high = middle - 1
            else:
                low, at = middle, found
        return at, low


def _add_runs(where: list[int], found: int, source: Squeezed, runs: Runs) -> None:
    """Add the runs of characters at ``where``, which stand one after another in the squeezed source from ``found`` on."""
    begun = 0
    starts, ends = source.starts, source.ends
    for at in range(1, len(where) + 1):
        here = found + at
        if (
            at < len(where)
            and ends[here] - starts[here] == ends[here - 1] - starts[here - 1] == 1
            and where[at] - where[at - 1] == starts[here] - starts[here - 1]
        ):
            continue
        first, last = found + begun, here - 1
        runs.add(where[begun], where[at - 1] + 1 - where[begun], starts[first], ends[last] - starts[first])
        begun = at


def page_characters(page: str) -> Iterator[tuple[str, int, int]]:
    """The text of a page in HTML that is not markup, script or style, with its places; entities are resolved.

    It reads any page in one pass, however broken: what is no tag is text.
    """
    for kind, text, start, end in _scan(page):
        if kind == "text":
            yield text, start, end


def visible_text(page: str) -> str:
    """The text of a snippet in HTML (a feed's entry, an e-mail), a paragraph a line."""
    parts: list[str] = []
    for kind, text, _, _ in _scan(page):
        if kind == "text":
            parts.append(" ".join(text.split("\n")))
        elif text == "br":
            parts.append("\n")
        elif text not in _INLINE:
            parts.append("\n\n")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _scan(page: str) -> Iterator[tuple[str, str, int, int]]:
    """Tags (by name) and text of a page. Every search that fails is remembered, so that no page takes quadratic time."""
    at, size = 0, len(page)
    unclosed: set[str] = set()

    def find(what: str, start: int) -> int:
        if what in unclosed:
            return -1
        found = page.find(what, start)
        if found < 0:
            unclosed.add(what)
        return found

    while at < size:
        opening = page.find("<", at)
        opening = size if opening < 0 else opening
        yield from _entities(page, at, opening)
        if opening == size:
            return
        if page.startswith("<!--", opening):
            end = find("-->", opening + 4)
            at = size if end < 0 else end + 3
            continue
        if page.startswith(("<!", "<?"), opening):
            end = find(">", opening)
            at = size if end < 0 else end + 1
            continue
        name = _TAG_NAME.match(page, opening + 1)
        if name is None:
            yield "text", "<", opening, opening + 1
            at = opening + 1
            continue
        at = _tag_end(page, name.end(), find)
        tag = name[1].lower()
        yield "tag", tag, opening, at
        if tag in _UNSEEN and not name[0].startswith("/") and not page.endswith("/>", opening, at):
            closing = None if f"</{tag}" in unclosed else _CLOSING[tag].search(page, at)
            if closing is None:
                unclosed.add(f"</{tag}")
                continue  # never closed: what follows is the page
            at = closing.start()


def _tag_end(page: str, at: int, find: Callable[[str, int], int]) -> int:
    """One past the end of a tag; a quote that is never closed is none."""
    while mark := _TAG_MARK.search(page, at):
        if mark[0] == ">":
            return mark.end()
        closing = find(mark[0], mark.end())
        if closing < 0:
            end = find(">", mark.end())
            return len(page) if end < 0 else end + 1
        at = closing + 1
    return len(page)


def _entities(page: str, start: int, end: int) -> Iterator[tuple[str, str, int, int]]:
    at = start
    while at < end:
        entity = _ENTITY.search(page, at, end)
        if entity is None:
            yield "text", page[at:end], at, end
            return
        if entity.start() > at:
            yield "text", page[at : entity.start()], at, entity.start()
        resolved = html.unescape(entity[0])
        yield "text", resolved, entity.start(), entity.end()
        at = entity.end()
