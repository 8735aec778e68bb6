"""The conversation about one document, as a generator: yields questions, is sent answers, returns the brief.

No I/O, no clock: the drivers in ``client`` carry the questions out, sync or async, one after another or side by side.

    round 1   the whole document, or an overview and each sentence by itself
    ground    every claim is looked up in the document
    round 2   what did not hold is asked again, once, with the reasons
    ground    what still does not hold is listed in ``rejected``
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json

from summariser import drafting, merging
from summariser.errors import AnswerError, ContextLengthError, InputError
from summariser.exchange import Message, Reply, Request, Usage
from summariser.grounding.claims import Claim, Problem, Source
from summariser.grounding.leaks import leaks_of
from summariser.grounding.omissions import omissions
from summariser.grounding.verdicts import Policy
from summariser.sentences import is_credit
from summariser.verifying import Told, Verified, prepare, rejection, verify_claims
from summariser_schemas import Brief, DocumentInfo, Rejection
from summariser_schemas.fields import core_type

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from summariser.templates import Prompt, Question
    from summariser_schemas import Document, Evidence, Omission

__all__ = ["Answer", "Finding", "Plan", "Round", "claims_of", "dialogue"]

Round: TypeAlias = "tuple[Request, ...]"
"""Questions that do not depend on one another."""
Answer: TypeAlias = "Reply | AnswerError"

Strategy = Literal["whole", "sentences"]

_OVERVIEW_TOKENS = 400
_NOTES_TOKENS = 900
_HEADING_WORDS = 20
_LEAST_TOLD, _MOST_TOLD = 2, 4
_SIMILAR_ENOUGH = 0.3
_QUOTED_FAILURE = 2000


@dataclass(frozen=True, slots=True)
class Plan:
    """How to ask: the prompt, in what portions, and the limits of the model, in tokens."""

    prompt: Prompt
    strategy: Strategy
    context: int
    max_output: int
    policy: Policy = field(default_factory=Policy)


@dataclass
class Tally:
    """What the answers cost, those included that were of no use."""

    usage: Usage = field(default_factory=Usage)
    requests: int = 0
    attempts: int = 0
    seconds: float = 0.0
    model: str | None = None

    def add(self, answer: Answer) -> None:
        """Count one answer."""
        self.requests += 1
        if isinstance(answer, Reply):
            self.usage += answer.usage
            self.attempts += answer.attempts
            self.seconds += answer.seconds
            self.model = answer.model or self.model
        else:
            self.usage += Usage(answer.input_tokens, answer.output_tokens, answer.cached_tokens)
            self.attempts += 1


@dataclass(frozen=True)
class Finding:
    """All of a brief but its provenance."""

    document: DocumentInfo
    headline: str
    summary: str
    summary_evidence: list[Evidence]
    sections: dict[str, list[Any]]
    rejected: list[Rejection]
    omitted: list[Omission]
    tally: Tally


@dataclass(frozen=True)
class _Asked:
    """A question with what it takes to ask again: its template, and the sentences it is about."""

    question: Question
    request: Request
    sentences: tuple[int, ...]


@dataclass
class _Answers:
    """What came back in a round: the claims, the answers' own words, and the questions that got no usable answer."""

    claims: list[Claim] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    failures: dict[int, AnswerError] = field(default_factory=dict)


def dialogue(
    document: Document, plan: Plan, *, brief: type[Brief] = Brief
) -> Generator[Round, Sequence[Answer], Finding]:
    """Ask about a document, ground the answers, ask again for what failed.

    Raises:
        InputError: the document holds no sentence.
        ContextLengthError: it is longer than the model's context.
        AnswerError: no answer could be used at all.
    """
    source = prepare(document)
    tally = Tally()
    asked = _questions(source, plan, brief)
    answers = _read(asked, (yield _round(asked)), tally, brief)
    if len(answers.failures) == len(asked):
        asked = [_once_more(asked[number], failure) for number, failure in answers.failures.items()]
        answers = _read(asked, (yield _round(asked)), tally, brief)
        if len(answers.failures) == len(asked):
            raise answers.failures[0]
    leaks = leaks_of("\n".join(dict.fromkeys(m.content for q in asked for m in q.question.prefix())))
    first = verify_claims(source, answers.claims, brief=brief, policy=plan.policy, leaks=leaks)
    again = _again(asked, answers, first.problems)
    if not again:
        return _finding(source, first, answers, tally, brief)
    second = _read(again, (yield _round(again)), tally, brief)
    failed = [p for p in first.problems if p.again]
    kept = [claim for claim in answers.claims if not any(claim is p.claim for p in failed)]
    final = verify_claims(source, kept + second.claims, brief=brief, policy=plan.policy, leaks=leaks)
    # What failed and was not put right is reported as first said; what failed in the second answer comes with it.
    final.problems += [p for p in failed if not _mended(p, final) and p not in final.problems]
    return _finding(source, final, answers, tally, brief)


# Asking


def _questions(source: Source, plan: Plan, brief: type[Brief]) -> list[_Asked]:
    shown = [s for s in source.sentences if source.usable(s.number)]
    if not shown:
        raise InputError("every sentence of the document gives orders to its reader; there is nothing to summarise")
    numbered = [{"number": s.number, "text": _line(s.text)} for s in shown]
    everything = tuple(s.number for s in shown)
    fence = source.document.sha256[:8]

    def ask(
        kind: str, draft: type[BaseModel], about: tuple[int, ...], most: int, purpose: str, **variables: Any
    ) -> _Asked:
        question = plan.prompt.question(kind, outline=drafting.outline(draft))
        messages = (*question.prefix(), Message("user", question.render("ask", fence=fence, **variables)))
        _check_length(messages, most, plan)
        return _Asked(question, Request(messages, draft, most, purpose), about)

    if plan.strategy == "whole":
        about_it = {"title": _line(source.document.title or ""), "published": source.document.published or ""}
        return [
            ask("whole", drafting.whole(brief), everything, plan.max_output, "brief", sentences=numbered, **about_it)
        ]
    asked = [ask("overview", drafting.overview(brief), everything, _OVERVIEW_TOKENS, "overview", sentences=numbered)]
    for sentence in shown:
        if any(map(str.isalpha, sentence.text)) and not is_credit(sentence.text):
            numbers = list(dict.fromkeys(q.text for q in source.quantities_of(sentence.number)))
            purpose = f"sentence {sentence.number} of {len(source.sentences)}"
            text = _line(sentence.text)
            draft = drafting.notes(brief)
            about = (sentence.number,)
            asked.append(ask("notes", draft, about, _NOTES_TOKENS, purpose, sentence=text, numbers=numbers))
    return asked


def _check_length(messages: Sequence[Message], most: int, plan: Plan) -> None:
    length = sum(_tokens(message.content) for message in messages)
    if length + most > plan.context:
        raise ContextLengthError(
            f"the document needs about {length} tokens and its answer up to {most}, more than the model's context of "
            f"{plan.context}: split the document, or name a model with a larger context with --model"
        )


def _tokens(text: str) -> int:
    """A rough count of tokens, on the high side: 3.5 characters of Latin text each, one of any other script."""
    latin = sum(character < "\u0250" for character in text)
    return round(latin / 3.5 + (len(text) - latin))


def _round(asked: Sequence[_Asked]) -> Round:
    return tuple(question.request for question in asked)


def _once_more(asked: _Asked, failure: AnswerError) -> _Asked:
    """The same question after an answer that could not be used."""
    turns = (
        Message("assistant", failure.text[:_QUOTED_FAILURE] or "{}"),
        Message(
            "user",
            "That could not be read. Answer with one complete JSON object of the form described, and keep it short.",
        ),
    )
    return replace(asked, request=_follow_up(asked.request, turns))


def _again(asked: Sequence[_Asked], answers: _Answers, problems: Sequence[Problem]) -> list[_Asked]:
    """Ask again about what did not hold: each question once, with its last answer and its own failures."""
    questions: list[_Asked] = []
    for number, question in enumerate(asked):
        wrong = [p for p in problems if p.again and p.claim.question == number]
        if not wrong or number not in answers.texts:
            continue
        listed = [{"said": p.claim.said(), "reason": "; ".join(p.reasons)} for p in wrong]
        turns = (
            Message("assistant", answers.texts[number]),
            Message("user", question.question.render("again", problems=listed)),
        )
        questions.append(replace(question, request=_follow_up(question.request, turns)))
    return questions


def _follow_up(request: Request, turns: tuple[Message, ...]) -> Request:
    return replace(request, messages=(*request.messages, *turns), purpose=f"{request.purpose}, again")


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


# Reading answers


def _read(asked: Sequence[_Asked], answers: Sequence[Answer], tally: Tally, brief: type[Brief]) -> _Answers:
    read = _Answers()
    for number, (question, answer) in enumerate(zip(asked, answers, strict=True)):
        tally.add(answer)
        if isinstance(answer, Reply):
            read.texts[number] = answer.text
            read.claims += claims_of(answer.draft, question.sentences, number, brief)
            continue
        salvaged = _salvage(answer.text, question.request.draft)
        if salvaged is None:
            read.failures[number] = answer
        else:
            read.claims += claims_of(salvaged, question.sentences, number, brief)
    return read


def _salvage(text: str, draft: type[BaseModel]) -> BaseModel | None:
    """Keep the complete items of an answer that was cut off or has a few items of the wrong shape."""
    start = text.find("{")
    try:
        raw = from_json(text[start:].rstrip("`\n ") if start >= 0 else text, allow_partial=True)
    except ValueError:
        return None
    if not isinstance(raw, dict):
        return None
    values: dict[str, Any] = {}
    for name, info in draft.model_fields.items():
        item, many = core_type(info.annotation)
        value = cast("dict[str, Any]", raw).get(name)
        if many and isinstance(value, list):
            values[name] = [v for each in value if (v := _valid(item, each)) is not None]
        elif isinstance(value, str):
            values[name] = value
    return draft.model_construct(**values) if any(values.values()) else None


def _valid(item: Any, value: Any) -> Any:
    try:
        return TypeAdapter[Any](item).validate_python(value)
    except ValidationError:
        return None


def claims_of(draft: BaseModel, about: tuple[int, ...], question: int, brief: type[Brief]) -> list[Claim]:
    """The items of an answer as claims; those about a single sentence cite it."""
    claims: list[Claim] = []
    kinds = drafting.statement_kinds(brief)
    for name in type(draft).model_fields:
        value: Any = getattr(draft, name, None)
        if isinstance(value, str):
            claims.append(Claim(name, {"text": value}, (), question))
        for item in cast("list[BaseModel]", value if isinstance(value, list) else []):
            fields = item.model_dump()
            cited = tuple(fields.pop("evidence", about))
            if name != drafting.STATEMENTS:
                claims.append(Claim(name, fields, cited, question))
                continue
            meant = kinds[fields.pop("kind")]
            if meant is not None:
                section, values = meant
                renamed = {section.prose: fields["what"], section.time: fields["when"], "by": fields["by"], **values}
                claims.append(Claim(section.name, renamed, cited, question))
    return claims


def _mended(problem: Problem, final: Verified) -> bool:
    """Whether the second answer put right what failed: prose that holds now, or a similar item on the same sentence."""
    claim = problem.claim
    if "text" in claim.fields:
        return claim.section == "headline" and "headline" in final.told
    said = claim.said()
    for draft in final.drafts:
        if draft.section == claim.section and set(draft.sentences) & set(claim.sentences):
            words = " ".join(value for value in draft.fields.values() if isinstance(value, str))
            if merging.similarity(said, words) >= _SIMILAR_ENOUGH:
                return True
    return any(party.name == claim.fields.get("name") for party in final.parties)


# The result


def _finding(source: Source, verified: Verified, answers: _Answers, tally: Tally, brief: type[Brief]) -> Finding:
    headlines = verified.told.get("headline", [])
    headline = headlines[-1] if headlines else _heading(source)
    summary = _summary(source, verified.told.get("summary", []))
    sections = verified.sections(source, brief)
    items = [item for section in sections.values() for item in section]
    document = source.document
    info = DocumentInfo(
        id=document.id or document.sha256[:12],
        title=document.title or (_heading(source).text if _is_heading(source.sentences[0].text) else None),
        published=document.published,
        source=document.source,
        language=source.language,
        sha256=document.sha256,
    )
    proof = {n for told in (headline, *summary) for n in told.sentences}
    return Finding(
        document=info,
        headline=headline.text,
        summary=" ".join(told.text for told in summary),
        summary_evidence=source.evidence(proof),
        sections=sections,
        rejected=_once([*_orders(source), *map(rejection, verified.problems), *_unread(answers)]),
        omitted=omissions(source, items),
        tally=tally,
    )


def _heading(source: Source) -> Told:
    """A headline in the document's own words: its first line, or its first sentence."""
    first = next(s for s in source.sentences if source.usable(s.number))
    return Told(_line(first.text), (first.number,))


def _is_heading(text: str) -> bool:
    return len(text.split()) <= _HEADING_WORDS and not text.rstrip('"”’»)').endswith((".", "!", "?", "…", "。", "؟"))


def _summary(source: Source, told: Sequence[Told]) -> list[Told]:
    """What the model told and the text proves; filled up to two sentences with the document's own first ones."""
    summary = list({t.text: t for t in told}.values())[:_MOST_TOLD]
    used = {n for t in summary for n in t.sentences}
    for sentence in sorted(source.sentences, key=lambda s: (s.number in used, s.number)):
        if len(summary) >= _LEAST_TOLD:
            break
        if source.usable(sentence.number) and not _is_heading(sentence.text):
            quoted = _line(sentence.text)
            if all(merging.similarity(quoted, t.text) < merging.SAME_ACT for t in summary):
                summary.append(Told(quoted, (sentence.number,)))
    return summary or [_heading(source)]


def _once(rejections: Iterable[Rejection]) -> list[Rejection]:
    """What was said twice is listed once."""
    return list({rejection.model_dump_json(): rejection for rejection in rejections}.values())


def _orders(source: Source) -> Iterable[Rejection]:
    for sentence, why in zip(source.sentences, source.orders, strict=True):
        if why:
            reason = f"gives orders to its reader ({why}): not shown to the model, and no evidence"
            yield Rejection(
                section="document", said={"text": sentence.text}, sentences=[sentence.number], reasons=[reason]
            )


def _unread(answers: _Answers) -> Iterable[Rejection]:
    for error in answers.failures.values():
        yield Rejection(section="document", said={"text": error.text[:_QUOTED_FAILURE]}, reasons=[str(error)])
