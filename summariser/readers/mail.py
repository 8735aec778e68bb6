"""E-mail: single messages and mailboxes. The document is the message's own text; attachments are named, not read."""

from __future__ import annotations

import email
from email import policy
from typing import TYPE_CHECKING, Any

from summariser.errors import InputError
from summariser.readers.decoding import LARGEST_FILE, bare_lines, whole
from summariser.readers.items import Damaged, Entry, Place
from summariser.readers.origins import visible_text
from summariser.readers.told import guessable, known_date, known_language
from summariser_schemas import Document, Origin
from summariser_schemas.document import whole_characters

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage, MIMEPart
    from io import BufferedReader

    from summariser.readers.inputs import Source
    from summariser.readers.items import Item
    from summariser.readers.told import Told

__all__ = ["mbox_items", "message_items"]


def message_items(stream: BufferedReader, source: Source, told: Told) -> Iterator[Item]:
    """The one document of a message."""
    yield _item(whole(stream, source.name), Place(source.name), source, told)


def mbox_items(stream: BufferedReader, source: Source, told: Told) -> Iterator[Item]:
    """One document a message; no more than one is held at a time."""
    number = 0
    for number, data in enumerate(_messages(stream, source.name), 1):
        yield _item(data, Place(source.name, "message", number), source, told)
    if number == 0:
        raise InputError(f"{source.name}: holds no message; each begins with a line 'From …'")


def _messages(stream: BufferedReader, name: str) -> Iterator[bytes]:
    """Split a mailbox where a line begins with "From " after an empty one; what was quoted for that is unquoted."""
    held: list[bytes] | None = None
    size = 0
    blank = True
    for line in bare_lines(stream, name):
        if blank and line.startswith(b"From "):
            if held is not None:
                yield b"".join(held)
            held, size = [], 0
            continue
        blank = not line.strip()
        if held is None:
            if not blank:
                raise InputError(f"{name}: is no mailbox, which begins with a line 'From …'")
            continue
        size += len(line)
        if size > LARGEST_FILE:
            raise InputError(f"{name}: a message is larger than {LARGEST_FILE >> 20} MiB; nothing after it was read")
        held.append(line[1:] if line.lstrip(b">").startswith(b"From ") and line.startswith(b">") else line)
    if held is not None:
        yield b"".join(held)


def _item(data: bytes, place: Place, source: Source, told: Told) -> Item:
    identity: str | None = None
    extra: dict[str, Any] = {}
    try:
        message: EmailMessage = email.message_from_bytes(data, policy=policy.default)
        identity = _header(message, "message-id").strip("<> ") or (source.id if place.unit is None else None)
        extra = {name: value for name in ("from", "to") if (value := _header(message, name))}
        if attached := [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]:
            extra["attachments"] = [whole_characters(str(name)) for name in attached]
        text = _text(message, place)
        language = _header(message, "content-language").partition(",")[0]
        document = Document(
            text=text,
            id=identity,
            title=_header(message, "subject") or told.title,
            published=_date(message, place) or told.published,
            source=source.given,
            language=told.language or (guessable(known_language(language)) if language else None),
            origin=None if place.unit is None else Origin(place=str(place)),
        )
    except InputError as error:
        return Damaged(error, place, identity, extra)
    except RecursionError:
        return Damaged(InputError(f"{place}: nests too many parts within one another; it is refused"), place, identity)
    except (LookupError, ValueError, AttributeError, TypeError, AssertionError) as error:
        # The parser of the standard library is lenient, but for odd corners.
        reason = f"{type(error).__name__}: {error}"
        return Damaged(InputError(f"{place}: cannot be read as an e-mail ({reason})"), place, identity, extra)
    return Entry(document, place, extra)


def _text(message: EmailMessage, place: Place) -> str:
    if not message.keys():
        raise InputError(f"{place}: has no headers, so it is no e-mail; give its text as a .txt file")
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        raise InputError(f"{place}: has no text of its own; save what is attached and give that")
    content: Any = _content(body)
    text = visible_text(content) if body.get_content_subtype() == "html" else content.replace("\r\n", "\n")
    text = whole_characters(text)
    if not text.strip():
        raise InputError(f"{place}: its text is empty; there is nothing to summarise")
    return text


def _content(body: MIMEPart) -> str:
    try:
        return str(body.get_content())
    except LookupError:  # a charset that does not exist
        payload = body.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else str(payload)


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(whole_characters(str(message.get(name) or "")).split())


def _date(message: EmailMessage, place: Place) -> Any:
    header = _header(message, "date")
    try:
        return known_date(header) if header else None
    except InputError as error:
        raise InputError(f"{place}: its date: {error}") from None
