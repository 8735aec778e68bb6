"""Does an item come from the prompt rather than from the document? Small models copy their worked examples."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from summariser.grounding import names
from summariser.grounding.words import content_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from summariser.grounding.claims import Claim, Source

__all__ = ["Leaks", "leaks_of"]

_RUN = 3
"""Content words in a row that a phrase shares with the prompt, and the document has not, to be a leak."""
_NUMBER = re.compile(r"\d[\d.,]*\d|\d{2,}")


class Leaks:
    """What a prompt says before the document comes: names, numbers and runs of words of its rules and worked examples."""

    def __init__(self, prompt: str) -> None:
        self._names = {names.name_key(prompt[a:b]) for a, b in names.proper_names(prompt)}
        self._numbers = set(_NUMBER.findall(prompt))
        self._runs = set(_runs(content_words(prompt)))

    def of(self, claim: Claim, source: Source) -> str | None:
        """Say which words of a claim stand in the prompt and not in the document; None when there are none."""
        for words in _strings(claim.fields.values()):
            for start, end in names.proper_names(words):
                name = words[start:end]
                if names.name_key(name) in self._names and not source.places(name):
                    return f"{name!r} is a name of the prompt, not of the document"
            if names.name_key(words) in self._names and not source.places(words):
                return f"{words!r} is a name of the prompt, not of the document"
            for number in _NUMBER.findall(words):
                if number in self._numbers and number not in source.text:
                    return f"{number!r} is a number of the prompt, not of the document"
            own = content_words(words)
            for place, run in enumerate(_runs(own)):
                if run in self._runs and run not in source.runs(_RUN):
                    return f"{' '.join(own[place : place + _RUN])!r} are words of the prompt, not of the document"
        return None


@lru_cache(maxsize=16)
def leaks_of(prompt: str) -> Leaks:
    """The same, kept for prompts that serve many documents."""
    return Leaks(prompt)


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)]


def _strings(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _strings(cast("dict[str, Any]", value).values())
        elif isinstance(value, list):
            yield from _strings(value)
