"""Pages in HTML: main text, title, date and publisher, each sentence with its place in the page."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from summariser.errors import InputError
from summariser.readers.decoding import decoded, whole
from summariser.readers.extras import needs
from summariser.readers.items import Entry, Place
from summariser.readers.origins import Squeezed, aligned, page_characters
from summariser.readers.told import guessable, known_date, known_language
from summariser_schemas import Document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

    from summariser.readers.inputs import Source
    from summariser.readers.items import Item
    from summariser.readers.told import Told

__all__ = ["declared_charset", "html_items"]

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})["']""")
_INSERTED = re.compile(r"^- |\|")
"""What trafilatura puts before the entries of lists and between the cells of tables."""
_LARGEST_PAGE = 16 << 20
_unheard = logging.NullHandler()
_LANG = re.compile(r"""<html[^>]{0,500}?\slang\s*=\s*["']?\s*([A-Za-z]{2,3})\b""", re.IGNORECASE)


def html_items(stream: BufferedReader, source: Source, told: Told) -> Iterator[Item]:
    """The one document of a page."""
    data = whole(stream, source.name, most=_LARGEST_PAGE)
    page = decoded(
        data, name=source.name, encoding=told.encoding, declared=source.charset or declared_charset(data[:4096])
    )
    found = _extracted(page, source)
    text = "\n\n".join(line.strip() for line in (found.text or "").split("\n") if line.strip())
    if not text:
        raise InputError(f"{source.name}: no main text was found in this page; give its text as a .txt file")
    # With a publisher as its source, the document does not otherwise say which file it was in.
    place = source.name if found.sitename and source.path else None
    lang = _LANG.search(page[:20_000])
    document = Document(
        text=text,
        id=source.id,
        # A title that the text begins with is a heading of the text.
        title=told.title or (found.title if found.title and not text.startswith(found.title) else None),
        published=told.published or (known_date(found.date) if found.date else None),
        source=found.sitename or source.given,
        url=source.url or _web_address(found.url),
        language=told.language or (guessable(known_language(lang[1])) if lang else None),
        origin=aligned(
            text,
            Squeezed.of(page_characters(page)),
            inserted=_INSERTED,
            place=place,
        ),
    )
    yield Entry(document, Place(source.name), {"author": found.author} if found.author else {})


def declared_charset(head: bytes) -> str | None:
    """The encoding that a page or an XML file says it has, at its beginning."""
    match = _XML_ENCODING.search(head) or _CHARSET.search(head)
    return match[1].decode("ascii") if match else None


def _extracted(page: str, source: Source) -> Any:
    try:
        import trafilatura
    except ImportError:
        raise needs("html", source.name) from None
    # Their complaints about a page are told by our error; without a handler Python would print them.
    for library in ("trafilatura", "htmldate", "justext", "courlan"):
        logging.getLogger(library).addHandler(_unheard)
    try:
        found: Any = trafilatura.bare_extraction(
            # It takes only what has the root of a page.
            page if "<html" in page[:20_000].lower() else f"<html><body>{page}</body></html>",
            url=source.url,
            with_metadata=True,
            include_comments=False,
            # Without it, a date may be that of a copyright line or of another article. Dates are never invented.
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except Exception as error:  # lxml and trafilatura raise what they like on broken pages
        raise InputError(f"{source.name}: cannot be read as HTML ({type(error).__name__}: {error})") from None
    if found is None:
        raise InputError(f"{source.name}: no main text was found in this page; give its text as a .txt file")
    return found


def _web_address(url: str | None) -> str | None:
    return url if url and url.startswith(("http://", "https://")) else None
