"""What a language calls numbers, scales, units and bounds: the tables that the reader works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from summariser.grounding.quantities.tokens import Tokens
    from summariser_schemas import Qualifier

__all__ = [
    "BILLION",
    "MILLION",
    "ONE",
    "THOUSAND",
    "TRILLION",
    "Fraction",
    "Lexicon",
    "Phrases",
    "bounds",
    "firsts",
    "phrases",
]

ONE = Decimal(1)
THOUSAND, MILLION, BILLION, TRILLION = (Decimal(10) ** n for n in (3, 6, 9, 12))

Phrases = frozenset[tuple[str, ...]]
"""Phrases as tuples of tokens in lower case."""

_NONE: frozenset[str] = frozenset()


class Fraction(NamedTuple):
    """A fraction in words and the place behind it; ``share``: of a whole ("half of"), not of a unit ("half a mile")."""

    value: Decimal
    last: int
    share: bool


@dataclass(frozen=True)
class Lexicon:
    """The words of one language, all in lower case."""

    language: str
    decimal_mark: Literal[".", ","]
    """The other one of point and comma groups digits, as thin spaces and apostrophes do everywhere."""

    scales: Mapping[str, Decimal]
    ratios: Mapping[str, str]
    """Forms of "%", "percentage point" and "basis point"."""

    currencies: Mapping[str, str]
    """Names of currencies, of up to three tokens, to ISO 4217 codes."""

    measures: Mapping[str, str]
    """Names of units of measure and of time, of up to three tokens, to their English names."""

    before: Mapping[tuple[str, ...], Qualifier]
    after: Mapping[tuple[str, ...], Qualifier]
    to: frozenset[str]
    both: str
    """What joins the bounds behind ``between``."""

    between: frozenset[str]
    stops: frozenset[str]
    """Words that are no noun and end the search for one."""

    words: Callable[[Tokens, int], tuple[Decimal, int] | None]
    """Reads a number in words at a place: its value and the place behind it."""

    fraction: Callable[[Tokens, int], Fraction | None]
    """Reads a fraction in words at a place: "two-thirds", "half a" before a scale or unit."""

    noun: Callable[[Tokens, int, Decimal], tuple[str, int] | None]
    """Reads what is counted behind a number: the noun in the singular and the place behind it."""

    since: frozenset[str] = _NONE
    """What opens a change: "from" in "from 5 to 7"."""

    minus: frozenset[str] = _NONE
    per: Phrases = frozenset()
    """What stands before the thing or time that an amount is for: "per", "for every"."""

    each: Phrases = frozenset()
    """Likewise, but only before a unit of measure or of time, or behind money: "a" in "a barrel"."""

    rates: Mapping[str, str] = field(default_factory=dict[str, str])
    """Words that alone say what an amount is per: "annually" to "year"."""

    starts: frozenset[str] | None = None
    """All words that an amount can begin with, besides currencies; None where they cannot be listed."""

    numerals: frozenset[str] | None = None
    """Words of which every number has one, unless it has digits that are no date's; None where they cannot be listed."""

    and_half: Phrases = frozenset()
    links: frozenset[str] = _NONE
    """What may stand between a scale and a noun: "de" in "millions de personnes"."""

    abbreviated: frozenset[str] = _NONE
    """Scales and bounds that may end with a full stop: "Mrd."."""

    labels: frozenset[str] = _NONE
    """Words whose number is a name: "article" in "article 49"."""

    ordinal_after: frozenset[str] = _NONE
    """Words between which and a full stop digits are an ordinal: "das" in "das 65. Lebensjahr"."""

    vague: frozenset[str] = _NONE
    """Scales that mean about so many: "dizaine"."""

    articles: frozenset[str] = _NONE
    """What is one before a scale and nothing elsewhere: "un" in "un million"."""

    hundreds: frozenset[str] = _NONE
    """Plurals that stand for no number: "miles" in "miles de personas"."""

    bare_scales: bool = False
    """Whether a scale without a number is one of it, as "مليون دولار"."""

    pairs: Mapping[str, str] = field(default_factory=dict[str, str])
    """Duals: one word for two of a unit, "ساعتين"."""

    prefixes: frozenset[str] = _NONE
    """Words written together with the number behind them: "و" in "و7"."""

    changing: frozenset[str] = _NONE
    """Verbs of rising and falling, whose amount is a difference."""

    by: frozenset[str] = _NONE
    """What may stand between such a verb and its amount."""

    always_by: frozenset[str] = _NONE
    """What makes an amount of per cent or points a difference without a verb: "um"."""

    @cached_property
    def ends_before(self) -> frozenset[str]:
        """The last tokens of what qualifies an amount in front of it."""
        return frozenset(phrase[-1] for phrase in self.before)

    @cached_property
    def opens_after(self) -> frozenset[str]:
        """The first tokens of what qualifies an amount behind it."""
        return frozenset(phrase[0] for phrase in self.after)

    comma_groups: bool = False
    """Whether "1,200" may mean 1200 although the comma is the decimal mark, as in Mexico."""


@lru_cache(maxsize=64)
def firsts(phrases_: Phrases) -> frozenset[str]:
    """The first tokens of phrases."""
    return frozenset(phrase[0] for phrase in phrases_)


def bounds(**listed: str) -> dict[tuple[str, ...], Qualifier]:
    """From qualifier="phrase|phrase" to {tokens of a phrase: qualifier}."""
    table = cast("dict[Qualifier, str]", listed)
    return {phrase: qualifier for qualifier, joined in table.items() for phrase in phrases(joined)}


def phrases(joined: str) -> Phrases:
    """Phrases separated by "|" as tuples of tokens, which are separated by spaces."""
    return frozenset(tuple(phrase.split()) for phrase in joined.split("|"))
