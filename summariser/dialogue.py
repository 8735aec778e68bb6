"""The conversation about one document, as a generator: yields questions, is sent answers, returns the brief.

No I/O, no clock: the drivers in ``client`` carry the questions out, sync or async, one after another or side by side.

    round 1   the whole document or windows of it, or each sentence by itself; halves of what was too long
    ground    every claim is looked up in the document
    round 2   what did not hold is asked again, once, with the reasons
    ground    what still does not hold is listed in ``rejected``
    round 3   where it is wanted: what no item covers, until nothing that holds is added
    round 4   where another language is wanted: the free text, phrase by phrase
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from summariser import drafting, merging, retelling
from summariser.asking import (
    QUOTED_FAILURE,
    UNSAID,
    Answer,
    Plan,
    Round,
    acts_by_the_text,
    as_round,
    ask_again,
    halves,
    known_parties,
    look_again,
    measured_by_the_text,
    once_more,
    one_line,
    questions,
    read_answers,
    sorts_names,
)
from summariser.asking import Tally as Tally
from summariser.errors import AnswerError, ContextLengthError
from summariser.grounding.claims import Problem
from summariser.grounding.leaks import leaks_of
from summariser.sentences import is_credit
from summariser.verifying import Told, Verified, left_out, prepare, rejection, salient, verify_claims
from summariser_schemas import BaseBrief, DocumentInfo, Part, Party, Rejection, Verdict

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence

    from summariser.asking import Answers, Asked
    from summariser.grounding.claims import Source
    from summariser.grounding.items import Draft
    from summariser.sentences import Sentence
    from summariser_schemas import Document, Evidence, Item, Omission

__all__ = ["Answer", "Finding", "Plan", "Round", "dialogue"]

_HEADING_WORDS = 20
_SHORT_LINE = 4
_LEAST_TOLD, _MOST_TOLD = 2, 4
_QUOTED = 3
"""Sentences of a summary that is made of the document's own."""
_SIMILAR_ENOUGH = 0.3


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
    coverage: list[Part]
    tally: Tally


def dialogue(document: Document, plan: Plan) -> Generator[Round, Sequence[Answer], Finding]:
    """Ask about a document, ground the answers, ask again for what failed.

    Raises:
        InputError: the document holds no sentence.
        ContextLengthError: it is longer than the model's context.
        AnswerError: no answer could be used at all.
    """
    source, brief = prepare(document), plan.brief
    tally = Tally()
    asked, replies = yield from _ask(questions(source, plan, brief))
    answers = read_answers(asked, replies, tally, source, brief)
    if not _answered(asked, answers):
        if too_long := next((e for e in answers.failures.values() if isinstance(e, ContextLengthError)), None):
            raise too_long
        asked = [once_more(asked[number], failure) for number, failure in answers.failures.items()]
        answers = read_answers(asked, (yield as_round(asked)), tally, source, brief)
        if not _answered(asked, answers):
            raise answers.failures[0]
    leaks = leaks_of("\n".join(dict.fromkeys(m.content for q in asked for m in q.question.prefix())))
    by_code = plan.strategy == "sentences" and sorts_names(source, plan)
    acts_by_code = by_code and drafting.reads_acts(brief)  # what a second answer would mend, the rules mend as well
    claims, unmended = [*(known_parties(source, brief) if by_code else ()), *answers.claims], list[Problem]()
    found = verify_claims(source, claims, brief=brief, policy=plan.policy, leaks=leaks)
    again = [] if acts_by_code else ask_again(asked, answers, found.problems)
    if again:
        second = read_answers(again, (yield as_round(again)), tally, source, brief)
        failed = [p for p in found.problems if p.again]
        claims = [claim for claim in claims if not any(claim is p.claim for p in failed)] + second.claims
        found = verify_claims(source, claims, brief=brief, policy=plan.policy, leaks=leaks)
        # What failed and was not put right is reported as first said; what failed in the second answer comes with it.
        unmended = [p for p in failed if not _mended(p, found) and p not in found.problems]
    for _ in range(plan.second_looks):
        had = _items(source, found, brief)
        looks = look_again(asked, answers, left_out(source, had, brief), source)
        if not looks:
            break
        before = tally.tokens
        seen = read_answers(looks, (yield as_round(looks)), tally, source, brief).claims
        tally.second_look += tally.tokens - before
        seen = [claim for claim in seen if "text" not in claim.fields]
        more = verify_claims(source, [*claims, *seen], brief=brief, policy=plan.policy, leaks=leaks)
        if len(_items(source, more, brief)) <= len(had):
            break
        claims, found = [*claims, *seen], more
    if plan.strategy == "sentences":
        claims += measured_by_the_text(source, [*found.problems, *unmended], brief)
    if acts_by_code:
        claims = salient(source, found, claims) + acts_by_the_text(source, found.parties, found.drafts, brief)
    if plan.strategy == "sentences":
        found = verify_claims(source, claims, brief=brief, policy=plan.policy, leaks=leaks)
        found.problems = [p for p in found.problems if p.claim.question != UNSAID]
    found.problems += unmended
    finding = _finding(source, found, asked, answers, tally, brief)
    if plan.output_language in (None, source.language):
        return finding
    return (yield from _retold(finding, plan, source.language, plan.output_language, brief))


def _items(source: Source, found: Verified, brief: type[BaseBrief]) -> list[Item]:
    return [item for section in found.sections(source, brief).values() for item in section]


def _ask(asked: list[Asked]) -> Generator[Round, Sequence[Answer], tuple[list[Asked], list[Answer]]]:
    """Ask, and where a question or its answer is too long, ask about each half instead; what a cut-off answer holds is kept."""
    settled: list[Asked] = []
    replies: list[Answer] = []
    while asked:
        smaller: list[Asked] = []
        for question, reply in zip(asked, (yield as_round(asked)), strict=True):
            parts = halves(question, reply)
            settled.append(replace(question, halved=True) if parts else question)
            replies.append(reply)
            smaller += parts
        asked = smaller
    return settled, replies


def _answered(asked: Sequence[Asked], answers: Answers) -> bool:
    """Whether any question got an answer that can be used."""
    return len(answers.failures) < sum(not question.halved for question in asked)


def _retold(
    finding: Finding, plan: Plan, language: str, told: str, brief: type[BaseBrief]
) -> Generator[Round, Sequence[Answer], Finding]:
    """The finding with its free text in another language; what could not be told there stays, and is listed."""
    prose = {s.name: s.prose for s in drafting.sections(brief) if not issubclass(s.item, Party)}
    phrases = [finding.headline, finding.summary]
    phrases += [getattr(item, field) for name, field in prose.items() for item in finding.sections[name]]
    phrases = list(dict.fromkeys(phrases))
    good: dict[str, str] = {}
    bad: dict[str, list[str]] = {}
    asked = retelling.questions(phrases, plan, told)
    for _ in range(2):
        if not asked:
            break
        replies = yield tuple(question.request for question in asked)
        for reply in replies:
            finding.tally.add(reply)
        held, bad, asked = retelling.read(asked, replies, language, told)
        good = {**held, **good}
    sections = {
        name: [_told(item, prose[name], good) for item in items] if name in prose else items
        for name, items in finding.sections.items()
    }
    left = [
        Rejection(
            section="document",
            said={"text": p},
            reasons=[f"kept in {language!r}: {'; '.join(bad.get(p, ['no answer']))}"],
        )
        for p in phrases
        if p not in good
    ]
    return replace(
        finding,
        headline=good.get(finding.headline, finding.headline),
        summary=good.get(finding.summary, finding.summary),
        sections=sections,
        rejected=[*finding.rejected, *left],
    )


def _told(item: Item, field: str, good: Mapping[str, str]) -> Item:
    phrase = getattr(item, field)
    if phrase not in good:
        return item
    verdict = Verdict(verdict="derived", basis=f"translated: {phrase!r}")
    return item.model_copy(update={field: good[phrase], "verdicts": {**item.verdicts, field: verdict}})


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


def _finding(
    source: Source, verified: Verified, asked: Sequence[Asked], answers: Answers, tally: Tally, brief: type[BaseBrief]
) -> Finding:
    headlines = [told for told in verified.told.get("headline", []) if told.text.strip()]
    headline = headlines[-1] if headlines else _heading(source)
    summary = _summary(source, verified.told.get("summary", []), verified.drafts)
    sections = verified.sections(source, brief)
    items = [item for section in sections.values() for item in section]
    document = source.document
    info = DocumentInfo(
        id=document.name,
        title=document.title or (_heading(source).text if _is_heading(source.sentences[0].text) else None),
        published=document.published,
        source=document.source,
        url=document.url,
        place=None if document.origin is None else document.origin.place,
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
        omitted=left_out(source, items, brief),
        coverage=_coverage(source, asked, answers, items),
        tally=tally,
    )


_Status = Literal["read", "unread", "withheld", "passed over"]


def _coverage(source: Source, asked: Sequence[Asked], answers: Answers, items: Sequence[Item]) -> list[Part]:
    """Every sentence, in runs: the windows of a document, and of single sentences those that fared alike."""
    window: dict[int, int] = {}
    read: set[int] = set()
    why: dict[int, str] = {}
    for number, question in enumerate(asked):
        many = len(question.sentences) > 1
        for shown in question.sentences:
            window[shown] = number if many else window.get(shown, -1)
        if failure := answers.failures.get(number):
            why |= dict.fromkeys(question.sentences, str(failure))
        elif not question.halved:
            read.update(question.sentences)
    resting = Counter([s.number for item in items for s in source.sentences_of(item.evidence)])

    def fared(sentence: Sentence) -> tuple[_Status, int | None, str | None]:
        number = sentence.number
        if number in read:
            return "read", window[number], None
        if number in window:
            return "unread", window[number], why.get(number)
        return "passed over" if source.usable(number) else "withheld", None, None

    parts: list[Part] = []
    for (status, _, reason), run in groupby(source.sentences, fared):
        same = list(run)
        first, last = same[0], same[-1]
        place = {"first": first.number, "last": last.number, "start": first.start, "end": last.end}
        parts.append(Part(**place, status=status, items=sum([resting[s.number] for s in same]), why=reason))
    return parts


def _heading(source: Source) -> Told:
    """A headline in the document's own words: its first line, or its first sentence."""
    usable = [s for s in source.sentences if source.usable(s.number)]
    # A dateline or the name of an office above the text says nothing of it.
    first = next((s for s in usable if len(s.text.split()) > _SHORT_LINE or not _is_heading(s.text)), usable[0])
    return Told(one_line(first.text), (first.number,))


def _is_heading(text: str) -> bool:
    return len(text.split()) <= _HEADING_WORDS and not text.rstrip('"”’»)').endswith((".", "!", "?", "…", "。", "؟"))


def _summary(source: Source, told: Sequence[Told], drafts: Sequence[Draft]) -> list[Told]:
    """What the model told and the text proves, filled up with the document's own sentences: those that most items rest on."""
    summary = list({t.text: t for t in told}.values())[:_MOST_TOLD]
    wanted = _LEAST_TOLD if summary else _QUOTED
    if len(summary) >= wanted:
        return summary
    used = {n for t in summary for n in t.sentences}
    weight = Counter([number for draft in drafts for number in draft.sentences])
    # The lead says what it is about, whatever rests on it.
    lead = next((s.number for s in source.sentences if source.usable(s.number) and not _is_heading(s.text)), 0)
    weight[lead] = len(drafts) + 1
    quoted: list[Told] = []
    for sentence in sorted(source.sentences, key=lambda s: (s.number in used, -weight[s.number], s.number)):
        if len(summary) + len(quoted) >= wanted:
            break
        if source.usable(sentence.number) and not _is_heading(sentence.text) and not is_credit(sentence.text):
            text = one_line(sentence.text)
            if all(merging.similarity(text, t.text) < merging.SAME_ACT for t in (*summary, *quoted)):
                quoted.append(Told(text, (sentence.number,)))
    return summary + sorted(quoted, key=lambda t: t.sentences) or [_heading(source)]


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


def _unread(answers: Answers) -> Iterable[Rejection]:
    for error in answers.failures.values():
        said = error.text if isinstance(error, AnswerError) else ""
        yield Rejection(section="document", said={"text": said[:QUOTED_FAILURE]}, reasons=[str(error)])
