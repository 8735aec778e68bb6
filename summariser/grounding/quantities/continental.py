"""What French, German and Spanish share: numbers in words by text2num, and fractions of the same build."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from summariser.grounding.quantities.lexicon import MILLION, ONE, Fraction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from summariser.grounding.quantities.tokens import Tokens

__all__ = ["Fractions", "number"]

_LONGEST_NUMBER = 7
"""Words that a number is looked for in."""


def number(tokens: Tokens, place: int) -> tuple[Decimal, int] | None:
    """A number in words by text2num, over the longest run of tokens that it can read."""
    from text_to_num import text2num

    token, lexicon = tokens.at(place), tokens.lexicon
    if token.kind != "word":
        return None
    if token.low in lexicon.articles:
        # "Un million", "eine Milliarde"; an article alone is no number.
        scale = lexicon.scales.get(tokens.at(place + 1).low)
        return None if scale is None or tokens.at(place + 1).low.endswith("s") else (scale, place + 2)
    great = lexicon.scales.get(token.low, ONE) >= MILLION
    if great or token.low in lexicon.stops or token.low in lexicon.vague or token.low in lexicon.hundreds:
        return None
    best: tuple[Decimal, int] | None = None
    for behind in range(place + 1, min(place + _LONGEST_NUMBER, len(tokens)) + 1):
        if tokens.at(behind - 1).kind == "number":
            break
        words = tokens.text[token.start : tokens.at(behind - 1).end]
        try:
            value = text2num(words.casefold(), lexicon.language)
        except ValueError:
            if behind > place + 2:
                break
            continue
        best = Decimal(value), behind
    return best


@dataclass(frozen=True)
class Fractions:
    """Reads fractions: numerator and denominator in words, nouns for a half, and what halves a scale."""

    numerators: Mapping[str, int]
    denominators: Mapping[str, int]
    halves: frozenset[str]
    """Nouns for a half, which are shares before one of ``of``: "la moitié des"."""

    of: frozenset[str]
    halving: frozenset[str]
    """Words that halve the scale or unit behind them: "un demi-million", "medio millón"."""

    whole: Mapping[str, Decimal]
    """Words for a number and a half: "anderthalb"."""

    def __call__(self, tokens: Tokens, place: int) -> Fraction | None:
        """Read a fraction at a place."""
        low, following = tokens.at(place).low, tokens.at(place + 1).low
        if low in self.whole:
            return Fraction(self.whole[low], place + 1, share=False)
        if low in self.halves and following in self.of:
            return Fraction(Decimal("0.5"), place + 1, share=True)
        at = place + (low in tokens.lexicon.articles)
        if tokens.at(at).low in self.halving:
            behind = at + 1 + tokens.hyphened(at + 1)
            scaled = tokens.at(behind).low
            return Fraction(Decimal("0.5"), behind, share=False) if scaled in tokens.lexicon.scales else None
        if low in self.numerators and following in self.denominators:
            return Fraction(Decimal(self.numerators[low]) / self.denominators[following], place + 2, share=True)
        return None
