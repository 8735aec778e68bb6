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

__all__ = ["Squeezed", "aligned", "page_characters", "same_but_line_ends", "visible_text"]

_ENTITY = re.compile(r"&(?:#[0-9]{1,8};?|#[xX][0-9a-fA-F]{1,8};?|[A-Za-z][A-Za-z0-9]{1,31};?)")
_TAG_NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9:-]*)")
_TAG_MARK = re.compile("[>\"']")
_UNSEEN = frozenset({"script", "style", "template", "noscript", "title", "textarea", "svg", "iframe", "select"})
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q s samp small span strike strong "
    "sub sup time tt u var wbr".split()
)
_CLOSING = {tag: re.compile(f"</{tag}", re.IGNORECASE) for tag in _UNSEEN}
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


def aligned(text: str, source: Squeezed, *, place: str | None = None) -> Origin:
    """Find the text, line by line, in the source it came from, and say where it stands.

    The lines follow one another in the source for the most part. What an extractor put in of its own (bullets, bars between
    cells) stands nowhere, and has no run.
    """
    aligner = _Aligner(source)
    offset = 0
    for line in text.split("\n"):
        aligner.line(line, [offset + at for at, character in enumerate(line) if not character.isspace()])
        offset += len(line) + 1
    return Origin(place=place, runs=tuple(aligner.runs.deltas))


def same_but_line_ends(source: str) -> Origin | None:
    """The origin of a text that is its source with ``\\r\\n`` turned into ``\\n``; None where there is none of them."""
    if "\r\n" not in source:
        return None
    runs = _Runs()
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


class _Runs:
    """Runs as they are kept: each four numbers, relative to the end of the one before."""

    def __init__(self) -> None:
        self.deltas: list[int] = []
        self._text = self._source = 0

    def add(self, text: int, length: int, source: int, source_length: int) -> None:
        self.deltas += (text - self._text, length, source - self._source, source_length)
        self._text, self._source = text + length, source + source_length


class _Aligner:
    """Follows a text through its source, a line at a time."""

    def __init__(self, source: Squeezed) -> None:
        self.source = source
        self.runs = _Runs()
        self._cursor = 0
        self._steps = 0

    def line(self, line: str, where: list[int]) -> None:
        """Add the runs of a line whose visible characters stand at ``where`` in the text."""
        squeezed = "".join(line.split())
        found = self.source.text.find(squeezed, self._cursor)
        if found < 0:
            found = self.source.text.find(squeezed)
        if found >= 0:
            self._found(where, found)
            return
        first = 0
        while first < len(squeezed) and self._steps < _MOST_STEPS:
            self._steps += 1
            found, length = self._longest(squeezed, first)
            if length:
                self._found(where[first : first + length], found)
            first += length or 1

    def _longest(self, squeezed: str, first: int) -> tuple[int, int]:
        """Where the longest beginning of ``squeezed[first:]`` stands that stands nearby, and its length."""
        low, high = 0, min(len(squeezed) - first, _LONGEST_STEP)
        at = 0
        while low < high:
            middle = (low + high + 1) // 2
            far = self._cursor + _NEARBY + _NEARBY_TIMES * middle
            found = self.source.text.find(squeezed[first : first + middle], self._cursor, far)
            if found < 0:
                high = middle - 1
            else:
                low, at = middle, found
        return at, low

    def _found(self, where: list[int], found: int) -> None:
        """Add the characters at ``where``, which stand one after another in the source from ``found`` on."""
        if not where:
            return
        begun = 0
        starts, ends = self.source.starts, self.source.ends
        for at in range(1, len(where) + 1):
            here = found + at
            if (
                at < len(where)
                and ends[here] - starts[here] == ends[here - 1] - starts[here - 1] == 1
                and where[at] - where[at - 1] == starts[here] - starts[here - 1]
            ):
                continue
            first, last = found + begun, here - 1
            self.runs.add(where[begun], where[at - 1] + 1 - where[begun], starts[first], ends[last] - starts[first])
            begun = at
        self._cursor = found + len(where)


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
