"""Text to numbered sentences with their places in it."""

from __future__ import annotations

import re
from statistics import median
from typing import NamedTuple

import sentencex

__all__ = ["GUESSED", "LANGUAGES", "Sentence", "familiarity", "guess_language", "is_credit", "split"]

LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian",
    "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
"""Languages by name, those that a brief can be written in, by their ISO 639-1 codes."""

_LINE = re.compile(r"[^\n]*\n?")
_TERMINAL = tuple(".!?…。！？؟۔:;\"'”’»)」』")
_WRAP_COLUMNS = (40, 100)
"""Median length of a full line in hard-wrapped text; longer lines are paragraphs."""


_INITIAL = re.compile(r"[\s(-]?[A-Z]\.")
"""The last characters of a "sentence" that is none."""
_CREDIT = re.compile(
    r"^\W*(?:cover\s+)?(?:photo(?:graph)?s?|image|picture|pic|foto|crédit|bild)s?\b.{0,40}?(?:[:/©]|\bby\b)",
    re.IGNORECASE,
)
_CREDIT_LENGTH = 100


class Sentence(NamedTuple):
    """Sentence ``number`` (from 1) of paragraph ``paragraph`` (from 0): ``document.text[start:end] == text``."""

    number: int
    paragraph: int
    start: int
    end: int
    text: str


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Spans of the paragraphs: split at blank lines, and at every line break unless the text is hard-wrapped."""
    lines = [(match.start(), match.end()) for match in _LINE.finditer(text) if match.group()]
    filled = [text[a:b].strip() for a, b in lines if text[a:b].strip()]
    open_ended = sum(not line.endswith(_TERMINAL) for line in filled)
    wrapped = (
        len(filled) >= 4
        and _WRAP_COLUMNS[0] <= median(map(len, filled)) <= _WRAP_COLUMNS[1]
        and open_ended > len(filled) / 2
    )
    spans: list[tuple[int, int]] = []
    joinable = False
    for start, end in lines:
        if not text[start:end].strip():
            joinable = False
            continue
        if wrapped and joinable:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        joinable = True
    return spans


def _boundaries(block: str, language: str) -> list[tuple[int, int]]:
    """Spans of a paragraph's sentences, without the white space around them."""
    spans: list[tuple[int, int]] = []
    for boundary in sentencex.get_sentence_boundaries(language, block):  # pyright: ignore[reportAttributeAccessIssue] # compiled
        start: int = boundary["start_index"]
        sentence = block[start : boundary["end_index"]].strip()
        if not sentence:
            continue
        start = block.index(sentence, start)
        end = start + len(sentence)
        before = spans[-1][1] if spans else 0
        if block[before - 2 : before - 1].isupper() and _INITIAL.fullmatch(block[max(0, before - 3) : before]):
            start = spans.pop()[0]  # "then-U.S. Secretary" and "J. Doe" are no ends of sentences
        spans.append((start, end))
    return spans


def split(text: str, *, language: str | None = None) -> list[Sentence]:
    """Split a text into sentences, without the white space around them.

    Headings and list entries on a line of their own are sentences of their own. ``language`` is an ISO 639-1 code;
    without one it is guessed.
    """
    language = language or guess_language(text)
    sentences: list[Sentence] = []
    for paragraph, (first, last) in enumerate(_paragraphs(text)):
        block = text[first:last]
        for start, end in _boundaries(block, language):
            begin = first + start
            sentences.append(Sentence(len(sentences) + 1, paragraph, begin, first + end, block[start:end]))
    return sentences


_SCRIPTS = (
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)
_STOP_WORDS = {
    "en": "the of and to in that is for on with was as by at from has have it his their which a",
    "fr": "le la les des et du que est pour dans une un par sur au aux qui plus avec son ses a de en l d ce il ont été",
    "de": "der die das und den von zu mit sich des auf für ist im dem nicht ein eine einen einem einer an als auch wird",
    "es": "el la los las de que y en un una por con para del se su al como más fue a",
    "pt": "o a os as de que e em um uma por com para do da no na não se mais",
    "it": "il lo la i gli le di che e in un una per con del della al sono non più a l",
    "nl": "de het een en van in is dat op te met voor zijn niet aan er om ook",
}


def is_credit(text: str) -> bool:
    """Whether a line says who took the picture, and so nothing of the matter."""
    return len(text) <= _CREDIT_LENGTH and _CREDIT.match(text) is not None


def guess_language(text: str) -> str:
    """Guess the language of a text as an ISO 639-1 code: by its script, else by its commonest words; "en" when unsure."""
    sample = text[:4000]
    if not sample.isascii():
        letters = sum(map(str.isalpha, sample)) or 1
        counts = {code: len(pattern.findall(sample)) for code, pattern in _SCRIPTS}
        if counts["ja"] > letters * 0.1:
            return "ja"
        code = max(counts, key=lambda c: counts[c])
        if counts[code] > letters * 0.3:
            return code
    best, hits, _ = _commonest(sample)
    return best if hits else "en"


def familiarity(text: str) -> float:
    """The share of a text's words that are among the commonest of the language it has most of, of those in Latin letters."""
    _, hits, words = _commonest(text[:4000])
    return hits / words if words >= _FEW_WORDS else 0.0


def _commonest(sample: str) -> tuple[str, int, int]:
    """The language most of whose commonest words stand there, how many do, and of how many words."""
    words = re.findall(r"[^\W\d_]+", sample.casefold())
    hits = {code: sum(map(stop.__contains__, words)) for code, stop in _STOP_SETS.items()}
    best = max(hits, key=lambda c: hits[c])
    return best, hits[best], len(words)


_FEW_WORDS = 5
"""Fewer words tell nothing of their language."""
_STOP_SETS = {code: frozenset(words.split()) for code, words in _STOP_WORDS.items()}
GUESSED = frozenset({code for code, _ in _SCRIPTS} | set(_STOP_WORDS))
"""The languages that `guess_language` can tell."""
