"""Numbers that measure something, read from text: value, bounds, scale, unit, what it is per, how it is meant. Decimals only.

One reader (`reader`) goes over the tokens of a text and tries an amount at each: a currency, a number in digits or words, a
scale, a unit or counted noun, what it is per. Two amounts with a connector make a range, the words around them the
qualifier. What a language calls these things is its `lexicon.Lexicon`, one module each: `english`, `french`, `german`,
`spanish`, `arabic`; other languages in Latin letters are read with the English one. Chinese and Japanese, which have no
spaces, have a pattern of their own in `chinese`. Symbols and codes that all languages share stand in `units`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from summariser.grounding import dates
from summariser.grounding.quantities import arabic, chinese, english, french, german, spanish
from summariser.grounding.quantities.reader import Reader
from summariser.grounding.words import letters_of

if TYPE_CHECKING:
    from summariser_schemas import Quantity

__all__ = ["find_quantities", "parse_quantity", "read_quantity"]

_DIGIT = re.compile(r"[\d½¼¾⅓⅔⅕⅛]")
_LEXICONS = {module.LEXICON.language: module.LEXICON for module in (arabic, english, french, german, spanish)}


def find_quantities(text: str, *, language: str | None = None, loose: bool = False) -> list[Quantity]:
    """Every quantity of a text in its order; spans are offsets in ``text``.

    No quantities: calendar dates and clock times, years, ordinals, numbers in names (G7, F-16, Resolution 2231), numbers
    of pages and sections, scores, "one of", "the two countries".

    Args:
        text: any text, of a sentence or of a whole document.
        language: its ISO 639-1 code, which decides what separators and words mean: "1.234" is 1234 in German and 1.234
            in English. English when not given.
        loose: in English, also numbers that only point ("one of the banks" is 1 bank, "the two companies" 2) and those that
            are indefinite ("thousands of jobs" is 1,000 to 10,000, "dozens of" at least 12).
    """
    language = (language or "en")[:2]
    if language in ("zh", "ja"):
        return chinese.find_quantities(text, language)
    lexicon = _LEXICONS.get(language, english.LEXICON)
    numerals = None if loose else lexicon.numerals
    if numerals is not None and numerals.isdisjoint(letters_of(text)) and _only_in_dates(text, language):
        return []
    return Reader(text, lexicon, loose=loose).quantities()


def _only_in_dates(text: str, language: str) -> bool:
    """Whether all digits of a text stand in its calendar dates."""
    if _DIGIT.search(text) is None:
        return True
    place = 0
    for start, end in dates.calendar_dates(text, language=language):
        if _DIGIT.search(text, place, start):
            return False
        place = end
    return _DIGIT.search(text, place) is None


def read_quantity(text: str, start: int, end: int, *, language: str | None = None) -> Quantity | None:
    """The quantity that ``text[start:end]`` names, read with the words around it; None when it names none.

    The span of the result may be wider than the one given: "5" of "5 million people" is read as the whole.
    """
    overlapping = (q for q in find_quantities(text, language=language) if q.start < end and start < q.end)
    return max(overlapping, key=lambda q: min(q.end, end) - max(q.start, start), default=None)


def parse_quantity(words: str, *, language: str | None = None) -> Quantity | None:
    """Read words that are one quantity and nothing else, such as a table's cell; None when they are not one."""
    found = find_quantities(words, language=language)
    return found[0] if len(found) == 1 else None
