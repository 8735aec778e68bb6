"""Markdown: its text without the marks, each sentence with its place in the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from summariser.errors import InputError
from summariser.readers.decoding import decoded, whole
from summariser.readers.items import Entry, Place
from summariser.readers.origins import Runs
from summariser.readers.told import known_date, known_language
from summariser_schemas import Document, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import BufferedReader

    from markdown_it.token import Token

    from summariser.readers.inputs import Source
    from summariser.readers.items import Item
    from summariser.readers.told import Told

__all__ = ["markdown_items"]

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?\r?\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_LARGEST_PAGE = 16 << 20
_LINE_END = re.compile(r"\r\n?|\n")
_FIELD = re.compile(r"""^(\w+)\s*:\s*(["']?)(.*?)\2\s*$""", re.MULTILINE)


def markdown_items(stream: BufferedReader, source: Source, told: Told) -> Iterator[Item]:
    """The one document of a file. Title, date and language are read from its front matter, where it has one."""
    page = decoded(whole(stream, source.name, most=_LARGEST_PAGE), name=source.name, encoding=told.encoding)
    front = _FRONT_MATTER.match(page)
    fields = {name.lower(): value for name, _, value in _FIELD.findall(front[1])} if front else {}
    try:
        read = _read(page, front.end() if front else 0)
        if not read.text:
            raise InputError("holds no text; there is nothing to summarise")
        dated = fields.get("date") or fields.get("published")
        language = fields.get("lang") or fields.get("language")
        document = Document(
            text=read.text,
            id=source.id,
            title=fields.get("title") or told.title,
            published=(known_date(dated) if dated else None) or told.published,
            source=source.given,
            url=source.url or fields.get("url"),
            language=known_language(language) if language else told.language,
            origin=Origin(runs=tuple(read.runs.deltas)),
        )
    except InputError as error:
        raise InputError(f"{source.name}: {error}") from None
    yield Entry(document, Place(source.name))


class _Text:
    """The text as it grows, block by block, and where in the file each stretch of it stands."""

    def __init__(self, page: str, offset: int) -> None:
        self.text = ""
        self.runs = Runs()
        self._page = page
        self._lines = [offset, *(mark.end() for mark in _LINE_END.finditer(page, offset)), len(page)]
        self._at, self._end = offset, len(page)
        self._pieces: list[tuple[str, int, int]] = []

    def within(self, lines: Sequence[int]) -> None:
        """What comes next stands in these lines: the first, and one past the last."""
        self._at = max(self._at, self._lines[min(lines[0], len(self._lines) - 1)])
        self._end = self._lines[min(lines[1], len(self._lines) - 1)]

    def add(self, text: str, written: str | None = None) -> None:
        """Add characters of a block, which stand in the file as they are, or as they were ``written`` there."""
        found = self._page.find(written or text, self._at, self._end)
        if found < 0 and written is None and len(words := text.split(" ")) > 1:
            for word in words[:-1]:  # a line ends within them
                self.add(word)
                self.put(" ")
            self.add(words[-1])
            return
        self._pieces.append((text, found, len(written or text)))
        if found >= 0:
            self._at = found + len(written or text)

    def put(self, text: str) -> None:
        """Add characters that stand nowhere."""
        self._pieces.append((text, -1, 0))

    def end(self) -> None:
        """End a block."""
        block = "".join(text for text, _, _ in self._pieces)
        kept = block.strip()
        if kept:
            self.text += "\n\n" if self.text else ""
            # Where the block would begin if its leading white space were kept.
            start = len(self.text) - block.index(kept)
            first, last = len(self.text), len(self.text) + len(kept)
            for text, found, length in self._pieces:
                begin, finish = max(start, first), min(start + len(text), last)
                if found >= 0 and begin < finish:
                    same = length == len(text)
                    cut = begin - start if same else 0
                    self.runs.add(begin, finish - begin, found + cut, finish - begin if same else length)
                start += len(text)
            self.text += kept
        self._pieces = []


def _read(page: str, offset: int) -> _Text:
    from markdown_it import MarkdownIt

    # Names that could be links are left as they stand; nothing is put in typographic form, so that the text stays the file's.
    parser = MarkdownIt("commonmark", {"typographer": False}).enable("table").disable("text_join")
    read = _Text(page, offset)
    in_row = cells = False
    for token in parser.parse(page[offset:]):
        if token.map:
            read.within(token.map)
        if token.type == "inline":
            if in_row and cells:
                read.put(" | ")
            _inline(token.children or [], read)
            cells = True
            if not in_row:
                read.end()
        elif token.type in ("fence", "code_block"):
            for line in token.content.splitlines():
                read.add(line.strip())
                read.put("\n")
            read.end()
        elif token.type == "tr_open":
            in_row, cells = True, False
        elif token.type == "tr_close":
            in_row = False
            read.end()
    return read


def _inline(children: Sequence[Token], read: _Text) -> None:
    for child in children:
        if child.type in ("text", "code_inline"):
            read.add(child.content)
        elif child.type == "text_special":  # an entity or an escape
            read.add(child.content, child.markup)
        elif child.type in ("softbreak", "hardbreak"):
            read.put(" ")
