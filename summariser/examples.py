"""Worked examples that come with a schema: texts, each with the answer that a good model gives.

They are held against their own texts before anything is spent: a model copies from an example whatever is wrong with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from summariser import drafting
from summariser.asking import NOTES_WITHOUT_PARTIES, noted, numbered, one_line, spoken_in
from summariser.errors import DeclarationError, InputError
from summariser.exchange import Message
from summariser.grounding.claims import Claim
from summariser.verifying import claims_of, prepare, verify_claims
from summariser_schemas import Document, Party, Quantity
from summariser_schemas.fields import asked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from summariser.grounding.claims import Source
    from summariser.templates import Prompt
    from summariser_schemas import BaseBrief

__all__ = ["Example", "Worked", "digest", "turns", "work"]

_MOST_SENTENCES = 8
"""Sentences of all examples that are shown to a model that is asked sentence by sentence."""


class Example(BaseModel):
    """A text and what is in it.

    ``answer`` has ``headline``, ``summary`` (a list of sentences) and the brief's sections. An item has its fields as words
    of the text, parties by their names, and ``evidence``: quotes, or numbers of sentences.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1)
    title: str | None = None
    published: Any = None
    language: str | None = None
    answer: dict[str, Any]


@dataclass(frozen=True)
class Worked:
    """An example whose answer holds in its text: ``answer`` is the draft of the whole brief, in the model's form."""

    source: Source
    answer: BaseModel

    @cached_property
    def json(self) -> str:
        """The answer as a model gives it."""
        return self.answer.model_dump_json()


def work(brief: type[BaseBrief], examples: Sequence[Example]) -> tuple[Worked, ...]:
    """Hold examples against their texts.

    Raises:
        DeclarationError: an answer has another form than the brief, or says what its text does not say.
    """
    return tuple(_worked(brief, example, f"example {number}") for number, example in enumerate(examples, 1))


def _worked(brief: type[BaseBrief], example: Example, name: str) -> Worked:
    sections = {section.name: section for section in drafting.sections(brief)}
    unknown = sorted(set(example.answer) - {*sections, "headline", "summary"})
    if unknown:
        raise DeclarationError(f"{name}: the brief has no section {', '.join(map(repr, unknown))}")
    try:
        document = Document(**example.model_dump(exclude={"answer"}))
        source = prepare(document)
        claims, problems = claims_of(source, example.answer, brief)
    except (ValidationError, InputError) as error:
        raise DeclarationError(f"{name}: {error}") from None
    told = list(_prose(source, example))
    verified = verify_claims(source, [*claims, *told], brief=brief)
    for problem in (*problems, *verified.problems):
        where = f"{name}, {problem.claim.section}"
        raise DeclarationError(f"{where}: {problem.claim.said()} does not hold: {'; '.join(problem.reasons)}")
    answer: dict[str, Any] = {name: [] for name in sections}
    for claim in claims:
        answer[claim.section].append({"evidence": list(claim.sentences), **_words(claim.fields)})
    headline, *rest = [told for name in ("headline", "summary") for told in verified.told[name]]
    answer["headline"] = headline.text
    answer["summary"] = [{"text": said.text, "evidence": list(said.sentences)} for said in rest]
    try:
        return Worked(source, drafting.whole(brief).model_validate(answer))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise DeclarationError(f"{name}, {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _prose(source: Source, example: Example) -> Iterator[Claim]:
    """Headline and summary; the text's own first words where the example has none."""
    first = source.sentences[0]
    headline = str(example.answer.get("headline") or one_line(first.text))
    summary = example.answer.get("summary") or [one_line(source.sentences[min(1, len(source.sentences) - 1)].text)]
    for section, texts in (("headline", [headline]), ("summary", summary if isinstance(summary, list) else [summary])):
        for text in texts:
            yield Claim(section, {"text": str(text)}, ())


def _words(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as a model gives them: of a number or a time only its words."""
    return {name: value["text"] if isinstance(value, dict) else value for name, value in fields.items()}


def turns(brief: type[BaseBrief], prompt: Prompt, worked: Sequence[Worked]) -> dict[str, tuple[Message, ...]]:
    """The turns that show the examples, by the kind of question."""
    if not worked:
        return {}
    ways = {"whole": _whole, "overview": _overview}
    made = {kind: tuple(way(brief, prompt, worked)) for kind, way in ways.items() if kind in prompt.kinds}
    if "notes" in prompt.kinds and not drafting.reads_acts(brief):
        made["notes"] = tuple(_notes(brief, prompt, worked, parties=True))
        made[NOTES_WITHOUT_PARTIES] = tuple(_notes(brief, prompt, worked, parties=False))
    return made


def _whole(_: type[BaseBrief], prompt: Prompt, worked: Sequence[Worked]) -> Iterator[Message]:
    question = prompt.question("whole", outline="")
    for example in worked:
        document = example.source.document
        known: dict[str, Any] = {
            "title": one_line(document.title or ""),
            "published": document.published or "",
            "lead": [],
        }
        sentences = numbered(example.source.sentences)
        yield Message("user", question.render("ask", fence="example", sentences=sentences, **known))
        yield Message("assistant", example.json)


def _overview(brief: type[BaseBrief], prompt: Prompt, worked: Sequence[Worked]) -> Iterator[Message]:
    question = prompt.question("overview", outline="")
    for example in worked:
        sentences = numbered(example.source.sentences)
        ask = question.render("ask", fence="example", sentences=sentences, language=spoken_in(example.source))
        yield Message("user", ask)
        told = example.answer.model_dump(include={"headline", "summary"})
        yield Message("assistant", drafting.overview(brief).model_validate(told).model_dump_json())


def _notes(brief: type[BaseBrief], prompt: Prompt, worked: Sequence[Worked], *, parties: bool) -> Iterator[Message]:
    """The sentences of the examples one by one, those that say most first told: a model learns little from empty ones."""
    question = prompt.question("notes", outline="")
    found: list[tuple[int, str, str]] = []
    for example in worked:
        for sentence in example.source.sentences:
            said = {
                section.name: [
                    item.model_dump(exclude={"evidence"})
                    for item in getattr(example.answer, section.name)
                    if item.evidence == [sentence.number]
                    or (issubclass(section.item, Party) and sentence.number in item.evidence)
                ]
                for section in drafting.sections(brief)
                if parties or not issubclass(section.item, Party)
            }
            known = noted(example.source, sentence)
            ask = question.render("ask", fence="example", **known)
            draft = drafting.notes(brief, (*known["numbers"], *_numbers(brief, said)), parties=parties)
            if draft.model_fields:
                told = {name: items for name, items in said.items() if name in draft.model_fields}
                found.append((sum(map(len, told.values())), ask, draft.model_validate(told).model_dump_json()))
    empty = next((one for one in found if not one[0]), None)
    full = [one for one in found if one[0]]
    best = sorted(full, key=lambda one: -one[0])[: _MOST_SENTENCES - (empty is not None)]
    for one in found:
        if one in best or one is empty:
            yield Message("user", one[1])
            yield Message("assistant", one[2])


def _numbers(brief: type[BaseBrief], said: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """The amounts in the items of an example."""
    for section in drafting.sections(brief):
        names = [field.name for field in asked(section.item) if field.core is Quantity]
        for value in (item[name] for item in said.get(section.name, ()) for name in names):
            yield from value if isinstance(value, list) else [value] if value is not None else []


def digest(examples: Sequence[Example]) -> str | None:
    """SHA-256 of the examples, in hexadecimal; None where there are none."""
    if not examples:
        return None
    lines = "\n".join(example.model_dump_json() for example in examples)
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()
