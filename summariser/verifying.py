"""Claims about a document, held against it: what of them holds, what does not and why, and what they leave out.

`verify_claims` serves the dialogue with a model. `verify` does the same for a brief from anywhere: one of ours, one that
another tool made, one written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, islice
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from summariser import drafting, merging
from summariser.errors import InputError
from summariser.grounding import names
from summariser.grounding.checks import check_prose
from summariser.grounding.claims import Claim, Problem, Roster, Source
from summariser.grounding.items import Draft, ItemGrounder, cited, unlike_its_class
from summariser.grounding.leaks import Leaks
from summariser.grounding.locating import locate
from summariser.grounding.omissions import omissions
from summariser.grounding.parties import ground_parties, is_between_states
from summariser.grounding.verdicts import Policy
from summariser.sentences import guess_language, split
from summariser_schemas import (
    Attribution,
    BaseBrief,
    Brief,
    Commitment,
    Document,
    Item,
    Omission,
    Outcome,
    Party,
    PartyRef,
    Rejection,
    Verdict,
)
from summariser_schemas.fields import asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "Told",
    "Verification",
    "Verified",
    "claims_of",
    "left_out",
    "prepare",
    "rejection",
    "salient",
    "verify",
    "verify_claims",
]

_MOST_CITED = 4
"""Prose that cites more sentences than this cites none in particular."""


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a headline or summary, with the numbers of the sentences that prove it."""

    text: str
    sentences: tuple[int, ...]


@dataclass
class Verified:
    """What of a set of claims holds, not yet with ids, and what does not."""

    parties: list[Party]
    drafts: list[Draft]
    told: dict[str, list[Told]]
    problems: list[Problem]

    def sections(self, source: Source, brief: type[BaseBrief]) -> dict[str, list[Any]]:
        """The items that hold, with ids and evidence, by the sections of the brief."""
        sections: dict[str, list[Any]] = {}
        for section in drafting.sections(brief):
            if issubclass(section.item, Party):
                sections[section.name] = self.parties
                continue
            drafts = [d for d in self.drafts if d.section == section.name]
            sections[section.name] = [
                section.item.model_validate(
                    {
                        **d.fields,
                        "id": f"{section.prefix}{n}",
                        "evidence": source.evidence(d.sentences),
                        "verdicts": d.verdicts,
                    }
                )
                for n, d in enumerate(drafts, 1)
            ]
        commitments = [item for items in sections.values() for item in items if isinstance(item, Commitment)]
        for name, items in sections.items():
            if items and isinstance(items[0], Outcome):
                sections[name] = merging.fulfilments(items, commitments)
        return sections


@dataclass(frozen=True)
class Verification:
    """A brief held against its document: the items that hold, by section, with a verdict on each field; the others."""

    sections: dict[str, list[Any]]
    rejected: list[Rejection] = field(default_factory=list)
    omitted: list[Omission] = field(default_factory=list)
    of_another_text: bool = False
    """Whether the brief names the digest of a text that is not this one."""

    @property
    def items(self) -> list[Item]:
        """The items of all sections."""
        return [item for section in self.sections.values() for item in section]

    @property
    def corrected(self) -> list[tuple[Item, str, Verdict]]:
        """Who acts and how firmly, where the words of the text say it otherwise: item, field, verdict with what was said."""
        return [
            (item, name, verdict)
            for item in self.items
            for name, verdict in item.verdicts.items()
            if name in ("by", "status") and verdict.verdict == "derived" and verdict.said is not None
        ]

    @property
    def holds(self) -> bool:
        """Whether nothing was rejected, flagged or corrected, and the brief is of this text as far as it says of which."""
        wrong = self.of_another_text or self.rejected or self.corrected
        return not wrong and not any(item.flagged for item in self.items)


def prepare(document: Document) -> Source:
    """Split a document into sentences, and look for orders to the model among them.

    Raises:
        InputError: the document holds no sentence.
    """
    language = (document.language or guess_language(document.text)).partition("-")[0]
    sentences = split(document.text, language=language)
    if not sentences:
        raise InputError(f"document {document.id or document.source or ''!r} has no text to summarise")
    return Source.of(document, sentences, language)


def verify_claims(
    source: Source,
    claims: Sequence[Claim],
    *,
    brief: type[BaseBrief] = Brief,
    policy: Policy | None = None,
    leaks: Leaks | None = None,
) -> Verified:
    """Look up every field of every claim; merge what is said twice; name what was copied from the prompt.

    Raises:
        GroundingError: something does not hold, and the policy says to fail.
    """
    policy = policy or Policy()
    sections = {section.name: section for section in drafting.sections(brief)}
    party_section = next((name for name, section in sections.items() if issubclass(section.item, Party)), None)
    found, problems = ground_parties(source, [c for c in claims if c.section == party_section], policy)
    parties = merging.merge_parties(source, found)
    roster = Roster(parties)
    problems += _unaffiliated(claims, party_section, roster)
    kinds = {phrase: (meant[0].name, meant[1]) for phrase, meant in drafting.statement_kinds(brief).items() if meant}
    items = {name: section.item for name, section in sections.items()}
    grounder = ItemGrounder(source, roster, items, kinds, policy)
    drafts: list[Draft] = []
    told: dict[str, list[Told]] = {}
    for claim in claims:
        if claim.section == party_section:
            continue
        if claim.section in sections:
            draft, wrong = grounder.ground(claim)
            problems += wrong
            if draft is not None:
                drafts.append(draft)
            continue
        proof, reasons = _proof(source, claim, roster)
        if reasons:
            problems.append(Problem(claim, tuple(reasons)))
        else:
            text = " ".join(str(claim.fields["text"]).split())
            told.setdefault(claim.section, []).append(Told(text, proof))
    if leaks is not None:
        problems = [_named(problem, leaks, source) for problem in problems]
    leads = {name: merging.Lead(s.prose, s.number) for name, s in sections.items() if name != party_section}
    merged = merging.merge_items(drafts, leads)
    unfit = {n: why for n, draft in enumerate(merged) if (why := unlike_its_class(items[draft.section], draft))}
    for n, why in unfit.items():
        problems.append(Problem(Claim(merged[n].section, merged[n].fields, merged[n].sentences), (why,), again=False))
    return Verified(parties, [draft for n, draft in enumerate(merged) if n not in unfit], told, problems)


_LEAD = 3
"""Sentences of a document whose names matter even when nothing is said of them."""


_LIGHT = ("company", "group")
"""Kinds of parties that do not matter where they are named once in passing, as a brand is."""


def salient(source: Source, verified: Verified, claims: Sequence[Claim]) -> list[Claim]:
    """The claims without those of parties that do not matter: companies and groups that neither act, are acted on nor speak,
    nor are named at the beginning or more than once.

    Those that stand in a list with one that matters stay with it. For names that code has found: a model that names a party has
    reasons of its own. Verify what is left again, for who acts is read among the parties there are.
    """
    used = {ref for draft in verified.drafts for ref in _references(draft.fields.values())}
    used |= {party.affiliation for party in verified.parties if party.affiliation}
    # "designated Tessa AG and Brevo Bank": whom an act is done to stands in its words.
    roster = Roster(verified.parties)
    prose = (v for draft in verified.drafts for v in draft.fields.values() if isinstance(v, str))
    used |= {party.id for words in prose for party in roster.told_of(words)}
    end = source.sentences[min(_LEAD, len(source.sentences)) - 1].end
    passing = {
        p.id: p
        for p in verified.parties
        if _is_light(p) and not (p.id in used or p.role or len(p.mentions) > 1 or p.mentions[0].start < end)
    }
    for row in _listed(source, roster):
        if any(p.id not in passing for p in row):
            for party in row:
                passing.pop(party.id, None)
    gone = {names.name_key(form) for p in passing.values() for form in (p.name, *p.aliases)}
    return [c for c in claims if names.name_key(names.strip_titles(str(c.fields.get("name", "")))) not in gone]


_NEXT_IN_LIST = re.compile(r",\s+(?:and\s+|or\s+)?|\s+(?:and|or)\s+")


def _listed(source: Source, roster: Roster) -> Iterable[list[Party]]:
    """The parties of one kind that stand side by side in a list: what the sentence says of one, it says of all."""
    row: list[Party] = []
    end = 0
    for start, stop, party in roster.between(0, len(source.text)):
        if row and (party.kind != row[-1].kind or _NEXT_IN_LIST.fullmatch(source.text, end, start) is None):
            yield row
            row = []
        row.append(party)
        end = stop
    yield row


def _is_light(party: Party) -> bool:
    """Whether a party matters only where it does something: models take things they do not know for bodies of states."""
    unknown = party.kind == "intergovernmental" and not is_between_states(names.name_key(party.name))
    return party.kind in _LIGHT or unknown


def _references(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        if isinstance(value, PartyRef):
            yield value
        elif isinstance(value, list):
            yield from _references(value)
        elif isinstance(value, Attribution) and value.party:
            yield value.party


def _unaffiliated(claims: Sequence[Claim], section: str | None, roster: Roster) -> Iterable[Problem]:
    """The affiliations claimed that the text does not give."""
    for claim in claims:
        name, said = str(claim.fields.get("name")), claim.fields.get("affiliation")
        party = roster.find(name) if section == claim.section and said else None
        if party is not None and party.affiliation is None and names.name_key(str(said)) != names.name_key(party.name):
            partial = Claim(claim.section, {"name": name, "affiliation": said}, claim.sentences, claim.question)
            yield Problem(partial, (f"the text does not say that {name!r} acts for {said!r}",), again=False)


def _named(problem: Problem, leaks: Leaks, source: Source) -> Problem:
    """A problem that is a leak says so first, and is not asked again: nothing in the document can mend it."""
    leak = leaks.of(problem.claim, source)
    return problem if leak is None else replace(problem, reasons=(f"leak: {leak}", *problem.reasons), again=False)


_LONG_WORD = 5
"""Letters of the words by which a sentence is looked at more closely: most of them must stand in it."""
_EDGES = ".,;:!?\"'()“”‘’«»"


def _proof(source: Source, claim: Claim, roster: Roster) -> tuple[tuple[int, ...], list[str]]:
    """The sentences that prove a piece of prose: those it cites, or the one sentence that says all of it."""
    text = str(claim.fields["text"])
    numbers, reasons = cited(source, claim)
    if numbers and len(numbers) <= _MOST_CITED:
        reasons = [fault.reason for fault in check_prose(source, text, numbers, known=roster)]
        if not reasons:
            return numbers, []
    words = [word for word in text.casefold().split() if len(word) >= _LONG_WORD]
    for sentence in source.sentences:
        told = sentence.text.casefold()
        alike = 2 * sum(word.strip(_EDGES) in told for word in words) >= len(words)
        if alike and source.usable(sentence.number) and not check_prose(source, text, (sentence.number,), known=roster):
            return (sentence.number,), []
    return (), reasons or [f"no sentence says {text!r}"]


def rejection(problem: Problem) -> Rejection:
    """A problem as the reader of a brief sees it."""
    said = {k: v for k, v in problem.claim.fields.items() if v not in (None, "", [])}
    sentences = list(problem.claim.sentences) if len(problem.claim.sentences) <= _MOST_CITED else []
    return Rejection(section=problem.claim.section, said=said, sentences=sentences, reasons=list(problem.reasons))


def left_out(source: Source, items: Sequence[Item], brief: type[BaseBrief]) -> list[Omission]:
    """What no item covers; names only where the brief has a section for them."""
    named = any(issubclass(section.item, Party) for section in drafting.sections(brief))
    return [omission for omission in omissions(source, items) if named or omission.kind != "party"]


def verify(
    document: str | Document,
    brief: BaseBrief | Mapping[str, Any],
    *,
    policy: Policy | str = "flag",
    schema: type[BaseBrief] = Brief,
) -> Verification:
    """Hold a brief against its document, field by field; headline and summary, sentence by sentence.

    ``brief`` is one of ours, or JSON of the same form, in which an item's ``evidence`` may be quotes, spans ``{start, end,
    text}`` or numbers of sentences; a ``quantity`` its words or ``{text, value, unit, …}``, whose parts may also stand in
    the figure itself; a party its id or its name.
    ``schema`` is the class of brief that JSON is of. Where the document has no date of publication, the brief's own serves.
    ``policy`` is ``"flag"`` (what does not hold stays, with its verdict, where it can be shown at all), ``"strict"`` (it is
    rejected), or a `Policy`.

    Raises:
        InputError: the document holds no sentence, or the brief is not of this form or has none of its sections.
        GroundingError: something does not hold, and the policy says to fail.
    """
    if not isinstance(cast("object", document), str | Document):
        raise InputError(f"the document is a text (str) or a Document, not a {type(document).__name__}: pass its text")
    if not isinstance(cast("object", brief), BaseBrief | Mapping):
        raise InputError(
            f"the brief is a Brief or a dict of the same form, not a {type(brief).__name__}: of JSON text pass json.loads(text)"
        )
    known = Document(text=document) if isinstance(document, str) else document
    schema = type(brief) if isinstance(brief, BaseBrief) else schema
    raw = brief.model_dump(mode="json") if isinstance(brief, BaseBrief) else dict(brief)
    known = _dated(known, raw)
    source = prepare(known)
    wanted = [section.name for section in drafting.sections(schema)]
    another = "if it is of another kind, name that (--schema, schema= from Python)"
    if not any(name in raw for name in wanted):
        raise InputError(
            f"the brief has none of the sections {', '.join(wanted)}, but {', '.join(map(repr, raw)) or 'nothing at all'}; "
            f"{another}"
        )
    if unknown := [name for name, value in raw.items() if name not in wanted and _is_section(name, value)]:
        raise InputError(
            f"{schema.__name__} has no section {', '.join(map(repr, unknown))} to hold against the text; {another}"
        )
    claims, problems = claims_of(source, raw, schema)
    problems += _unchecked(raw, schema)
    held = Policy.named(policy) if isinstance(policy, str) else policy
    verified = verify_claims(source, claims, brief=schema, policy=held)
    sections = verified.sections(source, schema)
    items = [item for section in sections.values() for item in section]
    problems += [*verified.problems, *_unproved(source, raw, Roster(verified.parties), known.title)]
    rejected = [rejection(problem) for problem in problems]
    digest = _told_of_document(raw).get("sha256")
    return Verification(sections, rejected, left_out(source, items, schema), digest not in (None, known.sha256))


def _is_section(name: str, value: Any) -> bool:
    """Whether a field of a brief in JSON holds items."""
    if name in BaseBrief.model_fields or not isinstance(value, list):
        return False
    entries: list[Any] = value
    return any(isinstance(entry, dict) and "evidence" in entry for entry in entries)


def _told_of_document(brief: Mapping[str, Any]) -> dict[str, Any]:
    """What a brief in JSON says of its document; nothing where it says that in no object."""
    told = brief.get("document")
    return cast("dict[str, Any]", told) if isinstance(told, dict) else {}


def _dated(document: Document, brief: Mapping[str, Any]) -> Document:
    """The document with the date and language that its brief was made with, where it has none itself."""
    given = _told_of_document(brief)
    given_here = [name for name in ("published", "language") if given.get(name) and getattr(document, name) is None]
    try:
        dated = Document.model_validate({"text": "-", **{name: given[name] for name in given_here}})
    except ValidationError as error:
        reason = error.errors()[0]
        raise InputError(f"document.{reason['loc'][0]} of the brief is {reason['input']!r}: {reason['msg']}") from None
    return document.model_copy(update={name: getattr(dated, name) for name in given_here})


_OUTSIDE_FIELDS = frozenset(("id", "evidence", "verdicts", "mentions", "optional", "fulfils"))
_OF_NUMBERS = frozenset(("text", "value", "low", "high", "unit"))


def _unchecked(brief: Mapping[str, Any], schema: type[BaseBrief]) -> Iterable[Problem]:
    """What items say in fields that their class does not have."""
    for section in drafting.sections(schema):
        there = {*section.item.model_fields, *_OUTSIDE_FIELDS, *(_OF_NUMBERS if section.number is not None else ())}
        for item in cast("list[dict[str, Any]]", brief.get(section.name) or []):
            for name in item.keys() - there:
                said = {name: item[name]}
                yield Problem(
                    Claim(section.name, said, ()), (f"{name!r} is no field of {section.name}, and not checked",)
                )


_MOST_TRIED = 100
"""Sets of so many sentences that are tried as the proof of a summary's sentence, of each size."""


def _unproved(source: Source, brief: Mapping[str, Any], roster: Roster, title: str | None) -> Iterable[Problem]:
    """The headline, and each sentence of the summary, that the sentences they rest on do not say."""
    numbers, reasons = _numbers(source, brief.get("summary_evidence") or [])
    if reasons:
        yield Problem(Claim("summary_evidence", {}, ()), tuple(reasons))
    titles = (title, _told_of_document(brief).get("title"))
    for name in ("headline", "summary"):
        prose = brief.get(name)
        if not isinstance(prose, str) or prose in titles:
            continue
        for sentence in split(prose, language=source.language):
            claim = Claim(name, {"text": sentence.text}, numbers)
            reasons = _proof(source, claim, roster)[1]
            # Several sentences prove it together: which, the brief does not say.
            together = (
                chosen
                for many in range(2, _MOST_CITED + 1)
                for chosen in islice(combinations(numbers, many), _MOST_TRIED)
            )
            if reasons and not any(not check_prose(source, sentence.text, chosen, known=roster) for chosen in together):
                yield Problem(claim, tuple(reasons))


def claims_of(source: Source, brief: Mapping[str, Any], schema: type[BaseBrief]) -> tuple[list[Claim], list[Problem]]:
    """The items of a brief as claims; those whose evidence stands nowhere come back as problems.

    Raises:
        InputError: a section is no list of objects.
    """
    claims: list[Claim] = []
    problems: list[Problem] = []
    called: dict[str, str] = {}
    for section in drafting.sections(schema):
        items = brief.get(section.name) or []
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise InputError(f"{section.name!r} must be a list of objects, and is {str(items)[:60]!r}")
        for item in cast("list[dict[str, Any]]", items):
            if issubclass(section.item, Party) and item.get("id"):
                called[str(item["id"])] = str(item.get("name", ""))
    for section in drafting.sections(schema):
        references = {field.name for field in asked(section.item) if field.core is PartyRef}
        for item in cast("list[dict[str, Any]]", brief.get(section.name) or []):
            fields = {k: _resolved(v, called) if k in references else v for k, v in item.items()}
            if section.number is not None and section.number not in fields and "text" in fields:
                fields[section.number] = {k: fields.pop(k, None) for k in ("text", "value", "low", "high", "unit")}
            numbers, reasons = _numbers(source, fields.pop("evidence", None) or [])
            fields = {k: v for k, v in fields.items() if k not in _OUTSIDE_FIELDS}
            claim = Claim(section.name, fields, numbers)
            if reasons:
                problems.append(Problem(claim, tuple(reasons), again=False))
            if numbers or (not reasons and issubclass(section.item, Party)):
                claims.append(claim)
            elif not reasons:
                problems.append(Problem(claim, ("it has no evidence",), again=False))
    return claims, problems


def _resolved(value: Any, called: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [called.get(str(v), str(v)) for v in value]
    return called.get(str(value), value) if value is not None else None


def _numbers(source: Source, evidence: Any) -> tuple[tuple[int, ...], list[str]]:
    """The sentences that quotes, spans or numbers stand for."""
    found: list[int] = []
    reasons: list[str] = []
    for one in evidence if isinstance(evidence, list) else [evidence]:
        if isinstance(one, int):
            found.append(one)
            continue
        quote = str(cast("dict[str, Any]", one).get("text", "") if isinstance(one, dict) else one)
        within = _span(one)
        spot = locate(source.text, quote, language=source.language, within=within)
        if spot is None:
            reasons.append(f"the evidence {_shortened(quote)!r} is not in the text")
            continue
        places = spot.parts or ((spot.start, spot.end),)
        found += [s.number for s in source.sentences if any(s.start < b and a < s.end for a, b in places)]
    return tuple(dict.fromkeys(found)), reasons


def _span(evidence: Any) -> tuple[int, int] | None:
    if not isinstance(evidence, dict):
        return None
    start, end = cast("dict[str, Any]", evidence).get("start"), cast("dict[str, Any]", evidence).get("end")
    return (start, end) if isinstance(start, int) and isinstance(end, int) and 0 <= start < end else None


def _shortened(text: str) -> str:
    line = re.sub(r"\s+", " ", text).strip()
    return line if len(line) <= 60 else f"{line[:57]}..."
