"""XML as a stream of events, without what makes it dangerous; and the feeds written in it: RSS and Atom."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from summariser.errors import InputError
from summariser.readers.decoding import LARGEST_FILE
from summariser.readers.items import Damaged, Entry, Place
from summariser.readers.origins import visible_text
from summariser.readers.told import guessable, known_date, known_language
from summariser_schemas import Document, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from typing import BinaryIO

    from summariser.readers.inputs import Source
    from summariser.readers.items import Item
    from summariser.readers.told import Told

__all__ = ["Event", "events", "feed_items"]

Event = tuple[str, str, dict[str, str]]
"""``("start", name, attributes)``, ``("end", name, {})`` or ``("text", characters, {})``; names as ``namespace name``."""

_CHUNK = 1 << 16
_DEEPEST = 200


def events(stream: BinaryIO | BufferedReader, name: str) -> Iterator[Event]:
    """Read XML piece by piece. Entities of the file's own are refused; those of HTML, which feeds use, are resolved.

    Raises:
        InputError: it is not well-formed, declares entities, or nests deeper than any document does.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.UseForeignDTD(True)  # so that an entity that is not declared is no error but handed to `default`
    found: list[Event] = []
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise InputError(
                f"{name}, line {parser.CurrentLineNumber}: nests more than {_DEEPEST} elements; it is refused"
            )
        found.append(("start", tag, attributes))

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        found.append(("end", tag, {}))

    def text(characters: str) -> None:
        found.append(("text", characters, {}))

    def default(characters: str) -> None:
        if characters.startswith("&") and characters.endswith(";"):
            found.append(("text", html.unescape(characters), {}))

    def entity(*_: object) -> None:
        raise InputError(
            f"{name}, line {parser.CurrentLineNumber}: declares entities of its own, which can be made to fill the memory; "
            "it is refused"
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.DefaultHandlerExpand = default
    parser.EntityDeclHandler = entity
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)  # its only form
            yield from found
            found.clear()
        parser.Parse(b"", True)
        yield from found
    except expat.ExpatError as error:
        yield from found
        raise InputError(
            f"{name}, line {error.lineno}, column {error.offset + 1}: not well-formed XML ({expat.ErrorString(error.code)}); "
            "what stands before was read"
        ) from None
    except (LookupError, ValueError) as error:
        raise InputError(f"{name}: its encoding cannot be read ({error})") from None


_ATOM = "http://www.w3.org/2005/Atom "
_CONTENT = "http://purl.org/rss/1.0/modules/content/ encoded"
_DC = "http://purl.org/dc/elements/1.1/ "
_RSS_1 = "http://purl.org/rss/1.0/ "


@dataclass
class _Gathered:
    """What an entry of a feed, or the feed itself, has said so far: element -> text."""

    said: dict[str, str] = field(default_factory=dict[str, str])
    link: str | None = None
    language: str | None = None

    def first(self, *names: str) -> str | None:
        return next((self.said[name].strip() for name in names if self.said.get(name, "").strip()), None)


def feed_items(stream: BufferedReader, source: Source, told: Told) -> Iterator[Item]:
    """One document an entry: its full content where the feed has it, else its summary."""
    feed, entry = _Gathered(), None
    number = 0
    root: str | None = None
    path: list[str] = []
    for kind, name, attributes in events(stream, source.name):
        if kind == "start":
            if root is None:
                root = name.rpartition(" ")[2]
                if root not in ("rss", "feed", "RDF"):
                    raise InputError(
                        f"{source.name}: is XML with the root {root!r}, neither RSS nor Atom; give its text as a .txt file"
                    )
                feed.language = attributes.get("http://www.w3.org/XML/1998/namespace lang")
            plain = name.removeprefix(_ATOM).removeprefix(_RSS_1)
            path.append(plain)
            if plain in ("item", "entry") and entry is None:
                entry, number = _Gathered(), number + 1
            holder = entry or feed
            if name == _ATOM + "link" and attributes.get("rel", "alternate") == "alternate" and "href" in attributes:
                holder.link = holder.link or attributes["href"]
            elif entry is not None and any(outer in ("content", "summary") for outer in path[:-1]):
                _gather(entry, path, f"<{name.rpartition(' ')[2]}>")  # XHTML within Atom
        elif kind == "text":
            within = any(outer in ("content", "summary") for outer in path[:-1])
            _gather(entry or feed, path, html.escape(name) if within else name)
        else:
            plain = path.pop()
            if entry is not None and plain in ("item", "entry"):
                yield _feed_item(entry, feed, Place(source.name, "entry", number), source, told)
                entry = None
    if root is None:
        raise InputError(f"{source.name}: is empty; there is nothing to summarise")


def _gather(holder: _Gathered, path: list[str], text: str) -> None:
    """Add characters to the element they stand in; what stands within an Atom content in XHTML belongs to that."""
    name = next((name for name in path if name in ("content", "summary")), path[-1] if path else "")
    if len(path) > 1 and name == "title" and path[-2] in ("image", "source", "textInput"):
        return
    so_far = holder.said.get(name, "")
    if len(so_far) < LARGEST_FILE:
        holder.said[name] = so_far + text


def _feed_item(entry: _Gathered, feed: _Gathered, place: Place, source: Source, told: Told) -> Item:
    identity = entry.first("guid", "id") or entry.link or entry.first("link")
    extra: dict[str, Any] = {}
    if author := entry.first(_DC + "creator", "author", "name"):
        extra["author"] = author
    text = visible_text(entry.first(_CONTENT, "content", "description", "summary") or "")
    if not text:
        error = InputError(f"{place}: has no text of its own, only a title and a link; fetch the page it links to")
        return Damaged(error, place, identity, extra)
    dated = entry.first("pubDate", "published", _DC + "date", "updated")
    language = entry.first(_DC + "language") or feed.first("language", _DC + "language") or feed.language
    try:
        document = Document(
            text=text,
            id=identity,
            title=visible_text(entry.first("title") or "") or told.title,
            published=(known_date(dated) if dated else None) or told.published,
            source=visible_text(feed.first("title") or "") or source.given,
            url=entry.link or entry.first("link"),
            language=told.language or (guessable(known_language(language)) if language else None),
            origin=Origin(place=str(place)),
        )
    except InputError as error:
        return Damaged(InputError(f"{place}: {error}"), place, identity, extra)
    return Entry(document, place, extra)
