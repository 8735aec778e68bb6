"""A text as tokens: numbers, words and single symbols, with what must not be read marked."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from summariser.grounding import dates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from summariser.grounding.quantities.lexicon import Lexicon

__all__ = ["END", "HYPHENS", "MASKED", "Token", "Tokens", "decimal"]

HYPHENS = frozenset("-\u2010\u2011")

_THIN = "'\u2019\u00a0\u202f\u2009"
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
# Powers of ten before plain numbers: 3×10⁸, 2.998×10−8, 1.2e-9.
_POWER = (
    rf"\d+(?:[.,]\d+)?(?:\s?[×x·]\s?10\s?(?:\^\s?[-\u2212]?\d{{1,2}}|\u207b?[{_SUPERSCRIPTS}]{{1,2}})|\s?×\s?10[-\u2212]\d{{1,2}}(?!\d)|"
    r"[eE][-+]\d{1,2}(?![\w.]))"
)
# Both separators together say which is which in any language: 1.234,5 and 1,234.5.
_BOTH = (
    r"\d{1,3}(?:\.\d{3})+,\d{1,2}(?!\d)|\d{1,3}(?:,\d{3})+\.\d{1,2}(?!\d)|"
    r"\d{1,3}(?:\.\d{3}){2,}(?!\d)|\d{1,3}(?:,\d{3}){2,}(?!\d)"
)
_POINT = (
    rf"\d{{1,3}}(?:[,\u066c]\d{{2,3}})*[,\u066c]\d{{3}}(?!\d)(?:[.\u066b]\d+)?|\d{{1,3}}(?:[{_THIN}]\d{{3}})+(?!\d)(?:[.\u066b]\d+)?|"
    # Groups behind plain spaces, "10 000", but not the day of a month with a number behind it.
    r"(?<!May )(?<!June )(?<!July )(?<!March )(?<!April )(?<!August )(?<!January )(?<!February )(?<!September )(?<!October )"
    r"(?<!November )(?<!December )(?<![\d.,])[1-9]\d{0,2}(?: \d{3})+(?![\d,.]*\d)|"
    r"\d+(?:[.\u066b]\d+)?|(?<![\w.])\.\d+"
)
_COMMA = (
    rf"\d{{1,3}}(?:\.\d{{3}})+(?!\d)(?:,\d+)?|\d{{1,3}}(?:[{_THIN} ]\d{{3}})+(?!\d)(?:[,.]\d+(?!\d))?|"
    r"\d+(?:,\d+)?(?!\d)(?:(?<!,\d)\.\d{1,2}(?![\d.]))?"
)
_ARABIC_MARKS = "\u064b-\u065f\u0670\u0640"
_WORD = (
    r"(?i:(?:[dlnst]|qu)['\u2019](?=\w{2}))|(?:[^\W\d_]\.){2,}|"
    rf"[^\W\d_]+(?:[{_ARABIC_MARKS}]+[^\W\d_]*)*(?:['\u2019][^\W\d_]+)*"
)
# What most tokens are is tried first: a plain word with a space behind it.
_TOKENS = {
    mark: re.compile(
        rf"(?=\S)(?:(?P<word>[A-Za-z]++(?=[ ,])|{_WORD})|(?P<number>(?=[\d.\u066b])(?:{_POWER}|{_BOTH}|{rest}))|(?P<symbol>\S))"
    )
    for mark, rest in ((".", _POINT), (",", _COMMA))
}
_UNMARKED = dict.fromkeys((*range(0x64B, 0x660), 0x670, 0x640))

MASKED = re.compile(
    r"\b\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\b\.?|uhr\b|hrs?\b|gmt|utc)|\b\d{1,2}:\d{2}(?::\d{2})?\b|"
    r"\b\d{1,2}\s*(?:[ap]\.\s?m\b\.?|[ap]m\b|o['\u2019]clock|uhr\b)|(?<=\bà )\d{1,2}\s?h(?:eures)?(?:\s?\d{2})?\b|"
    r"\b\d{1,2}h\d{2}\b|"
    r"\b\d{3,4}\s*(?:hours\s+)?(?:gmt|utc|e[sd]t|p[sd]t|ces?t|bst|local\s+time)\b|"
    r"https?://\S+|www\.\S+|\S+@\S+\.\w+|"
    r"\+\d[\d\s().-]{6,}\d|\(\d{3}\)\s?\d{3}-\d{4}|\b\d{3}[-.]\d{3}[-.]\d{4}\b|\b1-8\d\d-[\w-]+|"
    r"\b\d+\.\d+\.\d+(?:\.\d+)*\b(?!,\d)|\b24/7\b|\b9/11\b|\b\d+/\d+/\d+\b|(?:#|§+|№)\s?\d[\d.,]*",
    re.IGNORECASE,
)
"""Clock times, addresses, telephone and version numbers, paragraphs: digits that measure nothing."""
_MASKABLE = re.compile(r"\d|www\.|://|@")
_MASKED_BY = (
    re.compile(
        r"\d(?:[:/]\d|[-.]\d{3}[-.]|\.\d+\.\d|\s*(?:[ap]\.?\s?m\b|o['\u2019]|uhr|utc|gmt|h(?:rs?\b|\b|\d|eures|ours\s)|"
        r"[ep][sd]t|ces?t|bst|local))",
        re.IGNORECASE,
    ),
    re.compile(r"ww\.|WW\.|wW\.|Ww\.|://|@|\+\d|\(\d{3}\)|#|§|№"),
)
"""What all of these have in them, one or the other, and most sentences with a number have not."""
_GROUPED = re.compile(r"\b\d{1,3}(?:\.\d{3})+(?:,\d+)?\b")


_Kind = Literal["number", "word", "symbol"]
_KINDS: dict[str | None, _Kind] = {"number": "number", "word": "word", "symbol": "symbol"}


class Token(NamedTuple):
    """A number, a word or one other character; ``low`` is it in lower case, with straight apostrophes."""

    kind: _Kind
    text: str
    low: str
    start: int
    end: int


END = Token("symbol", "", "", -1, -1)


class _Places(dict[int, Token]):
    def __missing__(self, place: int) -> Token:
        return END


class Tokens:
    """The tokens of one text by their place."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text = text
        self.lexicon = lexicon
        self._tokens = _split(text, lexicon.decimal_mark)
        self.at: Callable[[int], Token] = _Places(enumerate(self._tokens)).__getitem__
        """The token at a place; an empty one outside the text."""
        self._masked: set[int] = set()
        masks = dates.calendar_dates(text, language=lexicon.language)
        if (_MASKED_BY[0].search(text) or _MASKED_BY[1].search(text)) and _MASKABLE.search(text):
            masks += [m.span() for m in MASKED.finditer(text) if not _GROUPED.fullmatch(m[0])]
        if not masks:
            return
        starts = [t.start for t in self._tokens]
        for begin, end in masks:
            place = max(0, bisect_right(starts, begin) - 1)
            while place < len(self._tokens) and self._tokens[place].start < end:
                if self._tokens[place].end > begin:
                    self._masked.add(place)
                place += 1

    def __len__(self) -> int:
        return len(self._tokens)

    def __iter__(self) -> Iterator[Token]:
        return iter(self._tokens)

    def glued(self, place: int) -> bool:
        """Whether nothing stands between the token at a place and the one before it."""
        return 0 < place < len(self._tokens) and self._tokens[place].start == self._tokens[place - 1].end

    def hyphened(self, place: int) -> bool:
        """Whether a hyphen at a place joins what stands on both sides of it."""
        return self.at(place).text in HYPHENS and self.glued(place) and self.glued(place + 1)

    def masked(self, place: int) -> bool:
        """Whether the token is part of a date, a time, an address or a telephone number."""
        return place in self._masked

    def lows(self, first: int, last: int) -> tuple[str, ...]:
        """The tokens from one place up to another, in lower case."""
        return tuple([token.low for token in self._tokens[max(0, first) : max(0, last)]])

    def raw(self, first: int, length: int) -> str:
        """The text of some tokens with single spaces; empty where they are not all there or not all readable."""
        if first < 0 or first + length > len(self._tokens):
            return ""
        if self._masked and not self._masked.isdisjoint(range(first, first + length)):
            return ""
        if length == 1:
            return self._tokens[first].text
        return " ".join(self.text[self._tokens[first].start : self._tokens[first + length - 1].end].split())


def _split(text: str, mark: str) -> list[Token]:
    tokens: list[Token] = []
    for match in _TOKENS[mark].finditer(text):
        kind, said = _KINDS[match.lastgroup], match[0]
        tokens.append(Token(kind, said, said if kind == "symbol" else _low(said), match.start(), match.end()))
    return tokens


@lru_cache(maxsize=8192)
def _low(said: str) -> str:
    low = said.casefold()
    return low if low.isascii() else low.replace("\u2019", "'").translate(_UNMARKED)


@lru_cache(maxsize=4096)
def decimal(digits: str, mark: str) -> Decimal | None:
    """The value of digits with separators, where ``mark`` is the decimal one; None for what is no number in any notation."""
    power = _POWER_PARTS.fullmatch(digits)
    plain = unicodedata.normalize("NFKC", re.sub(rf"[{_THIN}\u066c\s]", "", power[1] if power else digits))
    plain = _with_point(plain.replace("\u066b", "."), mark)
    try:
        return Decimal(f"{plain}e{power[2].translate(_RAISED)}" if power else plain)
    except InvalidOperation:
        return None


_POWER_PARTS = re.compile(rf"([\d.,]+?)(?:\s?[×x·]\s?10\s?\^?\s?|[eE])([-+\u2212\u207b\d{_SUPERSCRIPTS}]+)")
_RAISED = str.maketrans({**{s: str(n) for n, s in enumerate(_SUPERSCRIPTS)}, "\u207b": "-", "\u2212": "-"})


def _with_point(plain: str, mark: str) -> str:
    """Digits whose only separator left is a decimal point."""
    if "." in plain and "," in plain:
        mark = max(".,", key=plain.rfind)
    elif re.fullmatch(r"\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:\.\d{3}){2,}", plain):
        return re.sub("[.,]", "", plain)
    if mark == ".":
        return plain.replace(",", "")
    if "," in plain or re.fullmatch(r"\d{1,3}\.\d{3}", plain):
        plain = plain.replace(".", "")
    return plain.replace(",", ".")
