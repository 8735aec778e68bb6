"""Whose word a text gives for what it says: the speaker that a verb of speech names, in English only, and quotations."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["is_inner", "leads_to_quotation", "quotations", "quoted_by", "speeches", "voice"]

_SPEECH = (
    r"(?:said|says|told|added|adds|stated|states|noted|notes|reported|reports|announced|claimed|claims|explained|warned|"
    r"confirmed|argued|insisted|wrote)"
)
_NOUNS = r"[^\W\d_][\w'’.&-]*"
_SPEAKER = (
    rf"(?:(?:[Aa]n?|[Tt]he|[Aa]nother|[Oo]ne|[Ss]ome|[Ss]everal|[Tt]wo)\s+)?"
    rf"{_NOUNS}(?:\s+(?:of|for|in|at|the|and|{_NOUNS})){{0,7}}?"
)
_PATTERNS = (
    re.compile(
        rf"[,”\"’]\s*(?P<who>{_SPEAKER})\s+{_SPEECH}\b(?=\s*(?:[.,;]|$|\s(?:on|in|at|to|after|during|reporters|[A-Z])))"
    ),
    re.compile(rf"[,”\"’]\s*{_SPEECH}\s+(?P<who>{_SPEAKER})\s*(?=[.,;]|$)"),
)
_ACCORDING = re.compile(rf"\b[Aa]ccording\s+to\s+(?P<who>{_SPEAKER})\s*(?=[.,;]|$)")


# "Li Dan, the minister, said Odran closed it": what follows the verb is no speaker.
_CLAUSE = re.compile(
    r"\s(?:[a-z]+ed|is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|did|made|took|went|came|gave|got|"
    r"met|held|won|lost|sent|put|kept|began|rose|fell|paid|sold|bought|led|left|said)\b"
)


_ANOTHER_CLAUSE = re.compile(r"\s(?:as|while|after|when|before|because|since|who|which|that)\s.*$")
"""What a speaker's words end before: "said Li Dan as Odran closed its port"."""
_NO_SPEAKERS = frozenset(
    "but and while as though although so plan plans law schedule rules their its his her he she it they who which that today "
    "yesterday earlier later on in at this last next monday tuesday wednesday thursday friday saturday sunday".split()
)
"""First words of what follows a verb of speech and names no speaker: ", announced today in Selane,"."""


@lru_cache(maxsize=1024)
def voice(sentence: str, *, language: str = "en") -> str | None:
    """Return the words that name the speaker of a reported sentence, or None when it asserts by itself."""
    if language != "en":
        return None
    for pattern in (*_PATTERNS, _ACCORDING) if "ccording" in sentence else _PATTERNS:
        match = pattern.search(sentence)
        who = "" if match is None else _ANOTHER_CLAUSE.sub("", match["who"]).rstrip(".,; ")
        if who and not _CLAUSE.search(who) and who.casefold().partition(" ")[0] not in _NO_SPEAKERS:
            return who
    return None


_SPOKE = re.compile(
    r"\b(?:(?:has|have|had|also|later|then)\s+)*(?:said|says|stated|states|reported|reports|announced|announces|claimed|claims|"
    r"warned|confirmed|noted|explained|insisted|argued|asked|urged|promised|estimates|estimated|believes|added|told\s+reporters)\b"
)


def speeches(text: str, start: int = 0, end: int | None = None, *, language: str = "en") -> Iterator[re.Match[str]]:
    """The verbs of speech in the words before an act, with their auxiliaries. None in other languages than English."""
    return _SPOKE.finditer(text, start, len(text) if end is None else end) if language == "en" else iter(())


_MARKS = re.compile(r"[“”„«»\"‘’]")
_OPENS_INSIDE = re.compile(r"(?:^|[\s(\[“\"—–-])[‘'](?=\w)")
_WORD_NEXT = re.compile(r"\w")
_OPENED_BY = re.compile(r"[\s(\[—–-]")


def quotations(paragraph: str) -> list[tuple[int, int]]:
    """Spans in quotation marks, the marks included.

    A quotation that goes on in the next paragraph is not closed in this one, and one that comes from the paragraph before
    not opened.
    """
    found: list[tuple[int, int]] = []
    start: int | None = None
    for match in _MARKS.finditer(paragraph):
        place, mark = match.start(), match[0]
        begins = start is None and (place == 0 or _OPENED_BY.match(paragraph, place - 1) is not None)
        if mark == '"':
            opens = begins
            closes = start is not None and paragraph[start] == '"'
        elif mark in "‘’":
            opens = mark == "‘" and begins
            closes = mark == "’" and start is not None and paragraph[start] == "‘"
            closes = closes and _WORD_NEXT.match(paragraph, match.end()) is None
        else:
            german = mark == "“" and start is not None and paragraph[start] == "„"
            opens, closes = mark in "“„«" and not german, mark in "”»" or german
        if opens:
            start = place
        elif closes and (start is not None or (mark == "”" and not found)):
            found.append((start or 0, match.end()))
            start = None
    if start is not None and paragraph[start] != "‘" and (start == 0 or paragraph[start] != '"'):
        found.append((start, len(paragraph)))
    return found


_QUOTING = (
    r"(?:said|says|told|added|adds|stated|states|noted|notes|announced|explained|warned|warns|confirmed|argued|insisted|wrote|"
    r"writes|replied|promised|vowed|pledged|declared|commented|concluded|continued|shouted|tweeted|read|reads|asked|urged)"
)
_BEFORE_QUOTATION = re.compile(
    rf"\b(?:(?:has|have|had|also|later|then)\s+)*{_QUOTING}\b"
    r"(?:\s+(?:reporters|journalists|staff|parliament|lawmakers|workers|investors|on\s+[A-Z]\w+|in\s+[A-Z]\w+|in\s+a\s+statement))*"
    r"\s*[,:]?\s*(?:that\s*)?$"
)
_BEHIND_QUOTATION = (
    re.compile(
        rf"\W?[”\"’]\s*(?P<who>{_SPEAKER})\s+{_QUOTING}\b(?=\s*(?:[.,;]|$|\s(?:on|in|at|to|after|during|of|reporters|[A-Z])))"
    ),
    re.compile(rf"\W?[”\"’]\s*{_QUOTING}\s+(?P<who>{_SPEAKER})\s*(?=[.,;]|$)"),
)


def quoted_by(behind: str) -> str | None:
    """The words that name the speaker right behind a quotation, whose last mark ``behind`` begins with."""
    for pattern in _BEHIND_QUOTATION:
        match = pattern.match(behind)
        if match is not None and not _CLAUSE.search(match["who"]):
            return match["who"].rstrip(".,; ")
    return None


def leads_to_quotation(lead: str) -> int | None:
    """Where the verb of speech begins with which the words before a quotation end; None where they end otherwise."""
    match = _BEFORE_QUOTATION.search(lead)
    return None if match is None else match.start()


def is_inner(quotation: str, place: int) -> bool:
    """Whether a character of a quotation stands in one inside of it: "He told me, ‘We will close’"."""
    opening = next((m.end() for m in _OPENS_INSIDE.finditer(quotation, 1, place + 1)), None)
    return opening is not None and not re.search(r"[’'](?!\w)", quotation[opening:place])
