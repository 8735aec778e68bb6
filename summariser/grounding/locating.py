"""Where a quote stands in a text, to the character, however its typography differs, and never where it does not."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Located", "NormalisedText", "Verdict", "folded", "locate", "normalised"]

Verdict = Literal["exact", "normalised", "elided"]
"""Character for character; equal but for typography and case; or several parts with an ellipsis between them."""

LONGEST_GAP = 400
"""Most characters that an ellipsis may stand for. It never stands for a paragraph break."""

_TEXTS_KEPT = 8
_SENTENCES_KEPT = 1024
_SENTENCE = 2000
"""Characters up to which a text costs little to keep."""
_ATTEMPTS = 50
_MOST_LOOKUPS = 600
"""Parts of one elided quote that are looked for, over all attempts."""

_BROKEN_WORD = "\ue000"
"""Stands for a hyphen at the end of a line, which may belong to the word or to the line."""

# Most of a text: folding it is lower case, and a space in it stays a space.
_LETTERS = r"A-Za-z\u00c0-\u00d6\u00d8-\u00de\u00e0-\u00f6\u00f8-\u00ff\u0410-\u044f\u0621-\u063a\u0641-\u064a"
_PLAIN = re.compile(
    rf"[{_LETTERS}0-9.,;:!?%$()\[\]/&@#]+(?: [{_LETTERS}0-9.,$(\[/&@#][{_LETTERS}0-9.,;:!?%$()\[\]/&@#]*)*|[\u4e00-\u9fff]+"
)
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u0640\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]"
)
_DOUBLE_QUOTES = '"“”„‟«»″〝〞\uff02「」『』'
_SINGLE_QUOTES = "'`\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4\u2039\u203a\uff07"
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2212\u2043\ufe63\uff0d"
_LONG_DASHES = "\u2014\u2015\u2e3a\u2e3b\ufe58"
_SAME = (
    dict.fromkeys(_DOUBLE_QUOTES, '"')
    | dict.fromkeys(_SINGLE_QUOTES, "'")
    | dict.fromkeys(_HYPHENS + _LONG_DASHES, "-")
    | {"\u066a": "%", "\u066b": ".", "\u066c": ",", "\u2044": "/", "\u2215": "/"}
)
_INSIDE_NUMBER = ".,'/:\u066b\u066c"
_BEHIND_WORDS = frozenset(" .,;:!?")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    r"\uf900-\ufaff\U00020000-\U0002ffff]"
)
_HAN_DIGITS = frozenset("〇零一二三四五六七八九十百千万萬亿億兆两兩")
_HAN_SCALES = frozenset("十百千万萬亿億兆")
_HAN_OR_KANA = re.compile(
    r"[\u3001-\u3029\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff60\U00020000-\U0002ffff]"
)
_ELLIPSIS = re.compile(r"\s*(?:\[\s*\.{3,}\s*\]|\(\s*\.{3,}\s*\)|\.{3,})\s*")
_EDGE = re.compile(r"^[\s\"'(\[¿¡]+|[\s.,;:!?\"')\]。、،؛؟\u06d4]+$")
_WORD = re.compile(r"\w")
# What folds to its own lower case wherever it stands, and around it what shows that neither a word nor a number is cut.
_PLAIN_WORDS = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,%$/&]*(?: [A-Za-z0-9$][A-Za-z0-9.,%$/&]*)*")
_CLEAR_BEFORE = re.compile(r"[A-Za-z.,;:!?][ \n]|")
_CLEAR_BEHIND = re.compile(r"[.,;:!?]?(?:[ \n]+[A-Za-z]|[ \n]*\Z)")
_NO_BREAK_SPACES = "\u00a0\u2007\u2009\u202f\u2008\u200a"
_SPACE_GROUPING = frozenset({"fr", "ru", "uk", "pl", "cs", "sk", "bg", "sv", "nb", "no", "da", "fi", "es", "pt", "hu"})


class Located(NamedTuple):
    """A quote's place: ``text[start:end]``, in characters of the original text.

    ``parts`` holds the places of the parts of an elided quote in order; it is empty for the other verdicts.
    """

    start: int
    end: int
    verdict: Verdict
    parts: tuple[tuple[int, int], ...] = ()


class NormalisedText:
    """A text without its typography, with a map back: folded character ``i`` came from ``text[starts[i]:ends[i]]``.

    A character that folds into several (ﬁ, ß, …), and several that fold into one (a letter and its accents), share one
    stretch.
    """

    __slots__ = ("ends", "folded", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = array("l")
        self.ends = array("l")
        self.folded = self._fold()

    def occurrences(
        self, wanted: str, *, within: tuple[int, int] | None = None, language: str | None = None
    ) -> Iterator[tuple[int, int]]:
        """Every place of a folded string at word boundaries; ``within`` and the places are offsets of the original."""
        if not wanted:
            return
        folded = self.folded
        low, high = 0, len(folded)
        if within is not None:
            low, high = bisect_left(self.starts, within[0]), bisect_left(self.starts, within[1])
        if _BROKEN_WORD in wanted or folded.find(_BROKEN_WORD, low, high) >= 0:
            either = re.compile(_either_hyphen(wanted))
            for match in either.finditer(folded, low, high):
                if match[0] and self._is_whole(*match.span(), language):
                    yield self.starts[match.start()], self.ends[match.end() - 1]
            return
        begin = folded.find(wanted, low, high)
        while begin >= 0:
            end = begin + len(wanted)
            if self._is_whole(begin, end, language):
                yield self.starts[begin], self.ends[end - 1]
            begin = folded.find(wanted, begin + 1, high)

    def _is_whole(self, begin: int, end: int, language: str | None) -> bool:
        """Whether nothing is cut: no character, no word, no number."""
        folded, starts = self.folded, self.starts
        # Beside a space or a stop, which is where most end, only a number can be cut.
        if begin:
            if starts[begin] == starts[begin - 1]:
                return False
            if (folded[begin - 1] != " " or folded[begin].isdigit()) and self._cuts_left(begin, language):
                return False
        if end < len(folded):
            if starts[end] == starts[end - 1]:
                return False
            if (folded[end] not in _BEHIND_WORDS or folded[end - 1].isdigit()) and self._cuts_right(end, language):
                return False
        return True

    def _cuts_left(self, begin: int, language: str | None) -> bool:
        if not begin:
            return False
        folded = self.folded
        first, before = folded[begin], folded[begin - 1]
        further = folded[begin - 2] if begin > 1 else " "
        if _joined(before, first):
            return True
        if first == "$" and before.isalpha() and not folded[:begin].endswith("us"):
            return True
        if first in "-+" and begin + 1 < len(folded) and folded[begin + 1].isdigit():
            return before.isdigit()
        if not first.isdigit():
            return False
        if before in "-+":
            return further in " ($"
        if before in _INSIDE_NUMBER:
            return further.isdigit() or (before == "." and further in " ($-")
        return before == " " and further.isdigit() and self._groups(begin - 1, language)

    def _cuts_right(self, end: int, language: str | None) -> bool:
        folded = self.folded
        if end >= len(folded):
            return False
        last, after = folded[end - 1], folded[end]
        further = folded[end + 1] if end + 1 < len(folded) else " "
        if _joined(last, after):
            return True
        if after == "'" and further == "t" and last.isalpha():
            return not folded[end + 2 : end + 3].isalnum()
        if not last.isdigit():
            return False
        if after in _INSIDE_NUMBER:
            return further.isdigit()
        return after == " " and further.isdigit() and self._groups(end, language)

    def _groups(self, space: int, language: str | None) -> bool:
        """Whether the space at this folded place stands between the thousands of one number."""
        left = re.search(r"(?<!\d)\d{1,3}$", self.folded[max(0, space - 4) : space])
        right = re.match(r"\d{3}(?!\d)", self.folded[space + 1 : space + 5])
        if left is None or right is None:
            return False
        return self.text[self.starts[space]] in _NO_BREAK_SPACES or language in _SPACE_GROUPING

    def _fold(self) -> str:
        text = self.text
        pieces: list[str] = []
        place, last = 0, ""
        while place < len(text):
            plain = _PLAIN.match(text, place)
            if plain is not None:
                # A combining mark belongs to the character before it.
                end = plain.end() - (plain.end() < len(text) and _extends(text[plain.end()]))
                if end > place:
                    run = text[place:end].lower()
                    pieces.append(run)
                    self.starts.extend(_counted(place, end))
                    self.ends.extend(_counted(place + 1, end + 1))
                    place, last = end, run[-1]
                    continue
            end, folded = _fold_at(text, place, last)
            if folded:
                pieces.append(folded)
                self.starts.extend([place] * len(folded))
                self.ends.extend([end] * len(folded))
                last = folded[-1]
            place = end
        return "".join(pieces)


_COUNTED = array("l")


def _counted(first: int, last: int) -> array[int]:
    """The whole numbers from one up to another, cut from a row that is kept: many times faster than counting."""
    if last > len(_COUNTED):
        _COUNTED.extend(range(len(_COUNTED), last * 2))
    return _COUNTED[first:last]


def normalised(text: str) -> NormalisedText:
    """Return the text without its typography. A few texts are kept, so that many quotes cost one normalisation."""
    return _normalised_sentence(text) if len(text) <= _SENTENCE else _normalised_text(text)


@lru_cache(maxsize=_TEXTS_KEPT)
def _normalised_text(text: str) -> NormalisedText:
    return NormalisedText(text)


@lru_cache(maxsize=_SENTENCES_KEPT)
def _normalised_sentence(text: str) -> NormalisedText:
    return NormalisedText(text)


def folded(text: str) -> str:
    """A text by itself without its typography; that of plain words is found without a map back."""
    return text.lower() if _PLAIN_WORDS.fullmatch(text) is not None else normalised(text).folded


def locate(
    text: str, quote: str, *, language: str | None = None, within: tuple[int, int] | None = None
) -> Located | None:
    """Find a quote in a text, at word boundaries, or return None: never a place where the words differ.

    Of several places the first inside ``within`` wins, else the first of the text; of those, an exact one before one
    that differs in typography. ``language`` (ISO 639-1) tells whether a plain space can group the digits of a number.
    """
    spoken = quote.strip()
    low, high = within or (0, len(text))
    start = text.find(spoken, low, high)
    # Most stand there as they are, and need no folding. A line break may hide a word with a hyphen in it.
    if start >= 0 and _PLAIN_WORDS.fullmatch(spoken) is not None and text.find("\n", low, high) < 0:
        end = start + len(spoken)
        if _CLEAR_BEFORE.fullmatch(text, max(0, start - 2), start) and _CLEAR_BEHIND.match(text, end):
            return Located(start, end, "exact")
    return _locate(normalised(text), quote, language, within)


def _locate(text: NormalisedText, quote: str, language: str | None, within: tuple[int, int] | None) -> Located | None:
    wanted = folded(quote).strip(" ")
    if not wanted.strip(" ."):
        return None
    spoken = quote.strip()
    found = _best(text, wanted, spoken, language, within)
    if found is None and (bare := _EDGE.sub("", wanted)) != wanted:
        found = _best(text, bare, spoken, language, within)
    if found is not None:
        return found
    parts = [part for part in _ELLIPSIS.split(wanted) if part]
    if _ELLIPSIS.search(wanted) is None or not all(_WORD.search(part) for part in parts):
        return None
    if len(parts) == 1:
        return next(
            (
                f
                for form in dict.fromkeys((parts[0], _EDGE.sub("", parts[0])))
                if (f := _best(text, form, spoken, language, within))
            ),
            None,
        )
    parts[-1] = re.sub(r"[\s.,;:!?]+$", "", parts[-1])
    return _elided(text, parts, language, within)


def _best(
    text: NormalisedText, wanted: str, spoken: str, language: str | None, within: tuple[int, int] | None
) -> Located | None:
    for bounds in (within, None) if within is not None else (None,):
        first: tuple[int, int] | None = None
        for start, end in text.occurrences(wanted, within=bounds, language=language):
            if text.text[start:end] == spoken:
                return Located(start, end, "exact")
            first = first or (start, end)
        if first is not None:
            return Located(*first, "normalised")
    return None


def _elided(
    text: NormalisedText, parts: list[str], language: str | None, within: tuple[int, int] | None
) -> Located | None:
    for bounds in (within, None) if within is not None else (None,):
        for attempt, first in enumerate(text.occurrences(parts[0], within=bounds, language=language)):
            if attempt == _ATTEMPTS or attempt * len(parts) > _MOST_LOOKUPS:
                break
            places = [first]
            for part in parts[1:]:
                after = places[-1][1]
                reach = after + LONGEST_GAP + len(part) * 2
                limit = min(reach, bounds[1]) if bounds is not None else reach
                spot = next(text.occurrences(part, within=(after, limit), language=language), None)
                if spot is None or spot[0] - after > LONGEST_GAP or re.search(r"\n\s*\n", text.text[after : spot[0]]):
                    break
                places.append(spot)
            if len(places) == len(parts):
                return Located(places[0][0], places[-1][1], "elided", tuple(places))
    return None


def _either_hyphen(wanted: str) -> str:
    """A pattern in which a hyphen at the end of a line may be a hyphen or nothing, on either side."""
    pieces: list[str] = []
    for place, char in enumerate(wanted):
        if char == _BROKEN_WORD:
            pieces.append(f"[-{_BROKEN_WORD}]?")
            continue
        pieces.append(f"[-{_BROKEN_WORD}]" if char == "-" else re.escape(char))
        if char.isalpha() and wanted[place + 1 : place + 2].isalpha():
            pieces.append(f"{_BROKEN_WORD}?")
    return "".join(pieces)


def _joined(left: str, right: str) -> bool:
    """Whether a cut between two folded characters would cut a word or a number."""
    if not (left.isascii() and right.isascii()) and (_UNSPACED.match(left) or _UNSPACED.match(right)):
        digits = left.isdigit() or left in _HAN_DIGITS
        # 一 ends and begins many words that are no numbers.
        return (digits and left != "一" and right in _HAN_SCALES) or (left in _HAN_SCALES and right in _HAN_DIGITS)
    return (left.isalnum() or left in ("_", _BROKEN_WORD)) and (right.isalnum() or right in ("_", _BROKEN_WORD))


def _extends(char: str) -> bool:
    """Whether a character belongs to the one before it: an accent, a vowel of a Korean syllable, a voicing mark."""
    return unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff" or char in "\uff9e\uff9f"


def _fold_at(text: str, place: int, last: str) -> tuple[int, str]:
    """Fold what stands at a place: the end of what was read, and what it folds to."""
    char = text[place]
    if _INVISIBLE.match(char):
        return place + 1, ""
    if char.isspace():
        return _fold_space(text, place, last)
    if char in _HYPHENS or char in _LONG_DASHES:
        return _fold_dash(text, place, last)
    if char in "'`\u2019\u2018" and text[place + 1 : place + 2] == char and text[place + 2 : place + 3] != char:
        return place + 2, '"'
    if char in _SAME:
        return _after_opening(text, place, char), _SAME[char]
    if char == "\u2026":
        return place + 1, "..."
    end = place + 1
    while end < len(text) and _extends(text[end]) and not _INVISIBLE.match(text[end]):
        end += 1
    cluster = text[place:end]
    if end == place + 1:
        return end, _fold_char(char, last)
    return end, unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).casefold())


def _after_opening(text: str, place: int, char: str) -> int:
    """Past a quotation mark, and past the space that French puts inside it."""
    end = place + 1
    if char in "«\u2039":
        while end < len(text) and text[end].isspace() and text[end] != "\n":
            end += 1
    return end


@lru_cache(maxsize=4096)
def _fold_char(char: str, last: str) -> str:
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.digit(char))
    if category == "No":
        # 10² is not 102, and ½ is no "1/2" after a digit; CO₂ and km² are letters with a digit.
        tag = unicodedata.decomposition(char).split(" ")[0]
        return str(unicodedata.digit(char)) if tag in ("<super>", "<sub>") and last.isalpha() else char
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold())
    return "".join(_SAME.get(c, c) for c in folded) if folded != char else char


def _fold_space(text: str, place: int, last: str) -> tuple[int, str]:
    end = place
    while end < len(text) and (text[end].isspace() or _INVISIBLE.match(text[end])):
        end += 1
    following = text[end : end + 1]
    if following and following in _LONG_DASHES:
        return end, ""
    if last == '"' or (following and following in _DOUBLE_QUOTES) or text[end : end + 2] in ("''", "``"):
        # French puts spaces inside its quotation marks, whatever marks they are.
        return end, ""
    if following and following in _HYPHENS:
        # A dash, and not the sign of a number, when a space, a letter or another hyphen follows.
        beyond = text[end + 1 : end + 2]
        if not beyond or beyond == following or beyond.isspace() or beyond.isalpha():
            return end, ""
    if following and following in "%‰\u066a\u203a":
        return end, ""
    if following and following in ";:!?" and last.isalpha():
        return end, ""
    if (following and _HAN_OR_KANA.match(following)) or (last and _HAN_OR_KANA.match(last)):
        return end, ""
    return end, "" if last == " " else " "


def _fold_dash(text: str, place: int, last: str) -> tuple[int, str]:
    end = place + 1
    long = text[place] in _LONG_DASHES
    if text[place : place + 2] == "--":
        while text[end : end + 1] == "-":
            end += 1
        long = True
    after = end
    while after < len(text) and (text[after].isspace() or _INVISIBLE.match(text[after])):
        after += 1
    before = place
    while before and _INVISIBLE.match(text[before - 1]):
        before -= 1
    spaced_before = before == 0 or text[before - 1].isspace()
    if long or (spaced_before and after > end):
        return after, "-"
    if after > end and "\n" in text[end:after] and last.isalnum() and "\n" not in text[end:after].replace("\n", "", 1):
        follows = text[after : after + 1]
        return after, _BROKEN_WORD if last.isalpha() and follows.isalpha() else "-"
    if after > end and last.isalpha() and text[after : after + 1].isalpha():
        return after, "-"
    return end, "-"
