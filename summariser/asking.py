"""What a model is asked about a document, and what its answers claim.

``whole``     one question about everything, or where model or answer could not hold it, one about each of some windows
``sentences`` in English, where code reads how a sentence puts an act: the names that code has found are sorted, and of each
              sentence only its acts are asked, and what its numbers measure; in other languages an overview, and all that
              each sentence says; for other briefs all that each sentence says, amounts by choice among its numbers, and in
              English no parties, which are sorted as before
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json

from summariser import drafting, merging
from summariser.errors import AnswerError, ContextLengthError, InputError
from summariser.exchange import Message, Reply, Request, Usage
from summariser.grounding import clauses, stance
from summariser.grounding.candidates import candidates, employer, office
from summariser.grounding.claims import Claim, Roster
from summariser.grounding.verdicts import Policy
from summariser.grounding.words import content_words
from summariser.sentences import LANGUAGES, is_credit
from summariser_schemas import Brief, Party
from summariser_schemas.fields import core_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from summariser.grounding.candidates import Candidate
    from summariser.grounding.claims import Problem, Source
    from summariser.grounding.items import Draft
    from summariser.sentences import Sentence
    from summariser.templates import Prompt, Question
    from summariser_schemas import BaseBrief, Omission

__all__ = [
    "NOTES_WITHOUT_PARTIES",
    "QUOTED_FAILURE",
    "UNSAID",
    "UNUSABLE",
    "Answer",
    "Answers",
    "Asked",
    "Plan",
    "Round",
    "Strategy",
    "Tally",
    "acts_by_the_text",
    "as_round",
    "ask_again",
    "asks_for_acts",
    "claims_of",
    "halves",
    "known_parties",
    "look_again",
    "measured_by_the_text",
    "noted",
    "numbered",
    "once_more",
    "one_line",
    "questions",
    "read_answers",
    "rough_tokens",
    "sorts_names",
    "spoken_in",
]

Round: TypeAlias = "tuple[Request, ...]"
"""Questions that do not depend on one another."""
Answer: TypeAlias = "Reply | AnswerError | ContextLengthError"

UNUSABLE = (AnswerError, ContextLengthError)
"""Errors that a driver hands to the dialogue in place of a reply; every other one ends the job."""

Strategy = Literal["whole", "sentences"]

_OVERVIEW_TOKENS = 400
_NOTES_TOKENS = 900
_ACTS_TOKENS = 300
_TOKENS_A_NUMBER = 40
_MOST_NUMBERS = 12
"""Numbers of one sentence that the model is asked about; a table has more, and no meaning by itself."""
_MOST_NAMES = 24
"""Names sorted at a time. A small model loses its place in long lists."""
_TOKENS_A_NAME = 16
_NOT_LATIN = re.compile(r"[^\x00-\u024f]")
_LEAST_SAID = 2
"""Content words of an act that says something: "replied" does not."""
QUOTED_FAILURE = 2000
"""Characters of an unusable answer that are shown again, or kept."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to ask: the prompt, in what portions, and the limits of the model, in tokens."""

    prompt: Prompt
    strategy: Strategy
    context: int
    max_output: int
    policy: Policy = field(default_factory=Policy)
    second_looks: int = 0
    """How often to ask for what the answers left out, at most: until nothing that holds is added."""
    brief: type[BaseBrief] = Brief
    """What to make of a document."""
    examples: Mapping[str, tuple[Message, ...]] = field(default_factory=dict[str, tuple[Message, ...]])
    """Turns of worked examples that come with the schema, by the kind of question."""
    output_language: str | None = None
    """What the free text is to be written in, an ISO 639-1 code; None for the document's own language."""


@dataclass
class Tally:
    """What the answers cost, those included that were of no use."""

    paid: list[tuple[Usage, str | None]] = field(default_factory=list[tuple[Usage, "str | None"]])
    """Of each answer what it used, and the model that gave it."""
    requests: int = 0
    attempts: int = 0
    seconds: float = 0.0
    second_look: int = 0
    """Tokens in and out of asking for what the answers left out."""

    @property
    def usage(self) -> Usage:
        """Tokens of all answers, as far as they are known."""
        return sum((used for used, _ in self.paid), Usage())

    @property
    def model(self) -> str | None:
        """The model that gave the last answer."""
        return next((model for _, model in reversed(self.paid) if model), None)

    @property
    def tokens(self) -> int:
        """Tokens in and out so far, as far as they are known."""
        used = self.usage
        return (used.input_tokens or 0) + (used.output_tokens or 0)

    def add(self, answer: Answer) -> None:
        """Count one answer."""
        self.requests += 1
        if isinstance(answer, Reply):
            self.paid.append((answer.usage, answer.model))
            self.attempts += answer.attempts
            self.seconds += answer.seconds
        else:
            self.attempts += 1
            used = Usage(*(getattr(answer, name, None) for name in ("input_tokens", "output_tokens", "cached_tokens")))
            if used != Usage():
                self.paid.append((used, None))


@dataclass(frozen=True)
class Asked:
    """A question with what it takes to ask again: its template, and the sentences it is about."""

    question: Question
    request: Request
    sentences: tuple[int, ...]
    numbers: tuple[str, ...] = ()
    """What code found in the sentence, in the order in which the answer says what they measure."""
    names: tuple[Candidate, ...] = ()
    """What code found in the document, for the answer to sort."""
    smaller: Callable[[], list[Asked]] | None = None
    """Asks the same of each half of the sentences; None where there is nothing to halve."""
    halved: bool = False
    """Whether that was done in place of this question."""


@dataclass
class Answers:
    """What came back in a round: the claims, the answers' own words, and the questions that got no usable answer."""

    claims: list[Claim] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    failures: dict[int, AnswerError | ContextLengthError] = field(default_factory=dict)


# Asking


def questions(source: Source, plan: Plan, brief: type[BaseBrief]) -> list[Asked]:
    """The first round: what to ask about a document.

    Raises:
        InputError: every sentence gives orders to its reader.
        ContextLengthError: a single sentence is longer than the model's context.
    """
    shown = [s for s in source.sentences if source.usable(s.number)]
    if not shown:
        raise InputError("every sentence of the document gives orders to its reader; there is nothing to summarise")
    fence = source.document.sha256[:8]

    def ask(
        kind: str,
        draft: type[BaseModel],
        about: tuple[int, ...],
        most: int,
        purpose: str,
        *,
        described: type[BaseModel] | None = None,
        shown: str | None = None,
        smaller: Callable[[], list[Asked]] | None = None,
        **variables: Any,
    ) -> Asked:
        question = plan.prompt.question(
            kind,
            outline=drafting.outline(described or draft),
            instructions=drafting.instructions(brief),
            examples=plan.examples.get(shown or kind, ()),
        )
        messages = (*question.prefix(), Message("user", question.render("ask", fence=fence, **variables)))
        _check_length(messages, most, plan)
        return Asked(question, Request(messages, draft, most, purpose), about, smaller=smaller)

    if plan.strategy == "whole":
        return list(_windows(source, plan, shown, partial(ask, "whole", drafting.whole(brief))))
    if asks_for_acts(source, brief):
        return [*_sort_names(source, brief, ask), *_ask_for_acts(source, shown, ask)]
    by_code = sorts_names(source, plan)
    asked = list(_sort_names(source, brief, ask)) if by_code else []
    if drafting.reads_acts(brief):
        asked.append(_overview(source, plan, shown, ask))
    whole = drafting.notes(brief, parties=not by_code)
    for sentence in shown:
        if any(map(str.isalpha, sentence.text)) and not is_credit(sentence.text):
            purpose = f"sentence {sentence.number} of {len(source.sentences)}"
            known = noted(source, sentence)
            numbers = None if drafting.reads_acts(brief) else tuple(known["numbers"])
            draft, about = drafting.notes(brief, numbers, parties=not by_code), (sentence.number,)
            if draft.model_fields:  # else no item can be made of it
                how: dict[str, Any] = {"described": whole, "shown": NOTES_WITHOUT_PARTIES if by_code else None}
                asked.append(ask("notes", draft, about, _NOTES_TOKENS, purpose, **how, **known))
    return asked or [_overview(source, plan, shown, ask)]


def _overview(source: Source, plan: Plan, shown: Sequence[Sentence], ask: Callable[..., Asked]) -> Asked:
    first = _fitting(shown, _room(plan, _OVERVIEW_TOKENS))
    about = tuple(s.number for s in first)
    told = {"sentences": numbered(first), "language": spoken_in(source)}
    return ask("overview", drafting.overview(plan.brief), about, _OVERVIEW_TOKENS, "overview", **told)


NOTES_WITHOUT_PARTIES = "notes without parties"
"""The worked examples of questions where code finds the parties."""


def sorts_names(source: Source, plan: Plan) -> bool:
    """Whether code finds the parties of a document, and the model only sorts their names."""
    if asks_for_acts(source, plan.brief):
        return True
    parties = any(issubclass(section.item, Party) for section in drafting.sections(plan.brief))
    return parties and source.language == stance.LANGUAGE and "names" in plan.prompt.kinds


def asks_for_acts(source: Source, brief: type[BaseBrief]) -> bool:
    """Whether code reads who acts and how firmly, and the model is asked only for acts and for what numbers measure."""
    return source.language == stance.LANGUAGE and drafting.reads_acts(brief)


def noted(source: Source, sentence: Sentence) -> dict[str, Any]:
    """A sentence by itself as a prompt shows it, with the numbers that code finds in it."""
    numbers = list(dict.fromkeys(q.text for q in source.quantities_of(sentence.number)))
    return {"sentence": one_line(sentence.text), "numbers": numbers, "language": spoken_in(source)}


def spoken_in(source: Source) -> str:
    """The name of a document's language, where it is another than that of the prompts: a small model falls back to theirs."""
    return "" if source.language == stance.LANGUAGE else LANGUAGES.get(source.language, "")


_ANSWER_RATIO = 2
"""Tokens of an answer for each token of text: a dense text gives as much again as it has, and JSON around it."""
_PROMPT_TOKENS = 4_000
"""Tokens of rules and examples before the text, at most."""
_LEAD_SENTENCES = 3


def _room(plan: Plan, most: int) -> int:
    """Tokens of text that one question can hold when its answer has up to ``most``."""
    return max(plan.context - most - min(_PROMPT_TOKENS, plan.context // 2), 1)


def _fitting(sentences: Sequence[Sentence], room: int) -> Sequence[Sentence]:
    """The first sentences that fit, at least one."""
    length = 0
    for count, sentence in enumerate(sentences):
        length += rough_tokens(sentence.text) + _TOKENS_A_LABEL
        if length > room and count:
            return sentences[:count]
    return sentences


_TOKENS_A_LABEL = 4


def _windows(source: Source, plan: Plan, shown: Sequence[Sentence], ask: Callable[..., Asked]) -> Iterator[Asked]:
    """The whole document, or where context or answer would not hold it, windows of it, all of about one length."""
    room = min(_room(plan, plan.max_output), plan.max_output // _ANSWER_RATIO)
    rest = list(shown)
    while rest:
        length = sum([rough_tokens(s.text) for s in rest]) + _TOKENS_A_LABEL * len(rest)
        window = rest if length <= room else _fitting(rest, min(room, -(-length // -(-length // room))))
        rest = rest[len(window) :]
        yield _window(source, plan, window, shown, ask)


def _window(
    source: Source, plan: Plan, window: Sequence[Sentence], shown: Sequence[Sentence], ask: Callable[..., Asked]
) -> Asked:
    """A question about some sentences, which says what document they are from where they are not all of it."""
    title, published = one_line(source.document.title or ""), source.document.published or ""
    part = len(window) < len(shown)
    lead = [s for s in shown[:_LEAD_SENTENCES] if s.number < window[0].number] if part else []
    purpose = f"sentences {window[0].number} to {window[-1].number} of {len(source.sentences)}" if part else "brief"
    half = len(window) // 2

    def smaller() -> list[Asked]:
        return [_window(source, plan, some, shown, ask) for some in (window[:half], window[half:])]

    return ask(
        about=tuple([s.number for s in window]),
        most=plan.max_output,
        purpose=purpose,
        smaller=smaller if half else None,
        sentences=numbered(window),
        lead=numbered(lead),
        title=title,
        published=published,
    )


def numbered(sentences: Sequence[Sentence]) -> list[dict[str, Any]]:
    """Sentences as a prompt shows them."""
    return [{"number": s.number, "text": one_line(s.text)} for s in sentences]


def _sort_names(source: Source, brief: type[BaseBrief], ask: Callable[..., Asked]) -> Iterator[Asked]:
    found = [candidate for candidate in source.once(candidates) if candidate.kind is None]
    for start in range(0, len(found), _MOST_NAMES):
        some = tuple(found[start : start + _MOST_NAMES])
        called = tuple(candidate.name for candidate in some)
        most = _TOKENS_A_NAME * len(some) + sum(map(rough_tokens, called))
        yield replace(ask("names", drafting.kinds(called, brief), (), most, "names", names=called), names=some)


def _ask_for_acts(source: Source, shown: Sequence[Sentence], ask: Callable[..., Asked]) -> Iterator[Asked]:
    for sentence in shown:
        numbers = tuple(dict.fromkeys(q.text for q in source.quantities_of(sentence.number)))[:_MOST_NUMBERS]
        if not _says_something(source, sentence) or not (numbers or _may_tell_acts(source, sentence)):
            continue
        purpose = f"sentence {sentence.number} of {len(source.sentences)}"
        most = _ACTS_TOKENS + _TOKENS_A_NUMBER * len(numbers)
        about = (sentence.number,)
        asked = ask(
            "acts", drafting.acts(numbers), about, most, purpose, sentence=one_line(sentence.text), numbers=numbers
        )
        yield replace(asked, numbers=numbers)


def _says_something(source: Source, sentence: Sentence) -> bool:
    """Whether a sentence is more than a date, a number or a photo credit."""
    rest = list(sentence.text)
    for start, end in source.dates_of(sentence.number):
        rest[start:end] = " " * (end - start)
    return any(map(str.isalpha, rest)) and not is_credit(sentence.text)


def _may_tell_acts(source: Source, sentence: Sentence) -> bool:
    """Whether any answer about the acts of a sentence could hold: what it puts as no act, or only quotes, is not asked for."""
    return any(
        not (stance.is_opinion(sentence.text, reading) and source.quotation_at(sentence.start + reading.verb[0]))
        for reading in stance.acts_in(sentence.text)
    )


def _check_length(messages: Sequence[Message], most: int, plan: Plan) -> None:
    *known, own = messages
    length = sum([_known_tokens(message.content) for message in known]) + rough_tokens(own.content)
    if length + most > plan.context:
        raise ContextLengthError(
            f"the document needs about {length} tokens and its answer up to {most}, more than the model's context of "
            f"{plan.context}: split the document, or name a model with a larger context with --model"
        )


@lru_cache(maxsize=256)
def _known_tokens(text: str) -> int:
    # Kept: all documents are asked about with the same turns before their own, which are longer than most of them.
    return rough_tokens(text)


def rough_tokens(text: str) -> int:
    """A rough count of tokens, on the high side: 3.5 characters of Latin text each, one of any other script."""
    others = 0 if text.isascii() else len(_NOT_LATIN.findall(text))
    return round((len(text) - others) / 3.5 + others)


def as_round(asked: Sequence[Asked]) -> Round:
    """The requests of some questions."""
    return tuple(question.request for question in asked)


def halves(asked: Asked, answer: Answer) -> list[Asked]:
    """The questions to ask in place of one whose answer was cut off, or that was too long; none where it cannot be halved."""
    too_long = not isinstance(answer, Reply) and answer.retry == "window"
    return asked.smaller() if too_long and asked.smaller is not None else []


def once_more(asked: Asked, failure: AnswerError | ContextLengthError) -> Asked:
    """The same question after an answer that could not be used."""
    said = failure.text if isinstance(failure, AnswerError) else ""
    turns = (
        Message("assistant", said[:QUOTED_FAILURE] or "{}"),
        Message(
            "user",
            "That could not be read. Answer with one complete JSON object of the form described, and keep it short.",
        ),
    )
    return replace(asked, request=_follow_up(asked.request, turns))


def ask_again(asked: Sequence[Asked], answers: Answers, problems: Sequence[Problem]) -> list[Asked]:
    """Ask again about what did not hold: each question once, with its last answer and its own failures."""
    questions: list[Asked] = []
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


def look_again(asked: Sequence[Asked], answers: Answers, omitted: Sequence[Omission], source: Source) -> list[Asked]:
    """Ask for what no item covers: each question once, with its last answer and what its sentences have beside that."""
    questions: list[Asked] = []
    for number, question in enumerate(asked):
        if number not in answers.texts or not question.question.has("missed"):
            continue
        own = set(question.sentences)
        missed = [o.text for o in omitted if any(s.number in own for s in source.sentences_of([o]))]
        if missed:
            turns = (
                Message("assistant", answers.texts[number]),
                Message("user", question.question.render("missed", omitted=[one_line(text) for text in missed])),
            )
            request = replace(question.request, messages=(*question.request.messages, *turns))
            questions.append(replace(question, request=replace(request, purpose=f"{request.purpose}, what is missing")))
    return questions


def _follow_up(request: Request, turns: tuple[Message, ...]) -> Request:
    return replace(request, messages=(*request.messages, *turns), purpose=f"{request.purpose}, again")


def one_line(text: str) -> str:
    """The text with single spaces."""
    return " ".join(text.split())


# Reading answers


def read_answers(
    asked: Sequence[Asked], answers: Sequence[Answer], tally: Tally, source: Source, brief: type[BaseBrief]
) -> Answers:
    """Count the answers and take them apart into claims; what cannot be used at all is a failure."""
    read = Answers()
    for number, (question, answer) in enumerate(zip(asked, answers, strict=True)):
        tally.add(answer)
        if isinstance(answer, Reply):
            read.texts[number] = answer.text
            read.claims += claims_of(question, answer.draft, number, source, brief)
            continue
        salvaged = _salvage(answer.text, question.request.draft) if isinstance(answer, AnswerError) else None
        if salvaged is None:
            if not question.halved:
                read.failures[number] = answer
        else:
            read.claims += claims_of(question, salvaged, number, source, brief)
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
        value = cast("dict[str, Any]", raw).get(info.alias or name)
        if many and isinstance(value, list):
            values[name] = [v for each in value if (v := _valid(item, each)) is not None]
        elif isinstance(value, str):
            values[name] = value
        elif isinstance(value, dict) and (whole := _valid(item, value)) is not None:
            values[name] = whole
    return draft.model_construct(**values) if any(values.values()) else None


def _valid(item: Any, value: Any) -> Any:
    try:
        return TypeAdapter[Any](item).validate_python(value)
    except ValidationError:
        return None


def claims_of(asked: Asked, draft: BaseModel, number: int, source: Source, brief: type[BaseBrief]) -> list[Claim]:
    """The items of an answer as claims; those about a single sentence cite it."""
    if asked.names:
        return _sorted_names(asked, draft, number, source, brief)
    claims: list[Claim] = []
    kinds = drafting.statement_kinds(brief)
    dumped = draft.model_dump(warnings=False)  # of an answer that was cut off, fields are missing
    for name in type(draft).model_fields:
        value: Any = getattr(draft, name, None)
        if isinstance(value, str):
            claims.append(Claim(name, {"text": value}, (), number))
        if isinstance(value, BaseModel):
            claims += _measured(asked, value, number, brief)
        items: list[Any] = value if isinstance(value, list) else []
        for place, item in enumerate(items):
            if isinstance(item, str):
                if len(set(content_words(item))) >= _LEAST_SAID:
                    acts = clauses.apart(_in_full(item, items, asked, source))
                    acts += [content for act in acts for content in clauses.agreed_in(act)]
                    claims += [_act(asked, act, number, brief) for act in acts]
                continue
            fields = dumped[name][place]
            cited = tuple(fields.pop("evidence", asked.sentences))
            if name != drafting.STATEMENTS or not drafting.reads_acts(brief):
                claims.append(Claim(name, fields, cited, number))
                continue
            meant = kinds[fields.pop("kind")]
            if meant is not None:
                section, values = meant
                renamed = {section.prose: fields["what"], section.time: fields["when"], "by": fields["by"], **values}
                claims.append(Claim(section.name, renamed, cited, number))
    return claims


def _act(asked: Asked, words: str, number: int, brief: type[BaseBrief]) -> Claim:
    """An act: its section, status, actors and time are read off the sentence when the claim is grounded."""
    section = next(s for s in drafting.sections(brief) if s.item.said_as)
    if len(words) >= drafting.LONGEST_ACT:
        words = _unhung(words.split()[:-1])  # cut off, in the middle of a word or not
    return Claim(section.name, {section.prose: words}, asked.sentences, number)


def _in_full(words: str, acts: list[Any], asked: Asked, source: Source) -> str:
    """An act with the rest of its clause, which small models leave away."""
    sentence = source.sentence(asked.sentences[0]).text
    return clauses.with_rest(sentence, words, [other for other in acts if other != words])


def _measured(asked: Asked, measures: BaseModel, number: int, brief: type[BaseBrief]) -> Iterator[Claim]:
    """What each number that code found measures."""
    for section in drafting.sections(brief):
        quantity = section.number
        if quantity is not None:
            for place, words in enumerate(asked.numbers):
                said = getattr(measures, f"number_{place}", None)
                yield Claim(section.name, {quantity: words, section.prose: said}, asked.sentences, number)
            return


_MOST_MEASURED = 12
"""Words of the text that say what a number measures where the model does not."""
_CLAUSE_END = re.compile(r"[.,;:()–—]\s|[.;:]$|\s[–—-]\s")


def measured_by_the_text(source: Source, problems: Sequence[Problem], brief: type[BaseBrief]) -> list[Claim]:
    """Figures whose number holds and whose meaning does not, with the words of the text behind the number, or before it."""
    claims: list[Claim] = []
    for section in drafting.sections(brief):
        quantity = section.number
        for problem in problems:
            claim = problem.claim
            if claim.section != section.name or quantity is None or section.prose not in claim.fields:
                continue
            for number in claim.sentences:
                words = _beside(source.sentence(number).text, str(claim.fields.get(quantity, "")))
                if words:
                    claims.append(replace(claim, fields={**claim.fields, section.prose: words}))
                    break
    return claims


def _beside(sentence: str, quantity: str) -> str:
    before, found, behind = sentence.partition(quantity)
    if not quantity or not found:
        return ""
    after = _CLAUSE_END.split(behind.lstrip(" ") if behind[:1] == " " else "", maxsplit=1)[0]
    words = after.removeprefix("of ").split()[:_MOST_MEASURED]
    if len(content_words(" ".join(words))) < _LEAST_SAID:
        words = [*_CLAUSE_END.split(before)[-1].split()[-_MOST_MEASURED:], *quantity.split(), *words]
    return _unhung(words)


def _unhung(words: list[str]) -> str:
    """The words up to the last that can end a phrase."""
    while words and words[-1].casefold() in _HANGING:
        words = words[:-1]
    return " ".join(words)


_HANGING = frozenset(
    "of to in on at by for from with the a an and or that which who but as than into its their his her".split()
)


def acts_by_the_text(
    source: Source, parties: Sequence[Party], drafts: Sequence[Draft], brief: type[BaseBrief]
) -> list[Claim]:
    """What sentences tell of the parties, where nothing that a model said of the sentence holds."""
    acting = {s.name: s for s in drafting.sections(brief) if s.item.said_as}
    told = {number for draft in drafts if draft.section in acting for number in draft.sentences}
    section, roster = next(iter(acting.values())), Roster(parties)
    claims: list[Claim] = []
    for sentence in source.sentences:
        if sentence.number in told or not source.usable(sentence.number):
            continue
        spans = [(a - sentence.start, b - sentence.start) for a, b, _ in roster.between(sentence.start, sentence.end)]
        for words in clauses.acts_of(sentence.text, spans):
            claims.append(Claim(section.name, {section.prose: words}, (sentence.number,), UNSAID))
    return claims


_ACTING_FOR_OTHERS = ("government_body",)
"""Kinds of parties whose name may tell whom they act for."""


def known_parties(source: Source, brief: type[BaseBrief]) -> list[Claim]:
    """The actors that code knows without a model, by their own names or the words around them."""
    found = source.once(candidates)
    kinds: dict[int, str] = {
        place: candidate.kind for place, candidate in enumerate(found) if candidate.kind is not None
    }
    return _parties(source, found, kinds, _CODE, brief)


def _shares_letters(one: str, other: str) -> bool:
    return not set(one.casefold()).isdisjoint(set(other.casefold()) - set(" .-'"))


_CODE = -1
"""The question of claims that answer none."""
UNSAID = -2
"""The question of acts that no model named: where they do not hold, nobody said anything wrong."""


def _sorted_names(asked: Asked, draft: BaseModel, number: int, source: Source, brief: type[BaseBrief]) -> list[Claim]:
    """The names that were sorted as actors."""
    kinds: dict[int, str] = {}
    for place in range(len(asked.names)):
        kind: str | None = getattr(draft, f"name_{place}", None)
        if kind is not None and kind not in drafting.NO_ACTORS:
            kinds[place] = kind
    return _parties(source, asked.names, kinds, number, brief)


def _parties(
    source: Source, found: Sequence[Candidate], kinds: Mapping[int, str], number: int, brief: type[BaseBrief]
) -> list[Claim]:
    """Claims of the names that have a kind, with their short forms, and the offices that the text gives them."""
    section = next(s.name for s in drafting.sections(brief) if issubclass(s.item, Party))
    all_found = source.once(candidates)
    claims: list[Claim] = []
    for place, kind in kinds.items():
        candidate = found[place]
        # Who is named again in another script is not found by its words.
        foreign = [name for name, _ in candidate.short if not _shares_letters(name, candidate.name)]
        for name, sentence in ((candidate.name, candidate.sentence), *candidate.short):
            if name in foreign:
                continue
            if kind != "person" and name != candidate.name and not merging.is_short_for(name, candidate.name):
                continue  # "Sydney" of "Sydney Herald"
            role = office(source, name) if kind == "person" else None
            fields: dict[str, Any] = {"name": name, "kind": kind, "role": role}
            if foreign and name == candidate.name:
                fields["aliases"] = foreign
            if kind == "person" or kind in _ACTING_FOR_OTHERS:
                fields["affiliation"] = employer(source, name, role, all_found, person=kind == "person")
            claims.append(Claim(section, fields, (sentence,), number))
    countries = [str(claim.fields["name"]) for claim in claims if claim.fields["kind"] == "country"]
    for candidate in found:
        for name, sentence in ((candidate.name, candidate.sentence), *candidate.short):
            if any(merging.is_capital(name, state) for state in countries):
                # Where it only hosts, grounding says so.
                claims.append(Claim(section, {"name": name, "kind": "country", "role": None}, (sentence,), number))
    return claims
