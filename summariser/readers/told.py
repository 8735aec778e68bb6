"""What is known of a document beside its text: told by the user, or written in the columns of its row."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast

from summariser.errors import InputError
from summariser_schemas.document import whole_characters

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Told",
    "guessable",
    "known_date",
    "known_language",
    "known_text",
    "parse_published",
    "said",
]

_DEEPEST = 100
"""Lists and objects within one another in a column. A brief carries the column, and what reads JSON stops at 200 or so."""
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9_-]+)?")


@dataclass(frozen=True, slots=True)
class Told:
    """What the user said of the inputs. It holds where an input does not itself say, and before what is merely guessed."""

    title: str | None = None
    published: date | datetime | None = None
    language: str | None = None
    encoding: str | None = None


def parse_published(text: str) -> date | datetime:
    """Read an ISO 8601 date (``2024-01-30``), or a date and time with its zone (``2024-01-30T09:00:00+01:00``).

    Raises:
        InputError: it is neither.
    """
    stripped = text.strip()
    try:
        return date.fromisoformat(stripped)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(stripped)
    except ValueError as error:
        # "day is out of range for month" helps; "Invalid isoformat string" says no more than we do.
        reason = "" if "format" in str(error) else f" ({error})"
        raise InputError(
            f"{text!r} is not a date{reason}; "
            "write it as 2024-01-30, or with time and zone as 2024-01-30T09:00:00+01:00"
        ) from None
    if moment.tzinfo is None:
        raise InputError(f"{text!r} has a time and no zone; add one (Z or +01:00), or give the date alone")
    return moment


def known_date(value: Any) -> date | datetime | None:
    """Read the date of a row, feed or message: as `parse_published`, or as in e-mail (``Tue, 30 Jan 2024 09:00:00 +0100``).

    A time without a zone, which most tables have, counts for its day.

    Raises:
        InputError: it is no date.
    """
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise InputError(f"{str(value)[:40]!r} is not a date; write it as 2024-01-30")
    text = value.strip()
    if not text:
        return None
    try:
        moment: date | datetime = (
            date.fromisoformat(text) if len(text) <= len("2024-01-30") else datetime.fromisoformat(text)
        )
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return parse_published(text)  # refuses it, saying why
    return known_date(moment)


def known_language(value: Any) -> str | None:
    """Read a language code: ``en``, ``EN``, ``en-GB`` and ``en_GB`` are ``en``.

    Raises:
        InputError: it is none.
    """
    if not isinstance(value, str) or not (match := _LANGUAGE.fullmatch(value.strip())):
        raise InputError(f"language {str(value)[:40]!r} is not an ISO 639 code; give two letters such as en")
    return match[1].lower()


def known_text(value: Any) -> str | None:
    """A column as text: numbers in digits; None where it is empty, null or not a number."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str):
        return whole_characters(value)
    if isinstance(value, int | float):
        return str(value)
    raise InputError(f"{str(value)[:40]!r} is a {type(value).__name__}, not text")


def fit(value: Any, depth: int = 0) -> Any:
    """A value as JSON can hold it, ``depth`` lists and objects deep in another.

    Raises:
        InputError: it is nested too deep.
    """
    if depth == _DEEPEST and isinstance(value, dict | list | tuple):
        raise InputError(f"is nested more than {_DEEPEST} deep; flatten it, or leave it out")
    if isinstance(value, dict):
        return {whole_characters(str(name)): fit(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [fit(one, depth + 1) for one in cast("list[Any]", value)]
    if isinstance(value, str):
        return whole_characters(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal | timedelta):
        return str(value)
    return value


def said(record: Mapping[str, Any], name: str) -> str | None:
    """A column of a record as text.

    Raises:
        InputError: it holds something else; the message names the column.
    """
    try:
        return known_text(record.get(name))
    except InputError as error:
        raise InputError(f"column {name!r}: {error}") from None


def guessable(language: str | None) -> str | None:
    """A declared language, unless the text itself tells it: templates often declare another than their page is written in."""
    from summariser.sentences import GUESSED

    return None if language in GUESSED else language
