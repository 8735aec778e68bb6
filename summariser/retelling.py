"""The free text of a finished brief in another language: asked phrase by phrase, and held against the phrase it translates.

Evidence, names, quantities and times stay as the document has them. A translation that has another name, number, date,
"not" or direction than its phrase does not get out: the phrase then stays in the document's language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from summariser import drafting
from summariser.asking import rough_tokens
from summariser.errors import ConfigurationError
from summariser.exchange import Message, Reply, Request
from summariser.grounding import dates, names, polarity, quantities
from summariser.sentences import LANGUAGES, guess_language

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from summariser.asking import Answer, Plan
    from summariser.templates import Question

__all__ = ["Retold", "faults", "questions", "read", "wanted"]

_MOST_PHRASES = 8
"""Phrases translated at a time. A small model loses its place in long lists."""
_STRETCH = 3
"""Tokens of a translation for each one of its phrase, at most."""


def wanted(code: str | None) -> str | None:
    """The code of an output language as the rest uses it: "pt-BR" is "pt".

    Raises:
        ConfigurationError: it is none of `LANGUAGES`.
    """
    if code is None:
        return None
    bare = code.strip().casefold().replace("_", "-").partition("-")[0]
    if bare not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise ConfigurationError(f"no output language {code!r}: give the ISO 639-1 code of one, of {known}")
    return bare


@dataclass(frozen=True)
class Retold:
    """A question for the translations of some phrases."""

    question: Question
    request: Request
    phrases: tuple[str, ...]


def questions(phrases: Sequence[str], plan: Plan, language: str) -> list[Retold]:
    """What to ask: the translations of some phrases, a few at a time."""
    return [
        _question(tuple(phrases[at : at + _MOST_PHRASES]), plan, language)
        for at in range(0, len(phrases), _MOST_PHRASES)
    ]


def _question(phrases: tuple[str, ...], plan: Plan, language: str) -> Retold:
    question = plan.prompt.question("retell", outline="")
    ask = question.render("ask", phrases=phrases, language=LANGUAGES[language])
    most = min(plan.max_output, _STRETCH * sum(map(rough_tokens, phrases)) + _TOKENS_A_LABEL * len(phrases))
    messages = (*question.prefix(), Message("user", ask))
    draft = drafting.numbered(len(phrases))
    return Retold(question, Request(messages, draft, most, f"into {LANGUAGES[language]}"), phrases)


def read(
    asked: Sequence[Retold], answers: Sequence[Answer], source: str, told: str
) -> tuple[dict[str, str], dict[str, list[str]], list[Retold]]:
    """The translations that hold, by their phrases; what is wrong with the others; and the questions to ask again."""
    good: dict[str, str] = {}
    bad: dict[str, list[str]] = {}
    again: list[Retold] = []
    for question, answer in zip(asked, answers, strict=True):
        if not isinstance(answer, Reply):
            bad.update((phrase, [str(answer)]) for phrase in question.phrases)
            continue
        problems: list[dict[str, Any]] = []
        for number, phrase in enumerate(question.phrases):
            said = " ".join(str(getattr(answer.draft, f"phrase_{number}", "") or "").split())
            wrong = faults(phrase, said, source, told)
            if wrong:
                bad[phrase] = wrong
                problems.append({"number": number + 1, "said": said, "reason": "; ".join(wrong)})
            else:
                good[phrase] = said
        if problems:
            turns = (
                Message("assistant", answer.text),
                Message("user", question.question.render("again", problems=problems)),
            )
            request = replace(
                question.request,
                messages=(*question.request.messages, *turns),
                purpose=f"{question.request.purpose}, again",
            )
            again.append(replace(question, request=request))
    return good, bad, again


_READ = frozenset({"en", "fr", "de", "es", "ar", "zh"})
"""Languages whose numbers, dates and small words are read; of others, digits and names are compared."""
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_ENOUGH_WORDS = 4
_TOKENS_A_LABEL = 16


def faults(phrase: str, said: str, source: str, told: str) -> list[str]:
    """What a translation has otherwise than its phrase: names, numbers, dates, "not", up and down, or the language."""
    if not said:
        return ["it is missing"]
    found = list(_names(phrase, said, source, told))
    if {source, told} <= _READ:
        found += _read_faults(phrase, said, source, told)
    elif sorted(_DIGITS.findall(phrase)) != sorted(_DIGITS.findall(said)):
        found.append("its numbers are not those of the phrase")
    length = len(said.split())
    same = length >= _ENOUGH_WORDS and said.casefold() == phrase.casefold()
    if same or (length >= 2 * _ENOUGH_WORDS and guess_language(said) == source != told):
        found.append(f"it is not in {LANGUAGES[told]}")
    return found


_DIGITS = re.compile(r"\d+")


def _read_faults(phrase: str, said: str, source: str, told: str) -> Iterator[str]:
    if _amounts(phrase, source) != _amounts(said, told):
        yield "its numbers are not those of the phrase"
    if sorted(_YEAR.findall(phrase)) != sorted(_YEAR.findall(said)):
        yield "its years are not those of the phrase"
    if bool(dates.find_dates(phrase, language=source)) != bool(dates.find_dates(said, language=told)):
        yield "its dates are not those of the phrase"
    turns, told_turns = _turns(phrase, source), _turns(said, told)
    if ("not" in turns) != ("not" in told_turns):
        yield "one of the two says 'not'"
    if {"up", "down"} <= turns | told_turns and len(turns & {"up", "down"}) == len(told_turns & {"up", "down"}) == 1:
        yield "the direction is another"


def _names(phrase: str, said: str, source: str, told: str) -> Iterator[str]:
    # Where every noun has a capital, "Millionen Euro" looks like a name.
    for start, end in names.proper_names(said, language=told) if told != "de" else ():
        name = said[start:end]
        if not names.mentions(phrase, name):
            yield f"the name {name!r} is not in the phrase"
    for start, end in names.proper_names(phrase, language=source):
        name = phrase[start:end]
        if not names.mentions(said, name):
            yield f"the name {name!r} is missing"


def _amounts(text: str, language: str) -> list[tuple[str, ...]]:
    found = quantities.find_quantities(text, language=language)
    return sorted(tuple(str(n) for n in (q.value, q.low, q.high) if n is not None) for q in found)


def _turns(text: str, language: str) -> set[str]:
    return {cue.turn for cue in polarity.cues(text, language=language)}
