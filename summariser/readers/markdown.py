"""Markdown: its text without the marks, each sentence with its place in the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from summariser.errors import InputError
from summariser.readers.decoding import decoded, whole
from summariser.readers.items import Entry, Place
from summariser.readers.origins import Squeezed, aligned, page_characters
from summariser.readers.told import known_date, known_language
from summariser_schemas import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import BufferedReader

    from markdown_it.token import Token

    from summariser.readers.inputs import Source
    from summariser.readers.items import Item
    from summariser.readers.told import Told

__all__ = ["markdown_items"]

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?\r?\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_MARKS = re.compile(r"""\]\([^()\s]{0,2000}(?:\s+"[^"]{0,500}")?\)|\\[!-/:-@\[-`{-~]""")
_FIELD = re.compile(r"""^(\w+)\s*:\s*(["']?)(.*?)\2\s*$""", re.MULTILINE)


def markdown_items(stream: BufferedReader, source: Source, told: Told) -> Iterator[Item]:
    """The one document of a file. Title, date and language are read from its front matter, where it has one."""
    page = decoded(whole(stream, source.name), name=source.name, encoding=told.encoding)
    front = _FRONT_MATTER.match(page)
    fields = {name.lower(): value for name, _, value in _FIELD.findall(front[1])} if front else {}
    # Blanks in its stead keep every place where it was.
    body = " " * front.end() + page[front.end() :] if front else page
    try:
        text = _text(body.lstrip() if front else body)
        dated = fields.get("date") or fields.get("published")
        language = fields.get("lang") or fields.get("language")
        document = Document(
            text=text,
            id=source.id,
            title=fields.get("title") or told.title,
            published=(known_date(dated) if dated else None) or told.published,
            source=source.given,
            url=source.url or fields.get("url"),
            language=known_language(language) if language else told.language,
            origin=aligned(text, Squeezed.of(_characters(body))),
        )
    except InputError as error:
        raise InputError(f"{source.name}: {error}") from None
    yield Entry(document, Place(source.name))


def _characters(body: str) -> Iterator[tuple[str, int, int]]:
    """The characters of a file, without the targets of its links and the backslashes of its escapes."""
    for text, start, end in page_characters(body):
        if len(text) != end - start:
            yield text, start, end
            continue
        at = 0
        for mark in _MARKS.finditer(text):
            yield text[at : mark.start()], start + at, start + mark.start()
            at = mark.end() if mark[0].startswith("]") else mark.start() + 1
        yield text[at:], start + at, end


def _text(body: str) -> str:
    from markdown_it import MarkdownIt

    # Names that could be links are left as they stand; nothing is put in typographic form, so that the text stays the file's.
    tokens = MarkdownIt("commonmark", {"typographer": False}).enable("table").parse(body)
    parts: list[str] = []
    in_row = 0
    for token in tokens:
        if token.type == "tr_open":
            in_row = len(parts) + 1
            parts.append("")
        elif token.type == "tr_close":
            in_row = 0
        elif token.type == "inline":
            words = _inline(token.children or []).strip()
            if in_row:
                parts[-1] += (" | " if parts[-1] else "") + words
            else:
                parts.append(words)
        elif token.type in ("fence", "code_block"):
            parts.append(token.content.rstrip("\n"))
    text = "\n\n".join(part.strip("\n") for part in parts if part.strip())
    if not text:
        raise InputError("holds no text; there is nothing to summarise")
    return text


def _inline(children: Sequence[Token]) -> str:
    words: list[str] = []
    for child in children:
        if child.type in ("text", "code_inline"):
            words.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            words.append(" ")
    return "".join(words)
